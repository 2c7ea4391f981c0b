"""A dataset goes through one reader, case by case, and comes out as rows."""

from __future__ import annotations

import json
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
from docvision.tasks.options import MOST_QUESTIONS


class Reads(Protocol):
    """What is measured: `docvision.local.Reader`, or something that reads as it does."""

    def read(self, path: Path, task: str = ..., **options: Any) -> Result:
        """Read one file."""


def evaluate(reader: Reads, cases: Sequence[Case], folder: Path) -> Iterator[Row]:
    """Read every case and yield its row; what cannot be read counts as nothing found.

    Args:
        reader: Who reads. Questions that are asked of one file are asked in one reading.
        cases: A case whose twin is among them is compared with it.
        folder: Where the cases' files are.
    """
    twins = {case.twin for case in cases if case.twin}
    outputs: dict[str, dict[str, Any]] = {}
    waiting: dict[str, list[tuple[Case, Row]]] = {}
    for case, row in _rows(reader, cases, folder):
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


def _rows(reader: Reads, cases: Sequence[Case], folder: Path) -> Iterator[tuple[Case, Row]]:
    """Yield each case with its row, not yet compared with its twin."""
    for together in _readings(cases):
        yield from zip(together, _read(reader, together, folder), strict=True)


def _readings(cases: Sequence[Case]) -> Iterator[Sequence[Case]]:
    """Yield the cases that share one reading: questions of one file are asked together."""
    groups: dict[tuple[str, ...], list[Case]] = {}
    for case in cases:
        rest = {name: value for name, value in case.options.items() if name != "questions"}
        questions = case.options.get("questions", ())
        alone = (case.id,) if case.task != "ask" or len(questions) != 1 else ()
        groups.setdefault((case.file, json.dumps(rest), *alone), []).append(case)
    for group in groups.values():
        yield from (group[at : at + MOST_QUESTIONS] for at in range(0, len(group), MOST_QUESTIONS))


def _read(reader: Reads, cases: Sequence[Case], folder: Path) -> Iterator[Row]:
    """Yield the rows of cases that share one reading; its seconds are shared out."""
    began = time.perf_counter()
    found = _found(reader, cases, folder)
    seconds = round((time.perf_counter() - began) / len(cases), 3)
    for at, case in enumerate(cases):
        answers = found.answers[at : at + 1] if len(cases) > 1 else found.answers
        own = found.model_copy(update={"answers": answers})
        metrics, values = score(case, own)
        yield Row(
            id=case.id,
            file=case.file,
            task=case.task,
            seconds=seconds,
            problem=found.problem,
            metrics=metrics,
            values=values,
            output=output(case, own),
        )


def _found(reader: Reads, cases: Sequence[Case], folder: Path) -> DocumentResult:
    """Return what a file's reading finds; a file that cannot be read has a problem."""
    first = cases[0]
    options = dict(first.options)
    if len(cases) > 1:
        options["questions"] = [case.options["questions"][0] for case in cases]
    try:
        (found,) = reader.read(folder / first.file, first.task, **options).documents
    except DocvisionError as error:
        problem = Problem(code=error.code, message=error.message)
        return DocumentResult(name=first.file, media_type="", page_count=0, problem=problem)
    return found


def _compare(case: Case, row: Row, twin: dict[str, Any]) -> Row:
    same = Ratio(float(unchanged(case, row.output, twin)), 1)
    return row.model_copy(update={"metrics": row.metrics | {"unchanged": same}})
