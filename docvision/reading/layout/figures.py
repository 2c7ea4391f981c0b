"""Pictures on a page, with the few words that are printed in them."""

from __future__ import annotations

from collections.abc import Sequence

from docvision.geometry import Box, area, clip
from docvision.reading.layout.fixed import Fixed, fixed_block
from docvision.reading.layout.frame import Frame
from docvision.reading.layout.placed import Placed
from docvision.results.model import BlockKind, Source

_SMALLEST, _LARGEST = 0.004, 0.6
"""Shares of the page: less is an ornament, more is a background or the scan itself."""
_MOST_WORDS = 30
"""A picture below more words than these is the ground that they are printed on."""


def figures(
    words: Sequence[Placed], images: Sequence[Box], frame: Frame, source: Source
) -> tuple[list[Fixed], list[Placed]]:
    """Return the figures, and the words that are in none of them.

    `images` are in fractions of the page as displayed.
    """
    found: list[Fixed] = []
    rest = list(words)
    for image in sorted(map(clip, images), key=area, reverse=True):
        if not _SMALLEST <= area(image) <= _LARGEST:
            continue
        place = frame.box(image)
        if any(_covers(figure, place) for figure in found):
            continue
        inside = [word for word in rest if _within(word, place)]
        if len(inside) > _MOST_WORDS:
            continue
        found.append(fixed_block(BlockKind.FIGURE, place, image, inside, source))
        taken = set(map(id, inside))
        rest = [word for word in rest if id(word) not in taken]
    return found, rest


def charted(
    words: Sequence[Placed], charts: Sequence[Box], frame: Frame, source: Source
) -> tuple[list[Fixed], list[Placed]]:
    """Return a block for each chart, and the words that are in none of them."""
    found: list[Fixed] = []
    rest = list(words)
    for chart in charts:
        place = frame.box(chart)
        inside = [word for word in rest if _within(word, place)]
        taken = set(map(id, inside))
        rest = [word for word in rest if id(word) not in taken]
        found.append(fixed_block(BlockKind.CHART, place, chart, inside, source))
    return found, rest


def _covers(figure: Fixed, place: Box) -> bool:
    x, y = (place[0] + place[2]) / 2, (place[1] + place[3]) / 2
    return figure.x0 <= x <= figure.x1 and figure.y0 <= y <= figure.y1


def _within(word: Placed, place: Box) -> bool:
    x = (word.x0 + word.x1) / 2
    return place[0] <= x <= place[2] and place[1] <= word.middle <= place[3]
