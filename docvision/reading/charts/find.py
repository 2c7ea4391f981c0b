"""Where charts may stand on a page, told from its picture at little cost.

What is drawn on a page, and the short words close to it, make spots; running text makes none. A
spot may be a chart if it is large, holds numbers or names, and has solid, round or thin coloured
parts that no table has. Whether it is one is only known once it is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from docvision.documents.base import Pixels
from docvision.geometry import WHOLE, Box, clip, intersection, union
from docvision.reading.charts.labels import Label, labels_of, line_height, lines_of
from docvision.results.model import Word

_HEIGHT = 640
"""Pixels; a page is looked at no larger."""
_FAR = 26
"""Grey levels from the paper's that make a pixel ink."""
_JOIN = 0.014
"""Share of the page's height over which what is drawn belongs together."""
_RUNNING = 5
"""So many words close to one another, not all numbers, are running text."""
_SPACE = 0.9
"""Their distance in line heights at most."""
_LEAST_WIDE, _LEAST_TALL = 0.14, 0.07
"""Shares of the page's width and height that a chart takes at least."""
_WORDS = 3
_DRAWN = 0.004
"""Share of its box that a chart's coloured or solid parts take at least."""
_LEAST_COLOURED = 0.0004
"""Share of the page; a page with less is text, and is not looked at more closely."""
_COLOURED = 34
"""Difference between the channels of a colour that is none of print."""
_MARGIN = 0.006
_SAME = 0.6
_LEGEND = 0.12
"""Share of a chart's larger side by which its legend stands away from it at most."""
_ABOVE = 2.2
"""Line heights between a chart and its title at most."""
_CENTRED = 0.35
"""Shares of a chart's width by which a word of its title may be off its middle."""

Mask = NDArray[np.uint8]


def find_charts(picture: Pixels, words: Sequence[Word]) -> list[Box]:
    """Return the boxes, in fractions of the page, that may hold charts, from the top.

    Args:
        picture: The page at any size from about 480 pixels high.
        words: Its words, boxes in fractions of the page.
    """
    small = _shrunk(picture)
    height, width = small.shape[:2]
    drawn, coloured = _drawn(small)
    if cv2.countNonZero(coloured) < _LEAST_COLOURED * coloured.size:
        return []
    labels = labels_of(words, width, height)
    short, running = _by_kind(labels)
    for label in labels:
        _fill(drawn, label.box, 0, 1)
    for label in running:
        _fill(coloured, label.box, 0, 1)
    spots = drawn.copy()
    for label in short:
        _fill(spots, label.box, 1, 0)
    every = list(_spots(spots, height, line_height(short)))
    found = [
        _with_legend(box, every, coloured, short)
        for box in every
        if _is_large(box, width, height) and _may_be_chart(box, drawn, coloured, labels)
    ]
    return [_grown(box, short, width, height) for box in _apart(found)]


def _shrunk(picture: Pixels) -> Pixels:
    scale = _HEIGHT / picture.shape[0]
    if scale >= 1:
        return picture
    size = (max(1, round(picture.shape[1] * scale)), _HEIGHT)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _drawn(picture: Pixels) -> tuple[Mask, Mask]:
    """Return which pixels are no paper, and which are coloured or solid."""
    paper = np.median(picture[::7, ::7].reshape(-1, 3), axis=0)
    ground = np.empty_like(picture)
    ground[:] = paper
    away = _most(cv2.split(cv2.absdiff(picture, ground)))
    drawn = (away > _FAR).astype(np.uint8)
    channels = cv2.split(picture)
    spread = cv2.subtract(_most(channels), cv2.min(cv2.min(*channels[:2]), channels[2]))
    own = int(paper.max() - paper.min())
    coloured = ((spread > _COLOURED + own) & (drawn > 0)).astype(np.uint8)
    solid = cv2.erode(drawn, np.ones((5, 5), np.uint8))
    return drawn, np.asarray(cv2.bitwise_or(coloured, solid), dtype=np.uint8)


def _most(channels: Sequence[np.ndarray]) -> Mask:
    """Return the greatest of three channels at each pixel."""
    return np.asarray(cv2.max(cv2.max(channels[0], channels[1]), channels[2]), dtype=np.uint8)


def _by_kind(labels: Sequence[Label]) -> tuple[list[Label], list[Label]]:
    """Part words into those that stand alone or are numbers, and those of running text."""
    short: list[Label] = []
    running: list[Label] = []
    for line in lines_of(labels):
        run = [line[0]]
        for label in [*line[1:], None]:
            low = min(run[-1].height, label.height) if label else 0.0
            if label and label.box[0] - run[-1].box[2] <= _SPACE * low:
                run.append(label)
                continue
            names = sum(one.number is None for one in run)
            (running if len(run) >= _RUNNING and names >= 0.5 * len(run) else short).extend(run)
            run = [label] if label else run
    return short, running


def _fill(mask: Mask, box: Box, value: int, by: int) -> None:
    x0, y0, x1, y1 = box
    mask[max(0, int(y0) - by) : int(y1) + 1 + by, max(0, int(x0) - by) : int(x1) + 1 + by] = value


def _spots(mask: Mask, height: int, line: float) -> Iterator[Box]:
    """Yield the boxes of what lies close together, in pixels; `line` is the words' height."""
    down = max(3, round(_JOIN * height)) | 1
    # A swatch and its name are a letter's width apart.
    across = max(down, round(1.2 * line)) | 1
    joined = cv2.dilate(mask, np.ones((down, across), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    for x, y, w, h, _ in stats[1:].tolist():
        by_x, by_y = across // 2, down // 2
        yield (x + by_x, y + by_y, x + w - by_x, y + h - by_y)


def _is_large(box: Box, width: int, height: int) -> bool:
    return box[2] - box[0] >= _LEAST_WIDE * width and box[3] - box[1] >= _LEAST_TALL * height


def _may_be_chart(box: Box, drawn: Mask, coloured: Mask, labels: Sequence[Label]) -> bool:
    """Whether a spot holds numbers or names, and more than rules."""
    x0, y0, x1, y1 = map(int, box)
    inside = [label for label in labels if _holds(box, label)]
    share = coloured[y0:y1, x0:x1].mean()
    return len(inside) >= _WORDS and bool(share >= _DRAWN)


def _with_legend(box: Box, spots: Sequence[Box], coloured: Mask, short: Sequence[Label]) -> Box:
    """Return a box with the small spots beside it that hold a colour and a name."""
    reach = _LEGEND * max(box[2] - box[0], box[3] - box[1])
    near = [
        spot
        for spot in spots
        if spot != box
        and _away(box, spot) <= reach
        and (spot[2] - spot[0]) * (spot[3] - spot[1]) < 0.3 * (box[2] - box[0]) * (box[3] - box[1])
        and coloured[int(spot[1]) : int(spot[3]) + 1, int(spot[0]) : int(spot[2]) + 1].any()
        and any(_holds(spot, label) for label in short)
    ]
    return union([box, *near])


def _away(box: Box, spot: Box) -> float:
    """Return the white between two boxes that are level or stand above one another, else inf."""
    across = max(spot[0] - box[2], box[0] - spot[2])
    down = max(spot[1] - box[3], box[1] - spot[3])
    return max(across, down) if min(across, down) < 0 else float("inf")


def _holds(box: Box, label: Label) -> bool:
    x, y = label.middle
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _is_title(box: Box, label: Label) -> bool:
    """Whether a word stands close above a spot, about its middle."""
    white = box[1] - label.box[3]
    beside = abs(label.middle[0] - (box[0] + box[2]) / 2) > _CENTRED * (box[2] - box[0])
    return not beside and -label.height <= white <= _ABOVE * label.height


def _apart(boxes: Sequence[Box]) -> list[Box]:
    """Return boxes from the top, those that mostly lie in one another as one."""
    found: list[Box] = []
    for box in sorted(boxes, key=lambda box: -(box[2] - box[0]) * (box[3] - box[1])):
        size = (box[2] - box[0]) * (box[3] - box[1])
        home = next(
            (at for at, one in enumerate(found) if intersection(one, box) > _SAME * size), None
        )
        if home is None:
            found.append(box)
        else:
            found[home] = union((found[home], box))
    return sorted(found, key=lambda box: (box[1], box[0]))


def _grown(box: Box, short: Sequence[Label], width: int, height: int) -> Box:
    """Return a box in fractions of the page, with the words that it cuts taken in whole."""
    cut = [label.box for label in short if _holds(box, label) or _is_title(box, label)]
    x0, y0, x1, y1 = union([box, *cut])
    by = _MARGIN * height
    return clip(
        ((x0 - by) / width, (y0 - by) / height, (x1 + by) / width, (y1 + by) / height)
    ) if (x1 - x0) * (y1 - y0) < 0.9 * width * height else WHOLE  # fmt: skip
