"""Rows that no rule parts, in a frame whose rules part the columns alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from docvision.reading.layout.fixed import text_of
from docvision.reading.layout.grid import CellWords
from docvision.reading.layout.order import rows_of
from docvision.reading.layout.placed import Placed, Segment
from docvision.reading.layout.segments import segments_of
from docvision.reading.layout.wrapped import is_number, with_wrapped

_FIGURES = 2
"""Columns that hold a figure in the same lines, at least; a price above its tax is one.

A column of dates is enough, where each stands beside a figure.
"""
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}(?:\.|[./-]\d{2,4})?")
_LINES = 2
"""Such lines that make rows of them."""
_STACKED = 3
"""Where so many rows between rules hold such lines, each is a row whose cells have lines."""


def floors_of(bands: Sequence[Sequence[Placed]], xs: Sequence[float]) -> list[tuple[float, ...]]:
    """Return for each band between two rules where its rows part (y), from the top.

    `bands` are the words of each, `xs` the edges of the columns from the left. Most have a single
    row: its cells run over several lines. Rows are told by figures that stand side by side.
    """
    rows = [_rows(words, xs) for words in bands]
    several = [at for at, some in enumerate(rows) if len(some) > 1]
    if len(several) >= _STACKED:
        return [()] * len(bands)
    return [tuple(_between(one, other) for one, other in pairwise(some)) for some in rows]


def _rows(words: Sequence[Placed], xs: Sequence[float]) -> list[CellWords]:
    """Return the rows of a band by column, or one of all words where nothing parts it."""
    lines = [
        [one for one in row if isinstance(one, Segment)] for row in rows_of(segments_of(words))
    ]
    found = [_by_column(line, xs) for line in lines]
    dated = [_columns_of(cells, _is_date) for cells in found]
    figures = [
        _columns_of(cells, is_number) | days for cells, days in zip(found, dated, strict=True)
    ]
    full = [at for at, one in enumerate(figures) if len(one) >= _FIGURES]
    if len(full) < _LINES:
        return []
    # Of a statement's sums one is in the column of what went out, the next in that of what came in.
    by_date = set.intersection(*(dated[at] for at in full))
    if not by_date and len(set.intersection(*(figures[at] for at in full))) < _FIGURES:
        return []
    return with_wrapped(lines, found)


def _by_column(line: Sequence[Segment], xs: Sequence[float]) -> CellWords:
    cells: CellWords = {}
    for word in (word for segment in line for word in segment.words):
        middle = (word.x0 + word.x1) / 2
        cells.setdefault(sum(x <= middle for x in xs[1:-1]), []).append(word)
    return cells


def _columns_of(cells: CellWords, accepts: Callable[[str], bool]) -> set[int]:
    return {column for column, words in cells.items() if accepts(text_of(words))}


def _is_date(text: str) -> bool:
    return _DATE.fullmatch(text) is not None


def _between(above: CellWords, below: CellWords) -> float:
    """Return the height (y) halfway between two rows."""
    bottom = max(word.middle for words in above.values() for word in words)
    top = min(word.middle for words in below.values() for word in words)
    return (bottom + top) / 2
