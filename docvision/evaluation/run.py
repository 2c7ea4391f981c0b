"""A dataset goes through one reader, case by case, and comes out as rows."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from docvision.errors import DocvisionError
from docvision.evaluation.cases import Case
from docvision.evaluation.ratio import Ratio
from docvision.evaluation.rows import Row
from docvision.evaluation.scoring import output, score
from docvision.evaluation.twins import unchanged
from docvision.results.model import DocumentResult, Problem, Result


class Reads(Protocol):
    """What is measured: `docvision.local.Reader`, or something that reads as it does."""

    def read(self, path: Path, task: str = ..., **options: Any) -> Result:
        """Read one file."""


def evaluate(reader: Reads, cases: Sequence[Case], folder: Path) -> Iterator[Row]:
    """Read every case and yield its row; what cannot be read counts as nothing found.

    Args:
        reader: Who reads.
        cases: A case whose twin is among them is compared with it.
        folder: Where the cases' files are.
    """
    twins = {case.twin for case in cases if case.twin}
    outputs: dict[str, dict[str, Any]] = {}
    waiting: dict[str, list[tuple[Case, Row]]] = {}
    for case in cases:
        row = read_case(reader, case, folder)
        if case.id in twins:
            outputs[case.id] = row.output
            yield from (_compare(*late, row.output) for late in waiting.pop(case.id, []))
        if case.twin is None:
            yield row
        elif case.twin in outputs:
            yield _compare(case, row, outputs[case.twin])
        else:
            waiting.setdefault(case.twin, []).append((case, row))
    yield from (row for left in waiting.values() for _, row in left)


def read_case(reader: Reads, case: Case, folder: Path) -> Row:
    """Return the row of one case, not yet compared with its twin."""
    began = time.perf_counter()
    problem = None
    try:
        (found,) = reader.read(folder / case.file, case.task, **case.options).documents
    except DocvisionError as error:
        problem = Problem(code=error.code, message=error.message)
        found = DocumentResult(name=case.file, media_type="", page_count=0, problem=problem)
    metrics, values = score(case, found)
    return Row(
        id=case.id,
        file=case.file,
        task=case.task,
        seconds=round(time.perf_counter() - began, 3),
        problem=problem or found.problem,
        metrics=metrics,
        values=values,
        output=output(case, found),
    )


def _compare(case: Case, row: Row, twin: dict[str, Any]) -> Row:
    same = Ratio(float(unchanged(case, row.output, twin)), 1)
    return row.model_copy(update={"metrics": row.metrics | {"unchanged": same}})
