"""The words that layout takes: a result's word, and what is known of how it is drawn."""

from __future__ import annotations

import re

from docvision.geometry import Box
from docvision.results.model import Word

_PART = re.compile(r"\S+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")


class StyledWord(Word):
    """A word with hints for layout. Blocks hold plain words: see `plain`.

    `size` is the height of the font in fractions of the page's height, None where only the box is
    known. `angle` is the direction of writing in degrees, counter-clockwise, as displayed: 90 for
    text that runs up the page, 180 for text that stands on its head.
    """

    size: float | None = None
    bold: bool = False
    angle: float = 0.0

    def plain(self) -> Word:
        """Return the word without the hints."""
        return Word(text=self.text, bbox=self.bbox, confidence=self.confidence)


def words_of_line(text: str, bbox: Box, confidence: float = 1.0) -> tuple[Word, ...]:
    """Split a line with one box into words, each as wide as its share of the characters.

    For readers that box lines only, such as a model. `bbox` is in fractions of the page; the
    line is taken to be horizontal.
    """
    text = text.strip()
    x0, y0, x1, y1 = bbox
    step = (x1 - x0) / max(1, len(text))
    return tuple(
        Word(
            text=part.group(),
            bbox=(x0 + part.start() * step, y0, min(x1, x0 + part.end() * step), y1),
            confidence=confidence,
        )
        for part in _PART.finditer(text)
    )


def has_cjk(text: str) -> bool:
    """Whether a text holds a Chinese, Japanese or Korean character."""
    return bool(_CJK.search(text))
