"""The columns of a table without rules: what stays white through its rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from docvision.reading.layout.placed import Placed, Segment

_MANY_ROWS = 6
_GAP_OF_MANY, _GAP_OF_FEW = 0.5, 0.8
"""Least gap between columns in line heights: few rows may leave one white by chance."""
_CROSSING = 0.12
"""Share of the rows that may write across a gap: totals, headings."""

_FULL_ROWS = 4
_LEAST_GAP = 0.15
"""Line heights between two columns of figures."""
_FIGURE_ROWS, _FIGURES = 3, 0.6
"""Rows, and share of the rows, that have figures on both sides of it."""
_COUNT, _SIGNS = re.compile(r"\d{1,4}"), frozenset("€$£")
_FIGURE = re.compile(r"[-(]?[€$£]?\d[\d.,']*[.,]\d{1,2}\)?|\d{1,2}(?:[.,]\d+)?%")

_FEW = 0.25
"""Share of the rows; where fewer have words on both sides, a gap may be a space between words."""

TableRow = Sequence[Segment]
CellWords = dict[int, list[Placed]]
"""The words of a row's cells by column."""


def gaps_of(rows: Sequence[TableRow], height: float) -> list[float]:
    """Return the middles of the gaps between columns, from the left.

    `rows` are those with several segments; `height` is that of a line.
    """
    least = height * (_GAP_OF_MANY if len(rows) >= _MANY_ROWS else _GAP_OF_FEW)
    full = _full(rows)
    allowed = int(_CROSSING * len(full))
    events = sorted(
        event
        for row in full
        for segment in row
        for word in segment.words
        for event in ((word.x0, 1), (word.x1, -1))
    )
    gaps, covered, opened = [], 0, None
    for x, step in events:
        before = covered
        covered += step
        if before > allowed >= covered:
            opened = x
        elif before <= allowed < covered and opened is not None:
            gap = (opened + x) / 2
            white = x - opened
            if white >= least or (white >= _LEAST_GAP * height and _parts_figures(rows, gap)):
                gaps.append(gap)
            opened = None
    while chance := [gap for at, gap in enumerate(gaps) if not _parts_columns(rows, gaps, at)]:
        gaps.remove(chance[0])
    return gaps


def _full(rows: Sequence[TableRow]) -> Sequence[TableRow]:
    """Return the rows that fill most columns, if they are many: sums below are set as they like."""
    most = max(map(len, rows), default=0)
    full = [row for row in rows if 2 * len(row) > most]
    return full if len(full) >= max(_FULL_ROWS, len(rows) / 2) else rows


def _parts_figures(rows: Sequence[TableRow], gap: float) -> bool:
    """Whether figures stand on both sides of a gap in most rows: no cell holds two."""
    both = 0
    for row in rows:
        words = [word for segment in row for word in segment.words]
        left = max((one for one in words if one.x1 <= gap), key=lambda one: one.x1, default=None)
        right = min((one for one in words if one.x0 >= gap), key=lambda one: one.x0, default=None)
        both += left is not None and right is not None and _are_two(left.word.text, right.word.text)
    return both >= max(_FIGURE_ROWS, _FIGURES * len(rows))


def _are_two(left: str, right: str) -> bool:
    """Whether two words are figures of two cells: `1 234,00` may be one in groups."""
    if right in _SIGNS:
        return bool(_COUNT.fullmatch(left) or _FIGURE.fullmatch(left))
    return bool(_FIGURE.fullmatch(left) and _FIGURE.fullmatch(right))


def _parts_columns(rows: Sequence[TableRow], gaps: Sequence[float], at: int) -> bool:
    """Whether a gap is more than the space between two words of the few rows that are so long."""
    gap = gaps[at]
    left = gaps[at - 1] if at else float("-inf")
    right = gaps[at + 1] if at + 1 < len(gaps) else float("inf")
    only_before = only_after = both = apart = 0
    for row in rows:
        middles = [(word.x0 + word.x1) / 2 for one in row for word in one.words]
        before = any(left < middle < gap for middle in middles)
        after = any(gap < middle < right for middle in middles)
        only_before += before and not after
        only_after += after and not before
        both += before and after
        apart += before and after and not any(one.x0 < gap < one.x1 for one in row)
    if not (both or (only_before and only_after)):
        return False
    # Money out or money in: but for the headings, no row has both.
    either = min(only_before, only_after) >= both
    return either or both >= max(2.0, _FEW * len(rows)) or apart > both / 2


def cells_of(row: TableRow, gaps: Sequence[float]) -> CellWords:
    """Return the words of a row by column; what is written across a gap stays together."""
    cells: dict[int, list[Placed]] = {}
    for segment in row:
        for words in _pieces(segment, gaps):
            middle = (words[0].x0 + words[-1].x1) / 2
            cells.setdefault(sum(gap < middle for gap in gaps), []).extend(words)
    return cells


def _pieces(segment: Segment, gaps: Sequence[float]) -> Iterator[list[Placed]]:
    """Part a segment where a gap lies between two of its words."""
    piece = [segment.words[0]]
    for word, following in pairwise(segment.words):
        if any(word.x1 <= gap <= following.x0 for gap in gaps):
            yield piece
            piece = []
        piece.append(following)
    yield piece
