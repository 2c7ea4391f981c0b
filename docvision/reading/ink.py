"""Whether there is anything on a page at all."""

from __future__ import annotations

import cv2
import numpy as np

from docvision.documents.base import Pixels

_STEP = 20
"""Grey levels between neighbouring pixels that make an edge. Shadows and paper change slower."""

_LEAST = 8
"""Edges of a single small character; a page with fewer is blank."""

_LITTLE = 0.002
"""Share of edges on a page with a line or two; a page of text has ten times that."""


def has_ink(pixels: Pixels) -> bool:
    """Return whether a picture (RGB, shape (height, width, 3)) shows more than paper.

    It errs on the side of ink: a grainy scan of an empty sheet counts as having some.
    """
    green = pixels[:, :, 1].astype(np.int16)
    edges = np.count_nonzero(np.abs(np.diff(green, axis=1)) > _STEP)
    return bool(edges >= _LEAST)


def has_little_ink(pixels: Pixels) -> bool:
    """Return whether there is less on a page than a few words, grain and specks not counted.

    Text of hairlines does not count either, so this asks for another look and decides nothing.
    """
    green = cv2.medianBlur(np.ascontiguousarray(pixels[:, :, 1]), 3).astype(np.int16)
    edges = np.count_nonzero(np.abs(np.diff(green, axis=1)) > _STEP)
    return bool(edges < _LITTLE * green.size)
