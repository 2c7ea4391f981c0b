"""Reading order: bands and columns, found by the white gutters between them.

A recursive cut: the tallest gutter of a region parts it into what is above, the left side, the
right side and what is below; each is ordered in turn. What crosses a gutter (a heading over the
full width) ends it. A region without a gutter is a column, read row by row.

The gap between the two sides of a list of keys and values is no gutter: such rows are read across.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from docvision.reading.layout.placed import Region, Segment

_NARROWEST = 0.6
"""Least width of a gutter in line heights."""
_LEAST_ROWS = 3
"""Lines that stand on each side of a gutter at least."""
_MARGIN = 0.09
"""Share of the page's height where headers and footers stand."""
_WIDE = 4.0
"""In line heights; so wide a gutter may part blocks whose lines are level."""
_LEVEL = 0.35
"""Line heights between the middles of two regions of one row, where they belong together."""
_RUNNING = 5
"""A line of so many words is of running text; less may be a cell, a key, a label of a chart."""
_LEAST_RUNNING = 0.5
"""Share of a column's words that stand in such lines."""

Row = list[Region]
"""What lies side by side, from left to right."""

Stretch = tuple[float, float]
"""From one x to another."""

TableFinder = Callable[[list[Row]], list[Row]]


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


def peel(rows: list[Row], height: float) -> tuple[list[Row], list[Region], list[Row]]:
    """Part the rows at the very top and bottom, where headers and footers stand, from the rest.

    A row is peeled off if it lies in the margin of a page of this height and a gap parts it from
    the next; else a gutter below could run on into it.
    """
    line = _line_height(rows)
    first, last = 0, len(rows)
    while last - first > 1 and _bottom(rows[first]) < _MARGIN * height:
        if _top(rows[first + 1]) - _bottom(rows[first]) < line:
            break
        first += 1
    while last - first > 1 and _top(rows[last - 1]) > (1 - _MARGIN) * height:
        if _top(rows[last - 1]) - _bottom(rows[last - 2]) < line:
            break
        last -= 1
    rest = [region for row in rows[first:last] for region in row]
    return rows[:first], rest, rows[last:]


def _top(row: Row) -> float:
    return min(region.y0 for region in row)


def _bottom(row: Row) -> float:
    return max(region.y1 for region in row)


def columns_of(regions: Sequence[Region], tables: TableFinder) -> list[list[Row]]:
    """Return the columns of a page in reading order, each as its rows from the top.

    `tables` puts a table in the place of the rows that make one. It is asked before each search
    for gutters, so that no table is cut along one of its own.
    """
    return list(_columns(list(regions), tables))


def _columns(regions: list[Region], tables: TableFinder) -> Iterator[list[Row]]:
    if not regions:
        return
    rows = tables(rows_of(regions))
    gutter = _tallest(rows)
    if gutter is None:
        yield rows
        return
    for part in _parts(rows, gutter):
        yield from _columns(part, tables)


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
        for gutter in _gutters(rows, first, _NARROWEST * height):
            found = _parting(rows, gutter, height)
            if found and (best is None or found.last - found.first > best.last - best.first):
                best = found
    return best


def _line_height(rows: list[Row]) -> float:
    heights = [region.height for row in rows for region in row if isinstance(region, Segment)]
    return median(heights) if heights else 1.0


def _gutters(rows: list[Row], first: int, least: float) -> Iterator[_Gutter]:
    """Yield the gutters that start at a row, each followed down for as long as it is white.

    What stands in a gap leaves one on each of its sides.
    """
    # Lines of two columns need not be level: one row alone may show no gap.
    alive = _free((-math.inf, math.inf), [*rows[first], *rows[min(first + 1, len(rows) - 1)]], 0)
    alive = [gap for gap in alive if math.isfinite(gap[0]) and math.isfinite(gap[1])]
    alive = [gap for gap in alive if gap[1] - gap[0] >= least]
    for at in range(first + 1, len(rows) + 1):
        left = (
            [free for gap in alive for free in _free(gap, rows[at], least)]
            if at < len(rows)
            else []
        )
        for gap in alive:
            if not any(gap[0] <= free[0] and free[1] <= gap[1] for free in left):
                yield _Gutter(left=gap[0], right=gap[1], first=first, last=at - 1)
        alive = left
        if not alive:
            return


def _free(
    gap: tuple[float, float], row: Sequence[Region], least: float
) -> list[tuple[float, float]]:
    """Return the stretches of a gap that nothing in a row covers."""
    found, start = [], gap[0]
    for region in sorted(row, key=lambda region: region.x0):
        if region.x1 <= start:
            continue
        if region.x0 >= gap[1]:
            break
        if region.x0 - start >= least and region.x0 > start:
            found.append((start, region.x0))
        start = region.x1
    if gap[1] - start >= least:
        found.append((start, gap[1]))
    return found


def _parting(rows: list[Row], gutter: _Gutter, height: float) -> _Gutter | None:
    """Return the gutter as far as it parts running text, or an address from keys and values.

    What it does not part are keys from their values, or cells.
    """
    _, left, right, _ = _parts(rows, gutter)
    sides = [[region for region in side if isinstance(region, Segment)] for side in (left, right)]
    if any(len(side) < _LEAST_ROWS for side in sides):
        return None
    if all(map(_is_running, sides)):
        return gutter
    if _is_level_throughout(rows, gutter):
        wide = gutter.right - gutter.left >= _WIDE * height
        single = len(left) == len(rows_of(left))
        if not (wide and single and len(right) >= 1.7 * len(rows_of(right))):
            return None
    return _trimmed(rows, gutter, height)


def _trimmed(rows: list[Row], gutter: _Gutter, height: float) -> _Gutter:
    """End a gutter where only one of its sides goes on, after a gap."""
    last = gutter.first
    for at in range(gutter.first, gutter.last + 1):
        both = rows[at][0].x1 <= gutter.middle < rows[at][-1].x1
        white = _top(rows[at]) - _bottom(rows[max(0, at - 1)])
        if at > gutter.first and not both and white > height:
            ahead = rows[at : gutter.last + 1]
            if not any(row[0].x1 <= gutter.middle < row[-1].x1 for row in ahead):
                break
        last = at
    return replace(gutter, last=last)


def _is_running(side: Sequence[Segment]) -> bool:
    counts = [len(segment.words) for segment in side]
    running = [count for count in counts if count >= _RUNNING]
    return len(running) >= _LEAST_ROWS and sum(running) >= _LEAST_RUNNING * sum(counts)


def _is_level_throughout(rows: list[Row], gutter: _Gutter) -> bool:
    """Whether most lines of the shorter side stand in a row with one of the other side."""
    both = left = right = 0
    for row in rows[gutter.first : gutter.last + 1]:
        on_left = [region for region in row if region.x1 <= gutter.middle]
        on_right = [region for region in row if region.x1 > gutter.middle]
        both += bool(on_left and on_right) and _are_level(on_left[-1], on_right[0])
        left += bool(on_left)
        right += bool(on_right)
    return both > 0.6 * min(left, right)


def _are_level(one: Region, other: Region) -> bool:
    """Whether two regions are level as a key and its value are, rather than by chance."""
    apart = abs(one.y0 + one.y1 - other.y0 - other.y1) / 2
    return apart <= _LEVEL * min(one.height, other.height)
