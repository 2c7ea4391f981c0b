"""Tables without a grid of rules: rows whose cells stand in line below one another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from docvision.geometry import Box, union
from docvision.reading.layout.fixed import Fixed, fixed_block, text_of
from docvision.reading.layout.grid import CellWords, TableRow, cells_of, gaps_of
from docvision.reading.layout.order import Row
from docvision.reading.layout.placed import Placed, Segment
from docvision.reading.layout.wrapped import is_number, with_wrapped
from docvision.results.model import BlockKind, Cell, Source, Table

_LEAST_ROWS = 3
_LEAST_COLUMNS = 3
_LEAST_FILLED = 0.55
"""Share of the cells that hold something."""
_PROSE = 9
"""A column whose usual cell has more words is running text."""
_FULL_LINE = 5
"""So many words are running text where most cells are of one width."""
_SHORT_LINE = 3
"""The same where nothing else speaks for a table: narrow columns of text have few words."""
_FIGURES = 0.6
"""A column of figures holds no other thing in so many of its cells."""
_LARGER = 1.25
"""Rows of a table may lie so much further apart than any before: where no cell is wrapped."""
_MOST_WHITE = 2.5
"""Line heights; rows of a table that are spread out further are told by their even distance."""
_LINES_OF_CELL = 4
"""Lines of one cell that follow one another with nothing beside them, at most."""
_WORDS_ROWS = 4
"""Rows that a table without figures has at least."""
_WORDS_FILLED = 0.7
"""Share of its cells that hold something."""
_UNLEVEL = 0.35
"""Line heights by which a line may begin before the end of the one above."""
_ALIKE = 0.75
"""Share of the cells of a column that are of one sort, with digits or without."""


@dataclass(frozen=True, kw_only=True)
class _Run:
    """A table and the row at which it starts; it lasts to the end of what was asked about."""

    first: int
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


def with_tables(rows: list[Row], rules: Sequence[Box], source: Source) -> list[Row]:
    """Return rows with each table among them in the place of its rows.

    `rules` are horizontal rules in the layout's frame: those above, below and under the head of
    a table support that it is one.
    """
    found: list[Row] = []
    at = 0
    while at < len(rows):
        end = _end_of_run(rows, at)
        run = _table(rows, at, end, rules, source)
        if run:
            found += [*rows[at : run.first], [run.table]]
        else:
            found += rows[at : end + 1]
        at = end + 1
    return found


def _segments(row: Row) -> list[Segment]:
    return [region for region in row if isinstance(region, Segment)]


def _end_of_run(rows: Sequence[Row], first: int) -> int:
    """Return the last row that may belong to a table that starts at `first`.

    A wider gap than between the rows before ends it, and so do two rows of a single segment,
    unless they are lines of a cell.
    """
    if not _may_be_row(rows[first]) or len(rows[first]) < 2 or first + 1 == len(rows):
        return first
    last, gaps = first, [min(_MOST_WHITE, _gap(rows[first], rows[first + 1]))]
    for at in range(first + 1, len(rows)):
        if not _may_be_row(rows[at]):
            break
        gap = _gap(rows[at - 1], rows[at])
        if gap > max(2 * median(gaps), median(gaps) + 0.7, 0.8, _LARGER * max(gaps)):
            break
        gaps.append(gap)
        if len(rows[at]) >= 2:
            last = at
        elif at - last > _LINES_OF_CELL or (at - last > 1 and not _is_tight(gap, gaps)):
            break
    return last + _goes_on(rows, first, last)


def _goes_on(rows: Sequence[Row], first: int, last: int) -> bool:
    """Whether the last row has a second line, as most rows before it have: it looks like theirs."""
    lines = [
        (one[0], _gap(above, one))
        for above, one in pairwise(rows[first : last + 1])
        if len(one) == 1 and len(above) > 1
    ]
    several = sum(len(row) > 1 for row in rows[first:last])
    if last + 1 == len(rows) or len(lines) < max(2, several / 2):
        return False
    after = rows[last + 1]
    if len(after) != 1 or not _may_be_row(after):
        return False
    slack = 0.5 * after[0].height
    level = any(abs(one.x0 - after[0].x0) <= slack for one, _ in lines)
    return level and _gap(rows[last], after) <= max(gap for _, gap in lines) + 0.1


def _is_tight(gap: float, gaps: Sequence[float]) -> bool:
    """Whether a line goes on in a cell, as the distances between rows and lines tell."""
    return gap <= min(gaps) + 0.1 and gap < 0.75 * max(gaps)


def _may_be_row(row: Row) -> bool:
    return all(isinstance(region, Segment) for region in row)


def _gap(above: Row, below: Row) -> float:
    """Return the white between two rows in line heights."""
    white = min(region.y0 for region in below) - max(region.y1 for region in above)
    return white / max(1e-6, min(region.height for region in below))


def _table(
    rows: Sequence[Row], first: int, last: int, rules: Sequence[Box], source: Source
) -> _Run | None:
    if last - first + 1 < _LEAST_ROWS:
        return None
    lines: list[TableRow] = [_segments(row) for row in rows[first : last + 1]]
    gaps, height = _gaps_of(lines)
    # Rows of few cells above are no part of it: what is said before, a running header.
    cells = [min(len(line), len(cells_of(line, gaps))) for line in lines]
    while len(cells) > 1 and cells[0] * 2 <= len(gaps) + 1 and max(cells) > cells[0]:
        first, lines, cells = first + 1, lines[1:], cells[1:]
    gaps, height = _gaps_of(lines)
    if len([line for line in lines if len(line) > 1]) < _LEAST_ROWS:
        return None
    everything = [segment for line in lines for segment in line]
    place = union((segment.x0, segment.y0, segment.x1, segment.y1) for segment in everything)
    found = [cells_of(line, gaps) for line in lines]
    supported = _is_supported(place, rules, height)
    whole = with_wrapped(lines, found)
    level = _are_level(lines, height)
    if not _is_table(found, whole, len(gaps) + 1, supported=supported, level=level):
        return None
    table = _grid(whole, len(gaps) + 1)
    words = [word for segment in everything for word in segment.words]
    shown = union(word.word.bbox for word in words)
    return _Run(first=first, table=fixed_block(BlockKind.TABLE, place, shown, words, source, table))


def _are_level(lines: Sequence[TableRow], height: float) -> bool:
    """Whether no line begins before the one above has ended: then all columns have the same lines.

    An address beside keys and values has lines of its own; some are level with theirs by chance.
    """
    return all(
        max(one.y1 for one in above) - min(one.y0 for one in below) <= _UNLEVEL * height
        for above, below in pairwise(lines)
    )


def _gaps_of(lines: Sequence[TableRow]) -> tuple[list[float], float]:
    """Return the middles of the gaps between columns, and the height of a line."""
    height = median(segment.height for line in lines for segment in line)
    return gaps_of([line for line in lines if len(line) > 1], height), height


def _is_supported(place: Box, rules: Sequence[Box], height: float) -> bool:
    """Whether two rules at least lie along the rows, or just above and below."""
    x0, y0, x1, y1 = place
    along = [
        rule
        for rule in rules
        if y0 - 2 * height <= rule[1] <= y1 + 2 * height
        and min(x1, rule[2]) - max(x0, rule[0]) >= 0.8 * (x1 - x0)
        and rule[2] - rule[0] <= 1.3 * (x1 - x0)
    ]
    return len(along) >= 2


def _is_table(
    lines: Sequence[CellWords],
    rows: Sequence[CellWords],
    columns: int,
    *,
    supported: bool,
    level: bool,
) -> bool:
    """Whether lines are a table; `rows` are the same with wrapped cells made whole.

    Columns of words alone are one only where all have the same lines.
    """
    if columns < 2:
        return False
    full = [row for row in rows if len(row) > 1]
    if sum(map(len, full)) < _LEAST_FILLED * len(full) * columns:
        return False
    written = _by_column([line for line in lines if len(line) > 1], columns)
    if any(map(_is_prose, written)):
        return False
    by_column = _by_column(full, columns)
    if not all(by_column):
        return False
    if columns < _LEAST_COLUMNS:
        return _is_list_of_figures(by_column, len(rows))
    if supported or any(map(_is_figures, by_column)):
        return True
    running = any(_is_prose(cells, _SHORT_LINE) for cells in written)
    return level and not running and _is_list_of_words(by_column, full)


def _by_column(rows: Sequence[CellWords], columns: int) -> list[list[list[Placed]]]:
    return [[row[column] for row in rows if column in row] for column in range(columns)]


def _is_prose(cells: Sequence[Sequence[Placed]], full_line: int = _FULL_LINE) -> bool:
    """Whether a column is running text: many words, and lines that fill the measure."""
    if not cells:
        return False
    usual = median(map(len, cells))
    widths = [words[-1].x1 - words[0].x0 for words in cells]
    full = sum(width >= 0.85 * max(widths) for width in widths)
    return usual >= _PROSE or (usual >= full_line and full >= 0.6 * len(cells))


def _is_figures(cells: Sequence[Sequence[Placed]]) -> bool:
    body = [text_of(words) for words in cells[1:]]
    return len(body) >= 2 and sum(map(is_number, body)) >= _FIGURES * len(body)


def _is_list_of_figures(columns: Sequence[Sequence[Sequence[Placed]]], rows: int) -> bool:
    """Whether two columns are names and figures, rather than keys and values of a letter."""
    names, figures = ([text_of(words) for words in column] for column in columns)
    if sum(map(is_number, names)) > sum(map(is_number, figures)):
        names, figures = figures, names
        if _is_count(figures):
            return False
    if rows < 4 or len(figures) < 0.8 * rows:
        return False
    keys = sum(text.rstrip().endswith(":") for text in names)
    return sum(map(is_number, figures)) >= 0.8 * len(figures) and keys <= 0.2 * len(names)


def _is_count(figures: Sequence[str]) -> bool:
    """Whether figures are the numbers of a list's items: 1, 2, 3."""
    digits = [re.sub(r"\D", "", text) for text in figures]
    counted = [int(text) for text in digits if text and len(text) < 4]
    steps = [later - before for before, later in pairwise(counted)]
    return len(steps) > 0 and steps.count(1) >= 0.7 * len(steps)


def _is_list_of_words(
    columns: Sequence[Sequence[Sequence[Placed]]], rows: Sequence[CellWords]
) -> bool:
    """Whether columns without figures are a table, rather than forms or addresses side by side.

    The cells of a table's column are of one sort; below the names of a form, and in the lines of
    an address, stand now a number, now a name.
    """
    filled = sum(map(len, rows))
    if len(rows) < _WORDS_ROWS or filled < _WORDS_FILLED * len(rows) * len(columns):
        return False
    for column in columns:
        texts = [text_of(words) for words in column]
        keys = sum(text.rstrip().endswith(":") for text in texts)
        body = texts[1:]
        digits = sum(any(map(str.isdigit, text)) for text in body)
        if keys > 0.2 * len(texts) or max(digits, len(body) - digits) < _ALIKE * len(body):
            return False
    return True


def _grid(rows: Sequence[CellWords], columns: int) -> Table:
    cells: list[Cell] = []
    bold: list[bool] = []
    for row, found in enumerate(rows):
        for column in sorted(found):
            bold.append(all(word.bold for word in found[column]))
            cells.append(
                Cell(
                    row=row,
                    column=column,
                    text=text_of(found[column]),
                    bbox=union(word.word.bbox for word in found[column]),
                )
            )
    return Table(
        rows=len(rows), columns=columns, header_rows=header_rows(cells, bold), cells=tuple(cells)
    )
