"""Categories: which words below (or beside) the axis belong to which place along it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from docvision.reading.charts.labels import Label, joined, lines_of, phrases

_REACH = 3.0
"""Line heights between the plot's edge and the nearest category."""
_NEXT_LINE = 1.7
"""Line heights from one line of wrapped categories to the next, centre to centre."""
_OFF = 0.6
"""Shares of the distance between places by which a category may stand beside its own."""


def categories_below(
    places: Sequence[float], labels: Sequence[Label], edge: float, height: float
) -> list[Label | None]:
    """Return for each place (an x) the words that stand below it, from `edge` (a y) down.

    Categories may run over several lines; a line that serves one place only is an axis's title,
    unless there is but one place.
    """
    step = _step(places, labels)
    lines = [
        line
        for line in lines_of([label for label in labels if label.upright])
        if line[0].middle[1] > edge - 0.2 * height
    ]
    found: list[list[Label]] = [[] for _ in places]
    last: float | None = None
    for line in lines:
        at = line[0].middle[1]
        if (
            at - (edge if last is None else last)
            > (_REACH if last is None else _NEXT_LINE) * height
        ):
            break
        served = _served(places, line, step)
        if len({place for place, _ in served}) < (2 if last is not None else min(2, len(places))):
            if last is not None:
                break
            continue
        for place, label in served:
            found[place].append(label)
        last = at
    return [joined(some) if some else None for some in found]


def categories_beside(
    places: Sequence[float], labels: Sequence[Label], edge: float, height: float
) -> list[Label | None]:
    """Return for each place (a y) the words that end left of `edge` (an x) beside it."""
    step = _step(places, labels) if len(places) > 1 else 3 * height
    found: list[list[Label]] = [[] for _ in places]
    for label in labels:
        if label.upright and label.box[2] <= edge + 0.5 * height:
            nearest = min(range(len(places)), key=lambda at: abs(places[at] - label.middle[1]))
            if abs(places[nearest] - label.middle[1]) <= min(_OFF * step, 2.5 * height):
                found[nearest].append(label)
    return [
        joined([label for line in lines_of(some) for label in line]) if some else None
        for some in found
    ]


def _step(places: Sequence[float], labels: Sequence[Label]) -> float:
    ordered = sorted(places)
    gaps = [after - before for before, after in pairwise(ordered) if after > before]
    return median(gaps) if gaps else max((label.box[2] for label in labels), default=100.0)


def _served(places: Sequence[float], line: Sequence[Label], step: float) -> list[tuple[int, Label]]:
    """Return the words of a line with their places; words that run over two are left out."""
    served = []
    for label in line:
        nearest = min(range(len(places)), key=lambda at: abs(places[at] - label.middle[0]))
        if abs(places[nearest] - label.middle[0]) <= _OFF * step:
            served.append((nearest, label))
    return served


def row_of_categories(
    labels: Sequence[Label], edge: float, left: float, right: float, height: float
) -> list[Label]:
    """Return the first line of words below `edge` that spreads between two x, as phrases."""
    for line in lines_of([label for label in labels if label.upright]):
        at = line[0].middle[1]
        if not edge - 0.2 * height < at:
            continue
        if at - edge > 2 * _REACH * height:
            break
        found = [
            phrase
            for phrase in phrases(line)
            if left - 2 * height <= phrase.middle[0] <= right + 2 * height
        ]
        spread = len(found) > 1 and found[-1].middle[0] - found[0].middle[0]
        if spread and spread >= 0.4 * (right - left):
            return found
    return []
