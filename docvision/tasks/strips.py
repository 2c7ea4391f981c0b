"""Whether a slight change of a video's picture has changed its words.

The strips of both frames that hold what has changed are put on one sheet, one below the other, and
the sheet is read by OCR: that costs a small part of reading whole frames. A pointer that has moved
leaves the words as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz

from docvision.documents.base import Document, Pixels
from docvision.geometry import Box, area, intersection, union
from docvision.reading.ocr import Ocr
from docvision.results.model import Word
from docvision.views.slight import Settle, Slight

MOST = 32
"""Slight changes of one stretch that are looked into; further ones are passed over."""
SAME_WORDS = 50.0
"""Similarity (0-100) below which two texts are not the same one read twice."""
SURE = 0.8
"""Confidence that words must be read with to be believed."""
_MARGIN = 0.03
"""Of the picture's height: what a strip shows above and below, so that no line is cut."""
_NEAR = 0.01
"""Of the picture: how close to a change a word must stand to be part of it."""
_GAP = 24
"""Pixels between two strips."""


@dataclass(frozen=True, kw_only=True)
class _Strip:
    """The rows of a frame from `top` to `bottom` (fractions of its height), and its pixels."""

    top: float
    bottom: float
    pixels: Pixels


def words_settle(document: Document, ocr: Ocr, cancelled: Callable[[], bool]) -> Settle:
    """Return what settles slight changes of a video by the words that stand where they are."""

    def settle(changes: Sequence[Slight]) -> Sequence[bool]:
        some = changes[:MOST]
        verdicts = [_says_otherwise(document, ocr, change, cancelled) for change in some]
        return verdicts + [False] * (len(changes) - len(some))

    return settle


def _says_otherwise(
    document: Document, ocr: Ocr, change: Slight, cancelled: Callable[[], bool]
) -> bool:
    frames = [frame.pixels for frame in document.frames([change.before, change.after])]
    if len(frames) < 2:
        return False
    strips = [_strip(pixels, change) for pixels in frames]
    (words,) = ocr.read([_sheet(strips)], cancelled)
    before, after = ([*_of_strip(words, strips, at)] for at in range(2))
    return _differ(before, after, change.boxes)


def _strip(pixels: Pixels, change: Slight) -> _Strip:
    _, y0, _, y1 = union(change.boxes)
    high = pixels.shape[0]
    first, last = int(max(0.0, y0 - _MARGIN) * high), int(min(1.0, y1 + _MARGIN) * high) + 1
    return _Strip(top=first / high, bottom=min(last, high) / high, pixels=pixels[first:last])


def _sheet(strips: Sequence[_Strip]) -> Pixels:
    """Return strips of one size, one below the other, parted by a band of their own grey."""
    one, other = (strip.pixels for strip in strips)
    band = np.full((_GAP, *one.shape[1:]), np.median(one), one.dtype)
    return np.concatenate([one, band, other])


def _of_strip(words: Sequence[Word], strips: Sequence[_Strip], at: int) -> Iterator[Word]:
    """Yield the words of one of the two strips, their boxes in fractions of the frame."""
    high = strips[0].pixels.shape[0]
    whole = 2 * high + _GAP
    start = at * (high + _GAP)
    for word in words:
        x0, y0, x1, y1 = word.bbox
        if start <= (y0 + y1) / 2 * whole < start + high:
            scale = (strips[at].bottom - strips[at].top) / high
            top, bottom = (strips[at].top + (y * whole - start) * scale for y in (y0, y1))
            yield word.model_copy(update={"bbox": (x0, max(0.0, top), x1, min(1.0, bottom))})


def _differ(before: Sequence[Word], after: Sequence[Word], boxes: Sequence[Box]) -> bool:
    """Return whether other words stand where the picture has changed, surely read."""
    for box in boxes:
        # Words may be parted otherwise on either side: both are read as far as either reaches.
        reach = union([box, *(word.bbox for word in (*before, *after) if _near(word, box))])
        one, other = (
            [word for word in words if _lies_in(word, reach)] for words in (before, after)
        )
        sure = all(word.confidence >= SURE for word in (*one, *other))
        if sure and _say_otherwise(_letters(one), _letters(other)):
            return True
    return False


def _say_otherwise(one: str, other: str) -> bool:
    """Return whether two texts differ in a number, or altogether.

    A letter or two are no difference: a pointer at rest on a word makes OCR read them otherwise,
    and one on an empty place is taken for a letter.
    """
    if not one or not other:
        return len(one + other) > 1
    return _digits(one) != _digits(other) or fuzz.ratio(one, other) < SAME_WORDS


def _near(word: Word, box: Box) -> bool:
    x0, y0, x1, y1 = box
    return intersection(word.bbox, (x0 - _NEAR, y0 - _NEAR, x1 + _NEAR, y1 + _NEAR)) > 0


def _lies_in(word: Word, box: Box) -> bool:
    return intersection(word.bbox, box) > area(word.bbox) / 2


def _letters(words: Sequence[Word]) -> str:
    """Return what is written without spaces and marks, which OCR sees now and then."""
    return "".join(filter(str.isalnum, "".join(word.text for word in words).casefold()))


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))
