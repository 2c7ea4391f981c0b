"""How likely a model found what it said, piece by piece."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from docvision.engines.base import Token


def mean_probability(tokens: Sequence[Token], start: int, end: int) -> float | None:
    """Return the geometric mean of the probabilities of the tokens of a stretch of the answer.

    `start` and `end` count the answer's characters. None where the engine gave no probabilities.
    """
    found = [token.logprob for token in _within(tokens, start, end)]
    return math.exp(sum(found) / len(found)) if found else None


def least_probability(tokens: Sequence[Token], start: int, end: int) -> float | None:
    """Return the probability of the least likely token of a stretch; see `mean_probability`."""
    found = [token.logprob for token in _within(tokens, start, end)]
    return math.exp(min(found)) if found else None


def _within(tokens: Sequence[Token], start: int, end: int) -> Iterator[Token]:
    offset = 0
    for token in tokens:
        if offset < end and offset + len(token.text) > start:
            yield token
        offset += len(token.text)
