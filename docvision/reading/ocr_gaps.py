"""What the recogniser nearly saw between two letters: `Dish soaplemon`, `Gehren` for `Gehören`.

Between two letters it sees nothing, and is sure of that. Where it thought of a space there, far
more than between the line's other letters, there is one nearly always. Where it thought of another
letter, however little, one is missing nearly always. Nobody knows which: the word is doubted.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SEEN, _SEEN_BESIDE_MARKS = 0.2, 0.4
"""The probability of a space from which on there is one, and that beside marks such as `/`."""
_MARKS = frozenset(".,/")
"""They stand between letters with a little white on both sides."""
_FEARED = 0.015
"""The probability of a space or a letter from which on there may be one."""
_RARE = 4.0
"""How much more it must be than between the letters of the line that lie in the middle.

Letters that are printed wide apart make the recogniser think of spaces between all of them.
"""
_DOUBT = 0.7
"""What is left of the confidence in the letter behind such a gap."""
_BLANK, _SPACE = 0, -1
"""The classes of nothing and of a space (RapidOCR's `CTCLabelDecode`)."""

Probabilities = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class _Gap:
    """What stands between two letters: the chances of a space and of a letter.

    `column` is where the space would be, `behind` that of the second letter; `marked` says that
    one of the letters is a mark.
    """

    column: int
    behind: int
    space: float
    letter: float
    marked: bool


class GapDecoder:
    """RapidOCR's decoder of the recogniser's probabilities, told of what it nearly saw."""

    def __init__(self, decoder: Any) -> None:
        self._decoder = decoder
        kinds = enumerate(decoder.character)
        self._marks = frozenset(kind for kind, letter in kinds if letter in _MARKS)

    def __call__(self, probabilities: Probabilities, *args: Any, **kwargs: Any) -> Any:
        """Decode the probabilities of lines, shape (lines, columns, classes)."""
        return self._decoder(with_gaps(probabilities, self._marks), *args, **kwargs)


def with_gaps(probabilities: Probabilities, marks: Container[int] = ()) -> Probabilities:
    """Return the probabilities with spaces where there nearly was one, and doubts beside.

    They have the shape (lines, columns, classes); `marks` are the classes of `.,/`.
    """
    blank = probabilities[:, :, _BLANK]
    unsure = (blank < 1 - _FEARED) & (blank > _FEARED)
    lines = np.flatnonzero(unsure.any(axis=1))
    told = probabilities.copy() if len(lines) else probabilities
    for line in lines:
        _tell(told[line], marks)
    return told


def _tell(line: Probabilities, marks: Container[int]) -> None:
    """Put the spaces and the doubts into one line, shape (columns, classes)."""
    gaps = list(_gaps(line, marks))
    usual = float(np.median([gap.space for gap in gaps])) if gaps else 0.0
    for gap in gaps:
        spaced = gap.space >= max(_FEARED, _RARE * usual)
        if spaced and gap.space >= (_SEEN_BESIDE_MARKS if gap.marked else _SEEN):
            line[gap.column, _BLANK], line[gap.column, _SPACE] = 0.0, 1.0
        elif (spaced and not gap.marked) or gap.letter >= _FEARED:
            line[gap.behind] *= _DOUBT


def _gaps(line: Probabilities, marks: Container[int]) -> Iterator[_Gap]:
    """Yield the gaps between letters that no space parts."""
    best = line.argmax(axis=1)
    space = line.shape[1] + _SPACE
    seen = np.flatnonzero(best != _BLANK)
    for before, behind in pairwise(seen.tolist()):
        if behind - before > 1 and space not in (best[before], best[behind]):
            between = line[before + 1 : behind]
            # The letters at both sides spread into it.
            known = [_BLANK, space, best[before], best[behind]]
            yield _Gap(
                column=before + 1 + int(between[:, _SPACE].argmax()),
                behind=behind,
                space=float(between[:, _SPACE].max()),
                letter=float(np.delete(between, known, axis=1).max()) if _open(between) else 0.0,
                marked=int(best[before]) in marks or int(best[behind]) in marks,
            )


def _open(between: Probabilities) -> bool:
    """Whether anything but nothing can stand there, which is seldom and takes time to look for."""
    return bool((between[:, _BLANK] < 1 - _FEARED).any())
