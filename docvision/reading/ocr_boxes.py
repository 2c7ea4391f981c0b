"""Boxes of lines fitted to their ink.

The detector's boxes shift by a pixel or two with whatever else stands on the page, and that is
enough for `1x46.72` to be read as `1 x 46.72`. Where a line begins and ends its ink says, which is
the same whatever stands elsewhere. So the boxes of level lines are drawn anew around it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from docvision.documents.base import Pixels

Quad = NDArray[np.float32]
"""Corners of a line in pixels, shape (4, 2): top left, top right, bottom right, bottom left of the
upright line."""
_Flags = NDArray[np.bool_]

_CONTRAST = 40
"""Grey levels between ink and paper."""
_COARSE, _AROUND = 0.25, 21
"""Paper is the median of so many pixels around of a picture so much smaller: 84 across."""
_SHIFT = 2
"""Pixels by which a box may miss the ink of its line."""
_PARTED = 2
"""Pixels without ink between a line and the next, at least."""
_LEAST = 2
"""Pixels of ink in a row of a line, at least: a single one is a speck."""
_LEVEL = 0.2
"""Of its height: what a line may rise or fall from end to end."""
_TALL = 1.4
"""A box so much higher than wide is no level line."""
_SHARED = 0.5
"""Of its width: what a box shares at most with a neighbour that it runs into; and of its height
at least, for the two to stand on one row."""
_MARGIN = 0.25
"""Of the ink's height: the paper around it in a box. What is read best, of 0.1 to 0.4."""
_NARROWEST = 0.8
"""Of its height: the width of a box at least. What is much higher than wide is read sideways."""
_BODY = 0.3
"""Of the ink in the rows of a line that have most: those with more stand above what hangs down.

Below them the detector leaves as much paper as above the ink: commas and tails hang into it.
"""


def ink_of(picture: Pixels) -> _Flags:
    """Return where a picture (RGB or BGR, shape (height, width, 3)) differs from its paper.

    Shape (height, width). Text may be darker than the paper or lighter.
    """
    gray: Any = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    height, width = gray.shape
    small = cv2.resize(gray, None, fx=_COARSE, fy=_COARSE, interpolation=cv2.INTER_AREA)
    paper = cv2.resize(cv2.medianBlur(small, _AROUND), (width, height))
    return np.asarray(cv2.absdiff(gray, paper) > _CONTRAST)


def fitted_apart(quads: Sequence[Quad], ink: _Flags) -> list[Quad]:
    """Return lines' boxes around their ink; one that runs into its neighbour's ends before it.

    The letter behind a price is not read with the last digit of the price once more.
    """
    boxes = [fitted(quad, ink) for quad in quads]
    return [
        fitted(_apart(quad, boxes), ink) if box is quad and _is_level(quad) else box
        for quad, box in zip(quads, boxes, strict=True)
    ]


def fitted(quad: Quad, ink: _Flags) -> Quad:
    """Return a line's box around its ink.

    It stays as it is where the line is not level, or where its ink runs into something else.
    """
    if not _is_level(quad):
        return quad
    left, top = np.floor(quad.min(axis=0)).astype(int).tolist()
    right, bottom = np.ceil(quad.max(axis=0)).astype(int).tolist()
    above, before = max(0, top - _SHIFT), max(0, left - _SHIFT)
    rows = ink[above : bottom + _SHIFT, max(0, left) : right].sum(axis=1) >= _LEAST
    down = _stretch(rows)
    if down is None:
        return quad
    first, last = above + down[0], above + down[1]
    columns: _Flags = np.logical_or.reduce(ink[first:last, before : right + _SHIFT])
    inked = np.flatnonzero(columns)
    if columns[:_PARTED].any() or columns[-_PARTED:].any() or len(inked) < _LEAST:
        return quad
    across = before + int(inked[0]), before + int(inked[-1]) + 1
    hanging = _hanging(ink[first:last, across[0] : across[1]])
    return _box(across, (first, last), hanging, ink.shape)


def _is_level(quad: Quad) -> bool:
    wide, high = (quad.max(axis=0) - quad.min(axis=0)).tolist()
    rise = max(abs(quad[1, 1] - quad[0, 1]), abs(quad[2, 1] - quad[3, 1]))
    return bool(rise <= _LEVEL * high and high <= _TALL * wide)


def _apart(quad: Quad, boxes: Sequence[Quad]) -> Quad:
    """Return a box without what it shares with others on its row."""
    (left, top), (right, bottom) = quad.min(axis=0).tolist(), quad.max(axis=0).tolist()
    most = _SHARED * (right - left)
    cut = quad.copy()
    for box in boxes:
        (x0, y0), (x1, y1) = box.min(axis=0).tolist(), box.max(axis=0).tolist()
        level = min(bottom, y1) - max(top, y0) >= _SHARED * (bottom - top)
        if level and x0 < left < x1 <= left + most:
            cut[:, 0] = np.maximum(cut[:, 0], x1)
        elif level and right - most <= x0 < right < x1:
            cut[:, 0] = np.minimum(cut[:, 0], x0)
    return cut


def _stretch(rows: _Flags) -> tuple[int, int] | None:
    """Return where the ink in the middle of some rows begins and ends; None if at no gap."""
    quarter = max(_LEAST, len(rows) // 4)
    start = len(rows) // 2 - quarter
    middle = np.flatnonzero(rows[start : start + 2 * quarter])
    if not len(middle):
        return None
    up = _until_gap(rows[start + int(middle[0]) :: -1])
    down = _until_gap(rows[start + int(middle[-1]) :])
    if up is None or down is None:
        return None
    return start + int(middle[0]) - up + 1, start + int(middle[-1]) + down


def _until_gap(rows: _Flags) -> int | None:
    """Return how many rows there are up to the last before a gap; None if there is no gap."""
    last = 0
    for at, inked in enumerate(rows):
        if inked:
            last = at
        elif at - last >= _PARTED:
            return last + 1
    return None


def _hanging(ink: _Flags) -> int:
    """Return how many rows of a line's ink hang below the bodies of its letters."""
    rows = ink.sum(axis=1)
    full = np.flatnonzero(rows >= _BODY * np.percentile(rows, 90))
    return len(rows) - 1 - int(full[-1])


def _box(
    across: tuple[int, int], down: tuple[int, int], hanging: int, shape: tuple[int, ...]
) -> Quad:
    margin = round(_MARGIN * (down[1] - down[0]))
    least = math.ceil((2 * margin + down[1] - down[0]) * _NARROWEST)
    side = max(margin, (least - across[1] + across[0] + 1) // 2)
    left, right = max(0, across[0] - side), min(shape[1], across[1] + side)
    top, bottom = max(0, down[0] - margin), min(shape[0], down[1] + max(0, margin - hanging))
    corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
    return np.array(corners, dtype=np.float32)
