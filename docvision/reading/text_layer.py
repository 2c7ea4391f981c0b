"""Whether the words that a PDF page carries can be believed, and those words for layout.

A layer is judged by what is seen at little cost, in this order:

1. *Empty*: it has no word.
2. *Unmapped*: more than 5 % of its characters have no Unicode value. What a reader sees is then
   not what the layer says.
3. *Garbled*: its characters are not those of a text. Fonts with a wrong or shifted encoding give
   letters of no language: too few letters and digits in all, controls and symbols inside words,
   or Latin words that hardly have a vowel.
4. *Unseen ink*: dark pixels lie outside the boxes of the words, where a text would be. They are
   measured on a thumbnail: rows of small dark marks with light between them, outside of words and
   rules. Marks inside a picture count as well where they look like lines of print, because
   the picture may be a scan with only its header typed on it.
5. *Unbelievable OCR*: the words are invisible, over a picture of the page (somebody's OCR). They
   are believed where they lie on the ink and cover most of it, as a searchable scan's do. If the
   thumbnail shows no ink below them, or if there is none to look at, they are not.

What is trusted is the layer as a whole; a page is either read from its layer or looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from docvision.documents.base import Pixels, TextLayer
from docvision.geometry import Box, area
from docvision.reading.words import StyledWord

_MOST_UNMAPPED = 0.05
_LEAST_ALPHANUMERIC = 0.45
_LEAST_WITH_VOWEL = 0.55
_MOST_ODD_WORDS = 0.3
_LEAST_INK_COVERED = 0.7
_LEAST_WORDS_ON_INK = 0.75
_INKED = 0.05
"""Share of a word's box that is ink at least; print covers a sixth or more."""
_LEAST_INK = 0.05
_INVISIBLE_SHARE = 0.5
_SCAN_AREA = 0.6
"""A picture of at least this share of the page may be the scanned page itself."""
_FAINT = 12
"""Levels (of 255) by which print stands out at least, or nobody sees it."""
_FEW_MARKS = 0.002
"""Share of the page's pixels; less unseen text than this is a speck, a logo or a signature."""

_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]{4,}")
_VOWEL = re.compile(r"[aeiouyAEIOUY\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]")
_ODD = re.compile(
    r"[A-Za-z][^\w\s.,:;'’‘\"“”()\[\]/&@%€$£+*=<>|#~^°§-][A-Za-z]|[\x00-\x1f\x7f-\x9f]"
)


@dataclass(frozen=True, kw_only=True)
class Trust:
    """Whether a text layer stands for its page, why, and what was measured (0–1 each)."""

    trusted: bool
    reason: str
    figures: Mapping[str, float] = field(default_factory=dict)


def judge(layer: TextLayer, thumbnail: Pixels | None) -> Trust:
    """Say whether a text layer can be trusted; how is told at the head of this file.

    `thumbnail` is the page as displayed, of any size (500 pixels high are enough). Without it
    the layer's characters alone decide, and invisible words over a scan are not believed.
    """
    if not layer.words:
        return Trust(trusted=False, reason="empty")
    figures = _characters(layer)
    if figures["unmapped"] > _MOST_UNMAPPED:
        return Trust(trusted=False, reason="unmapped", figures=figures)
    if (
        figures["alphanumeric"] < _LEAST_ALPHANUMERIC
        or figures["with_vowel"] < _LEAST_WITH_VOWEL
        or figures["odd_words"] > _MOST_ODD_WORDS
    ):
        return Trust(trusted=False, reason="garbled", figures=figures)
    figures["invisible"] = sum(word.invisible for word in layer.words) / len(layer.words)
    hidden = figures["invisible"] > _INVISIBLE_SHARE
    if thumbnail is None:
        return Trust(trusted=not hidden, reason="unseen" if hidden else "text", figures=figures)
    figures |= _coverage(layer, thumbnail)
    return _by_ink(figures, hidden=hidden, scan=_is_scan(layer))


def without_hidden(layer: TextLayer, thumbnail: Pixels, draw: Callable[[], Pixels]) -> TextLayer:
    """Return a layer without the words that nobody can see, such as white ones on white.

    What only machines can read is no part of what a document says, and is where orders to them
    are hidden. `draw` gives the page large; it is called where the thumbnail leaves doubts.
    """
    dark = _ink_in(_marks(thumbnail), [word.bbox for word in layer.words])[0]
    doubtful = np.flatnonzero(dark == 0)
    if not len(doubtful):
        return layer
    page = draw()
    hidden = {at for at in doubtful if _is_plain(page, layer.words[at].bbox)}
    return replace(layer, words=tuple(w for at, w in enumerate(layer.words) if at not in hidden))


def _is_plain(picture: Pixels, box: Box) -> bool:
    """Return whether a box holds nothing that stands out, however faintly."""
    height, width = picture.shape[:2]
    left, top, right, bottom = np.clip(box, 0, 1) * (width, height, width, height)
    part = picture[int(top) : int(bottom) + 2, int(left) : int(right) + 2]
    return not part.size or int(np.ptp(part.reshape(-1, 3), axis=0).max()) < _FAINT


def words_of(layer: TextLayer) -> tuple[StyledWord, ...]:
    """Return the words of a layer with what layout wants to know of them."""
    return tuple(
        StyledWord(
            text=word.text, bbox=word.bbox, size=word.size, bold=word.bold, angle=word.angle % 360
        )
        for word in layer.words
    )


def _by_ink(figures: dict[str, float], *, hidden: bool, scan: bool) -> Trust:
    covered = figures["ink_covered"] >= _LEAST_INK_COVERED or figures["unseen"] < _FEW_MARKS
    if hidden and figures["words_on_ink"] < _LEAST_WORDS_ON_INK:
        return Trust(trusted=False, reason="ocr_beside_ink", figures=figures)
    if not covered:
        return Trust(trusted=False, reason="unseen_ink", figures=figures)
    reason = "believable_ocr" if hidden and scan else "text"
    return Trust(trusted=True, reason=reason, figures=figures)


def _is_scan(layer: TextLayer) -> bool:
    return any(area(image) >= _SCAN_AREA for image in layer.images)


def _characters(layer: TextLayer) -> dict[str, float]:
    text = " ".join(word.text for word in layer.words)
    letters = sum(map(str.isalnum, text))
    # Leaders of tables of contents and ruled blanks are no sign of garbage.
    counted = len(text) - sum(map(str.isspace, text)) - sum(map(text.count, "._-–—…·"))
    latin = _LATIN_WORD.findall(text)
    with_vowel = sum(bool(_VOWEL.search(word)) for word in latin)
    odd = sum(bool(_ODD.search(word.text)) for word in layer.words)
    return {
        "unmapped": layer.unmapped / max(1, layer.characters),
        "alphanumeric": letters / counted if counted else 1.0,
        "with_vowel": with_vowel / len(latin) if len(latin) >= 8 else 1.0,
        "odd_words": odd / len(layer.words),
    }


def _coverage(layer: TextLayer, thumbnail: Pixels) -> dict[str, float]:
    """Measure where the ink that looks like text lies: below words, or beside them."""
    ink = _marks(thumbnail)
    words = _mask(ink.shape, (word.bbox for word in layer.words), grow=1)
    without = _mask(ink.shape, layer.rules, grow=1)
    ink = ink & ~(without & ~words)
    unseen = _like_print(ink & ~words)
    below = int((ink & words).sum())
    return {
        "ink_covered": below / max(1, below + int(unseen.sum())),
        "unseen": float(unseen.mean()),
        "words_on_ink": _share_on_ink(ink, [word.bbox for word in layer.words]),
    }


def _marks(thumbnail: Pixels) -> NDArray[np.bool_]:
    """Return the pixels that stand out against their surroundings, dark or light."""
    # The darkest channel shows ink of any colour.
    red, green, blue = cv2.split(thumbnail)
    ink = cv2.min(cv2.min(red, green), blue)
    around = cv2.blur(ink, (17, 17), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.absdiff(ink, around) > 24)


def _mask(shape: tuple[int, ...], boxes: Iterable[Box], grow: int) -> NDArray[np.bool_]:
    height, width = shape
    mask = np.zeros(shape, dtype=bool)
    for x0, y0, x1, y1 in boxes:
        top, left = max(0, int(y0 * height) - grow), max(0, int(x0 * width) - grow)
        mask[top : int(y1 * height) + 1 + grow, left : int(x1 * width) + 1 + grow] = True
    return mask


def _like_print(marks: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Keep the marks that lie as print does: along a row, many changes between dark and light.

    The page is cut into tiles of 8 × 32 pixels; those with a good number of changes along their
    rows, and neither full nor nearly empty, hold print. Photographs and drawings mostly do not.
    """
    high, wide = marks.shape[0] // 8, marks.shape[1] // 32
    if not high or not wide:
        return np.zeros_like(marks)
    cut = marks[: high * 8, : wide * 32]
    changes = np.zeros_like(cut)
    changes[:, 1:] = cut[:, 1:] != cut[:, :-1]
    tiles = (high, 8, wide, 32)
    busy = changes.reshape(tiles).sum(axis=(1, 3)) / (8 * 32)
    full = cut.reshape(tiles).mean(axis=(1, 3))
    print_like = (busy > 0.08) & (full > 0.05) & (full < 0.7)
    kept = np.zeros_like(marks)
    kept[: high * 8, : wide * 32] = cut & print_like.repeat(8, axis=0).repeat(32, axis=1)
    return kept


def _share_on_ink(ink: NDArray[np.bool_], boxes: Sequence[Box]) -> float:
    """Return the share of boxes in which at least a twentieth of the pixels is ink."""
    dark, area = _ink_in(ink, boxes)
    return float(np.mean(dark > _LEAST_INK * area))


def _ink_in(
    ink: NDArray[np.bool_], boxes: Sequence[Box]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return how many pixels of each box are ink, and how many there are."""
    height, width = ink.shape
    sums = cv2.integral(ink.view(np.uint8))
    edges = np.clip(np.array(boxes), 0, 1) * (width, height, width, height)
    x0, y0, x1, y1 = edges.astype(np.intp).T
    x1, y1 = np.minimum(x1 + 1, width), np.minimum(y1 + 1, height)
    dark = sums[y1, x1] - sums[y0, x1] - sums[y1, x0] + sums[y0, x0]
    return dark, (x1 - x0) * (y1 - y0)
