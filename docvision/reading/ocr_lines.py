"""From a line as RapidOCR recognised it to words with boxes on the page."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from docvision.geometry import Box, clip
from docvision.reading.ocr_boxes import Quad
from docvision.reading.words import StyledWord, has_cjk

_FIGURE = re.compile(r"\d+(?:[.,]\d+)?")
_UNIT = re.compile(r"I[.,;)]?|Ibs?[.,;)]?")
_FORM = re.compile(r"S\.?(?:r|à\.?r|a\.?r)\.?I\.?[,;)]?")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What the recogniser says of one crop: its text, how sure, and where each character is.

    `starts[i]` and `ends[i]` bound the i-th word of `words` in fractions of the line's width;
    `confidences[i]` is that of its least sure character.
    """

    words: tuple[str, ...]
    starts: tuple[float, ...]
    ends: tuple[float, ...]
    confidences: tuple[float, ...]
    score: float


def reading_of(text: str, score: float, info: Any, *, share: float = 1.0) -> Reading:
    """Bring RapidOCR's `WordInfo` of a line into fractions of the line's width.

    `share` is the part of the picture that the line fills; the rest, on its right, is padding.

    A word is what stands between spaces, or between gaps as wide as the line is high; Chinese and
    Latin characters side by side are parted.
    """
    sure = [
        confidence
        for character, confidence in zip(text, info.confs, strict=False)
        if not character.isspace()
    ]
    pitch = _pitch(info.word_cols)
    length = max(info.line_txt_len * share, 1e-6)
    spans = list(_spans(info.word_cols, pitch, length))
    confidences, at = [], 0
    for word in info.words:
        confidences.append(min(sure[at : at + len(word)], default=score))
        at += len(word)
    return Reading(
        words=tuple(_told_by_context([_narrow("".join(word)) for word in info.words])),
        starts=tuple(start for start, _ in spans),
        ends=tuple(end for _, end in spans),
        confidences=tuple(confidences),
        score=score,
    )


def _narrow(word: str) -> str:
    """Return a word with the recogniser's full-width Latin forms as ordinary characters."""
    return word if has_cjk(word) else word.translate(_FULL_WIDTH)


def _told_by_context(words: Sequence[str]) -> Iterator[str]:
    """Yield words with a small l where a large I looks the same but cannot be meant.

    Behind a figure `l` and `lb` are units; in `S.r.l.` it stands for a word.
    """
    for before, word in zip(("", *words), words, strict=False):
        unit = _FIGURE.fullmatch(before) and _UNIT.fullmatch(word)
        yield word.replace("I", "l") if unit or _FORM.fullmatch(word) else word


def _pitch(columns: Sequence[Sequence[int]]) -> float:
    """Return the usual distance of two characters of one word, in the recogniser's columns."""
    steps = [word[-1] - word[0] for word in columns if len(word) > 1]
    count = sum(len(word) - 1 for word in columns if len(word) > 1)
    return sum(steps) / count if count else 2.0


def _spans(
    columns: Sequence[Sequence[int]], pitch: float, length: float
) -> Iterator[tuple[float, float]]:
    """Yield where each word starts and ends; neighbours meet halfway at most."""
    for index, word in enumerate(columns):
        start, end = word[0] + 0.5 - pitch / 2, word[-1] + 0.5 + pitch / 2
        if index:
            start = max(start, (columns[index - 1][-1] + word[0] + 1) / 2)
        if index + 1 < len(columns):
            end = min(end, (word[-1] + columns[index + 1][0] + 1) / 2)
        yield max(0.0, start / length), min(1.0, end / length)


def words_on_page(reading: Reading, quad: Quad, width: int, height: int) -> Iterator[StyledWord]:
    """Yield the words of a line with their boxes; `width` and `height` are the picture's pixels."""
    angle = _angle(quad)
    for text, start, end, confidence in zip(
        reading.words, reading.starts, reading.ends, reading.confidences, strict=True
    ):
        yield StyledWord(
            text=text,
            bbox=_box(quad, start, end, width, height),
            confidence=min(1.0, max(0.0, confidence)),
            angle=angle,
        )


def _box(quad: Quad, start: float, end: float, width: int, height: int) -> Box:
    top, bottom = quad[1] - quad[0], quad[2] - quad[3]
    corners = np.array(
        [
            quad[0] + start * top,
            quad[0] + end * top,
            quad[3] + start * bottom,
            quad[3] + end * bottom,
        ]
    )
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    return clip((float(x0) / width, float(y0) / height, float(x1) / width, float(y1) / height))


def _angle(quad: Quad) -> float:
    """Return the direction of writing in degrees, counter-clockwise, to a quarter turn."""
    x, y = quad[1] - quad[0]
    degrees = math.degrees(math.atan2(-float(y), float(x)))
    return round(degrees / 90) % 4 * 90.0
