"""What a chart's picture tells beside its words: a legend's colours, and heights on its scale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

import numpy as np

from docvision.geometry import Box
from docvision.reading.charts.colours import Mask
from docvision.reading.charts.labels import Label, line_height
from docvision.reading.charts.legend import Legend
from docvision.reading.charts.look import Look, measure
from docvision.reading.charts.marks import Mark

_GROUND = 0.3
"""Share of a number's box from which a colour is what it stands on."""
_SOME = 0.08
"""Share of a row of the strip beside a number from which a colour is what it stands by."""
_STRIP = 1.4
"""Line heights from a number to what it belongs to."""
_ALIKE = 2
"""Pixels by which equal distances differ."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A value that is drawn and not written: read off the scale, or a share of a pie in percent.

    `box` is that of the mark's middle in fractions of the picture, `colour` the number of the
    legend's name whose colour it has.
    """

    value: float
    box: Box
    colour: int | None = None


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What a chart's picture tells beside its words.

    A legend's names, each by the numbers of its words; the name whose colour stands by a word; and
    what was measured of marks without a number of their own.
    """

    names: tuple[tuple[int, ...], ...] = ()
    colours: Mapping[int, int] = field(default_factory=dict)
    measured: tuple[Measured, ...] = ()


def told_beside(look: Look, words: int) -> Beside:
    """Return what a chart tells beside its words, of which there are so many.

    Names are in the legend's order, from the top left.
    """
    swatches = _in_order(look.legend, line_height(look.labels))
    if len(look.labels) != words or len(swatches) < 2:
        return Beside(measured=_measured(look, {}))
    names: list[list[int]] = [[] for _ in swatches]
    for at, label in enumerate(look.labels):
        if label in look.legend.labels:
            names[_swatch_of(label, swatches)].append(at)
    if not all(names):
        return Beside(measured=_measured(look, {}))
    numbers = {
        at: label
        for at, label in enumerate(look.labels)
        if label.upright and label not in look.legend.labels and any(map(str.isdigit, label.text))
    }
    masks = [look.layers[swatch.layer].mask for swatch in swatches]
    return Beside(
        names=tuple(map(tuple, names)),
        colours=_colours_by(numbers, masks),
        measured=_measured(look, {swatch.layer: at for at, swatch in enumerate(swatches)}),
    )


def _measured(look: Look, order: Mapping[int, int]) -> tuple[Measured, ...]:
    """Return what the scale tells of the marks, nothing where most have their numbers."""
    found = measure(look)
    if found is None or 2 * (found.agreed + found.disputed) > len(found.data):
        return ()
    half = line_height(look.labels) / 2
    width, height = look.size
    return tuple(
        Measured(
            value=datum.value,
            box=(
                (x - half) / width,
                (y - half) / height,
                (x + half) / width,
                (y + half) / height,
            ),
            colour=order.get(datum.layer),
        )
        for datum in found.data
        if datum.value is not None and not datum.labelled
        for x, y in [((datum.box[0] + datum.box[2]) / 2, (datum.box[1] + datum.box[3]) / 2)]
    )


def _in_order(legend: Legend, height: float) -> list[Mark]:
    """Return the swatches by line, each line from the left."""
    return sorted(
        legend.swatches, key=lambda mark: (round(mark.middle[1] / max(height, 1.0)), mark.box[0])
    )


def _swatch_of(label: Label, swatches: Sequence[Mark]) -> int:
    """Return the number of the swatch that a word of the legend stands behind."""

    def away(swatch: Mark) -> float:
        behind = label.box[0] - swatch.box[2]
        aside = abs(label.middle[1] - swatch.middle[1])
        return aside * 10 + (behind if behind > -3 else 1e4)

    return min(range(len(swatches)), key=lambda at: away(swatches[at]))


def _colours_by(labels: Mapping[int, Label], masks: Sequence[Mask]) -> dict[int, int]:
    """Return by the number of each label the colour that it stands on, above, or right of.

    On which side of their numbers the marks lie is one for a whole chart: that where most are
    equally far away.
    """
    found: dict[int, int] = {}
    aside: list[dict[int, tuple[int, int]]] = [{}, {}, {}]
    for number, label in labels.items():
        shares = [_share(_part(mask, label.box)) for mask in masks]
        if max(shares) >= _GROUND:
            found[number] = shares.index(max(shares))
            continue
        for side, strips in enumerate(_strips(label, masks)):
            nearest = min((_first(strip), at) for at, strip in enumerate(strips))
            if nearest[0] < len(strips[nearest[1]]):
                aside[side][number] = nearest
    best = max(aside, key=_alike)
    return {number: colour for number, (_, colour) in best.items()} | found


def _strips(label: Label, masks: Sequence[Mask]) -> Iterator[list[Mask]]:
    """Yield what lies below a label, left of it and above it, each beginning at the label."""
    x0, y0, _, y1 = label.box
    x, y = label.middle
    wide, high, reach = 0.25 * label.width, 0.25 * label.height, _STRIP * label.height
    yield [_part(mask, (x - wide, y1, x + wide, y1 + reach)) for mask in masks]
    yield [_part(mask, (x0 - reach, y - high, x0, y + high))[:, ::-1].T for mask in masks]
    yield [_part(mask, (x - wide, y0 - reach, x + wide, y0))[::-1] for mask in masks]


def _alike(found: Mapping[int, tuple[int, int]]) -> int:
    """Return how many distances are about the usual one."""
    away = [distance for distance, _ in found.values()]
    return sum(abs(one - median(away)) <= _ALIKE for one in away) if away else 0


def _share(part: Mask) -> float:
    return float(part.mean()) if part.size else 0.0


def _part(mask: Mask, box: Box) -> Mask:
    left, top, right, bottom = (max(0, round(place)) for place in box)
    return mask[top:bottom, left:right]


def _first(strip: Mask) -> int:
    """Return the first row of a strip of which a part has the colour, its length where none."""
    rows = np.flatnonzero(strip.mean(axis=1) >= _SOME)
    return int(rows[0]) if len(rows) else len(strip)
