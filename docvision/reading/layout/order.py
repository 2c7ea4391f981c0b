"""Reading order: bands and columns, found by the white gutters between them.

A recursive cut: the tallest gutter of a region parts it into what is above, the left side, the
right side and what is below; each is ordered in turn. What crosses a gutter (a heading over the
full width) ends it. A region without a gutter is a column, read row by row.

The gap between the two sides of a list of keys and values is no gutter: such rows are read across.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from docvision.reading.layout.placed import Region, Segment

_NARROWEST = 0.9
"""Least width of a gutter in line heights."""
_LEAST_ROWS = 3
"""Lines that stand on each side of a gutter at least."""
_LEAST_WORDS = 2.5
"""Words of a usual line on each side: less are cells or keys, not running text."""

Row = list[Region]
"""What lies side by side, from left to right."""


@dataclass(frozen=True, kw_only=True)
class _Gutter:
    left: float
    right: float
    first: int
    last: int
    """The rows that it parts, both inclusive."""

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


def columns_of(regions: Sequence[Region]) -> list[list[Row]]:
    """Return the columns of a page in reading order, each as its rows from the top."""
    return list(_columns(list(regions)))


def _columns(regions: list[Region]) -> Iterator[list[Row]]:
    if not regions:
        return
    rows = rows_of(regions)
    gutter = _tallest(rows)
    if gutter is None:
        yield rows
        return
    above, left, right, below = _parts(rows, gutter)
    yield from _columns(above)
    yield from _columns(left)
    yield from _columns(right)
    yield from _columns(below)


def rows_of(regions: Sequence[Region]) -> list[Row]:
    """Group regions that lie side by side: their centres are level with one another."""
    rows: list[Row] = []
    for region in sorted(regions, key=lambda region: region.y0 + region.y1):
        row = rows[-1] if rows else None
        if row and _is_level(region, row):
            row.append(region)
        else:
            rows.append([region])
    for row in rows:
        row.sort(key=lambda region: region.x0)
    return rows


def _is_level(region: Region, row: Row) -> bool:
    low = min(region.height, min(other.height for other in row))
    middle = (region.y0 + region.y1) / 2
    if any(min(region.x1, other.x1) - max(region.x0, other.x0) > 0.3 * low for other in row):
        return False
    return all(abs(middle - (other.y0 + other.y1) / 2) <= 0.6 * low for other in row[:1])


def _parts(
    rows: list[Row], gutter: _Gutter
) -> tuple[list[Region], list[Region], list[Region], list[Region]]:
    above = [region for row in rows[: gutter.first] for region in row]
    below = [region for row in rows[gutter.last + 1 :] for region in row]
    beside = [region for row in rows[gutter.first : gutter.last + 1] for region in row]
    left = [region for region in beside if region.x1 <= gutter.middle]
    right = [region for region in beside if region.x1 > gutter.middle]
    return above, left, right, below


def _tallest(rows: list[Row]) -> _Gutter | None:
    """Return the gutter that parts the most rows, if there is one."""
    height = _line_height(rows)
    best: _Gutter | None = None
    for first in range(len(rows)):
        if best and len(rows) - first <= best.last - best.first + 1:
            break
        for left, right in _gaps(rows[first : first + 2]):
            if right - left < _NARROWEST * height:
                continue
            gutter = _extended(rows, first, left, right, _NARROWEST * height)
            taller = best is None or gutter.last - gutter.first > best.last - best.first
            if taller and _parts_text(rows, gutter):
                best = gutter
    return best


def _line_height(rows: list[Row]) -> float:
    heights = [region.height for row in rows for region in row if isinstance(region, Segment)]
    return median(heights) if heights else 1.0


def _gaps(rows: list[Row]) -> Iterator[tuple[float, float]]:
    """Yield the gaps of a row and the next: lines of two columns need not be level."""
    regions = sorted((region for row in rows for region in row), key=lambda region: region.x0)
    reach = regions[0].x1
    for region in regions[1:]:
        if region.x0 > reach:
            yield reach, region.x0
        reach = max(reach, region.x1)


def _extended(rows: list[Row], first: int, left: float, right: float, least: float) -> _Gutter:
    """Follow a gap downwards for as long as nothing crosses it."""
    last = first
    for at in range(first + 1, len(rows)):
        narrowed = _through(rows[at], left, right, least)
        if narrowed is None:
            break
        left, right = narrowed
        last = at
    return _Gutter(left=left, right=right, first=first, last=last)


def _through(row: Row, left: float, right: float, least: float) -> tuple[float, float] | None:
    """Return what a row leaves of a gutter, or None where too little stays."""
    middle = (left + right) / 2
    for region in row:
        if region.x1 <= middle:
            left = max(left, region.x1)
        elif region.x0 >= middle:
            right = min(right, region.x0)
        elif region.x0 - left >= least:
            right = region.x0
        elif right - region.x1 >= least:
            left = region.x1
        else:
            return None
    return (left, right) if right - left >= least else None


def _parts_text(rows: list[Row], gutter: _Gutter) -> bool:
    """Whether running text stands on both sides, rather than keys beside values, or cells."""
    _, left, right, _ = _parts(rows, gutter)
    sides = [[region for region in side if isinstance(region, Segment)] for side in (left, right)]
    if any(len(side) < _LEAST_ROWS for side in sides):
        return False
    if all(median(len(region.words) for region in side) >= _LEAST_WORDS for side in sides):
        return True
    return not _is_level_throughout(rows, gutter)


def _is_level_throughout(rows: list[Row], gutter: _Gutter) -> bool:
    """Whether most lines of the shorter side stand in a row with one of the other side."""
    both = left = right = 0
    for row in rows[gutter.first : gutter.last + 1]:
        on_left = any(region.x1 <= gutter.middle for region in row)
        on_right = any(region.x1 > gutter.middle for region in row)
        both += on_left and on_right
        left += on_left
        right += on_right
    return both > 0.6 * min(left, right)
