"""Whose turn it is: the calls that wait for a worker, in a fair order.

Urgent calls go before normal ones and those before the bulk. Among calls of one priority tenants
take turns, and so do the jobs of a tenant: ten thousand files of one batch, or a document of two
thousand pages, hold up nobody else. So that the bulk never starves, one call in `BULK_TURN` is of
the bulk, unless something urgent waits.

The queue is no truth about jobs, only an order for calls: losing one does no harm, because the
ledger names the work again that is due (`Ledger.due`).
"""

from __future__ import annotations

import itertools
import threading
from collections import Counter, OrderedDict
from collections.abc import Mapping
from typing import Any, Protocol

import redis

from docvision.errors import JobNotFound
from docvision.jobs.ledger import Ledger
from docvision.jobs.model import Priority, Step
from docvision.jobs.redis import PREFIX, script_source, storage_error
from docvision.jobs.wire import Message

BULK_TURN = 8
_ORDER = (Priority.URGENT, Priority.NORMAL, Priority.BULK)
_BULK_FIRST = (Priority.URGENT, Priority.BULK, Priority.NORMAL)


class FairQueue(Protocol):
    """Raises StorageError from any call when the store behind it does not answer."""

    def push(self, message: Message) -> bool:
        """Add a call at the end of its job's; return False where it waits already.

        A call for a job that the ledger does not know is dropped.
        """

    def pop(self) -> Message | None:
        """Take the call whose turn it is, None where none waits."""

    def waiting(self) -> Mapping[Step, int]:
        """Return how many calls of each step wait."""


class RedisFairQueue:
    """Implements `FairQueue` beside a RedisLedger, under the same prefix. Safe for threads."""

    def __init__(self, client: redis.Redis, prefix: str = PREFIX) -> None:
        self._client = client
        self._prefix = prefix
        self._push = client.register_script(script_source("queue_push"))
        self._pop = client.register_script(script_source("queue_pop"))

    def push(self, message: Message) -> bool:
        """Add a call at the end of its job's; return False where it waits already."""
        units = ",".join(map(str, message.units))
        return bool(self._run(self._push, message.job, message.step.value, units))

    def pop(self) -> Message | None:
        """Take the call whose turn it is, None where none waits."""
        row = self._run(self._pop, BULK_TURN)
        if row is None:
            return None
        job_id, step, units = row
        numbers = tuple(int(number) for number in units.split(",") if number)
        return Message(job=job_id, step=Step(step), units=numbers)

    def waiting(self) -> Mapping[Step, int]:
        """Return how many calls of each step wait."""
        try:
            row: Mapping[str, str] = self._client.hgetall(self._prefix + "waiting")  # type: ignore[assignment]
        except redis.RedisError as error:
            raise storage_error(error) from error
        return {step: int(row.get(step.value, 0)) for step in Step}

    def _run(self, script: Any, *arguments: Any) -> Any:
        try:
            return script(keys=[self._prefix], args=arguments)
        except redis.RedisError as error:
            raise storage_error(error) from error


class MemoryFairQueue:
    """Implements `FairQueue` beside a MemoryLedger, for one process and for tests."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._turns = itertools.count(1)
        self._lines: dict[Priority, OrderedDict[str, OrderedDict[str, list[Message]]]] = {
            priority: OrderedDict() for priority in Priority
        }

    def push(self, message: Message) -> bool:
        """Add a call at the end of its job's; return False where it waits already."""
        try:
            job = self._ledger.get(message.job)
        except JobNotFound:
            return False
        with self._lock:
            own = self._lines[job.priority].setdefault(job.tenant, OrderedDict())
            calls = own.setdefault(job.id, [])
            if message in calls:
                return False
            calls.append(message)
            return True

    def pop(self) -> Message | None:
        """Take the call whose turn it is, None where none waits."""
        with self._lock:
            order = _BULK_FIRST if next(self._turns) % BULK_TURN == 0 else _ORDER
            for priority in order:
                if line := self._lines[priority]:
                    return _take(line)
        return None

    def waiting(self) -> Mapping[Step, int]:
        """Return how many calls of each step wait."""
        with self._lock:
            steps = Counter(
                message.step
                for line in self._lines.values()
                for own in line.values()
                for calls in own.values()
                for message in calls
            )
        return {step: steps[step] for step in Step}


def _take(line: OrderedDict[str, OrderedDict[str, list[Message]]]) -> Message:
    """Take the first call of the first job of the first tenant; both go to their line's end."""
    tenant, own = line.popitem(last=False)
    job_id, calls = own.popitem(last=False)
    message = calls.pop(0)
    if calls:
        own[job_id] = calls
    if own:
        line[tenant] = own
    return message
