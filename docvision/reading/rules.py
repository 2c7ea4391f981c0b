"""Ruled lines on the picture of a page, for tables that were scanned."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from docvision.documents.base import Pixels
from docvision.geometry import Box

_SHORTEST_ACROSS, _SHORTEST_DOWN = 0.05, 0.035
"""Shares of the page's width and height; shorter strokes are letters."""
_PIECE = 0.6
"""A skewed line falls into pieces; one is at least this share of the shortest line."""
_THICK = 0.004
"""Share of the page's height up to which a line is a rule, besides what skew adds."""
_SKEW = 0.05


def rules_of(picture: Pixels) -> tuple[Box, ...]:
    """Return the boxes of the ruled lines of a page, in fractions of the picture.

    Lines may be skewed by up to about 2 degrees. Takes some 20 ms for a page at 200 dpi.
    """
    # Heavy: wanted only where a page is looked at.
    import cv2  # noqa: PLC0415

    height, width = picture.shape[:2]
    gray = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    marked = cv2.adaptiveThreshold(
        gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 12
    )
    dark = np.asarray(marked, dtype=np.uint8)
    across = round(_SHORTEST_ACROSS * width)
    down = round(_SHORTEST_DOWN * height)
    thick = max(3.0, _THICK * height)
    return tuple(
        (x / width, y / height, (x + w) / width, (y + h) / height)
        for x, y, w, h in (
            *(box for box in _strokes(dark, across, 1) if _is_rule(box[2], box[3], across, thick)),
            *(box for box in _strokes(dark, 1, down) if _is_rule(box[3], box[2], down, thick)),
        )
    )


def _strokes(
    dark: NDArray[np.uint8], across: int, down: int
) -> Iterator[tuple[int, int, int, int]]:
    """Yield (x, y, width, height) of what is left of the ink if only long strokes are kept."""
    # As above.
    import cv2  # noqa: PLC0415

    piece = (max(1, round(_PIECE * across)), max(1, round(_PIECE * down)))
    kept = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones(piece[::-1], np.uint8))
    # Pieces of one line are a pixel or two apart.
    joined = cv2.dilate(kept, np.ones((3, 3), np.uint8))
    contours, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    yield from map(cv2.boundingRect, contours)


def _is_rule(length: int, breadth: int, shortest: int, thick: float) -> bool:
    return length >= shortest and breadth <= thick + _SKEW * length
