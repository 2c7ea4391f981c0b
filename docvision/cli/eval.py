"""`docvision eval DATASET`: any task over a folder of cases; `eval convert` makes datasets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from docvision.cli.common import settings_for
from docvision.errors import InvalidRequest
from docvision.evaluation.cases import Case, load_cases, select, write_cases
from docvision.evaluation.convert import CONVERTERS
from docvision.evaluation.report import write_report
from docvision.evaluation.rows import Row, write_rows
from docvision.evaluation.run import evaluate
from docvision.evaluation.scoring import METRICS
from docvision.evaluation.summary import Summary, summarise
from docvision.local import Reader
from docvision.settings import Settings
from docvision.tasks.options import validate_options

WIDTH = 120
"""Columns of the table where there is no terminal."""


class _RunsByDefault(click.Group):
    """A group whose first word may be a dataset in place of a subcommand."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Put `run` before what is no subcommand and no call for help."""
        if args and args[0] not in (*self.commands, *context.help_option_names):
            args = ["run", *args]
        return super().parse_args(context, args)


@click.group(cls=_RunsByDefault)
def command() -> None:
    """Measure any task on a folder of cases.

    `docvision eval DATASET.jsonl` reads every case and prints the figures.
    """


@command.command()
@click.argument("dataset", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--task", help="Only the cases of this task.")
@click.option("--limit", type=click.IntRange(1), help="So many cases at most.")
@click.option("--out", type=click.Path(path_type=Path), help="A file for one row a case (JSONL).")
@click.option("--report", type=click.Path(path_type=Path), help="A file for a report (HTML).")
@click.option("--model", help="nano, none, a local folder or a hub id.")
def run(
    dataset: Path,
    task: str | None,
    limit: int | None,
    out: Path | None,
    report: Path | None,
    model: str | None,
) -> None:
    """Read every case of DATASET and print the figures (the default)."""
    cases = select(load_cases(dataset), task, limit)
    if not cases:
        raise InvalidRequest(f"{dataset.name} has no case of that task.", field="task")
    for case in cases:  # A wrong option is told before a model is loaded.
        validate_options(case.task, case.options)
    settings = settings_for(model)
    rows = list(_read(cases, dataset.parent, settings))
    if out:
        write_rows(out, rows)
    if report:
        write_report(report, rows, cases, dataset.parent, settings.limits)
    terminal = Console()
    console = terminal if terminal.is_terminal else Console(width=WIDTH)
    for summary in summarise(rows):
        console.print(_table(summary))


@command.command()
@click.argument("layout", type=click.Choice(sorted(CONVERTERS)))
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--to", type=click.Path(path_type=Path), required=True, help="The new dataset.")
def convert(layout: str, folder: Path, to: Path) -> None:
    """Make a dataset of a public one, whose FOLDER is as it was downloaded."""
    count = write_cases(to, CONVERTERS[layout](folder, to.parent))
    click.echo(f"{count} cases in {to}")


def _read(cases: Sequence[Case], folder: Path, settings: Settings) -> Iterator[Row]:
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("cases"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )
    with Reader(settings) as reader, bar:
        counter = bar.add_task("reading", total=len(cases))
        for row in evaluate(reader, cases, folder):
            bar.update(counter, advance=1, description=row.id)
            yield row


def _table(summary: Summary) -> Table:
    failed = f", {summary.failed} not readable" if summary.failed else ""
    each = summary.seconds / summary.cases
    title = f"{summary.task}: {summary.cases} cases{failed}, {each:.2f} s each"
    table = Table(title=title, title_justify="left", box=None)
    for heading in ("figure", "value", "95 % interval", "cases", "what it says"):
        table.add_column(heading, no_wrap=True)
    for name, one in summary.figures.items():
        interval = f"{one.low:.3f} - {one.high:.3f}"
        table.add_row(name, f"{one.value:.4f}", interval, str(one.cases), METRICS[name])
    if summary.ece is not None:
        table.add_row("ece", f"{summary.ece:.4f}", "", "", "distance of confidence and truth")
    return table
