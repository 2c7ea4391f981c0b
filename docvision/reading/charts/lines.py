"""Line charts: the height of each colour above each category."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from docvision.geometry import Box, union
from docvision.reading.charts.axis import Scale, value_scale
from docvision.reading.charts.colours import Layer, Mask
from docvision.reading.charts.data import Datum, Reading, settled
from docvision.reading.charts.labels import Label, line_height
from docvision.reading.charts.legend import Legend
from docvision.reading.charts.marks import Mark
from docvision.reading.charts.slots import row_of_categories
from docvision.results.model import ChartKind

_WIDEST = 0.2
"""Share of the picture's width that a line covers at least."""
_SPECK = 0.03
"""Share of the picture's width below which a spot is no piece of a line."""
_THICK = 0.12
"""Share of the box of a line that is filled at most: more is an area."""
_HIDDEN = 0.5
"""Share of the distance between categories over which a hidden stretch of a line is drawn on."""
_NEAR = 2.6
"""Line heights between a point and its label."""


def read_lines(
    layers: Sequence[Layer],
    marks: Sequence[Mark],
    legend: Legend,
    labels: Sequence[Label],
) -> Reading | None:
    """Return the data of a line chart, or None where there is no line, scale or category."""
    lines = _lines(layers, marks, legend)
    free = [label for label in labels if label not in legend.labels]
    scale = value_scale(free, 1)
    if not lines or scale is None:
        return None
    height = line_height(labels)
    boxes = [_box(mask) for mask in lines.values()]
    plot = union(boxes)
    left = [label for label in free if label not in scale.ticks]
    edge = max(plot[3], scale.ends[1])
    slots = row_of_categories(left, edge, plot[0], plot[2], height)
    if not slots:
        return None
    numbers = [one for one in left if one.number is not None and not _is_part(one, slots)]
    data, agreed, disputed = [], 0, 0
    for layer, mask in lines.items():
        for slot, y in zip(slots, _heights(mask, [slot.middle[0] for slot in slots]), strict=True):
            if y is None:
                continue
            x = slot.middle[0]
            label = _label_at(numbers, x, y, height, scale)
            value, borne = settled(scale.value(y), label.number if label else None, scale.span)
            agreed += borne
            disputed += label is not None and not borne
            box = (x - height / 4, y - height / 4, x + height / 4, y + height / 4)
            data.append(
                Datum(category=slot.text, layer=layer, value=value, box=box, labelled=borne)
            )
    if not data:
        return None
    return Reading(
        kind=ChartKind.LINE,
        data=tuple(data),
        error=scale.error,
        agreed=agreed,
        disputed=disputed,
        plot=union([plot, *(label.box for label in scale.ticks)]),
    )


def _lines(layers: Sequence[Layer], marks: Sequence[Mark], legend: Legend) -> dict[int, Mask]:
    """Return the masks of the colours that run across the picture in thin lines."""
    found: dict[int, Mask] = {}
    masks = {at: _mask(layer, at, marks, legend) for at, layer in enumerate(layers)}
    for at in sorted(masks, key=lambda at: -int(masks[at].sum())):
        mask = masks[at]
        mine = [mark for mark in marks if mark.layer == at and mark not in legend.swatches]
        solid = sum(mark.area for mark in mine if mark.solid and min(mark.width, mark.height) > 3)
        if layers[at].grey or not mask.any() or solid > 0.6 * sum(mark.area for mark in mine):
            continue
        if _is_thin(mask) and not any(_runs_along(mask, other) for other in found.values()):
            found[at] = mask
    return dict(sorted(found.items()))


def _mask(layer: Layer, at: int, marks: Sequence[Mark], legend: Legend) -> Mask:
    """Return where a colour is, without specks and without its swatch in the legend."""
    mask = np.zeros_like(layer.mask)
    least = _SPECK * mask.shape[1]
    for mark in marks:
        if mark.layer == at and mark not in legend.swatches:
            x0, y0, x1, y1 = map(round, mark.box)
            if max(mark.width, mark.height) >= least:
                mask[y0:y1, x0:x1] |= layer.mask[y0:y1, x0:x1]
    for swatch in legend.swatches:
        x0, y0, x1, y1 = map(round, swatch.box)
        mask[max(0, y0 - 1) : y1 + 1, max(0, x0 - 1) : x1 + 1] = False
    return mask


def _is_thin(mask: Mask) -> bool:
    """Whether a mask runs across much of the picture and fills little of its box."""
    x0, y0, x1, y1 = _box(mask)
    thin = max(_THICK, 8 / (y1 - y0)) * (x1 - x0) * (y1 - y0)
    return bool(mask.any(axis=0).sum() >= _WIDEST * mask.shape[1] and mask.sum() <= thin)


def _runs_along(mask: Mask, other: Mask) -> bool:
    """Whether a colour lies only along another line: it is the blur of its edges."""
    around = cv2.dilate(other.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return bool((mask & around).sum() > 0.7 * mask.sum())


def _box(mask: Mask) -> Box:
    ys, xs = np.nonzero(mask)
    return (float(xs.min()), float(ys.min()), float(xs.max() + 1), float(ys.max() + 1))


def _heights(mask: Mask, places: Sequence[float]) -> list[float | None]:
    """Return the middle of a line at each x, drawn on where another line hides it."""
    middles = _middles(mask)
    known = np.nonzero(~np.isnan(middles))[0]
    step = min(np.diff(sorted(places)), default=40.0)
    found: list[float | None] = []
    for x in places:
        near = known[np.abs(known - x) <= _HIDDEN * step]
        if not len(near):
            found.append(None)
            continue
        at = near[np.argmin(np.abs(near - x))]
        if abs(at - x) <= 2:
            window = middles[max(0, round(x) - 1) : round(x) + 2]
            window = window[~np.isnan(window)]
            found.append(float(np.median(window)) if len(window) else float(middles[at]))
        else:
            found.append(_drawn_on(middles, known, x, step))
    return found


def _middles(mask: Mask) -> NDArray[np.float64]:
    """Return the mean y of each column's pixels, nan where there are none (pixel centres)."""
    count = mask.sum(axis=0)
    ys = np.arange(mask.shape[0])[:, None]
    with np.errstate(invalid="ignore"):
        return np.where(count > 0, (mask * ys).sum(axis=0) / np.maximum(count, 1) + 0.5, np.nan)


def _drawn_on(
    middles: NDArray[np.float64], known: NDArray[np.intp], x: float, step: float
) -> float | None:
    """Return where a line that is hidden at x would be, from what is seen on both its sides."""
    before = known[(known < x) & (known > x - step)]
    after = known[(known > x) & (known < x + step)]
    if len(before) and len(after):
        a, b = before[-1], after[0]
        return float(np.interp(x, [a, b], [middles[a], middles[b]]))
    side = before if len(before) else after
    if len(side) and abs(side[0] - x) < 0.25 * step:
        return float(middles[side[np.argmin(np.abs(side - x))]])
    return None


def _is_part(label: Label, slots: Sequence[Label]) -> bool:
    x, y = label.middle
    return any(one.box[0] <= x <= one.box[2] and one.box[1] <= y <= one.box[3] for one in slots)


def _label_at(
    numbers: Sequence[Label], x: float, y: float, height: float, scale: Scale
) -> Label | None:
    """Return the number written at a point: above or below it, the one nearest to its value."""
    near = [
        label
        for label in numbers
        if abs(label.middle[0] - x) <= max(0.6 * label.width, height)
        and abs(label.middle[1] - y) <= _NEAR * height
    ]
    value = scale.value(y)
    return min(near, key=lambda label: abs((label.number or 0.0) - value), default=None)
