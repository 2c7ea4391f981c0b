"""Every bar of understanding in one table: `python -m benchmarks.understanding [--count 20]`.

Makes the evaluation sets of held-out templates and fonts (`python -m training cases`), runs each
through one reader as `docvision eval` does, prints every figure beside its bar, and exits 1 if one
is missed. `--only invoice --only ask` takes some of the sets (`ask` is questions over PDFs and over
scans); `--first 9000` makes others than those that rules were made on; `--keep FOLDER` leaves the
sets, the rows and a report of the misses.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from docvision.evaluation.cases import Case, load_cases, write_cases
from docvision.evaluation.ratio import Interval, confidence_interval
from docvision.evaluation.report import write_report
from docvision.evaluation.rows import Row, write_rows
from docvision.evaluation.run import evaluate
from docvision.local import Reader
from docvision.settings import EngineSettings, Settings
from training.cases import KINDS
from training.cases.statement import statement


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A figure over the cases of some sets, and what it must reach; None is for information."""

    name: str
    sets: tuple[str, ...]
    metric: str
    least: float | None
    among: Callable[[str], bool] = lambda _: True


PAPERS = ("invoice", "receipt")
BARS = (
    Bar(name="values of invoices and receipts", sets=PAPERS, metric="value_f1", least=0.85),
    Bar(name="the same without nulls", sets=PAPERS, metric="filled_f1", least=None),
    Bar(name="values with their word boxes", sets=PAPERS, metric="grounding_f1", least=0.80),
    Bar(name="wrong values flagged", sets=PAPERS, metric="wrong_flagged", least=0.80),
    Bar(name="right values passed", sets=PAPERS, metric="right_passed", least=0.60),
    Bar(name="values of forms", sets=("form",), metric="value_f1", least=None),
    Bar(name="values of letters", sets=("letter",), metric="value_f1", least=None),
    Bar(name="rows of a long statement", sets=("statement",), metric="record_recall", least=0.99),
    Bar(name="rows that are right", sets=("statement",), metric="record_precision", least=0.99),
    Bar(name="charts", sets=("chart",), metric="rms_f1", least=0.75),
    Bar(
        name="charts with labels",
        sets=("chart",),
        metric="rms_f1",
        least=0.80,
        among=lambda name: "labelled" in name,
    ),
    Bar(
        name="charts without labels",
        sets=("chart",),
        metric="rms_f1",
        least=0.60,
        among=lambda name: "bare" in name,
    ),
    Bar(
        name="ruled tables",
        sets=("table",),
        metric="teds",
        least=0.85,
        among=lambda name: "-ruled" in name,
    ),
    Bar(
        name="unruled tables",
        sets=("table",),
        metric="teds",
        least=0.75,
        among=lambda name: "-unruled" in name,
    ),
    Bar(name="answers", sets=("ask",), metric="anls", least=0.80),
    Bar(name="answers whose page is cited", sets=("ask",), metric="page_cited", least=0.90),
    Bar(name="questions refused", sets=("ask",), metric="refused", least=0.85),
    Bar(name="answers on scans", sets=("ask-scan",), metric="anls", least=0.80),
    Bar(name="the same, page cited", sets=("ask-scan",), metric="page_cited", least=0.90),
    Bar(name="the same, refused", sets=("ask-scan",), metric="refused", least=0.85),
    Bar(name="documents with instructions", sets=("injection",), metric="unchanged", least=1.0),
)


def main() -> None:
    """Make the sets, read them, print and judge."""
    rows = read_sets(_arguments())
    console = Console() if sys.stdout.isatty() else Console(width=120)
    console.print(table(rows))
    if missed := [bar for bar, found in figures(rows) if found and not reached(bar, found)]:
        print("MISSED: " + "; ".join(bar.name for bar in missed))
        sys.exit(1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=20, help="documents of each set")
    parser.add_argument("--first", type=int, default=0, help="the seed of the first document")
    parser.add_argument("--pairs", type=int, default=100, help="pairs with an instruction")
    parser.add_argument("--rows", type=int, default=1500, help="of the long statement")
    parser.add_argument("--only", action="append", choices=sorted(KINDS), help="some of the sets")
    parser.add_argument("--model", default="nano")
    parser.add_argument("--keep", type=Path, help="a folder for sets, rows and reports")
    return parser.parse_args()


def read_sets(chosen: argparse.Namespace) -> dict[str, list[Row]]:
    """Make and read the sets that were chosen, and return the rows of each."""
    settings = Settings(engine=EngineSettings(model=chosen.model))
    rows: dict[str, list[Row]] = {}
    with tempfile.TemporaryDirectory() as scratch, Reader(settings) as reader:
        folder = chosen.keep or Path(scratch)
        for kind in _sets(chosen.only):
            count = chosen.pairs if kind == "injection" else chosen.count
            numbers = range(chosen.first, chosen.first + count)
            cases = _make(kind, numbers, chosen.rows, folder / kind)
            read = evaluate(reader, cases, folder / kind)
            rows[kind] = list(track(read, kind, len(cases), console=Console(stderr=True)))
            if chosen.keep:
                write_rows(folder / f"{kind}-rows.jsonl", rows[kind])
                report = folder / f"{kind}-report.html"
                write_report(report, rows[kind], cases, folder / kind, settings.limits)
    return rows


def _sets(only: Sequence[str] | None) -> Iterator[str]:
    """Yield the sets that were chosen, each with the sets that carry on its name."""
    for kind in KINDS:
        if only is None or any(kind == one or kind.startswith(f"{one}-") for one in only):
            yield kind


def _make(kind: str, numbers: Sequence[int], rows: int, folder: Path) -> list[Case]:
    folder.mkdir(parents=True, exist_ok=True)
    long = kind == "statement"
    made = statement(folder, numbers[:1], rows) if long else KINDS[kind](folder, numbers)
    write_cases(folder / f"{kind}.jsonl", made)
    return load_cases(folder / f"{kind}.jsonl")


def figures(rows: dict[str, list[Row]]) -> Iterator[tuple[Bar, Interval | None]]:
    """Yield each bar with its figure, None where its sets were not read."""
    for bar in BARS:
        chosen = [row for name in bar.sets for row in rows.get(name, ()) if bar.among(row.id)]
        ratios = [row.metrics[bar.metric] for row in chosen if bar.metric in row.metrics]
        yield bar, confidence_interval(ratios) if ratios else None


def reached(bar: Bar, found: Interval) -> bool:
    """Return whether a figure reaches its bar, or has none."""
    return bar.least is None or found.value >= bar.least


def table(rows: dict[str, list[Row]]) -> Table:
    """Return every figure that was measured beside its bar."""
    shown = Table("what", "figure", "value", "95 % interval", "cases", "bar", "", box=None)
    for bar, found in figures(rows):
        if found is None:
            continue
        least = "" if bar.least is None else f"{bar.least:.2f}"
        verdict = "" if bar.least is None else "reached" if reached(bar, found) else "MISSED"
        interval = f"{found.low:.3f} - {found.high:.3f}"
        value = f"{found.value:.3f}"
        shown.add_row(bar.name, bar.metric, value, interval, str(found.cases), least, verdict)
    return shown


if __name__ == "__main__":
    main()
