"""The scale of a chart, from the numbers written along one of its sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from docvision.reading.charts.labels import Label, line_height, parse_number

_ALIGNED = 0.7
"""Line heights within which the numbers of one axis stand below, or beside, one another."""
_OFF = 0.35
"""Line heights by which a number may stand beside its place on the scale."""
_LEAST = 3
_PAIRS = 300
"""Pairs of numbers tried as the two that fix a scale."""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Pixels along one side and the values they mean: `value = slope * pixel + start`.

    `ticks` are the numbers it was found by, `error` the mean distance of these from their places,
    as a share of the stretch between the outermost.
    """

    slope: float
    start: float
    ticks: tuple[Label, ...]
    error: float

    def value(self, pixel: float) -> float:
        """Return what a place along the axis means."""
        return self.slope * pixel + self.start

    def pixel(self, value: float) -> float:
        """Return where a value lies."""
        return (value - self.start) / self.slope

    @property
    def span(self) -> float:
        """The difference between the outermost numbers."""
        values = [self.value(pixel) for pixel in self.ends]
        return abs(values[1] - values[0])

    @property
    def ends(self) -> tuple[float, float]:
        """The values' places, first and last, in pixels (of the fit, not of the boxes)."""
        places = [self.pixel(label.number) for label in self.ticks if label.number is not None] or [
            0.0,
            1.0,
        ]
        return min(places), max(places)

    def through(self, pixel: float, value: float, reach: float) -> Scale:
        """Return the scale moved so that a place has a value, if it nearly has.

        Bars stand on zero to the pixel, while numbers are boxed with an error of one or two.
        """
        if abs(self.pixel(value) - pixel) > reach:
            return self
        return replace(self, start=self.start + value - self.value(pixel))


def value_scale(labels: Sequence[Label], side: int) -> Scale | None:
    """Return the scale along x (`side` 0) or y (1), or None where no numbers make one."""
    numbers = [label for label in labels if label.number is not None and label.upright]
    height = line_height(labels)
    best: Scale | None = None
    for group in _aligned(numbers, 1 - side, _ALIGNED * height):
        # Where the sign before decimals is in doubt, it is the one by which more numbers fit.
        fits = [_fit(group, side, _OFF * height, decimal) for decimal in (None, ",", ".")]
        scale = max(filter(None, fits), key=lambda fit: len(fit.ticks), default=None)
        if scale and (best is None or _rank(scale) > _rank(best)):
            best = scale
    return best


def _rank(scale: Scale) -> tuple[int, float]:
    return len(scale.ticks), -scale.error


def _aligned(labels: Sequence[Label], side: int, reach: float) -> list[list[Label]]:
    """Return the groups of labels that end, begin or centre at one place along a side."""
    found: list[list[Label]] = []
    for seed in labels:
        for place in range(3):
            at = _places(seed, side)[place]
            group = [one for one in labels if abs(_places(one, side)[place] - at) <= reach]
            if len(group) >= _LEAST and group not in found:
                found.append(group)
    return found


def _places(label: Label, side: int) -> tuple[float, float, float]:
    return label.box[side], label.middle[side], label.box[side + 2]


def _fit(group: Sequence[Label], side: int, off: float, decimal: str | None) -> Scale | None:
    """Return the line through most of the numbers, least squares over those that it meets."""
    pairs = [
        (label.middle[side], parse_number(label.text, decimal=decimal), label) for label in group
    ]
    points = [(at, value, label) for at, value, label in pairs if value is not None]
    best: list[tuple[float, float, Label]] = []
    tried = 0
    for (at, value, _), (other, far, _) in combinations(points, 2):
        tried += 1
        if tried > _PAIRS:
            break
        if abs(other - at) < 2 * off or far == value:
            continue
        slope = (far - value) / (other - at)
        met = [point for point in points if abs((point[1] - value) / slope + at - point[0]) <= off]
        if len(met) > len(best):
            best = met
    if len({round(point[1], 9) for point in best}) < _LEAST:
        return None
    return _least_squares(best)


def _least_squares(points: Sequence[tuple[float, float, Label]]) -> Scale:
    count = len(points)
    mean_at = sum(point[0] for point in points) / count
    mean_value = sum(point[1] for point in points) / count
    spread = sum((point[0] - mean_at) ** 2 for point in points)
    slope = sum((at - mean_at) * (value - mean_value) for at, value, _ in points) / spread
    start = mean_value - slope * mean_at
    stretch = max(point[0] for point in points) - min(point[0] for point in points)
    errors = [abs((value - start) / slope - at) for at, value, _ in points]
    return Scale(
        slope=slope,
        start=start,
        ticks=tuple(label for _, _, label in points),
        error=sum(errors) / count / max(stretch, 1.0),
    )
