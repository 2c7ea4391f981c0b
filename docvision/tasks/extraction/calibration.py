"""What a model's own probability is worth: a measured curve for each checkpoint.

The curves are data (`calibration.json`), fitted by `python -m benchmarks.calibration`, which also
draws them. A checkpoint without a curve of its own has the default, which is a cautious guess.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise

UNTOLD = 0.85
"""Taken as the probability where a server tells none."""


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """A curve from (what the model says, how often it was right), rising, and a threshold.

    Values of less confidence than the threshold are named for review.
    """

    curve: Sequence[tuple[float, float]]
    threshold: float

    def chance(self, odds: float | None) -> float:
        """Return the measured chance that a value of these odds is right (linear between)."""
        x = UNTOLD if odds is None else min(1.0, max(0.0, odds))
        for (x0, y0), (x1, y1) in pairwise(self.curve):
            if x <= x1:
                return y0 if x1 <= x0 else y0 + (y1 - y0) * (x - x0) / (x1 - x0)
        return self.curve[-1][1]


def calibration_of(model: str) -> Calibration:
    """Return the calibration of a checkpoint, by its name."""
    table = _table()
    return table.get(model, table["default"])


@cache
def _table() -> dict[str, Calibration]:
    file = resources.files("docvision.tasks.extraction") / "calibration.json"
    return {
        name: Calibration(
            curve=[(float(x), float(y)) for x, y in entry["curve"]], threshold=entry["threshold"]
        )
        for name, entry in json.loads(file.read_text("utf-8")).items()
    }
