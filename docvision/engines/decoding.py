"""Chooses tokens: each request of a batch by its own rules, with log-probabilities.

transformers' `generate` runs the model and keeps its cache. Which token comes next, and when an
answer ends, is decided here, because every request of a batch has its own temperature, grammar,
length and cancel check, and because keeping the logits of all steps to score the tokens afterwards
would take gigabytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import torch
from transformers import LogitsProcessor, StoppingCriteria

from docvision.engines.base import Request
from docvision.engines.constrain import Constraint
from docvision.engines.loops import LoopWatch
from docvision.errors import EngineFailed

Finish = Literal["stop", "length", "loop", "cancelled"]


class Writing:
    """One answer being written."""

    def __init__(self, request: Request, constraint: Constraint | None, room: int) -> None:
        self.tokens: list[int] = []
        self.logprobs: list[float] = []
        self.finish: Finish | None = None
        self.failure: EngineFailed | None = None
        self._request = request
        self._constraint = constraint
        self._room = room
        self._loops = LoopWatch()

    @property
    def done(self) -> bool:
        """Whether nothing more is written."""
        return self.finish is not None or self.failure is not None

    @property
    def is_plain(self) -> bool:
        """Whether the likeliest token is always the next one."""
        return self._constraint is None and self._request.temperature <= 0

    def check_cancel(self) -> None:
        """Ask whether the caller still wants the answer."""
        if not self.done and self._request.cancelled():
            self.finish = "cancelled"

    def choose(self, logits: torch.Tensor) -> int:
        """Return the next token for float logits of shape (vocabulary,)."""
        if self._constraint is not None:
            try:
                allowed = torch.from_numpy(self._constraint.allowed())
            except EngineFailed as failure:
                self.failure = failure
            else:
                logits = logits.masked_fill(~allowed.to(logits.device), -torch.inf)
        if self._request.temperature > 0:
            odds = torch.softmax(logits / self._request.temperature, dim=-1)
            return int(torch.multinomial(odds, 1))
        return int(logits.argmax())

    def take(self, token: int, logprob: float, ends: frozenset[int]) -> None:
        """Write a token down and see whether it is the last one."""
        if self.done:
            return
        if token in ends:
            self.finish = "stop"
            return
        self.tokens.append(token)
        self.logprobs.append(logprob)
        if self._constraint is not None:
            self._constraint.take(token)
            if self._constraint.complete:
                self.finish = "stop"
                return
        if excess := self._loops.add(token):
            del self.tokens[-excess:], self.logprobs[-excess:]
            self.finish = "loop"
        elif len(self.tokens) >= self._room:
            self.finish = "length"


class Chooser(LogitsProcessor):
    """Chooses the next token of each row and leaves `generate` no other choice."""

    def __init__(self, rows: Sequence[Writing], ends: frozenset[int]) -> None:
        self._rows = rows
        self._ends = ends
        self._end = min(ends)

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Return scores of shape (rows, vocabulary) that allow one token in each row."""
        logits = scores.float()
        tokens = self._tokens(logits)
        chosen = torch.tensor(tokens, device=scores.device)[:, None]
        total = torch.logsumexp(logits, dim=-1)
        logprobs = (logits.gather(1, chosen)[:, 0] - total).tolist()
        for row, token, logprob in zip(self._rows, tokens, logprobs, strict=True):
            row.take(token, logprob, self._ends)
        return torch.full_like(scores, -torch.inf).scatter_(1, chosen, 0.0)

    def _tokens(self, logits: torch.Tensor) -> list[int]:
        if all(row.is_plain for row in self._rows):
            return [int(token) for token in logits.argmax(dim=-1).tolist()]
        return [
            self._end if row.done else row.choose(line)
            for row, line in zip(self._rows, logits, strict=True)
        ]


class Stopper(StoppingCriteria):
    """Ends the rows whose answer is written, and those that nobody wants any more."""

    def __init__(self, rows: Sequence[Writing]) -> None:
        self._rows = rows

    def __call__(self, input_ids: torch.Tensor, scores: Any, **_: Any) -> torch.Tensor:
        """Return which rows are done, shape (rows,)."""
        for row in self._rows:
            row.check_cancel()
        done = [row.done for row in self._rows]
        return torch.tensor(done, dtype=torch.bool, device=input_ids.device)
