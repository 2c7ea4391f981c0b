"""Who works here: each worker shows a card from time to time; the API reads them."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import redis
from pydantic import BaseModel, ConfigDict

from docvision.jobs.redis import PREFIX, storage_error

BEAT_SECONDS = 3.0
SEEN_SECONDS = 10.0


class WorkerCard(BaseModel):
    """What a worker tells of itself.

    `model` holds the plain values of the engine's profile; `{"name": "none"}` without one.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    owner: str
    host: str
    pid: int
    threads: int
    started: float
    seen: float
    model: dict[str, Any]


class Presence(Protocol):
    """Raises StorageError from any call when the store behind it does not answer."""

    def show(self, card: WorkerCard) -> None:
        """Show a worker's card; it counts as seen for SEEN_SECONDS."""

    def leave(self, owner: str) -> None:
        """Take a worker's card away."""

    def seen(self) -> Sequence[WorkerCard]:
        """Return the cards of the workers seen lately, by owner."""

    def add(self, **amounts: float) -> None:
        """Add to the counters that all workers share; they are sent with the next card."""

    def counters(self) -> Mapping[str, float]:
        """Return the counters."""


class RedisPresence:
    """Implements `Presence`: a hash of cards and a hash of counters. Safe for threads."""

    def __init__(self, client: redis.Redis, prefix: str = PREFIX) -> None:
        self._client = client
        self._workers = prefix + "workers"
        self._counters = prefix + "counters"
        self._unsent: Counter[str] = Counter()
        self._lock = threading.Lock()

    def show(self, card: WorkerCard) -> None:
        """Show a worker's card; it counts as seen for SEEN_SECONDS."""
        self._send(("HSET", self._workers, card.owner, card.model_dump_json()))

    def leave(self, owner: str) -> None:
        """Take a worker's card away."""
        self._send(("HDEL", self._workers, owner))

    def seen(self) -> Sequence[WorkerCard]:
        """Return the cards of the workers seen lately, by owner; older ones are thrown away."""
        rows: Mapping[str, str] = self._send(("HGETALL", self._workers))
        cards = [WorkerCard.model_validate_json(row) for row in rows.values()]
        gone = [card.owner for card in cards if not _is_recent(card)]
        if gone:
            self._send(("HDEL", self._workers, *gone))
        return sorted(filter(_is_recent, cards), key=lambda card: card.owner)

    def add(self, **amounts: float) -> None:
        """Add to the counters that all workers share; they are sent with the next card."""
        with self._lock:
            self._unsent.update(amounts)

    def counters(self) -> Mapping[str, float]:
        """Return the counters."""
        rows: Mapping[str, str] = self._send(("HGETALL", self._counters))
        return {name: float(amount) for name, amount in rows.items()}

    def _send(self, command: tuple[str, ...]) -> Any:
        """Send a command, and with it whatever was counted since the last one."""
        with self._lock:
            amounts, self._unsent = self._unsent, Counter()
        try:
            with self._client.pipeline(transaction=False) as pipe:
                pipe.execute_command(*command)  # type: ignore[no-untyped-call]
                for name, amount in amounts.items():
                    pipe.hincrbyfloat(self._counters, name, amount)
                return pipe.execute()[0]
        except redis.RedisError as error:
            raise storage_error(error) from error


class MemoryPresence:
    """Implements `Presence` for one process and for tests."""

    def __init__(self) -> None:
        self._cards: dict[str, WorkerCard] = {}
        self._counters: dict[str, float] = {}

    def show(self, card: WorkerCard) -> None:
        """Show a worker's card; it counts as seen for SEEN_SECONDS."""
        self._cards[card.owner] = card

    def leave(self, owner: str) -> None:
        """Take a worker's card away."""
        self._cards.pop(owner, None)

    def seen(self) -> Sequence[WorkerCard]:
        """Return the cards of the workers seen lately, by owner."""
        return [card for _, card in sorted(self._cards.items()) if _is_recent(card)]

    def add(self, **amounts: float) -> None:
        """Add to the counters that all workers share, such as pages and seconds."""
        for name, amount in amounts.items():
            self._counters[name] = self._counters.get(name, 0.0) + amount

    def counters(self) -> Mapping[str, float]:
        """Return the counters."""
        return dict(self._counters)


def _is_recent(card: WorkerCard) -> bool:
    return card.seen > time.time() - SEEN_SECONDS
