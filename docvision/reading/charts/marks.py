"""What is drawn in one colour: solid rectangles, thin lines, spots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from docvision.geometry import Box
from docvision.reading.charts.colours import Layer, Mask

_SOLID = 0.8
"""Share of its box that a rectangle fills."""
_THINNEST = 2
"""Pixels; the shorter side of a rectangle at least."""
_CUT = 5
"""Pixels; a rule or a letter that lies over a mark cuts it by less."""
_RIM = 5
"""Pixels; what is thinner and hangs on a rectangle is the blur of its neighbour's edge."""
_MOSTLY = 0.8
"""Share of a spot that is rectangles, if it is these and rims."""
_BACKGROUND = 0.55
"""A grey that reaches over so much of the picture's width and height is its ground, or a frame."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A connected spot of one colour: its box in pixels, how much of it is filled, its layer."""

    box: Box
    area: float
    layer: int

    @property
    def width(self) -> float:
        """The width of its box."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> float:
        """The height of its box."""
        return self.box[3] - self.box[1]

    @property
    def middle(self) -> tuple[float, float]:
        """The centre (x, y)."""
        return ((self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2)

    @property
    def solid(self) -> bool:
        """Whether it is a filled rectangle."""
        return (
            self.area >= _SOLID * self.width * self.height
            and min(self.width, self.height) >= _THINNEST
        )


def foreground(layers: Sequence[Layer]) -> list[int]:
    """Return the layers that marks may be drawn in: colours, and greys that fill areas.

    A grey that reaches over the whole picture is paper, a panel, a frame or writing.
    """
    found = []
    for at, layer in enumerate(layers):
        if _is_paper(layer):
            continue
        if not layer.grey:
            found.append(at)
            continue
        height, width = layer.mask.shape
        core = _opened(layer.mask, max(5, round(0.012 * width)))
        ys, xs = np.nonzero(core)
        if len(xs) < 0.002 * core.size:
            continue
        wide = (xs.max() - xs.min()) / width >= _BACKGROUND
        tall = (ys.max() - ys.min()) / height >= _BACKGROUND
        holed = wide and tall and len(xs) > 0.3 * (np.ptp(xs) + 1) * (np.ptp(ys) + 1)
        if not holed:
            found.append(at)
    return found


def _is_paper(layer: Layer) -> bool:
    """Whether a colour has most of the picture's edge."""
    mask = layer.mask
    edge = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
    return bool(edge.mean() > 0.5)


def marks_of(layers: Sequence[Layer], chosen: Sequence[int]) -> list[Mark]:
    """Return the marks of the chosen layers; what rules and letters cut is healed, holes filled."""
    return [mark for at in chosen for mark in _marks(layers[at], at)]


def _marks(layer: Layer, at: int) -> Iterator[Mark]:
    mask = _opened(layer.mask, 5) if layer.grey else layer.mask
    healed = closed(mask, _CUT)
    contours, _ = cv2.findContours(
        healed.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    for contour in contours:
        x, y, w, h = cv2.boundingRect(contour)
        if w * h < 6:
            continue
        filled = np.zeros((h, w), np.uint8)
        cv2.drawContours(filled, [contour], -1, 1, cv2.FILLED, offset=(-x, -y))
        box = (float(x), float(y), float(x + w), float(y + h))
        mark = Mark(box=box, area=float(filled.sum()), layer=at)
        yield from (mark,) if mark.solid else _without_rims(mark, filled)


def _without_rims(mark: Mark, filled: NDArray[np.uint8]) -> Sequence[Mark]:
    """Return the rectangles that a spot is but for thin rims, else the spot as it is.

    `filled` is the spot in its box. The blurred edge of a light bar on a black axis can have the
    colour of the dark bar beside it, and hang on that one.
    """
    _, _, stats, _ = cv2.connectedComponentsWithStats(_opened(filled > 0, _RIM).astype(np.uint8))
    left, top = mark.box[:2]
    found = [
        Mark(box=(left + x, top + y, left + x + w, top + y + h), area=float(area), layer=mark.layer)
        for x, y, w, h, area in stats[1:].tolist()
    ]
    whole = sum(one.area for one in found) >= _MOSTLY * mark.area
    return found if whole and all(one.solid for one in found) else (mark,)


def closed(mask: Mask, size: int) -> Mask:
    """Return a mask with gaps of less than `size` pixels closed, across and down in turn."""
    plain = mask.astype(np.uint8)
    tall = np.asarray(cv2.morphologyEx(plain, cv2.MORPH_CLOSE, np.ones((size, 1), np.uint8)))
    wide = np.asarray(cv2.morphologyEx(plain, cv2.MORPH_CLOSE, np.ones((1, size), np.uint8)))
    return np.asarray((tall > 0) | (wide > 0), dtype=np.bool_)


def _opened(mask: Mask, size: int) -> Mask:
    kernel = np.ones((size, size), np.uint8)
    return cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, kernel) > 0
