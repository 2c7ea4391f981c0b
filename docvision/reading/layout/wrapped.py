"""Rows of a table whose cells run over several lines: which lines make one row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from docvision.reading.layout.fixed import text_of
from docvision.reading.layout.grid import CellWords, TableRow

_NEAR = 0.6
"""A line that follows within so many line heights of the last may continue its cells."""
_JUMP = 1.2
"""Between rows lies so much more than between the lines of a cell, from baseline to baseline."""
_ANCHOR = 0.4
"""A column of figures with something in so many lines starts every row that it stands in."""
_FIGURES = 0.6

_NUMBER = re.compile(r"^[(\-+−–]?[€$£]?\s?\d[\d.,' ]*\s?(?:%|€|\$|£|[A-Z]{3})?\)?[-*]?\s?[A-Z]?$")


def is_number(text: str) -> bool:
    """Whether a cell holds a figure: an amount, a percentage, a count."""
    return bool(_NUMBER.match(text.strip()))


def with_wrapped(lines: Sequence[TableRow], found: Sequence[CellWords]) -> list[CellWords]:
    """Return rows of lines: what continues the cells of the line above is put to them.

    `found` are the words of each line by column. A line continues the row above where the lines
    of a table come in two distances and this is the smaller. Where all are alike, it does if it
    is close below and either is a single cell or lacks what every row has: a figure in a column
    of figures, which always starts a row.
    """
    anchors = _anchors(found)
    steps = [_middle(below) - _middle(above) for above, below in pairwise(lines)]
    within = _within_rows(steps)
    joined = [dict(found[0])]
    for at, cells in enumerate(found[1:]):
        close = steps[at] <= within if within else _is_near(lines[at], lines[at + 1])
        few = len(cells) == 1 or within > 0 or bool(anchors)
        starts = any(column in anchors for column in cells)
        if close and few and not starts and set(cells) <= set(joined[-1]) and len(joined[-1]) > 1:
            for column, words in cells.items():
                joined[-1][column] = joined[-1][column] + words
        elif within and close and starts and len(joined[-1]) == 1 and set(joined[-1]) < set(cells):
            # The figures stand on the last line of what they are of.
            joined[-1] = {
                column: [*joined[-1].get(column, []), *words] for column, words in cells.items()
            }
        else:
            joined.append(dict(cells))
    return joined


def _middle(line: TableRow) -> float:
    return median((segment.y0 + segment.y1) / 2 for segment in line)


def _within_rows(steps: Sequence[float]) -> float:
    """Return the largest step that leads on within a row, 0 where all steps are alike."""
    ordered = sorted(steps)
    jumps = [(after / max(before, 1e-6), before) for before, after in pairwise(ordered)]
    jump, before = max(jumps, default=(1.0, 0.0))
    return before if jump >= _JUMP else 0.0


def _is_near(above: TableRow, below: TableRow) -> bool:
    white = min(segment.y0 for segment in below) - max(segment.y1 for segment in above)
    return white < _NEAR * below[0].height


def _anchors(found: Sequence[CellWords]) -> set[int]:
    """Return the columns of figures that hold something in many lines."""
    columns = {column for cells in found for column in cells}
    anchors = set()
    for column in columns:
        texts = [text_of(cells[column]) for cells in found if column in cells]
        figures = sum(map(is_number, texts))
        if len(texts) >= _ANCHOR * len(found) and figures >= _FIGURES * len(texts):
            anchors.add(column)
    return anchors
