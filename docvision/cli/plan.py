"""`docvision plan FILE…`: what documents will cost, before anything is read."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from docvision.cli.common import parse_options, settings_for
from docvision.documents.sandbox import Sandbox
from docvision.engines.registry import announced_profile
from docvision.planning.model import Estimate, Plan
from docvision.planning.plan import plan, wanted
from docvision.planning.survey import Survey, survey
from docvision.settings import Limits
from docvision.tasks.options import Options


@click.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("--task", help="Plan this task; all of them without it.")
@click.option("--option", "pairs", multiple=True, metavar="KEY=VALUE", help="A task option.")
@click.option("--model", help="nano, none, a local folder or a hub id.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    files: tuple[Path, ...],
    task: str | None,
    pairs: tuple[str, ...],
    model: str | None,
    as_json: bool,
) -> None:
    """Estimate what documents will cost, before they are read.

    Pages, tokens, seconds and money; no model is loaded and nothing is read.

    Without a task every task is planned, `extract` as for invoices and `ask` for one question.
    """
    options: dict[str, Any] = parse_options(pairs)
    tasks = wanted(task, options)
    settings = settings_for(model)
    profile = announced_profile(settings.engine)
    said = {"name": "none"} if profile is None else dataclasses.asdict(profile)
    surveys = _measure(files, settings.limits, next(iter(tasks.values())))
    measured = [document for one in surveys for document in one.documents]
    unmeasured = sum(one.unmeasured for one in surveys)
    planned = plan(measured, tasks, said, settings.engine, unmeasured)
    if as_json:
        click.echo(planned.model_dump_json(indent=2))
    else:
        _show(planned)


def _measure(files: tuple[Path, ...], limits: Limits, options: Options) -> list[Survey]:
    with Sandbox(limits, size=1) as sandbox:
        return [survey(sandbox, file, file.name, options, limits) for file in files]


def _show(planned: Plan) -> None:
    console = Console()
    titles = ("File", "Task", "Pages", "Visual", "Prompt", "Answer", "Seconds")
    table = Table(*titles, f"Cost {planned.currency}", box=None)
    table.columns[0].overflow = "fold"
    for file in planned.files:
        for one in file.estimates:
            table.add_row(file.document.name, *_row(one))
    if len(planned.files) > 1:
        for one in planned.totals:
            table.add_row("all", *_row(one))
    console.print(table)
    guessed = "" if planned.speed_is_known else ", tokens a second guessed"
    console.print(f"Model: {planned.model}{guessed}. Tokens and seconds are estimates.")


def _row(one: Estimate) -> list[str]:
    counts = (one.pages, one.visual_tokens, one.prompt_tokens, one.answer_tokens)
    return [one.task, *(f"{count:,}" for count in counts), f"{one.seconds:,.1f}", f"{one.cost:.4f}"]
