"""Notices an answer that repeats itself and would never end.

A loop is a tail of tokens that is periodic: the same stretch again and again. Tables, ledgers and
forms repeat too, but within limits: rows of zeros, dots and empty cells have few distinct tokens
and end with the page. So a stretch with few distinct tokens may go on for long, one with many
(a sentence, a whole row of values) only for a few rounds. A repetition penalty would instead
damage every digit that occurs twice.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LONGEST = 256
"""Tokens of the longest stretch whose repetition is noticed."""

ROUNDS = 8
"""How often a stretch must stand there before it can be a loop."""

TOKENS = 192
"""Tokens of a tail at least before it can be a loop."""

PLAIN = 6
"""With so few distinct tokens a stretch may be a row of zeros, dots or empty cells."""

PLAIN_TOKENS = 1024
"""Tokens of such a tail at least."""

_PERIODS: NDArray[np.int64] = np.arange(1, LONGEST + 1)
_ENOUGH = np.maximum(ROUNDS * _PERIODS, TOKENS) - _PERIODS


class LoopWatch:
    """Watches one answer, token by token; constant work and memory for each."""

    def __init__(self) -> None:
        # _last[k] is the token k + 1 places back; _runs[k] how many of the newest tokens in
        # a row equalled the one k + 1 places before them.
        self._last: NDArray[np.int64] = np.full(LONGEST, -1, dtype=np.int64)
        self._runs: NDArray[np.int64] = np.zeros(LONGEST, dtype=np.int64)

    def add(self, token: int) -> int:
        """Take the next token; return how many tokens at the end only repeat, 0 for no loop.

        Cutting that many tokens leaves the repeated stretch standing once.
        """
        self._runs = np.where(self._last == token, self._runs + 1, 0)
        self._last = np.concatenate(([token], self._last[:-1]))
        for period in np.flatnonzero(self._runs >= _ENOUGH) + 1:
            run = int(self._runs[period - 1])
            distinct = len(np.unique(self._last[:period]))
            if distinct > PLAIN or run + period >= PLAIN_TOKENS:
                return run
        return 0
