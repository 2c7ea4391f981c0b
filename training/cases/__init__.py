"""Evaluation sets of held-out templates and fonts, in the format of `docvision eval`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from docvision.evaluation.cases import Case, write_cases
from training.cases.ask import ask, ask_scans
from training.cases.charts import chart
from training.cases.extract import form, invoice, letter, receipt
from training.cases.injection import injection
from training.cases.statement import statement
from training.cases.tables import table

Maker = Callable[[Path, Sequence[int]], Iterator[Case]]
"""Writes the files of the documents of these numbers into a folder and yields their cases."""

KINDS: dict[str, Maker] = {
    "invoice": invoice,
    "receipt": receipt,
    "form": form,
    "letter": letter,
    "statement": statement,
    "chart": chart,
    "table": table,
    "ask": ask,
    "ask-scan": ask_scans,
    "injection": injection,
}


def make_cases(kind: str, numbers: Sequence[int], folder: Path) -> Path:
    """Write documents of a kind and their dataset into a folder; return the dataset.

    A number is a seed: the same number is always the same document.
    """
    folder.mkdir(parents=True, exist_ok=True)
    dataset = folder / f"{kind}.jsonl"
    write_cases(dataset, KINDS[kind](folder, numbers))
    return dataset
