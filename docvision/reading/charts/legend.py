"""The legend: which name stands beside which colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from docvision.geometry import Box, union
from docvision.reading.charts.labels import Label, joined, line_height
from docvision.reading.charts.marks import Mark

_TALL, _WIDE = 2.0, 5.0
"""Line heights; a swatch is no larger."""
_NEAR = 1.8
"""Line heights between a swatch and its name."""
_SAME = 3.0
"""Pixels by which swatches of one legend differ in size and stand out of line."""
_SPACE = 0.6


@dataclass(frozen=True, kw_only=True)
class Legend:
    """Names by layer, the marks that are only swatches, and the labels that are names."""

    names: Mapping[int, str] = field(default_factory=dict)
    swatches: tuple[Mark, ...] = ()
    labels: tuple[Label, ...] = ()
    box: Box | None = None


def legend_of(marks: Sequence[Mark], labels: Sequence[Label]) -> Legend:
    """Return the legend: small marks of different colours in line, each with words to its right.

    A single swatch counts where it stands apart: its words are no number.
    """
    height = line_height(labels)
    swatches = [
        (mark, name)
        for mark in marks
        if 2 <= mark.height <= _TALL * height and 2 <= mark.width <= _WIDE * height
        for name in [_name_beside(mark, labels, height)]
        if name
    ]
    best: list[tuple[Mark, Label]] = []
    for mark, _ in swatches:
        group = _in_line(mark, swatches)
        if len(group) > len(best):
            best = group
    if len(best) < 2:
        best = [one for one in swatches if one[1].number is None][:1]
    if not best:
        return Legend()
    names = {mark.layer: name.text for mark, name in best}
    used = [label for label in labels if any(_within(label, name) for _, name in best)]
    return Legend(
        names=names,
        swatches=tuple(mark for mark, _ in best),
        labels=tuple(used),
        box=union(box for mark, name in best for box in (mark.box, name.box)),
    )


def _in_line(mark: Mark, swatches: Sequence[tuple[Mark, Label]]) -> list[tuple[Mark, Label]]:
    """Return the swatches of about one size in the column or the row of a mark, one per colour."""
    found: dict[int, tuple[Mark, Label]] = {}
    for other, name in swatches:
        alike = abs(other.width - mark.width) <= max(_SAME, 0.25 * mark.width)
        alike &= abs(other.height - mark.height) <= max(_SAME, 0.25 * mark.height)
        column = abs(other.box[0] - mark.box[0]) <= _SAME
        row = abs(other.middle[1] - mark.middle[1]) <= _SAME
        if alike and (column or row):
            found.setdefault(other.layer, (other, name))
    return list(found.values())


def _name_beside(mark: Mark, labels: Sequence[Label], height: float) -> Label | None:
    """Return the words on the line of a mark that follow it to the right."""
    line = sorted(
        (
            label
            for label in labels
            if abs(label.middle[1] - mark.middle[1]) <= 0.6 * label.height
            and label.box[0] >= mark.box[2] - 2
        ),
        key=lambda label: label.box[0],
    )
    if not line or line[0].box[0] - mark.box[2] > _NEAR * height:
        return None
    name = [line[0]]
    for label in line[1:]:
        if label.box[0] - name[-1].box[2] > _SPACE * height:
            break
        name.append(label)
    return joined(name)


def _within(label: Label, name: Label) -> bool:
    x, y = label.middle
    return name.box[0] <= x <= name.box[2] and name.box[1] <= y <= name.box[3]
