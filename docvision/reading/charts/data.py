"""What a reader of one kind of chart finds, in pixels of the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from docvision.geometry import Box
from docvision.results.model import ChartKind

_AGREE = 0.05
"""Share of the scale's span by which a label and the geometry may differ."""
_AGREE_OF_VALUE = 0.12
"""The same as a share of the value."""
_LOST_POINT = (1.0, 0.1, 0.01, 10.0, 1000.0)
"""What a reader that loses or invents a point makes of a number."""


@dataclass(frozen=True, kw_only=True)
class Datum:
    """A value: its category, the layer (colour) of its series, and where its mark stands."""

    category: str
    layer: int
    value: float | None
    box: Box
    labelled: bool = False


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The data of a chart and how far to believe it.

    `error` is the scale's (a share of its span), None where there is no scale; `agreed` and
    `disputed` count the labels that the geometry bears out, and those that it does not.
    """

    kind: ChartKind
    data: tuple[Datum, ...]
    error: float | None
    agreed: int = 0
    disputed: int = 0
    percent: bool = False
    plot: Box


def settled(geometry: float | None, label: float | None, span: float) -> tuple[float | None, bool]:
    """Return the value to believe, and whether a label was borne out.

    A label that the geometry bears out is exact; one with its decimal point lost is mended; one
    that contradicts the geometry is somebody else's, or misread.
    """
    if label is None or geometry is None:
        return (geometry if label is None else label), False
    for factor in _LOST_POINT:
        value = label * factor
        off = abs(value - geometry)
        if off <= max(_AGREE * span, _AGREE_OF_VALUE * abs(geometry)):
            return value, True
    return geometry, False


def unlabelled_span(values: Sequence[float]) -> float:
    """Return the span of values where no scale is drawn."""
    return max((abs(value) for value in values), default=1.0) or 1.0
