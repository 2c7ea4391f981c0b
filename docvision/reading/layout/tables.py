"""Tables without rules: rows whose cells stand in line below one another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from docvision.geometry import union
from docvision.reading.layout.fixed import Fixed, fixed_block, text_of
from docvision.reading.layout.order import Row
from docvision.reading.layout.placed import Placed, Segment
from docvision.results.model import BlockKind, Cell, Source, Table

_LEAST_ROWS = 3
_LEAST_COLUMNS = 3
_LEAST_FILLED = 0.6
"""Share of the cells that hold something."""
_GUTTER = 0.7
"""Least gap between columns in line heights."""
_PROSE = 9
"""A column whose usual cell has more words is running text."""
_WRAPPED = 1.6
"""A row that follows within so many line heights of the last may continue its cells."""

_NUMBER = re.compile(r"^[(\-+−–]?[€$£]?\s?\d[\d.,' ]*\s?(?:%|€|\$|£|[A-Z]{3})?\)?[-*]?\s?[A-Z]?$")

Span = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Run:
    """A stretch of rows (both ends inclusive) that is a table."""

    first: int
    last: int
    table: Fixed


def header_rows(cells: Sequence[Cell], bold: Sequence[bool]) -> int:
    """Return 1 where the first row is set apart from the others, 0 where it is not.

    It is where all of it is bold and the rest is not, or where it holds no number above columns
    of numbers. `bold[i]` says whether all words of `cells[i]` are.
    """
    head = [at for at, cell in enumerate(cells) if cell.row == 0 and cell.text]
    body = [at for at, cell in enumerate(cells) if cell.row > 0 and cell.text]
    if not head or not body:
        return 0
    if all(bold[at] for at in head) and not all(bold[at] for at in body):
        return 1
    numbers = sum(is_number(cells[at].text) for at in body)
    return int(numbers >= 0.25 * len(body) and not any(is_number(cells[at].text) for at in head))


def is_number(text: str) -> bool:
    """Whether a cell holds a figure: an amount, a percentage, a count."""
    return bool(_NUMBER.match(text.strip()))


def unruled_tables(rows: Sequence[Row], source: Source) -> Iterator[Run]:
    """Yield the tables among the rows of a column, from the top."""
    at = 0
    while at < len(rows):
        end = _end_of_run(rows, at)
        run = _table(rows, at, end, source) if end - at + 1 >= _LEAST_ROWS else None
        if run is None and end - at + 1 > _LEAST_ROWS:
            run = _table(rows, at + 1, end, source)
        if run:
            yield run
            at = run.last + 1
        else:
            at = max(at + 1, end)


def _segments(row: Row) -> list[Segment]:
    return [region for region in row if isinstance(region, Segment)]


def _end_of_run(rows: Sequence[Row], first: int) -> int:
    """Return the last row that may belong to a table that starts at `first`."""
    if len(_segments(rows[first])) < 2 or len(_segments(rows[first])) < len(rows[first]):
        return first
    last = first
    for at in range(first + 1, len(rows)):
        row = rows[at]
        cells = _segments(row)
        if len(cells) < len(row):
            break
        gap = min(cell.y0 for cell in cells) - max(cell.y1 for cell in _segments(rows[at - 1]))
        height = cells[0].height
        if gap > 2.5 * height:
            break
        if len(cells) >= 2:
            last = at
        elif at - last > 1:
            break
    return last


def _table(rows: Sequence[Row], first: int, last: int, source: Source) -> Run | None:
    cells = [_segments(row) for row in rows[first : last + 1]]
    height = sorted(cell.height for row in cells for cell in row)[0]
    columns = _columns(cells, _GUTTER * height)
    if not _is_table(cells, columns):
        return None
    table, words = _grid(_joined(cells, columns), columns)
    everything = [cell for row in cells for cell in row]
    place = union((cell.x0, cell.y0, cell.x1, cell.y1) for cell in everything)
    shown = union(word.word.bbox for word in words)
    fixed = fixed_block(BlockKind.TABLE, place, shown, words, source, table)
    return Run(first=first, last=last, table=fixed)


def _columns(rows: Sequence[Sequence[Segment]], gutter: float) -> list[Span]:
    """Return the stretches of x that cells cover, parted by gaps that run through all rows."""
    columns: list[Span] = []
    for x0, x1 in sorted((cell.x0, cell.x1) for row in rows for cell in row):
        if columns and x0 - columns[-1][1] < gutter:
            columns[-1] = (columns[-1][0], max(columns[-1][1], x1))
        else:
            columns.append((x0, x1))
    return columns


def _column_of(cell: Segment, columns: Sequence[Span]) -> int:
    return next(at for at, (x0, x1) in enumerate(columns) if x0 <= cell.x0 <= x1)


def _is_table(rows: Sequence[Sequence[Segment]], columns: Sequence[Span]) -> bool:
    if len(columns) < 2:
        return False
    by_column: list[list[Segment]] = [[] for _ in columns]
    for row in rows:
        for cell in row:
            by_column[_column_of(cell, columns)].append(cell)
    full = [row for row in rows if len(row) > 1]
    filled = sum(map(len, full)) / (len(full) * len(columns))
    prose = [sorted(len(cell.words) for cell in column) for column in by_column]
    if filled < _LEAST_FILLED or any(counts[len(counts) // 2] >= _PROSE for counts in prose):
        return False
    if len(columns) >= _LEAST_COLUMNS:
        return True
    return _is_list_of_figures(by_column, len(rows))


def _is_list_of_figures(columns: Sequence[Sequence[Segment]], rows: int) -> bool:
    """Whether two columns are names and figures, rather than keys and values of a letter."""
    names, figures = columns
    if rows < 4 or len(figures) < 0.8 * rows:
        return False
    keys = sum(cell.text.rstrip().endswith(":") for cell in names)
    numbers = sum(is_number(cell.text) for cell in figures)
    return numbers >= 0.8 * len(figures) and keys <= 0.2 * len(names)


def _joined(
    rows: Sequence[Sequence[Segment]], columns: Sequence[Span]
) -> list[dict[int, list[Segment]]]:
    """Return rows as their cells by column; a single cell close below continues the row above."""
    joined: list[dict[int, list[Segment]]] = []
    bottom = 0.0
    for row in rows:
        found: dict[int, list[Segment]] = {}
        for cell in row:
            found.setdefault(_column_of(cell, columns), []).append(cell)
        near = bool(joined) and row[0].y0 - bottom < 0.5 * (_WRAPPED * row[0].height)
        if len(row) == 1 and near and next(iter(found)) in joined[-1]:
            for column, cells in found.items():
                joined[-1][column] += cells
        else:
            joined.append(found)
        bottom = max(cell.y1 for cell in row)
    return joined


def _grid(
    rows: Sequence[dict[int, list[Segment]]], columns: Sequence[Span]
) -> tuple[Table, list[Placed]]:
    cells: list[Cell] = []
    bold: list[bool] = []
    words: list[Placed] = []
    for row, found in enumerate(rows):
        for column in sorted(found):
            inside = [word for segment in found[column] for word in segment.words]
            words += inside
            bold.append(all(word.bold for word in inside))
            cells.append(
                Cell(
                    row=row,
                    column=column,
                    text=text_of(inside),
                    bbox=union(word.word.bbox for word in inside),
                )
            )
    table = Table(
        rows=len(rows),
        columns=len(columns),
        header_rows=header_rows(cells, bold),
        cells=tuple(cells),
    )
    return table, words
