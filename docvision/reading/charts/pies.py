"""Pies and rings: the angles of their colours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from docvision.reading.charts.colours import Layer
from docvision.reading.charts.data import Datum, Reading
from docvision.reading.charts.labels import Label, line_height, phrases
from docvision.reading.charts.legend import Legend
from docvision.reading.charts.marks import closed
from docvision.results.model import ChartKind

_SMALLEST = 0.2
"""Share of the picture's shorter side that a pie is wide."""
_ROUND = 0.08
"""How far a pie may be from a circle, in its sides and in its area."""
_RAYS = 1440
"""Directions in which the colour is looked at."""
_RADII = (0.55, 0.62, 0.7, 0.78, 0.85, 0.9, 0.94)
"""Shares of the radius at which it is; a ring is as good as a pie there."""
_THINNEST = 0.004
"""Share of the whole below which a stretch is a seam or blur."""
_AGREE = 0.02
"""Shares by which a label and its sector may differ."""
_OUTSIDE = 0.9
"""Shares of the radius beyond the rim within which labels stand; those with pointers are far."""
_TITLE = 0.2
"""Shares of the radius above the rim from which words over the middle are the title."""


@dataclass(frozen=True, kw_only=True)
class _Disc:
    x: float
    y: float
    radius: float


@dataclass(frozen=True, kw_only=True)
class _Sector:
    """A stretch of one colour; angles in turns, clockwise from the right."""

    layer: int
    start: float
    share: float

    @property
    def middle(self) -> float:
        return self.start + self.share / 2

    def away(self, turn: float) -> float:
        """Return how far a direction lies outside the sector, in turns."""
        off = abs((turn - self.middle + 0.5) % 1.0 - 0.5)
        return max(0.0, off - self.share / 2)


def read_pie(
    layers: Sequence[Layer], chosen: Sequence[int], legend: Legend, labels: Sequence[Label]
) -> Reading | None:
    """Return the shares of a pie in percent, or what its labels say where that agrees.

    None where there is no disc of at least two colours.
    """
    disc = _disc(layers, chosen)
    if disc is None:
        return None
    sectors = _sectors(layers, chosen, disc)
    if len(sectors) < 2:
        return None
    free = [label for label in labels if label not in legend.labels]
    numbers = [label for label in free if label.number is not None and "-" not in label.text[1:]]
    said = _by_sector(numbers, sectors, disc)
    percent, agreed, disputed = _agreement(sectors, said)
    values = _values(sectors, said, percent=percent)
    names = _names(sectors, legend, [one for one in free if one not in said.values()], disc)
    box = (disc.x - disc.radius, disc.y - disc.radius, disc.x + disc.radius, disc.y + disc.radius)
    return Reading(
        kind=ChartKind.PIE,
        data=tuple(
            Datum(
                category=names[at],
                layer=sector.layer,
                value=values[at],
                box=_box(sector, disc),
                labelled=at in said,
            )
            for at, sector in enumerate(sectors)
        ),
        error=None,
        agreed=agreed,
        disputed=disputed,
        percent=percent,
        plot=box,
    )


def _disc(layers: Sequence[Layer], chosen: Sequence[int]) -> _Disc | None:
    """Return the round spot that the colours fill together."""
    if not chosen:
        return None
    union = np.zeros_like(layers[0].mask)
    for at in chosen:
        union |= layers[at].mask
    healed = closed(union, 7).astype(np.uint8)
    contours, _ = cv2.findContours(healed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    largest = max(contours, key=cv2.contourArea)
    x, y, w, h = cv2.boundingRect(largest)
    area = cv2.contourArea(largest)
    wide = max(w, h) >= _SMALLEST * min(union.shape)
    even = abs(w - h) <= _ROUND * max(w, h)
    filled = abs(area / (math.pi / 4 * w * h) - 1) <= _ROUND
    if not (wide and even and filled):
        return None
    return _Disc(x=x + w / 2, y=y + h / 2, radius=(w + h) / 4)


def _sectors(layers: Sequence[Layer], chosen: Sequence[int], disc: _Disc) -> list[_Sector]:
    """Return the sectors clockwise; seams between them are shared out to both."""
    colours = _colours(layers, chosen, disc)
    runs: list[tuple[int, int]] = []  # (layer, rays)
    for colour in colours:
        if runs and runs[-1][0] == colour:
            runs[-1] = (colour, runs[-1][1] + 1)
        else:
            runs.append((int(colour), 1))
    # The first and the last stretch may be one.
    turned = 0
    if len(runs) > 1 and runs[0][0] == runs[-1][0]:
        turned = runs[-1][1]
        runs = [(runs[0][0], runs[0][1] + turned), *runs[1:-1]]
    sectors, at = [], -turned
    for colour, rays in runs:
        if colour >= 0 and rays >= _THINNEST * _RAYS:
            sectors.append((colour, at, rays))
        at += rays
    merged: list[tuple[int, int, int]] = []
    for colour, start, rays in sectors:
        before = merged[-1] if merged else None
        # Writing in a sector may cut it.
        if before and before[0] == colour and start - before[1] - before[2] < 0.02 * _RAYS:
            merged[-1] = (colour, before[1], start + rays - before[1])
        else:
            merged.append((colour, start, rays))
    whole = sum(rays for _, _, rays in merged) or 1
    return [
        _Sector(layer=colour, start=start / _RAYS, share=rays / whole)
        for colour, start, rays in merged
    ]


def _colours(layers: Sequence[Layer], chosen: Sequence[int], disc: _Disc) -> NDArray[np.intp]:
    """Return the layer that most of each ray lies in, -1 for none of the chosen."""
    height, width = layers[0].mask.shape
    owner = np.full((height, width), -1, dtype=np.intp)
    for at in chosen:
        owner[layers[at].mask] = at
    turns = np.arange(_RAYS) / _RAYS * 2 * np.pi
    seen = []
    for share in _RADII:
        xs = np.clip(disc.x + share * disc.radius * np.cos(turns), 0, width - 1).astype(int)
        ys = np.clip(disc.y + share * disc.radius * np.sin(turns), 0, height - 1).astype(int)
        seen.append(owner[ys, xs])
    rays = np.array(seen)
    counts = np.stack([(rays == at).sum(axis=0) for at in chosen])
    best = np.array(chosen)[counts.argmax(axis=0)]
    return np.where(counts.max(axis=0) >= 2, best, -1)


def _turn(label: Label, disc: _Disc) -> tuple[float, float]:
    """Return the direction (in turns) and the distance (in radii) of a label's middle."""
    x, y = label.middle[0] - disc.x, label.middle[1] - disc.y
    return math.atan2(y, x) / (2 * math.pi) % 1.0, math.hypot(x, y) / disc.radius


def _nearby(label: Label, disc: _Disc) -> bool:
    """Whether a label stands in the pie or close around it."""
    x = max(abs(label.middle[0] - disc.x) - label.width / 2, 0.0)
    y = max(abs(label.middle[1] - disc.y) - label.height / 2, 0.0)
    above = label.box[3] < disc.y - (1 + _TITLE) * disc.radius
    titled = above and abs(label.middle[0] - disc.x) < 0.5 * disc.radius
    return not titled and math.hypot(x, y) <= disc.radius * (1 + _OUTSIDE)


def _by_sector(
    labels: Sequence[Label], sectors: Sequence[_Sector], disc: _Disc
) -> dict[int, Label]:
    """Return the number of each sector: in it, or beyond its rim."""
    found: dict[int, tuple[float, Label]] = {}
    for label in labels:
        turn, distance = _turn(label, disc)
        if not _nearby(label, disc) or distance < 0.25:
            continue
        at = min(range(len(sectors)), key=lambda at: sectors[at].away(turn))
        # A sector's own number stands near to its middle.
        off = abs((turn - sectors[at].middle + 0.5) % 1.0 - 0.5)
        if at not in found or off < found[at][0]:
            found[at] = (off, label)
    return {at: label for at, (_, label) in found.items()}


def _agreement(sectors: Sequence[_Sector], said: dict[int, Label]) -> tuple[bool, int, int]:
    """Return whether the numbers are percentages, and how many agree with the geometry."""
    numbers = {at: label.number or 0.0 for at, label in said.items()}
    percent = any("%" in label.text for label in said.values())
    shares = sum(sectors[at].share for at in said)
    whole = 100.0 if percent else sum(numbers.values()) / shares if shares else 1.0
    agreed = [
        at
        for at, value in numbers.items()
        if abs(value / (whole or 1.0) - sectors[at].share) <= _AGREE
    ]
    if not said or (not percent and len(agreed) < 0.7 * len(said)):
        percent = True
    for at in set(said) - set(agreed):
        del said[at]
    return percent, len(agreed), len(numbers) - len(agreed)


def _values(
    sectors: Sequence[_Sector], said: dict[int, Label], *, percent: bool
) -> list[float | None]:
    known = sum(label.number or 0.0 for label in said.values())
    shares = sum(sectors[at].share for at in said)
    whole = 100.0 if percent or not shares else known / shares
    return [
        said[at].number if at in said else round(sector.share * whole, 1)
        for at, sector in enumerate(sectors)
    ]


def _names(
    sectors: Sequence[_Sector], legend: Legend, labels: Sequence[Label], disc: _Disc
) -> list[str]:
    """Return each sector's name: that of its colour in the legend, else the words near its rim."""
    found: dict[int, list[Label]] = {}
    height = line_height(labels)
    near = [label for label in labels if label.upright and label.number is None]
    years = [label for label in labels if label.upright and label.number is not None]
    for label in phrases([*near, *years]):
        turn, distance = _turn(label, disc)
        at = min(range(len(sectors)), key=lambda at: sectors[at].away(turn))
        if _nearby(label, disc) and sectors[at].away(turn) <= 0.06 and distance > 0.25:
            found.setdefault(at, []).append(label)
    names = []
    for at, sector in enumerate(sectors):
        if sector.layer in legend.names and len(legend.names) >= len(sectors) / 2:
            names.append(legend.names[sector.layer])
        elif at in found:
            names.append(_nearest(found[at], sector, disc, height))
        else:
            names.append(str(at + 1))
    return names


def _nearest(labels: Sequence[Label], sector: _Sector, disc: _Disc, height: float) -> str:
    """Return the words nearest to where a sector's name stands, with those on the next line."""
    turn = sector.middle * 2 * math.pi

    def distance(label: Label) -> float:
        best = math.inf
        for share in (0.6, 1.15):
            x = disc.x + share * disc.radius * math.cos(turn)
            y = disc.y + share * disc.radius * math.sin(turn)
            dx = max(label.box[0] - x, 0.0, x - label.box[2])
            dy = max(label.box[1] - y, 0.0, y - label.box[3])
            best = min(best, math.hypot(dx, dy))
        return best

    first = min(labels, key=distance)
    whole = [
        label
        for label in labels
        if abs(label.middle[1] - first.middle[1]) <= 1.6 * height
        and abs(label.middle[0] - first.middle[0]) <= 0.5 * (label.width + first.width)
    ]
    return " ".join(label.text for label in sorted(whole, key=lambda label: label.middle[1]))


def _box(sector: _Sector, disc: _Disc) -> tuple[float, float, float, float]:
    """Return the box of a sector."""
    turns = np.linspace(sector.start, sector.start + sector.share, 24) * 2 * np.pi
    xs = np.append(disc.x + disc.radius * np.cos(turns), disc.x)
    ys = np.append(disc.y + disc.radius * np.sin(turns), disc.y)
    return (float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max()))
