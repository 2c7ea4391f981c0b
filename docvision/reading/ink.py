"""Whether there is anything on a page at all."""

from __future__ import annotations

import numpy as np

from docvision.documents.base import Pixels

_STEP = 20
"""Grey levels between neighbouring pixels that make an edge. Shadows and paper change slower."""

_LEAST = 8
"""Edges of a single small character; a page with fewer is blank."""


def has_ink(pixels: Pixels) -> bool:
    """Return whether a picture (RGB, shape (height, width, 3)) shows more than paper.

    It errs on the side of ink: a grainy scan of an empty sheet counts as having some.
    """
    green = pixels[:, :, 1].astype(np.int16)
    edges = np.count_nonzero(np.abs(np.diff(green, axis=1)) > _STEP)
    return bool(edges >= _LEAST)
