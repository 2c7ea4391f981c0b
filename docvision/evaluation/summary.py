"""Many rows become one table: each figure with its confidence interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from docvision.evaluation.calibration import calibration_error
from docvision.evaluation.ratio import Interval, confidence_interval
from docvision.evaluation.rows import Row
from docvision.evaluation.scoring import METRICS


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
