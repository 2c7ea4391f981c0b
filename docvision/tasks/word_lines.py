"""Words with boxes put into lines, as a reader would, though the page may be skewed.

Boxes are (left, top, right, bottom), y down, in pixels or in fractions of the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

from docvision.geometry import Box

_RECENT = 4
"""Lines, from the last one up, that a word may go on with."""
_TOUCH = 0.3
"""Share of the narrower of two words that may overlap along a line."""
_LEAST_SLOPE = 0.004
"""Rise over run from which a page counts as skewed; less is the difference between letters."""
_LONG = 0.15
"""Share of the page's width from which a line's slope can be told."""
_ENOUGH = 5
"""Lines that tell a page's slope, at least."""
_AGREE = 0.7
"""Share of them that must lean the same way."""


def lines_of(boxes: Sequence[Box]) -> list[list[int]]:
    """Group words by their boxes into lines, top to bottom, each left to right.

    A word joins the line whose nearest word it overlaps vertically by half its height. It joins
    none where another word has its place: two columns of different leading are not mixed.
    """
    lines: list[list[int]] = []
    for index in sorted(range(len(boxes)), key=lambda at: _middle(boxes[at])):
        box = boxes[index]
        fitting = [
            (overlap, -age, line)
            for age, line in enumerate(reversed(lines[-_RECENT:]))
            if (overlap := _fit(boxes, line, box)) is not None
        ]
        if fitting:
            max(fitting, key=lambda one: one[:2])[2].append(index)
        else:
            lines.append([index])
    return [sorted(line, key=lambda at: boxes[at][0]) for line in lines]


def slope_of(lines: Iterable[Sequence[Box]]) -> float:
    """Return how far a page's lines fall from left to right, 0 where it is not skewed.

    `lines` are lines as their reader saw them, in fractions of the page; the slope is in pages'
    heights over pages' widths.
    """
    slopes = [
        (_middle(line[-1]) - _middle(line[0])) / (line[-1][0] - line[0][0])
        for line in lines
        if len(line) > 1 and line[-1][0] - line[0][0] >= _LONG
    ]
    if len(slopes) < _ENOUGH:
        return 0.0
    slope = median(slopes)
    agree = sum(one * slope > 0 for one in slopes) >= _AGREE * len(slopes)
    return slope if agree and abs(slope) >= _LEAST_SLOPE else 0.0


def levelled(box: Box, slope: float) -> Box:
    """Return a box where it would stand on a page that is not skewed."""
    fall = slope * box[0]
    return (box[0], box[1] - fall, box[2], box[3] - fall)


def _fit(boxes: Sequence[Box], line: Sequence[int], box: Box) -> float | None:
    """Return the share of its height by which a word overlaps the nearest word of a line."""
    if any(_collide(boxes[other], box) for other in line):
        return None
    nearest = min(line, key=lambda other: _apart(boxes[other], box))
    share = _overlap(boxes[nearest], box)
    return share if share >= 0.5 else None


def _collide(one: Box, other: Box) -> bool:
    if one == other:
        # The parts of a word with spaces in it have one box.
        return False
    narrower = min(one[2] - one[0], other[2] - other[0])
    return min(one[2], other[2]) - max(one[0], other[0]) > _TOUCH * narrower


def _apart(one: Box, other: Box) -> float:
    return max(one[0] - other[2], other[0] - one[2])


def _middle(box: Box) -> float:
    return (box[1] + box[3]) / 2


def _overlap(one: Box, other: Box) -> float:
    height = min(one[3] - one[1], other[3] - other[1])
    return (min(one[3], other[3]) - max(one[1], other[1])) / height if height > 0 else 1.0
