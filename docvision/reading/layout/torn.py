"""Tables that came out in two pieces, as a side column ends beside them.

Pure functions of blocks; boxes are fractions of the page, y down.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from statistics import median

from docvision.geometry import union
from docvision.reading.layout.fixed import table_text
from docvision.results.model import Block, Table

_PITCH = 1.6
"""Distances between rows from the last of a table to the next row at most."""
_LEAST = 3
"""Columns that both pieces have in line at least."""


def mended(blocks: Iterable[Block]) -> list[Block]:
    """Return blocks in order, each table together with what goes on with it right below."""
    found: list[Block] = []
    for block in blocks:
        if found and _goes_on(found[-1], block):
            found[-1] = _joined(found[-1], block)
        else:
            found.append(block)
    return found


def _goes_on(above: Block, below: Block) -> bool:
    one, other = above.table, below.table
    if one is None or other is None or one.columns != other.columns or other.header_rows:
        return False
    tops, below_them = _tops(one), _tops(other)
    if not tops or not below_them:
        return False
    pitch = median([after - before for before, after in pairwise(tops)] or [0.0])
    if not 0 < below_them[0] - tops[-1] <= _PITCH * pitch:
        return False
    mine, theirs = _columns(one), _columns(other)
    both = mine.keys() & theirs.keys()
    return len(both) >= _LEAST and all(
        min(mine[at][1], theirs[at][1]) > max(mine[at][0], theirs[at][0]) for at in both
    )


def _tops(table: Table) -> list[float]:
    """Return where the rows begin, from the top."""
    tops: dict[int, float] = {}
    for cell in table.cells:
        if cell.text:
            tops[cell.row] = min(cell.bbox[1], tops.get(cell.row, 1.0))
    return sorted(tops.values())


def _columns(table: Table) -> dict[int, tuple[float, float]]:
    """Return from where to where the cells of each column go across the page."""
    found: dict[int, tuple[float, float]] = {}
    for cell in table.cells:
        if cell.text and cell.column_span == 1:
            left, right = found.get(cell.column, (1.0, 0.0))
            found[cell.column] = (min(left, cell.bbox[0]), max(right, cell.bbox[2]))
    return found


def _joined(above: Block, below: Block) -> Block:
    assert above.table is not None
    assert below.table is not None
    first = above.table.rows
    table = above.table.model_copy(
        update={
            "rows": first + below.table.rows,
            "cells": (
                *above.table.cells,
                *(cell.model_copy(update={"row": cell.row + first}) for cell in below.table.cells),
            ),
        }
    )
    counts = [sum(len(line.words) for line in block.lines) for block in (above, below)]
    sure = above.confidence * counts[0] + below.confidence * counts[1]
    return above.model_copy(
        update={
            "bbox": union((above.bbox, below.bbox)),
            "text": table_text(table),
            "lines": (*above.lines, *below.lines),
            "table": table,
            "confidence": sure / max(1, sum(counts)),
        }
    )
