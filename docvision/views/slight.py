"""Changes of a picture that are too small to end a scene by their size: a number, a word, a line.

A pointer changes as much. But what is on a slide stands still before and after, so the median of
a few small frames on either side shows it, and a pointer on its way is in neither. A pointer at
rest is left; whether the words have changed is for whoever can read them (`Settle`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from docvision.geometry import Box
from docvision.views.motion import BESIDE, Cells, Grey, grown

STEADY = 3
"""Small frames in a row that must show the same before a change, and after it."""

SHADE = 20
"""Grey levels (of 255) by which a dot of a small frame must change to count."""

FEWEST = 3
"""Dots that touch and have changed; fewer are noise."""


@dataclass(frozen=True, kw_only=True)
class Slight:
    """A slight change, and where to look to judge it.

    Attributes:
        before: Seconds of a frame that shows the picture before.
        after: Seconds of a frame that shows it after.
        boxes: What has changed, in fractions of the picture.
    """

    before: float
    after: float
    boxes: tuple[Box, ...]


Settle = Callable[[Sequence[Slight]], Sequence[bool]]
"""Says of each change, in order of time, whether it makes another picture."""


def nothing_slight(changes: Sequence[Slight]) -> Sequence[bool]:
    """Take no slight change for another picture."""
    return [False] * len(changes)


def slight_changes(
    times: Sequence[float], greys: Sequence[Grey], restless: Sequence[Cells]
) -> Iterator[tuple[int, Slight]]:
    """Yield the lasting changes in one scene, each with the index of the first frame after it.

    `times`, `greys` and `restless` (see `motion.restless_cells`) are those of its small frames.
    """
    changed = {
        at: mask
        for at in range(STEADY, len(greys) - STEADY + 1)
        if (mask := _lasting(greys, restless, at)).any()
    }
    while changed:
        first = min(changed)
        near = [at for at in range(first, first + STEADY) if at in changed]
        at = min(near, key=lambda one: _lateness(greys, one, changed[one]))
        mask = changed[at]
        yield at, _slight(times, greys, at, mask)
        changed = {one: mask for one, mask in changed.items() if one >= at + STEADY}


def same_dots(one: Grey, other: Grey, restless: Cells) -> bool:
    """Return whether two steady pictures show the same, down to a few dots."""
    return not _clusters(_differing(one, other) & ~_unsteady([restless], one.shape)).any()


def steady(greys: Sequence[Grey]) -> Grey:
    """Return the median of three small frames far apart: what moves is gone from it."""
    last = len(greys) - 1
    return _middle([greys[at] for at in (last // 4, last // 2, last - last // 4)])


def _lasting(greys: Sequence[Grey], restless: Sequence[Cells], at: int) -> NDArray[np.bool_]:
    """Return which dots are steadily otherwise from frame `at` on than they were before."""
    before, after = greys[at - STEADY : at], greys[at : at + STEADY]
    mask = _differing(_middle(before), _middle(after))
    if not mask.any():
        return mask
    return _clusters(mask & ~_unsteady(restless[at - STEADY : at + STEADY], mask.shape))


def _middle(three: Sequence[Grey]) -> Grey:
    """Return the median of three frames, dot by dot: a hundred times faster than numpy's."""
    one, two, last = three
    return np.maximum(np.minimum(one, two), np.minimum(np.maximum(one, two), last))


def _differing(one: Grey, other: Grey) -> NDArray[np.bool_]:
    mask: NDArray[np.bool_] = np.abs(one - other) > SHADE
    return mask


def _unsteady(restless: Sequence[Cells], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return which dots lie in restless cells, or close to them."""
    cells = grown(np.any(restless, axis=0), BESIDE)
    dots = cv2.resize(cells.astype(np.uint8), shape[::-1], interpolation=cv2.INTER_NEAREST)
    return np.asarray(dots, dtype=bool)


def _clusters(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the dots that touch enough others."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    large = stats[:, cv2.CC_STAT_AREA] >= FEWEST
    large[0] = False
    kept: NDArray[np.bool_] = large[labels]
    return kept


def _lateness(greys: Sequence[Grey], at: int, mask: NDArray[np.bool_]) -> float:
    """Return how far the frames next to a change are from what stands before and after it."""
    before, after = _middle(greys[at - STEADY : at]), _middle(greys[at : at + STEADY])
    left, right = np.abs(greys[at - 1] - before)[mask], np.abs(greys[at] - after)[mask]
    return float(left.mean() + right.mean())


def _slight(
    times: Sequence[float], greys: Sequence[Grey], at: int, mask: NDArray[np.bool_]
) -> Slight:
    return Slight(
        before=times[_clearest(greys, range(at - STEADY, at), mask)],
        after=times[_clearest(greys, range(at, at + STEADY), mask)],
        boxes=tuple(_boxes(mask)),
    )


def _clearest(greys: Sequence[Grey], some: range, mask: NDArray[np.bool_]) -> int:
    """Return which frame shows best what most of them show."""
    median = _middle([greys[at] for at in some])
    return min(some, key=lambda at: float(np.abs(greys[at] - median)[mask].sum()))


def _boxes(mask: NDArray[np.bool_]) -> Iterator[Box]:
    height, width = mask.shape
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    for x, y, wide, high, _ in stats[1:].tolist():
        yield x / width, y / height, (x + wide) / width, (y + high) / height
