"""What all renderers share: which blocks are read, and texts without what no format can carry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from docvision.results.model import FURNITURE, Block, BlockKind, Page, Table

_SENTENCE = 60
"""Characters; a shorter paragraph is no part of a longer one, but a greeting or a label."""
_UNFINISHED = re.compile(r"[^\W\d_][,;]?$|[^\W\d_][-\u2010\u00ad]$")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def readable(page: Page) -> tuple[Block, ...]:
    """Return the page's blocks without its furniture: what a reader reads."""
    return tuple(block for block in page.blocks if block.kind not in FURNITURE)


def stretches(pages: Iterable[Page]) -> Iterator[tuple[bool, list[Page]]]:
    """Yield pages that follow one another, and whether they are ones that could not be read."""
    for unread, stretch in groupby(pages, key=lambda page: page.problem is not None):
        yield unread, list(stretch)


def flowing(pages: Iterable[Page]) -> list[Block]:
    """Return what a reader reads on pages that follow one another, paragraphs made whole.

    A paragraph that runs on in the next column or on the next page is one block; its box is that
    of its last part.
    """
    found: list[tuple[int, Block]] = []
    for page in pages:
        for block in readable(page):
            before = found[-1] if found else None
            if before and _runs_on(before, (page.number, block)):
                whole = _joined(before[1].text, block.text)
                found[-1] = (page.number, block.model_copy(update={"text": whole}))
            else:
                found.append((page.number, block))
    return [block for _, block in found]


def _runs_on(before: tuple[int, Block], after: tuple[int, Block]) -> bool:
    """Whether a block goes on with the sentence that the one before it has begun."""
    (first_page, first), (second_page, second) = before, after
    if not first.kind is second.kind is BlockKind.PARAGRAPH:
        return False
    elsewhere = first_page != second_page or second.bbox[1] < first.bbox[1]
    unfinished = len(first.text) >= _SENTENCE and _UNFINISHED.search(first.text)
    return bool(elsewhere and unfinished and second.text[:1].islower())


def _joined(text: str, rest: str) -> str:
    return text[:-1] + rest if text.endswith(("-", "\u2010", "\u00ad")) else f"{text} {rest}"


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
