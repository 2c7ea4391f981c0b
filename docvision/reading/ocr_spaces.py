"""Spaces that the recogniser nearly saw: `Dish soaplemon`, `LUCIAANNA`.

A space is white paper, and so is what parts two letters: between the two the recogniser would
rather see nothing. Where it thought of a space there, far more than between the line's other
letters, there is one nearly always; where it hardly did, the word is to be doubted.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SEEN, _FEARED = 0.2, 0.02
"""The probability of a space from which on there is one, and that from which on there may be."""
_RARE = 4.0
"""How much more it must be than between the letters of the line that lie in the middle.

Letters that are printed wide apart make the recogniser think of spaces between all of them.
"""
_DOUBT = 0.7
"""What is left of the confidence in a letter before which there may be a space."""
_BLANK, _SPACE = 0, -1
"""The classes of nothing and of a space (RapidOCR's `CTCLabelDecode`)."""


class SpacedDecoder:
    """RapidOCR's decoder of the recogniser's probabilities, told of the spaces."""

    def __init__(self, decoder: Any) -> None:
        self._decoder = decoder

    def __call__(self, probabilities: NDArray[np.float32], *args: Any, **kwargs: Any) -> Any:
        """Decode the probabilities of lines, shape (lines, columns, classes)."""
        return self._decoder(with_spaces(probabilities), *args, **kwargs)


def with_spaces(probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the probabilities with spaces where there nearly was one, and doubts beside.

    They have the shape (lines, columns, classes).
    """
    lines = np.flatnonzero(probabilities[:, :, _SPACE].max(axis=1) >= _FEARED)
    told = probabilities.copy() if len(lines) else probabilities
    for line in lines:
        _tell(told[line])
    return told


def _tell(line: NDArray[np.float32]) -> None:
    """Put the spaces and the doubts into one line, shape (columns, classes)."""
    gaps = list(_gaps(line))
    usual = float(np.median([chance for _, _, chance in gaps])) if gaps else 0.0
    for column, behind, chance in gaps:
        if chance < max(_FEARED, _RARE * usual):
            continue
        if chance >= _SEEN:
            line[column, _BLANK], line[column, _SPACE] = 0.0, 1.0
        else:
            line[behind] *= _DOUBT


def _gaps(line: NDArray[np.float32]) -> Iterator[tuple[int, int, float]]:
    """Yield where a space would stand between two letters, the second's column, its chance."""
    best = line.argmax(axis=1)
    space = line.shape[1] + _SPACE
    marks = [at for at, kind in enumerate(best) if kind != _BLANK]
    for before, behind in pairwise(marks):
        if behind - before > 1 and space not in (best[before], best[behind]):
            chances = line[before + 1 : behind, _SPACE]
            yield before + 1 + int(chances.argmax()), behind, float(chances.max())
