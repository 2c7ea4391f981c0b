"""Parts of a page at a good scale: lines for models that read regions, bands of a dense page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from docvision.documents.base import PageInfo
from docvision.geometry import Box, union
from docvision.views.resolution import Size, tokens
from docvision.views.view import View

LINE_HEIGHT = 24.0
"""Pixels that a line's box is scaled to. With Qwen3's factor of 32 this leaves 4 px above and
below, as in the lines that nano is trained on."""

MAX_WIDTH = 384
"""Pixels across at most, likewise."""


def line_views(
    lines: Sequence[Sequence[Box]],
    page: PageInfo,
    *,
    index: int,
    factor: int,
    line_height: float = LINE_HEIGHT,
    max_width: int = MAX_WIDTH,
) -> list[list[View]]:
    """Return, for each line of text, the views that show it from left to right.

    Each view is scaled so that its line is `line_height` pixels high, whatever its size on the
    page. A line that is too wide is cut between words, and inside a word only where that word
    alone is too wide.

    Args:
        lines: Each line as its words' boxes (or one box), in fractions of the page.
        page: The page's size; both sides in one unit.
        index: The page's index.
        factor: Side of a visual token in pixels.
        line_height: Pixels of a line's box.
        max_width: Pixels across at most; at least one factor.
    """
    return [
        _Strip.of(words, page, index, factor, line_height, max_width).views(sorted(words))
        for words in lines
    ]


def bands(size: Size, *, index: int, factor: int, max_tokens: int, overlap: float) -> list[View]:
    """Cut a page of `size` into the fewest full-width bands that each fit the budget.

    Neighbouring bands share at least `overlap` pixels (where a band is high enough), so that no
    line of text is lost to a cut. All bands are of one size: they can be read in one batch.
    """
    rows = size.height // factor
    most = max(1, max_tokens // (size.width // factor))
    shared = min(math.ceil(overlap / factor), most - 1)
    count = 1 if rows <= most else math.ceil((rows - shared) / (most - shared))
    high = math.ceil((rows + (count - 1) * shared) / count)
    starts = [(step * (rows - high)) // max(1, count - 1) for step in range(count)]
    return [
        View(
            page=index,
            region=(0.0, start / rows, 1.0, (start + high) / rows),
            width=size.width,
            height=high * factor,
            tokens=tokens(size.width, high * factor, factor),
        )
        for start in starts
    ]


@dataclass(frozen=True, kw_only=True)
class _Strip:
    """How one line is drawn: a pixel in fractions of the page, and the strip's sides in pixels."""

    page: int
    factor: int
    across: float
    down: float
    height: int
    max_width: int
    margin: float

    @staticmethod
    def of(
        words: Sequence[Box],
        page: PageInfo,
        index: int,
        factor: int,
        line_height: float,
        max_width: int,
    ) -> _Strip:
        tall = max((word[3] - word[1] for word in words), default=1.0) * page.height
        pixel = max(tall, page.height * 1e-4) / line_height
        height = math.ceil(line_height / factor) * factor
        return _Strip(
            page=index,
            factor=factor,
            across=pixel / page.width,
            down=pixel / page.height,
            height=height,
            max_width=max(1, max_width // factor) * factor,
            margin=min((height - line_height) / 2, factor / 4),
        )

    def views(self, words: Sequence[Box]) -> list[View]:
        room = (self.max_width - 2 * self.margin) * self.across
        return [self._view(part) for part in _split(words, room)]

    def _view(self, box: Box) -> View:
        """Show a box: in the middle from top to bottom, at the left, where reading starts."""
        ideal = (box[2] - box[0]) / self.across + 2 * self.margin
        width = min(self.max_width, math.ceil(ideal / self.factor - 1e-6) * self.factor)
        middle = (box[1] + box[3]) / 2
        x0, x1 = _slide(box[0] - self.margin * self.across, width * self.across)
        y0, y1 = _slide(middle - self.height / 2 * self.down, self.height * self.down)
        return View(
            page=self.page,
            region=(x0, y0, x1, y1),
            width=width,
            height=self.height,
            tokens=tokens(width, self.height, self.factor),
        )


def _slide(start: float, length: float) -> tuple[float, float]:
    """Move a stretch onto the page, or cut it to the page where it is longer."""
    if length >= 1:
        return 0.0, 1.0
    start = min(max(start, 0.0), 1.0 - length)
    return start, start + length


def _split(words: Sequence[Box], room: float) -> list[Box]:
    """Join words, left to right, into boxes no wider than `room`."""
    parts: list[Box] = []
    for piece in chain.from_iterable(_pieces(word, room) for word in words):
        joined = union((parts[-1], piece)) if parts else piece
        if parts and joined[2] - joined[0] <= room:
            parts[-1] = joined
        else:
            parts.append(piece)
    return parts


def _pieces(word: Box, room: float) -> list[Box]:
    """Cut a word that is wider than `room` into equal pieces."""
    x0, y0, x1, y1 = word
    count = max(1, math.ceil((x1 - x0) / room - 1e-9))
    step = (x1 - x0) / count
    return [(x0 + step * part, y0, x0 + step * (part + 1), y1) for part in range(count)]
