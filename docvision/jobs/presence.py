"""Who works here: each worker shows a card from time to time; the API reads them."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import redis
from pydantic import BaseModel, ConfigDict
from redis.commands.core import Script

from docvision.jobs.redis import PREFIX, storage_error

BEAT_SECONDS = 3.0
SEEN_SECONDS = 10.0
FORGOTTEN_SECONDS = 3600.0
"""A card that was not shown for so long is thrown away."""

# By the server's clock, so that machines whose clocks differ agree on who is there.
_NOW = "local now = redis.call('TIME')[1] + redis.call('TIME')[2] / 1e6 "
_SHOW = (
    _NOW + "redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) redis.call('ZADD', KEYS[2], now, ARGV[1])"
)
_SEEN = (
    _NOW
    + """
for _, owner in ipairs(redis.call('ZRANGE', KEYS[2], '-inf', now - ARGV[2], 'BYSCORE')) do
  redis.call('HDEL', KEYS[1], owner)
  redis.call('ZREM', KEYS[2], owner)
end
local cards = {}
for _, owner in ipairs(redis.call('ZRANGE', KEYS[2], now - ARGV[1], '+inf', 'BYSCORE')) do
  cards[#cards + 1] = redis.call('HGET', KEYS[1], owner)
end
return cards
"""
)


class WorkerCard(BaseModel):
    """What a worker tells of itself.

    `model` holds the plain values of the engine's profile; `{"name": "none"}` without one.
    `place` says where its `pid` means this process; see `this_place`. `busy` counts the pieces of
    work under way. Memory is that of the process and, where it runs a model on one, of the GPU.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    owner: str
    host: str
    pid: int
    threads: int
    started: float
    model: dict[str, Any]
    place: str = ""
    busy: int = 0
    memory_bytes: int = 0
    gpu_bytes: int = 0


class Presence(Protocol):
    """Raises StorageError from any call when the store behind it does not answer."""

    def show(self, card: WorkerCard) -> None:
        """Show a worker's card; it counts as seen for SEEN_SECONDS."""

    def leave(self, owner: str) -> None:
        """Take a worker's card away."""

    def seen(self, within: float = SEEN_SECONDS) -> Sequence[WorkerCard]:
        """Return the cards of the workers seen within so many seconds, by owner."""

    def add(self, **amounts: float) -> None:
        """Add to the counters that all workers share; they are sent with the next card."""

    def counters(self) -> Mapping[str, float]:
        """Return the counters."""


class RedisPresence:
    """Implements `Presence`: a hash of cards and a hash of counters. Safe for threads."""

    def __init__(self, client: redis.Redis, prefix: str = PREFIX) -> None:
        self._client = client
        self._workers = prefix + "workers"
        self._keys = [self._workers, self._workers + ":seen"]
        self._show = client.register_script(_SHOW)
        self._seen = client.register_script(_SEEN)
        self._counters = prefix + "counters"
        self._unsent: Counter[str] = Counter()
        self._lock = threading.Lock()

    def show(self, card: WorkerCard) -> None:
        """Show a worker's card; it counts as seen for SEEN_SECONDS."""
        self._run(self._show, card.owner, card.model_dump_json())
        self._send()

    def leave(self, owner: str) -> None:
        """Take a worker's card away."""
        self._send(("HDEL", self._workers, owner), ("ZREM", self._keys[1], owner))

    def seen(self, within: float = SEEN_SECONDS) -> Sequence[WorkerCard]:
        """Return the cards of the workers seen within so many seconds, by owner."""
        rows: Sequence[str] = self._run(self._seen, within, FORGOTTEN_SECONDS)
        cards = [WorkerCard.model_validate_json(row) for row in rows if row]
        return sorted(cards, key=lambda card: card.owner)

    def add(self, **amounts: float) -> None:
        """Add to the counters that all workers share; they are sent with the next card."""
        with self._lock:
            self._unsent.update(amounts)

    def counters(self) -> Mapping[str, float]:
        """Return the counters."""
        rows: Mapping[str, str] = self._send(("HGETALL", self._counters))[0]
        return {name: float(amount) for name, amount in rows.items()}

    def _run(self, script: Script, *arguments: str | float) -> Any:
        try:
            return script(keys=self._keys, args=arguments)
        except redis.RedisError as error:
            raise storage_error(error) from error

    def _send(self, *commands: tuple[str, ...]) -> Sequence[Any]:
        """Send commands, and with them whatever was counted since the last ones."""
        with self._lock:
            amounts, self._unsent = self._unsent, Counter()
        try:
            with self._client.pipeline(transaction=False) as pipe:
                for command in commands:
                    pipe.execute_command(*command)  # type: ignore[no-untyped-call]
                for name, amount in amounts.items():
                    pipe.hincrbyfloat(self._counters, name, amount)
                return pipe.execute()
        except redis.RedisError as error:
            raise storage_error(error) from error


class MemoryPresence:
    """Implements `Presence` for one process and for tests."""

    def __init__(self) -> None:
        self._cards: dict[str, tuple[float, WorkerCard]] = {}
        self._counters: dict[str, float] = {}

    def show(self, card: WorkerCard) -> None:
        """Show a worker's card; it counts as seen for SEEN_SECONDS."""
        self._cards[card.owner] = (time.monotonic(), card)

    def leave(self, owner: str) -> None:
        """Take a worker's card away."""
        self._cards.pop(owner, None)

    def seen(self, within: float = SEEN_SECONDS) -> Sequence[WorkerCard]:
        """Return the cards of the workers seen within so many seconds, by owner."""
        earliest = time.monotonic() - within
        return [card for _, (at, card) in sorted(self._cards.items()) if at >= earliest]

    def add(self, **amounts: float) -> None:
        """Add to the counters that all workers share, such as pages and seconds."""
        for name, amount in amounts.items():
            self._counters[name] = self._counters.get(name, 0.0) + amount

    def counters(self) -> Mapping[str, float]:
        """Return the counters."""
        return dict(self._counters)


def this_place() -> str:
    """Return where process ids mean the same as here: this boot and PID namespace; "" if unknown.

    Containers have ids of their own, also where they share the host's name.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""


def is_dead(card: WorkerCard) -> bool:
    """Return whether a worker's process is known to have ended, which only its place can tell."""
    if not card.place or card.place != this_place():
        return False
    try:
        os.kill(card.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
