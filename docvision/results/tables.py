"""Tables of a document as a reader sees them: parts on pages that follow one another are joined.

A table goes on at the top of the next page where its columns stand at the same places and its
header, if it is repeated, says the same. Repeated headers are dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from docvision.geometry import Box
from docvision.results.model import FURNITURE, Block, BlockKind, Cell, Page, Table

_SAME_HEADER = 85.0
"""Similarity (0–100) from which a header is that of the page before; OCR differs in letters."""
_SHORT = 12
"""Words; so little may stand between a table and the edge of its page: `continued`, a title."""
_BETWEEN = 2
"""So many short blocks may stand there."""
_LOWEST_START = 0.5
"""A part that begins below the middle of its page continues nothing."""
_REACH = 0.03
"""Share of the page's width by which columns of two pages may be apart."""


@dataclass(frozen=True, kw_only=True)
class JoinedCell:
    """A cell and where it stands: `page` counts from 1, `bbox` is in fractions of that page."""

    page: int
    bbox: Box
    text: str


@dataclass(frozen=True, kw_only=True)
class JoinedTable:
    """A logical table.

    Attributes:
        table: All rows of all parts, headers once; boxes are those of the cells' own pages.
        pages: The page (from 1) of each row of `table`.
        blocks: Where its parts stand: (index into the pages given, index of the block).
    """

    table: Table
    pages: tuple[int, ...]
    blocks: tuple[tuple[int, int], ...]

    @property
    def header(self) -> tuple[str, ...]:
        """The text over each column, that of several header rows joined; "" where none stands."""
        return _header(self.table)

    @property
    def rows(self) -> tuple[tuple[JoinedCell | None, ...], ...]:
        """The rows below the header, a cell or None for each column.

        A cell that spans rows or columns stands in the first of them only.
        """
        found: list[list[JoinedCell | None]] = [
            [None] * self.table.columns for _ in range(self.table.rows)
        ]
        for cell in self.table.cells:
            if cell.text:
                found[cell.row][cell.column] = JoinedCell(
                    page=self.pages[cell.row], bbox=cell.bbox, text=cell.text
                )
        return tuple(tuple(row) for row in found[self.table.header_rows :])


def joined_tables(pages: Sequence[Page]) -> list[JoinedTable]:
    """Return the tables of one document in reading order, those that run over pages as one.

    `pages` are in order. Nothing is joined over a page that is missing or could not be read.
    """
    found: list[list[_Part]] = []
    for at, page in enumerate(pages):
        first = _outermost(list(enumerate(page.blocks)))
        for number, block in enumerate(page.blocks):
            if block.table is None or block.kind is not BlockKind.TABLE:
                continue
            part = _part(block.table, page.number, (at, number))
            at_top = number == first and block.bbox[1] < _LOWEST_START
            before = found[-1] if found and at_top and _is_open(found[-1], at, pages) else None
            joint = before and _continued(before, part)
            if before and joint:
                before.append(joint)
            else:
                found.append([part])
    return [_whole(parts) for parts in found]


def mark_continued(pages: Sequence[Page]) -> tuple[Page, ...]:
    """Return the pages with `Table.continues` set for each part but the first of a table."""
    parts = {place for table in joined_tables(pages) for place in table.blocks[1:]}
    marks: dict[int, dict[int, Block]] = {}
    for at, number in parts:
        block = pages[at].blocks[number]
        assert block.table is not None
        table = block.table.model_copy(update={"continues": True})
        marks.setdefault(at, {})[number] = block.model_copy(update={"table": table})
    return tuple(_replaced(page, marks.get(at, {})) for at, page in enumerate(pages))


def pages_with_joined_tables(pages: Sequence[Page]) -> list[Page]:
    """Return pages on which each table stands whole where it begins, for renderers."""
    whole: dict[int, dict[int, Block]] = {}
    gone: set[tuple[int, int]] = set()
    for table in joined_tables(pages):
        if len(table.blocks) > 1:
            (at, number), *rest = table.blocks
            block = pages[at].blocks[number].model_copy(update={"table": table.table})
            whole.setdefault(at, {})[number] = block
            gone.update(rest)
    return [
        page.model_copy(
            update={
                "blocks": tuple(
                    block
                    for number, block in enumerate(_replaced(page, whole.get(at, {})).blocks)
                    if (at, number) not in gone
                )
            }
        )
        for at, page in enumerate(pages)
    ]


def _replaced(page: Page, blocks: Mapping[int, Block]) -> Page:
    if not blocks:
        return page
    return page.model_copy(
        update={"blocks": tuple(blocks.get(at, block) for at, block in enumerate(page.blocks))}
    )


@dataclass(frozen=True, kw_only=True)
class _Part:
    """A table of one page, and how it fits what it continues.

    `columns` says for each of its columns which one of the whole it is; `places` from where to
    where each column of the whole is written, so far; the first `dropped` rows repeat the header.
    """

    table: Table
    page: int
    block: tuple[int, int]
    columns: Mapping[int, int]
    places: Mapping[int, tuple[float, float]]
    dropped: int = 0


def _part(table: Table, page: int, block: tuple[int, int]) -> _Part:
    places = _places_of(table)
    return _Part(
        table=table,
        page=page,
        block=block,
        columns={column: column for column in range(table.columns)},
        places=places,
    )


def _outermost(blocks: Sequence[tuple[int, Block]]) -> int | None:
    between = 0
    for number, block in blocks:
        if block.kind in FURNITURE:
            continue
        if block.kind is BlockKind.TABLE:
            return number
        between += 1
        long = len(block.text.split()) > _SHORT or block.kind is BlockKind.CHART
        if between > _BETWEEN or long:
            return None
    return None


def _is_open(parts: Sequence[_Part], at: int, pages: Sequence[Page]) -> bool:
    """Whether a table stands at the end of the page before the one at this index."""
    above, number = parts[-1].block
    follows = at == above + 1 and pages[at].number == pages[above].number + 1
    return follows and _outermost(list(enumerate(pages[above].blocks))[::-1]) == number


def _continued(parts: Sequence[_Part], part: _Part) -> _Part | None:
    """Return a part as it continues those before, or None where it is another table."""
    head = part.table.header_rows
    if head and not _same_header(parts[0].table, part.table):
        return None
    columns = _matched(parts[-1].places, part.places)
    if columns is None:
        return None
    places = dict(parts[-1].places)
    for column, place in part.places.items():
        one = places[columns[column]]
        places[columns[column]] = (min(one[0], place[0]), max(one[1], place[1]))
    return replace(part, columns=columns, places=places, dropped=head)


def _same_header(a: Table, b: Table) -> bool:
    texts = (" ".join(" ".join(_header(table)).casefold().split()) for table in (a, b))
    return fuzz.ratio(*texts) >= _SAME_HEADER


def _header(table: Table) -> tuple[str, ...]:
    found: list[list[str]] = [[] for _ in range(table.columns)]
    for cell in sorted(table.cells, key=lambda cell: cell.row):
        if cell.row < table.header_rows:
            for column in range(cell.column, min(table.columns, cell.column + cell.column_span)):
                found[column].append(cell.text)
    return tuple(" ".join(filter(None, texts)) for texts in found)


def _places_of(table: Table) -> dict[int, tuple[float, float]]:
    """Return from where to where each column is written, in fractions of the page's width."""
    found: dict[int, tuple[float, float]] = {}
    for cell in table.cells:
        if cell.column_span == 1:
            x0, x1 = found.get(cell.column, (1.0, 0.0))
            found[cell.column] = (min(x0, cell.bbox[0]), max(x1, cell.bbox[2]))
    return found


def _matched(
    above: Mapping[int, tuple[float, float]], below: Mapping[int, tuple[float, float]]
) -> dict[int, int] | None:
    """Return which column above each column below is, or None where they do not match.

    A column in which a page has nothing is no column there, so one or the other may have fewer:
    by one of three, two of six.
    """
    if min(len(above), len(below)) < 2:
        return None
    found: dict[int, int] = {}
    for column, place in sorted(below.items()):
        match = max(above, key=lambda other: _shared(above[other], place))
        if _shared(above[match], place) <= 0 or match in found.values():
            return None
        found[column] = match
    in_order = list(found.values()) == sorted(found.values())
    missing = len(above) - len(found)
    return found if in_order and missing <= len(above) // 3 else None


def _shared(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return how much of the narrower column lies under the other, sideways alignment counted."""
    narrow = max(1e-6, min(a[1] - a[0], b[1] - b[0]))
    overlap = min(a[1], b[1]) - max(a[0], b[0])
    aligned = min(abs(a[0] - b[0]), abs(a[1] - b[1])) <= _REACH
    return overlap / narrow if aligned or overlap >= 0.5 * narrow else 0.0


def _whole(parts: Sequence[_Part]) -> JoinedTable:
    cells: list[Cell] = []
    pages: list[int] = []
    for part in parts:
        down = len(pages) - part.dropped
        cells += [_moved(cell, down, part) for cell in part.table.cells if cell.row >= part.dropped]
        pages += [part.page] * (part.table.rows - part.dropped)
    table = parts[0].table.model_copy(update={"rows": len(pages), "cells": tuple(cells)})
    return JoinedTable(
        table=table if len(parts) > 1 else parts[0].table,
        pages=tuple(pages),
        blocks=tuple(part.block for part in parts),
    )


def _moved(cell: Cell, down: int, part: _Part) -> Cell:
    first = part.columns.get(cell.column, cell.column)
    last = cell.column + cell.column_span - 1
    span = part.columns.get(last, last) - first + 1
    return cell.model_copy(
        update={"row": cell.row + down, "column": first, "column_span": max(1, span)}
    )
