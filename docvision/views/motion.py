"""What moves in a video, on a coarse grid: small frames in, changes out.

Each small frame becomes a grid of grey means. Cells whose mean moves by more than `MOVED` grey
levels have changed. Cells that change at most steps around a moment (a speaker's small picture
beside the slides, a clock, leaves in the wind) are restless: their changing says nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from docvision.documents.base import Pixels

GRID = (96, 54)
"""Cells across and down."""

MOVED = 16
"""Grey levels (of 255) by which a cell's mean must move to count."""

NEIGHBOURS = 8
"""Steps before and after a moment over which restlessness is judged."""

BESIDE = 2
"""Cells around a restless one that do not count either: somebody leans forward."""

FEW = 4
"""With fewer steps around a moment nothing is known of restlessness."""

Grey = NDArray[np.int16]
Grid = NDArray[np.int16]
Cells = NDArray[np.bool_]


def grey_of(pixels: Pixels) -> Grey:
    """Return the grey levels of a frame, shape (height, width), 0–255."""
    levels: Grey = (
        pixels.astype(np.float32) @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    ).astype(np.int16)
    return levels


def grid(grey: Grey) -> Grid:
    """Return the grey means of a frame's cells, shape (rows, columns), 0–255."""
    rows, columns = min(GRID[1], grey.shape[0]), min(GRID[0], grey.shape[1])
    tops = np.arange(rows) * grey.shape[0] // rows
    lefts = np.arange(columns) * grey.shape[1] // columns
    sums = np.add.reduceat(np.add.reduceat(grey.astype(np.float32), tops, axis=0), lefts, axis=1)
    heights = np.diff(tops, append=grey.shape[0])
    widths = np.diff(lefts, append=grey.shape[1])
    means: Grid = (sums / np.outer(heights, widths)).astype(np.int16)
    return means


def moved(one: Grid, other: Grid) -> Cells:
    """Return which cells differ between two grids."""
    cells: Cells = np.abs(one - other) > MOVED
    return cells


def grown(cells: Cells, by: int) -> Cells:
    """Return cells with those that lie no further than `by` from one of them."""
    reach = np.ones((2 * by + 1, 2 * by + 1), np.uint8)
    return np.asarray(cv2.dilate(cells.astype(np.uint8), reach), dtype=bool)


def difference(one: Grid, other: Grid, restless: Cells | None = None) -> float:
    """Return the share of cells that differ, leaving out the restless ones and those beside them.

    Where more than half of the cells are restless (a moving camera) all count, as too little
    would be left to judge by.
    """
    cells = moved(one, other)
    if restless is None or restless.mean() > 0.5:
        return float(cells.mean())
    return float((cells & ~grown(restless, BESIDE)).mean())


def restless_cells(grids: Sequence[Grid]) -> list[Cells]:
    """Return, for each frame, which cells change at most of the steps around it."""
    steps = [moved(one, other) for one, other in itertools.pairwise(grids)]
    found: list[Cells] = []
    for index in range(len(grids)):
        around = steps[max(0, index - NEIGHBOURS) : index + NEIGHBOURS]
        if len(around) < FEW:
            found.append(np.zeros(grids[index].shape, dtype=bool))
        else:
            found.append(np.mean(around, axis=0) > 0.5)
    return found
