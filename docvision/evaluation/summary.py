"""Many rows become one table: each figure with its confidence interval."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from docvision.evaluation.calibration import calibration_error
from docvision.evaluation.extraction import IOU
from docvision.evaluation.ratio import Interval, confidence_interval
from docvision.evaluation.rows import Judged, Row
from docvision.evaluation.scoring import METRICS

_INDEX = re.compile(r"/\d+(?=/|$)")


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The figures of a task over its cases; `ece` is None where nothing has a confidence."""

    task: str
    cases: int
    failed: int
    seconds: float
    figures: dict[str, Interval]
    ece: float | None


def summarise(rows: Sequence[Row]) -> list[Summary]:
    """Return one summary for each task, in the order in which they come."""
    return [
        _summary(task, [row for row in rows if row.task == task])
        for task in dict.fromkeys(row.task for row in rows)
    ]


def judged(rows: Sequence[Row]) -> list[tuple[float, bool]]:
    """Return the confidence of every value that was given, and whether it was right."""
    return [
        (value.confidence, value.right)
        for row in rows
        for value in row.values
        if value.confidence is not None and value.found is not None
    ]


def _summary(task: str, rows: Sequence[Row]) -> Summary:
    figures: dict[str, Interval] = {}
    for name in METRICS:
        interval = confidence_interval([row.metrics[name] for row in rows if name in row.metrics])
        if interval is not None:
            figures[name] = interval
    return Summary(
        task=task,
        cases=len(rows),
        failed=sum(row.problem is not None for row in rows),
        seconds=sum(row.seconds for row in rows),
        figures=figures,
        ece=calibration_error(judged(rows)),
    )


@dataclass(frozen=True, kw_only=True)
class FieldCount:
    """How one field came out over all cases: `*` in its name stands for any item of a list.

    `right` are values that are there and right, `nulls` those rightly absent, `misplaced` the right
    ones whose box is elsewhere, `passed` the right ones that nobody is asked to look at.
    """

    field: str
    right: int = 0
    nulls: int = 0
    wrong: int = 0
    missed: int = 0
    made_up: int = 0
    misplaced: int = 0
    passed: int = 0
    wrong_flagged: int = 0


def by_field(rows: Sequence[Row]) -> list[FieldCount]:
    """Return the counts of every field, those with the most faults first."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        for value in row.values:
            field = _INDEX.sub("/*", value.at or value.found_at or "")
            counts[field].update(_outcomes(value))
    found = [FieldCount(field=field, **count) for field, count in counts.items()]
    return sorted(found, key=lambda one: -(one.wrong + one.missed + one.made_up))


def _outcomes(value: Judged) -> Iterator[str]:
    if value.right:
        yield "right" if value.found is not None else "nulls"
        if value.found is not None and not value.flagged:
            yield "passed"
        if value.iou is not None and value.iou < IOU:
            yield "misplaced"
        return
    if value.found is None:
        yield "missed"
        return
    yield "made_up" if value.expected is None else "wrong"
    if value.flagged:
        yield "wrong_flagged"
