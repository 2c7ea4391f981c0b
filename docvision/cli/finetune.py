"""`docvision finetune DATASET`: learn from corrected documents, and measure before and after."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from docvision.cli.common import settings_for
from docvision.engines.locate import locate
from docvision.engines.registry import NANO, read_profile
from docvision.errors import InvalidRequest
from docvision.evaluation.cases import Case, load_cases
from docvision.evaluation.run import evaluate
from docvision.evaluation.summary import Summary, summarise
from docvision.local import Reader
from docvision.settings import EngineSettings, Settings
from docvision.tasks.options import ReadingOptions, validate_options
from docvision.tuning.lessons import Lesson, lessons_of

T = TypeVar("T")


@click.command()
@click.argument("dataset", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--to",
    "target",
    required=True,
    type=click.Path(path_type=Path),
    help="A new folder for the tuned checkpoint or the adapter.",
)
@click.option("--model", help="nano, a local folder or a hub id.")
@click.option(
    "--method",
    type=click.Choice(["auto", "full", "lora"]),
    default="auto",
    show_default=True,
    help="auto: all weights of a small model, else a LoRA adapter.",
)
@click.option("--epochs", type=click.IntRange(1), default=4, show_default=True)
@click.option(
    "--rate",
    type=click.FloatRange(0, min_open=True),
    default=2e-4,
    show_default=True,
    help="The learning rate at its highest.",
)
@click.option(
    "--batch", type=click.IntRange(1), default=4, show_default=True, help="Questions in a step."
)
@click.option(
    "--held-out",
    type=click.FloatRange(0, 0.9),
    default=0.2,
    show_default=True,
    help="Share of the cases that is not learnt from, but measured before and after.",
)
@click.option("--seed", default=0, show_default=True, help="Decides which cases are held out.")
def command(
    dataset: Path,
    target: Path,
    model: str | None,
    method: str,
    epochs: int,
    rate: float,
    batch: int,
    held_out: float,
    seed: int,
) -> None:
    """Tune a model on the corrected documents of DATASET.

    See docs/howto/finetune.md.
    """
    from docvision.tuning.fit import Method, Plan, fit  # noqa: PLC0415 - loads torch

    if target.exists():
        raise InvalidRequest(f"{target} is there already; name a new folder.", field="to")
    settings = settings_for(model)
    learnt, kept = part(_cases(dataset), held_out, seed)
    with Reader(settings) as reader:
        lessons = list(_lessons(reader, learnt, dataset.parent, settings.engine))
        before = _measured(reader, kept, dataset.parent)
    plan = Plan(method=Method(method), epochs=epochs, rate=rate, batch=batch, seed=seed)
    steps = fit(_folder(settings.engine), settings.engine, lessons, plan, target)
    watched = _watched(steps, f"Learning {len(lessons)} answers", total=plan.steps(len(lessons)))
    losses = [step.loss for step in watched]
    after = _changes(settings, target, lambda tuned: _measured(tuned, kept, dataset.parent))
    click.echo(f"{len(losses)} steps, loss {losses[0]:.3f} -> {losses[-1]:.3f}; see {target}")
    for old, new in zip(before, after, strict=True):
        Console().print(_table(old, new))


def part(cases: Sequence[Case], held_out: float, seed: int) -> tuple[list[Case], list[Case]]:
    """Return the cases to learn from and those held out, at random."""
    order = random.Random(seed).sample(list(cases), len(cases))
    count = round(len(order) * held_out)
    return order[count:], order[:count]


def _cases(dataset: Path) -> list[Case]:
    cases = [case for case in load_cases(dataset) if case.task == "extract"]
    if not cases:
        raise InvalidRequest(f"{dataset.name} has no case of extract to learn from.", field="task")
    for case in cases:  # A wrong option is told before a model is loaded.
        validate_options(case.task, case.options)
    return cases


def _lessons(
    reader: Reader, cases: Sequence[Case], folder: Path, engine: EngineSettings
) -> Iterator[Lesson]:
    profile = read_profile(_folder(engine), name=engine.model)
    for case in _watched(cases, "Reading what to learn"):
        options = {name: case.options[name] for name in _READING if name in case.options}
        (document,) = reader.read(folder / case.file, "ocr", **options).documents
        yield from lessons_of(case, document.pages, profile)


_READING = tuple(ReadingOptions.model_fields)


def _measured(reader: Reader, cases: Sequence[Case], folder: Path) -> list[Summary]:
    rows = evaluate(reader, cases, folder)
    return summarise(list(_watched(rows, "Measuring", total=len(cases))))


def _changes(
    settings: Settings, target: Path, measure: Callable[[Reader], list[Summary]]
) -> list[Summary]:
    """Measure with what was written to `target` switched on."""
    is_adapter = (target / "adapter_config.json").exists()
    change = {"adapter" if is_adapter else "model": str(target)}
    engine = settings.engine.model_copy(update=change)
    with Reader(settings.model_copy(update={"engine": engine})) as reader:
        return measure(reader)


def _folder(engine: EngineSettings) -> Path:
    return NANO if engine.model == "nano" else locate(engine)


def _watched(things: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
    yield from track(things, description=what, total=total, console=Console(stderr=True))


def _table(before: Summary, after: Summary) -> Table:
    table = Table(
        title=f"{before.cases} cases held out", title_justify="left", box=None, pad_edge=False
    )
    for heading in ("figure", "before", "after"):
        table.add_column(heading, no_wrap=True)
    for name, old in before.figures.items():
        if new := after.figures.get(name):
            table.add_row(name, f"{old.value:.4f}", f"{new.value:.4f}")
    return table
