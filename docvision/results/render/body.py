"""What all renderers share: which blocks are read, and texts without what no format can carry."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from docvision.results.model import FURNITURE, Block, BlockKind, Page, Table

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def readable(page: Page) -> tuple[Block, ...]:
    """Return the page's blocks without its furniture: what a reader reads."""
    return tuple(block for block in page.blocks if block.kind not in FURNITURE)


def runs(blocks: Sequence[Block]) -> Iterator[tuple[bool, list[Block]]]:
    """Yield stretches of blocks, and whether each is of list items."""
    for is_list, run in groupby(blocks, key=lambda block: block.kind is BlockKind.LIST_ITEM):
        yield is_list, list(run)


def depths(items: Sequence[Block]) -> list[int]:
    """Return the nesting of consecutive list items, from 1 and never deeper by more than one."""
    found: list[int] = []
    for item in items:
        found.append(min(item.level or 1, found[-1] + 1 if found else 1))
    return found


def clean(text: str) -> str:
    """Return text without control characters and lone surrogates, which XML cannot carry."""
    return _CONTROL.sub("", text)


def one_line(text: str) -> str:
    """Return text on one line, with single spaces."""
    return " ".join(clean(text).split())


def lines_of(text: str) -> list[str]:
    """Return the lines of a text, each with single spaces; empty ones are left out."""
    return [line for line in map(one_line, text.split("\n")) if line]


def rows_of(table: Table) -> list[list[str]]:
    """Return a table as rows of texts; a cell that spans others stands in the first of them."""
    rows = [[""] * table.columns for _ in range(table.rows)]
    for cell in table.cells:
        if cell.row < table.rows and cell.column < table.columns:
            rows[cell.row][cell.column] = one_line(cell.text)
    return rows


def clock(seconds: float) -> str:
    """Return a time of a video as h:mm:ss.s."""
    tenths = round(seconds * 10)
    minutes, tenths = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{tenths / 10:04.1f}"
