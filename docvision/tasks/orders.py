"""Pages without what stands on them to give orders to a machine that reads them.

A document is data, whatever it says. A large model can be told so; a small one is led astray by
"Ignore previous instructions" all the same, and even where it obeys nothing, more words make it
read the rest otherwise. So orders (`orders.txt` says what they are like) are not shown to whoever
extracts, answers or classifies. `ocr` gives all that stands on a page.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import NamedTuple

from docvision.geometry import middle_in, union
from docvision.results.model import Block, Cell, Line, Page, Word
from docvision.tasks.base import Desk

MOST_CODE = 6
"""Lines of code from which a page is about code."""
CALL = 12
"""Characters of an outcry before an order (`Stop.`), which goes with it, at most."""
_FULL = 0.85
"""Of its block's width: a line at least so wide may run on."""
_GAP = 2.0
"""Of a line's height: a gap that parts columns is wider. (Shares of a page's width and height, so
it is between one and three times the height as it looks.)"""
_ENDS = re.compile(r"[.!?]['\")\]]*(?=\s|$)")


class _Patterns(NamedTuple):
    orders: tuple[re.Pattern[str], ...]
    code: tuple[re.Pattern[str], ...]


def without_orders(page: Page) -> Page:
    """Return a page without the lines, or the sentences of lines, that are orders."""
    patterns = _patterns()
    chosen = patterns.orders if _is_code(page) else patterns.orders + patterns.code
    blocks = tuple(kept for block in page.blocks if (kept := _quiet(block, chosen)))
    return page if blocks == page.blocks else page.model_copy(update={"blocks": blocks})


def quieted(pages: Sequence[Page], desk: Desk) -> tuple[list[Page], Desk]:
    """Return pages without orders, and a desk that gives them without orders too."""
    quiet = replace(desk, page=lambda page: without_orders(desk.page(page)))
    return [without_orders(page) for page in pages], quiet


def orders_in(text: str) -> bool:
    """Return whether a text holds an order, or a mark of code."""
    return any(_spans(text, [*_patterns().orders, *_patterns().code]))


@cache
def _patterns() -> _Patterns:
    text = (resources.files("docvision.tasks") / "orders.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    at = lines.index("[code]")
    orders, code = (tuple(map(re.compile, part)) for part in (lines[1:at], lines[at + 1 :]))
    return _Patterns(orders=orders, code=code)


def _is_code(page: Page) -> bool:
    """Return whether a page shows code: then its marks are what it is about."""
    lines = [line for block in page.blocks for line in block.text.splitlines()]
    return sum(any(_spans(line, _patterns().code)) for line in lines) >= MOST_CODE


def _spans(text: str, patterns: Sequence[re.Pattern[str]]) -> Iterator[tuple[int, int]]:
    flat = _flat(text)
    for pattern in patterns:
        yield from (found.span() for found in pattern.finditer(flat))


def _flat(text: str) -> str:
    """Return a text without accents and upper case; every offset stays."""
    return "".join(_bare(letter) for letter in text)


@cache
def _bare(letter: str) -> str:
    base = unicodedata.normalize("NFKD", letter)[:1].casefold()
    return base if len(base) == 1 else " " if letter.isspace() else letter


def _quiet(block: Block, patterns: Sequence[re.Pattern[str]]) -> Block | None:
    """Return a block without its orders, None where nothing else stands in it."""
    if not any(_spans(" ".join(block.text.split()), patterns)):
        return block
    if not block.lines:
        text = "\n".join(_cut(line, patterns) for line in block.text.splitlines())
        return block.model_copy(update={"text": text.strip()}) if text.strip() else None
    lines = _quiet_lines(block, patterns)
    if not lines:
        return None
    if block.table:
        cells = tuple(_quiet_cell(cell, lines, patterns) for cell in block.table.cells)
        table = block.table.model_copy(update={"cells": cells})
        return block.model_copy(update={"lines": tuple(lines), "table": table})
    text = " ".join(line.text for line in lines)
    around = union(line.bbox for line in lines)
    return block.model_copy(update={"lines": tuple(lines), "text": text, "bbox": around})


def _quiet_cell(cell: Cell, kept: Sequence[Line], patterns: Sequence[re.Pattern[str]]) -> Cell:
    """Return a cell without its orders: an order below a name in one cell leaves the name."""
    if not any(_spans(" ".join(cell.text.split()), patterns)):
        return cell
    words = [word.text for line in kept for word in line.words if middle_in(word.bbox, cell.bbox)]
    # An order that reaches below other cells makes this one reach over them.
    own = Counter(cell.text.split())
    left = [word for at, word in enumerate(words) if words[:at].count(word) < own[word]]
    return cell.model_copy(update={"text": " ".join(left)})


def _quiet_lines(block: Block, patterns: Sequence[re.Pattern[str]]) -> list[Line]:
    """Return the lines of a block without the sentences that are orders."""
    starts: list[int] = []
    text = ""
    for line in block.lines:
        starts.append(len(text))
        text += line.text + " "
    ends = [*starts[1:], len(text)]
    spans = [
        _sentence(text, _reach(block.lines, starts, ends, span)) for span in _spans(text, patterns)
    ]
    kept = (_outside(line, start, spans) for line, start in zip(block.lines, starts, strict=True))
    return [line for line in kept if line]


def _reach(
    lines: Sequence[Line], starts: Sequence[int], ends: Sequence[int], span: tuple[int, int]
) -> tuple[int, int, int, int]:
    """Return a match with the bounds, start and end, of the lines that it may reach over."""
    inside = [at for at in range(len(lines)) if starts[at] < span[1] and ends[at] > span[0]]
    first, last = inside[0], inside[-1]
    wide = max(line.bbox[2] - line.bbox[0] for line in lines)
    while first and runs_on(lines[first - 1], lines[first], wide):
        first -= 1
    while last + 1 < len(lines) and runs_on(lines[last], lines[last + 1], wide):
        last += 1
    return *span, starts[first], ends[last]


def runs_on(line: Line, after: Line, wide: float) -> bool:
    """Return whether a sentence goes on from a line to the next."""
    is_full = line.bbox[2] - line.bbox[0] >= _FULL * wide and _is_closed(line)
    ended = _ENDS.search(line.text[-3:]) is not None
    return not ended and (after.text[:1].islower() or (is_full and not after.text[:1].isupper()))


def _is_closed(line: Line) -> bool:
    """Return whether a line has no gap that parts columns: a row of a table is no sentence."""
    high = line.bbox[3] - line.bbox[1]
    return all(after.bbox[0] - word.bbox[2] <= _GAP * high for word, after in pairwise(line.words))


def _sentence(text: str, reach: tuple[int, int, int, int]) -> tuple[int, int]:
    """Return the sentence that holds a match, no further than its lines reach."""
    start, end, low, high = reach
    before = [found.end() for found in _ENDS.finditer(text, low, start) if found.end() - low > CALL]
    after = _ENDS.search(text, end, high)
    return (before[-1] if before else low), (after.end() if after else high)


def _outside(line: Line, start: int, spans: Sequence[tuple[int, int]]) -> Line | None:
    """Return a line without the words that lie in spans; it begins at `start`."""
    kept: list[Word] = []
    for word in line.words:
        end = start + len(word.text)
        if not any(low < end and start < high for low, high in spans):
            kept.append(word)
        start = end + 1
    if len(kept) == len(line.words):
        return line
    return Line(words=tuple(kept), bbox=union(word.bbox for word in kept)) if kept else None


def _cut(text: str, patterns: Sequence[re.Pattern[str]]) -> str:
    """Return a text without the sentences that are orders."""
    found = [_sentence(text, (*span, 0, len(text))) for span in _spans(text, patterns)]
    kept = (
        letter
        for at, letter in enumerate(text)
        if not any(start <= at < end for start, end in found)
    )
    return "".join(kept).strip()
