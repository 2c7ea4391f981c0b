"""Gathers the requests of many threads into batches and runs them in one thread.

The one thread owns the model. Callers block until their answer is there; a request that is
cancelled while it waits never reaches the model.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from docvision.errors import DocvisionError, EngineFailed

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")

MAX_ROWS = 64
"""Requests in one batch at most: an answer waits for the longest beside it."""


@dataclass(frozen=True, kw_only=True)
class Work(Generic[Item, Outcome]):
    """A request that waits, its price in tokens, and where its outcome goes."""

    item: Item
    tokens: int
    future: Future[Outcome] = field(default_factory=Future)


class Batcher(Generic[Item, Outcome]):
    """Runs batches of what is put in.

    Args:
        run: Answers a batch, in order. Raising fails the whole batch, which is then run again
            one by one, so that only the culprit fails.
        tokens: Tokens of one batch at most, counting the padding to the longest.
        wait: Seconds that a batch waits for company.
        name: Of the thread.
    """

    def __init__(
        self,
        run: Callable[[list[Item]], Sequence[Outcome]],
        *,
        tokens: int,
        wait: float,
        name: str = "engine",
    ) -> None:
        self._run = run
        self._tokens = tokens
        self._wait = wait
        self._waiting: list[Work[Item, Outcome]] = []
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def put(self, items: Sequence[tuple[Item, int]]) -> list[Future[Outcome]]:
        """Add items with their prices; return where their outcomes will be.

        Raises:
            EngineFailed: The batcher is closed.
        """
        works = [Work[Item, Outcome](item=item, tokens=tokens) for item, tokens in items]
        with self._changed:
            if self._closed:
                raise EngineFailed("The engine is closed.")
            self._waiting += works
            self._changed.notify()
        return [work.future for work in works]

    def close(self) -> None:
        """Finish what was put in, then end the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _work(self) -> None:
        while batch := self._next():
            # A future that was cancelled while it waited is not run.
            wanted = [work for work in batch if work.future.set_running_or_notify_cancel()]
            if wanted:
                self._answer(wanted)

    def _next(self) -> list[Work[Item, Outcome]]:
        """Wait for work and take a batch; empty when closed and drained."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            if self._wait and not self._closed:
                self._changed.wait_for(self._is_full, timeout=self._wait)
            batch = choose(self._waiting, self._tokens)
            taken = {id(work) for work in batch}
            self._waiting = [work for work in self._waiting if id(work) not in taken]
            return batch

    def _is_full(self) -> bool:
        return self._closed or sum(work.tokens for work in self._waiting) >= self._tokens

    def _answer(self, batch: list[Work[Item, Outcome]]) -> None:
        try:
            outcomes = self._run([work.item for work in batch])
        except Exception as error:  # noqa: BLE001 - the edge of the engine's thread
            self._fail(batch, error)
        else:
            for work, outcome in zip(batch, outcomes, strict=True):
                work.future.set_result(outcome)

    def _fail(self, batch: list[Work[Item, Outcome]], error: Exception) -> None:
        if len(batch) > 1:
            for work in batch:
                self._answer([work])
        elif isinstance(error, DocvisionError):
            batch[0].future.set_exception(error)
        else:
            failed = EngineFailed(f"The model failed with {type(error).__name__}.")
            failed.__cause__ = error
            batch[0].future.set_exception(failed)


def choose(
    waiting: Sequence[Work[Item, Outcome]], tokens: int, rows: int = MAX_ROWS
) -> list[Work[Item, Outcome]]:
    """Return the oldest and those of the most similar length that fit beside it.

    The price of a batch is its longest prompt times its rows, as shorter ones are padded.
    """
    if not waiting:
        return []
    oldest = waiting[0]
    batch, longest = [oldest], oldest.tokens
    for work in sorted(waiting[1:], key=lambda work: abs(work.tokens - oldest.tokens)):
        longest = max(longest, work.tokens)
        if longest * (len(batch) + 1) > tokens or len(batch) == rows:
            break
        batch.append(work)
    return batch
