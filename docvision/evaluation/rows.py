"""What came of each case: one row a case, written as JSON Lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from docvision.evaluation.ratio import Ratio
from docvision.results.model import BBox, Problem


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Judged(_Record):
    """A value beside the one expected: whether it is right, was flagged, and where it was seen.

    `at` points into the expected data, `found_at` into the data that was found; each is None
    where that side has no such leaf. `iou` is that of the boxes, None where the true one is not
    known. `flagged` says that a reason to review names the value.
    """

    at: str | None
    found_at: str | None
    expected: Any = None
    found: Any = None
    right: bool
    flagged: bool
    confidence: float | None = None
    verified: bool | None = None
    quote: str | None = None
    page: int | None = None
    bbox: BBox | None = None
    iou: float | None = None


class Row(_Record):
    """One case with its figures; `output` is what the task gave, without its evidence."""

    id: str
    file: str
    task: str
    seconds: float = 0.0
    problem: Problem | None = None
    metrics: dict[str, Ratio]
    values: tuple[Judged, ...] = ()
    output: Any = None


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write rows as JSON Lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (row.model_dump_json(exclude_defaults=True) + "\n" for row in rows)
    path.write_text("".join(lines), encoding="utf-8")


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a file that `write_rows` wrote."""
    for line in path.read_text(encoding="utf-8").splitlines():
        yield Row.model_validate_json(line)
