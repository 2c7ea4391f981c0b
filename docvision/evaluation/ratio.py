"""A figure of one case as a fraction, so that figures of many cases add up to a micro average."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

RESAMPLES = 1000
_SEED = 20260101


class Ratio(NamedTuple):
    """`part` of `whole`: 3 edits of 50 characters, or twice the values right of both sides' sum.

    A mean over cases is the same thing with a whole of 1 for each case.
    """

    part: float
    whole: float

    @property
    def value(self) -> float | None:
        """Return the quotient, None where there was nothing to measure."""
        return self.part / self.whole if self.whole else None


class Interval(NamedTuple):
    """A figure with the interval in which it lies with a chance of 95 %, and its cases."""

    value: float
    low: float
    high: float
    cases: int


def total(ratios: Iterable[Ratio]) -> Ratio:
    """Return the sum of parts of the sum of wholes."""
    parts = list(ratios)
    return Ratio(sum(one.part for one in parts), sum(one.whole for one in parts))


def confidence_interval(ratios: Sequence[Ratio], resamples: int = RESAMPLES) -> Interval | None:
    """Return the pooled figure with its percentile bootstrap interval, cases drawn with return.

    The seed is fixed: the same cases give the same interval. None where nothing was measured.
    Source: Efron, "Bootstrap methods: another look at the jackknife", 1979.
    """
    value = total(ratios).value
    if value is None:
        return None
    table = np.asarray(ratios, dtype=np.float64)
    drawn = np.random.default_rng(_SEED).integers(0, len(table), (resamples, len(table)))
    sums = table[drawn].sum(axis=1)
    found = sums[sums[:, 1] > 0]
    low, high = np.percentile(found[:, 0] / found[:, 1], (2.5, 97.5))
    return Interval(value, float(low), float(high), sum(one.whole > 0 for one in ratios))
