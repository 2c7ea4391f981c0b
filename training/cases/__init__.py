"""Evaluation sets of held-out templates and fonts, in the format of `docvision eval`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from docvision.evaluation.cases import Case, write_cases
from training.cases.ask import ask
from training.cases.charts import chart
from training.cases.extract import form, invoice, letter, receipt
from training.cases.injection import injection
from training.cases.statement import statement
from training.cases.tables import table

Maker = Callable[[Path, int], Iterator[Case]]
"""Writes the files of so many documents into a folder and yields their cases."""

KINDS: dict[str, Maker] = {
    "invoice": invoice,
    "receipt": receipt,
    "form": form,
    "letter": letter,
    "statement": statement,
    "chart": chart,
    "table": table,
    "ask": ask,
    "injection": injection,
}


def make_cases(kind: str, count: int, folder: Path) -> Path:
    """Write `count` documents of a kind and their dataset into a folder; return the dataset."""
    folder.mkdir(parents=True, exist_ok=True)
    dataset = folder / f"{kind}.jsonl"
    write_cases(dataset, KINDS[kind](folder, count))
    return dataset
