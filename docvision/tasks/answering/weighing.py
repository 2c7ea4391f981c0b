"""How far an answer can be believed: what speaks for it, weighed as measured.

The weights are data (`weights.json`), fitted by `python -m benchmarks.ask_weights` to made-up
documents (logistic regression), so that of the answers with confidence 0.8 about 80 % are right.
Those documents are like the ones that nano learnt from, so the fit trusts the model too much: what
a label says without it, the field that `extract` finds, and a label that is another's were given
more weight than the fit gives them, as scans of other seeds showed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from docvision.tasks.answering.copied import Candidate, features


@dataclass(frozen=True, kw_only=True)
class Weights:
    """The weights of `copied.features`, and two thresholds.

    Attributes:
        bias: The log-odds of a candidate of which nothing is known.
        weights: One for each feature.
        answer: Confidence from which the answer is given; below it the document does not say.
        review: Confidence below which a person should look.
    """

    bias: float
    weights: Sequence[float]
    answer: float
    review: float

    def confidence(self, candidate: Candidate) -> float:
        """Return the chance that a candidate is the answer."""
        values = zip(self.weights, features(candidate), strict=True)
        return 1 / (1 + math.exp(-(self.bias + sum(weight * value for weight, value in values))))


@cache
def load_weights() -> Weights:
    """Return the measured weights."""
    file = resources.files("docvision.tasks.answering") / "weights.json"
    said: Mapping[str, float] = json.loads(file.read_text("utf-8"))
    named = {name: float(value) for name, value in said.items()}
    rest = {name: named.pop(name) for name in ("bias", "answer", "review")}
    return Weights(weights=tuple(named.values()), **rest)
