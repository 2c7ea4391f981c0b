"""Tables drawn with rules: a grid of lines that cross or touch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from docvision.geometry import Box
from docvision.reading.layout.fixed import Fixed, fixed_block, text_of
from docvision.reading.layout.frame import Frame
from docvision.reading.layout.placed import Placed
from docvision.reading.layout.tables import header_rows
from docvision.results.model import BlockKind, Cell, Source, Table

_TOUCH = 3.0
"""Units (points or pixels) within which rules touch, and edges are one edge."""


@dataclass(frozen=True, kw_only=True)
class _Grid:
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


def ruled_tables(
    words: Sequence[Placed], rules: Sequence[Box], frame: Frame, source: Source
) -> tuple[list[Fixed], list[Placed]]:
    """Return the tables that rules draw, and the words that are in none of them.

    `rules` are boxes of thin lines in fractions of the page as displayed.
    """
    touch = _TOUCH * max(1.0, max(frame.width, frame.height) / 1000)
    tables, rest = [], list(words)
    for group in _groups([frame.box(rule) for rule in rules], touch):
        grid = _grid(group, touch)
        if grid is None:
            continue
        inside = [word for word in rest if _holds(grid, word)]
        table = _table(grid, inside, frame)
        if table is None:
            continue
        place = (grid.xs[0], grid.ys[0], grid.xs[-1], grid.ys[-1])
        tables.append(
            fixed_block(BlockKind.TABLE, place, frame.shown(place), inside, source, table)
        )
        taken = set(map(id, inside))
        rest = [word for word in rest if id(word) not in taken]
    return tables, rest


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


def _grid(rules: Sequence[Box], touch: float) -> _Grid | None:
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
    if len(xs) < 3 or len(ys) < 3:
        return None
    return _Grid(xs=xs, ys=ys, across=across, down=down, touch=touch)


def _edges(values: Sequence[float], touch: float) -> tuple[float, ...]:
    """Return positions, those within `touch` of the one before as one."""
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > 2 * touch:
            edges.append(value)
    return tuple(edges)


def _holds(grid: _Grid, word: Placed) -> bool:
    x = (word.x0 + word.x1) / 2
    return grid.xs[0] <= x <= grid.xs[-1] and grid.ys[0] <= word.middle <= grid.ys[-1]


def _table(grid: _Grid, words: Sequence[Placed], frame: Frame) -> Table | None:
    rows, columns = len(grid.ys) - 1, len(grid.xs) - 1
    taken: set[tuple[int, int]] = set()
    cells: list[Cell] = []
    bold: list[bool] = []
    for row in range(rows):
        for column in range(columns):
            if (row, column) in taken:
                continue
            down, across = _span(grid, row, column, taken)
            taken |= {(row + r, column + c) for r in range(down) for c in range(across)}
            place = (grid.xs[column], grid.ys[row], grid.xs[column + across], grid.ys[row + down])
            inside = [word for word in words if _within(word, place)]
            bold.append(bool(inside) and all(word.bold for word in inside))
            cells.append(
                Cell(
                    row=row,
                    column=column,
                    row_span=down,
                    column_span=across,
                    text=text_of(inside),
                    bbox=frame.shown(place),
                )
            )
    if sum(bool(cell.text) for cell in cells) < 3 or not _is_table(cells):
        return None
    return Table(
        rows=rows, columns=columns, header_rows=header_rows(cells, bold), cells=tuple(cells)
    )


def _is_table(cells: Sequence[Cell]) -> bool:
    """Whether there are two rows and two columns: less is a box, or boxes side by side."""
    return len({cell.row for cell in cells}) > 1 and len({cell.column for cell in cells}) > 1


def _span(grid: _Grid, row: int, column: int, taken: set[tuple[int, int]]) -> tuple[int, int]:
    """Return how many rows and columns the cell that starts here covers."""
    rows, columns = len(grid.ys) - 1, len(grid.xs) - 1
    across = 1
    while (
        column + across < columns
        and not grid.wall(row, column + across - 1)
        and (row, column + across) not in taken
    ):
        across += 1
    down = 1
    while row + down < rows and not any(
        grid.floor(row + down - 1, at) or (row + down, at) in taken
        for at in range(column, column + across)
    ):
        if any(grid.wall(row + down, at) for at, _ in pairwise(range(column, column + across))):
            break
        down += 1
    return down, across


def _within(word: Placed, place: Box) -> bool:
    return place[0] <= (word.x0 + word.x1) / 2 < place[2] and place[1] <= word.middle < place[3]
