"""A text layer while it is on its way: columns of numbers, as a page has hundreds of words.

A record for each word is made once, by the parent (see `records`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from docvision.geometry import Box

COLUMNS = 7
"""x0, y0, x1, y1 (fractions of the displayed page), size, angle, style."""
BOLD, ITALIC, INVISIBLE = 1, 2, 4
"""Bits of the column `style`."""

Numbers = NDArray[np.float32]
"""Shape (words, COLUMNS)."""


def no_numbers() -> Numbers:
    """Return the columns of a page without words."""
    return np.empty((0, COLUMNS), np.float32)


@dataclass(frozen=True, kw_only=True)
class LayerColumns:
    """What `base.TextLayer` holds; `texts` are without spaces, a row of `numbers` for each."""

    texts: Sequence[str] = ()
    numbers: Numbers = field(default_factory=no_numbers)
    characters: int = 0
    unmapped: int = 0
    images: Sequence[Box] = ()
    rules: Sequence[Box] = ()
