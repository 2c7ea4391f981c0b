"""The grid that rules draw: where its columns and rows part, and which walls are missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from docvision.geometry import Box
from docvision.reading.layout.placed import Placed
from docvision.reading.layout.unruled_rows import floors_of
from docvision.reading.layout.wrapped import is_number

_TOUCH = 3.0
"""Units (points or pixels) within which rules touch, and edges are one edge, on a page of 1000."""
_HEAD = 1.6
"""Line heights above the rules in which the headings of the columns may stand."""
_HEADED = 0.6
"""Share of the columns that headings stand over."""


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Edges of columns (x) and rows (y) in the frame, and the rules across and down."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    across: tuple[Box, ...]
    down: tuple[Box, ...]
    touch: float

    def wall(self, row: int, column: int) -> bool:
        """Whether a rule stands at the right edge of this cell."""
        x, y = self.xs[column + 1], (self.ys[row] + self.ys[row + 1]) / 2
        return any(
            abs((x0 + x1) / 2 - x) <= self.touch and y0 - self.touch <= y <= y1 + self.touch
            for x0, y0, x1, y1 in self.down
        )

    def floor(self, row: int, column: int) -> bool:
        """Whether a rule lies at the bottom of this cell."""
        x, y = (self.xs[column] + self.xs[column + 1]) / 2, self.ys[row + 1]
        return any(
            abs((y0 + y1) / 2 - y) <= self.touch and x0 - self.touch <= x <= x1 + self.touch
            for x0, y0, x1, y1 in self.across
        )


def grids_of(rules: Sequence[Box], skew: float, size: float) -> Iterator[Grid]:
    """Yield the grid of each group of rules that touch one another.

    `rules` are in the layout's frame, `size` is the greater side of its page.
    """
    touch = _TOUCH * max(1.0, size / 1000)
    for group in _groups([_thin(rule, skew) for rule in rules], touch):
        grid = _grid(group, touch)
        if grid:
            yield grid


def fitted(grid: Grid, words: Sequence[Placed]) -> Grid:
    """Return the grid as the words in it tell: without bare strips, and with all of its rows."""
    return _with_rows(_within_words(grid, words), words)


def head_above(grid: Grid, inside: Sequence[Placed], words: Sequence[Placed]) -> list[Placed]:
    """Return the headings that stand over the columns of a grid, above all of its rules.

    They are often set on a dark ground, which no rule parts. `inside` are the words in the grid.
    """
    first = [word for word in inside if word.middle < grid.ys[1]]
    if not any(is_number(word.word.text) for word in first):
        return []
    strip = _HEAD * median(word.height for word in words)
    line = [word for word in words if grid.ys[0] - strip <= word.middle < grid.ys[0]]
    return line if _are_headings(grid, line) else []


def with_parted_head(grid: Grid, inside: Sequence[Placed]) -> Grid:
    """Return the grid with walls in its first row, if those are headings that no rule parts."""
    columns = range(len(grid.xs) - 2)
    if len(grid.ys) < 3 or any(grid.wall(0, column) for column in columns):
        return grid
    top, bottom = grid.ys[:2]
    if not _are_headings(grid, [word for word in inside if top <= word.middle < bottom]):
        return grid
    walls = tuple((x, top, x, bottom) for x in grid.xs[1:-1])
    return replace(grid, down=grid.down + walls)


def _are_headings(grid: Grid, line: Sequence[Placed]) -> bool:
    """Whether words stand over most columns of a grid, each over one, and none is a number."""
    inner = grid.xs[1:-1]
    inside = [word for word in line if grid.xs[0] <= (word.x0 + word.x1) / 2 <= grid.xs[-1]]
    if any(is_number(word.word.text) for word in line):
        return False
    if any(word.x0 + grid.touch < x < word.x1 - grid.touch for word in inside for x in inner):
        return False
    headed = {sum(x <= (word.x0 + word.x1) / 2 for x in inner) for word in inside}
    return len(headed) >= max(3, _HEADED * (len(inner) + 1))


def with_head(grid: Grid, head: Sequence[Placed]) -> Grid:
    """Return the grid with a row more at its top, for headings that no rule parts."""
    if not head:
        return grid
    top, first = min(word.y0 for word in head) - grid.touch, grid.ys[0]
    left, right = grid.xs[0], grid.xs[-1]
    walls = tuple((x, top, x, first) for x in grid.xs[1:-1])
    floors = ((left, top, right, top), (left, first, right, first))
    return replace(grid, ys=(top, *grid.ys), across=grid.across + floors, down=grid.down + walls)


def within(word: Placed, place: Box) -> bool:
    """Whether the middle of a word lies in a place of the frame."""
    return place[0] <= (word.x0 + word.x1) / 2 < place[2] and place[1] <= word.middle < place[3]


def _within_words(grid: Grid, words: Sequence[Placed]) -> Grid:
    """Return the grid without the narrow strips at its sides that hold nothing.

    Rules that lean do not end where those across them do, and thick ones have two edges.
    """
    if not words:
        return grid
    strip = median(word.height for word in words)
    xs = _trimmed(grid.xs, [(word.x0 + word.x1) / 2 for word in words], strip)
    ys = _trimmed(grid.ys, [word.middle for word in words], strip)
    return replace(grid, xs=xs, ys=ys) if len(xs) > 2 else grid


def _trimmed(edges: Sequence[float], middles: Sequence[float], strip: float) -> tuple[float, ...]:
    first, last = 0, len(edges) - 1
    while first < last and _is_bare(edges[first : first + 2], middles, strip):
        first += 1
    while first < last and _is_bare(edges[last - 1 : last + 1], middles, strip):
        last -= 1
    return tuple(edges[first : last + 1])


def _is_bare(edges: Sequence[float], middles: Sequence[float], strip: float) -> bool:
    low, high = edges
    return high - low < strip and not any(low <= middle < high for middle in middles)


def _with_rows(grid: Grid, words: Sequence[Placed]) -> Grid:
    """Return the grid with a rule more wherever rows part that no rule parts."""
    xs = (grid.xs[0], grid.xs[-1])
    places = [(xs[0], top, xs[1], bottom) for top, bottom in pairwise(grid.ys)]
    bands = [
        [word for word in words if within(word, place)] if _is_closed(grid, row) else []
        for row, place in enumerate(places)
    ]
    added = [y for floors in floors_of(bands, grid.xs) for y in floors]
    across = tuple((xs[0], y, xs[1], y) for y in added)
    return replace(grid, ys=tuple(sorted({*grid.ys, *added})), across=grid.across + across)


def _is_closed(grid: Grid, row: int) -> bool:
    """Whether no cell of this row of the grid runs on into the next or comes from the last."""
    columns, last = range(len(grid.xs) - 1), len(grid.ys) - 2
    above = row == 0 or all(grid.floor(row - 1, column) for column in columns)
    return above and (row == last or all(grid.floor(row, column) for column in columns))


def _groups(rules: list[Box], touch: float) -> Iterator[list[Box]]:
    """Yield rules that touch one another, directly or through others."""
    waiting = sorted(rules, key=lambda rule: rule[1])
    while waiting:
        group, grown = [waiting.pop(0)], True
        reach = group[0]
        while grown:
            near = [rule for rule in waiting if _touches(rule, reach, touch)]
            near = [rule for rule in near if any(_touches(rule, one, touch) for one in group)]
            grown = bool(near)
            group += near
            waiting = [rule for rule in waiting if rule not in near]
            reach = (
                min(one[0] for one in group),
                min(one[1] for one in group),
                max(one[2] for one in group),
                max(one[3] for one in group),
            )
        yield group


def _touches(a: Box, b: Box, touch: float) -> bool:
    return (
        a[0] <= b[2] + touch
        and b[0] <= a[2] + touch
        and a[1] <= b[3] + touch
        and b[1] <= a[3] + touch
    )


def _grid(rules: Sequence[Box], touch: float) -> Grid | None:
    across = tuple(rule for rule in rules if rule[2] - rule[0] >= rule[3] - rule[1])
    down = tuple(rule for rule in rules if rule[2] - rule[0] < rule[3] - rule[1])
    xs = _edges([(rule[0] + rule[2]) / 2 for rule in down], touch)
    ys = _edges([(rule[1] + rule[3]) / 2 for rule in across], touch)
    if len(xs) < 2 or len(ys) < 2:
        return None
    # A table that is open at its sides ends where its horizontal rules do.
    left, right = min(rule[0] for rule in across), max(rule[2] for rule in across)
    xs = _edges([left, *xs, right], touch)
    top, bottom = min(rule[1] for rule in down), max(rule[3] for rule in down)
    ys = _edges([top, *ys, bottom], touch)
    if len(xs) < 3:
        return None
    return Grid(xs=xs, ys=ys, across=across, down=down, touch=touch)


def _edges(values: Sequence[float], touch: float) -> tuple[float, ...]:
    """Return positions, those within `touch` of the one before as one."""
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > 2 * touch:
            edges.append(value)
    return tuple(edges)


def _thin(rule: Box, skew: float) -> Box:
    """Return a rule without the height, or width, that its skew gives to its box."""
    x0, y0, x1, y1 = rule
    if x1 - x0 >= y1 - y0:
        spare = min(abs(skew) * (x1 - x0), y1 - y0) / 2
        return (x0, y0 + spare, x1, y1 - spare)
    spare = min(abs(skew) * (y1 - y0), x1 - x0) / 2
    return (x0 + spare, y0, x1 - spare, y1)
