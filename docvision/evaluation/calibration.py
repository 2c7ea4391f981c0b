"""Whether a confidence of 0.9 is right nine times in ten: reliability bins and ECE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BINS = 10


@dataclass(frozen=True, kw_only=True)
class Bin:
    """Values of a confidence in `low`…`high`: its mean, and the share of them that is right."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


Judged = Sequence[tuple[float, bool]]
"""Pairs of a confidence and whether the value was right."""


def reliability(judged: Judged, bins: int = BINS) -> list[Bin]:
    """Return the bins, of equal width, that hold any value."""
    pairs = np.array([(confidence, right) for confidence, right in judged], dtype=np.float64)
    if not len(pairs):
        return []
    places = np.minimum((pairs[:, 0] * bins).astype(int), bins - 1)
    found = []
    for place in np.unique(places):
        inside = pairs[places == place]
        found.append(
            Bin(
                low=float(place) / bins,
                high=float(place + 1) / bins,
                count=len(inside),
                confidence=float(inside[:, 0].mean()),
                accuracy=float(inside[:, 1].mean()),
            )
        )
    return found


def calibration_error(judged: Judged, bins: int = BINS) -> float | None:
    """Return ECE: the mean distance of confidence and accuracy over bins, by their counts.

    Source: Naeini et al., AAAI 2015; Guo et al., "On calibration of modern neural networks",
    ICML 2017, equation 3. None without values.
    """
    if not judged:
        return None
    return sum(
        one.count / len(judged) * abs(one.confidence - one.accuracy)
        for one in reliability(judged, bins)
    )
