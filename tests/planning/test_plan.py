"""What is planned is near what is then used, and planning reads nothing."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from docvision.cli.plan import command
from docvision.documents.sandbox import Sandbox
from docvision.engines.profile import Prices, Profile, Reads, Speed
from docvision.engines.registry import announced_profile
from docvision.errors import InvalidRequest
from docvision.local import Reader
from docvision.planning import estimate
from docvision.planning.measure import measure
from docvision.planning.model import Measured
from docvision.planning.plan import plan, wanted
from docvision.settings import EngineSettings, Limits, Settings
from docvision.tasks.answering import choosing
from docvision.tasks.extraction import asking
from docvision.tasks.options import OPTIONS
from docvision.views.view import BoxConvention

SAMPLES = Path(__file__).parents[2] / "samples"
FACTOR = 2.0
"""Tokens that are planned lie within this factor of those used."""
SETTINGS = EngineSettings()
LARGE = Profile(
    name="large",
    family="qwen3_vl",
    patch=16,
    merge=2,
    boxes=BoxConvention.PER_MILLE,
    context=32_768,
    reads=Reads.PAGE,
    speed=Speed(prompt=1_000, answer=50),
    prices=Prices(prompt=0.2, answer=0.8, currency="EUR"),
)
SCAN = Measured(
    name="scan.pdf", media_type="application/pdf", kind="pdf", pages=10, characters=20_000,
    drawn=1.0, width=595, height=842, unit="pt",
)  # fmt: skip


def measured(name: str, pages: str | None = None) -> Measured:
    with Sandbox(Limits(), size=1) as sandbox, sandbox.open(SAMPLES / name) as document:
        return measure(name, document, pages, 768)


def test_every_task_is_planned_for_a_scan_with_its_price() -> None:
    planned = plan([SCAN], wanted(None, {}), dataclasses.asdict(LARGE), SETTINGS)
    assert {one.task for one in planned.totals} == set(OPTIONS)
    by_task = {one.task: one for one in planned.totals}
    ocr, extract = by_task["ocr"], by_task["extract"]
    assert ocr.visual_tokens > 0
    assert ocr.cost == pytest.approx((ocr.prompt_tokens * 0.2 + ocr.answer_tokens * 0.8) / 1e6)
    assert extract.cost > ocr.cost
    assert planned.currency == "EUR"
    assert planned.speed_is_known


def test_a_thinking_model_costs_more_to_answer() -> None:
    thinking = dataclasses.replace(LARGE, thinking=True)
    tasks = wanted("ask", {"questions": ["How much?"]})
    plain, thought = (
        plan([SCAN], tasks, dataclasses.asdict(one), SETTINGS).totals[0]
        for one in (LARGE, thinking)
    )
    assert thought.answer_tokens > plain.answer_tokens


def test_digital_pages_show_the_model_nothing() -> None:
    invoice = measured("invoice.pdf")
    assert (invoice.pages, invoice.drawn) == (1, 0)
    (total,) = plan([invoice], wanted("ocr", {}), dataclasses.asdict(LARGE), SETTINGS).totals
    assert (total.visual_tokens, total.cost) == (0, 0)


def test_only_the_pages_that_are_asked_for_count() -> None:
    assert measured("statement.pdf", "1-2").pages == 2
    with pytest.raises(InvalidRequest):
        measured("statement.pdf", "99")


def test_a_video_is_measured_by_its_length() -> None:
    slides = measured("slides.mp4")
    assert slides.kind == "video"
    assert slides.seconds == pytest.approx(24, abs=0.5)


def test_without_a_model_nothing_costs_tokens() -> None:
    planned = plan([SCAN], wanted(None, {}), {"name": "none"}, SETTINGS)
    assert {one.prompt_tokens for one in planned.totals} == {0}
    assert all(one.seconds > 0 for one in planned.totals)


def test_the_figures_it_knows_are_those_of_the_tasks() -> None:
    assert estimate.ASK_WINDOWS == choosing.WINDOWS
    assert estimate.LEAVES_AT_ONCE == asking.LEAVES_AT_ONCE


def test_the_command_prints_a_plan_without_loading_a_model() -> None:
    said = CliRunner().invoke(
        command, [str(SAMPLES / "invoice.pdf"), "--task", "ocr", "--model", "none", "--json"]
    )
    assert said.exit_code == 0
    (total,) = json.loads(said.output)["totals"]
    assert (total["task"], total["pages"]) == ("ocr", 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "options"),
    [("ask", {"questions": ["What is the invoice number?"]}), ("classify", {})],
)
def test_a_run_uses_about_what_was_planned(task: str, options: dict[str, object]) -> None:
    profile = announced_profile(SETTINGS)
    assert profile is not None
    tasks, file = wanted(task, options), "invoice.pdf"
    (total,) = plan([measured(file)], tasks, dataclasses.asdict(profile), SETTINGS).totals
    with Reader(Settings()) as reader:
        used = reader.read(SAMPLES / file, task, **options).usage
    assert used.pages == total.pages
    for name in ("visual_tokens", "prompt_tokens", "answer_tokens"):
        spent, planned = getattr(used, name), getattr(total, name)
        assert spent / FACTOR <= planned <= spent * FACTOR
