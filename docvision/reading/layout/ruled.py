"""Tables drawn with rules: a grid of lines that cross or touch."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from docvision.geometry import Box
from docvision.reading.layout.fixed import Fixed, fixed_block, text_of
from docvision.reading.layout.frame import Frame
from docvision.reading.layout.placed import Placed
from docvision.reading.layout.ruled_grid import (
    Grid,
    fitted,
    grids_of,
    head_above,
    with_head,
    with_parted_head,
    within,
)
from docvision.reading.layout.tables import header_rows
from docvision.results.model import BlockKind, Cell, Source, Table


def ruled_tables(
    words: Sequence[Placed], rules: Sequence[Box], frame: Frame, source: Source
) -> tuple[list[Fixed], list[Placed]]:
    """Return the tables that rules draw, and the words that are in none of them.

    `rules` are boxes of thin lines in fractions of the page as displayed.
    """
    tables, rest = [], list(words)
    found = grids_of(list(map(frame.box, rules)), frame.skew, max(frame.width, frame.height))
    for drawn in found:
        inside = [word for word in rest if _holds(drawn, word)]
        grid = fitted(drawn, inside)
        head = head_above(grid, inside, rest)
        grid, inside = with_parted_head(with_head(grid, head), inside), [*head, *inside]
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


def _holds(grid: Grid, word: Placed) -> bool:
    x = (word.x0 + word.x1) / 2
    return grid.xs[0] <= x <= grid.xs[-1] and grid.ys[0] <= word.middle <= grid.ys[-1]


def _table(grid: Grid, words: Sequence[Placed], frame: Frame) -> Table | None:
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
            inside = [word for word in words if within(word, place)]
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


def _span(grid: Grid, row: int, column: int, taken: set[tuple[int, int]]) -> tuple[int, int]:
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
