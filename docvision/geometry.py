"""Boxes, in the one coordinate convention that docvision shows to anybody.

A box is `(x0, y0, x1, y1)`: fractions of the page (or frame) as displayed, origin top left,
x to the right, y down, so `0 <= x0 <= x1 <= 1`. Pixels appear only inside a view.
"""

from __future__ import annotations

from collections.abc import Iterable

Box = tuple[float, float, float, float]

WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


def union(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around all `boxes` (at least one)."""
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return (min(x0), min(y0), max(x1), max(y1))


def area(box: Box) -> float:
    """Return the area as a fraction of the page's."""
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def intersection(a: Box, b: Box) -> float:
    """Return the area that two boxes share."""
    return area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))


def iou(a: Box, b: Box) -> float:
    """Return intersection over union, 0 where both are empty."""
    shared = intersection(a, b)
    total = area(a) + area(b) - shared
    return shared / total if total > 0 else 0.0


def middle_in(inner: Box, outer: Box) -> bool:
    """Return whether the middle of a box lies in another, its edges included."""
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def clip(box: Box) -> Box:
    """Return the part of the box that lies on the page."""
    x0, y0, x1, y1 = (min(1.0, max(0.0, value)) for value in box)
    return (x0, y0, max(x0, x1), max(y0, y1))


def within(inner: Box, outer: Box) -> Box:
    """Map a box given in fractions of `outer` to fractions of what `outer` is measured in."""
    width, height = outer[2] - outer[0], outer[3] - outer[1]
    return (
        outer[0] + inner[0] * width,
        outer[1] + inner[1] * height,
        outer[0] + inner[2] * width,
        outer[1] + inner[3] * height,
    )
