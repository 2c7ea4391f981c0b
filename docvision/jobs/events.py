"""Waiting for a job to change: one subscription per process wakes whoever waits for its id."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from typing import Protocol

import redis.asyncio

from docvision.jobs.address import connect_async
from docvision.jobs.memory import MemoryLedger
from docvision.jobs.model import Job, State
from docvision.jobs.redis import PREFIX, parse_job, storage_error

_log = logging.getLogger(__name__)
LISTEN_SECONDS = 5.0
RECONNECT_SECONDS = 0.5
CONNECTIONS = 32
_ACTIVE = {state.value for state in State if not state.finished}


class _Waiter:
    """Somebody who waits for a job: for any change of it, or for its end only."""

    def __init__(self, *, for_end: bool) -> None:
        self.for_end = for_end
        self.rung = asyncio.Event()


class _Bell:
    """Who waits for which job; lives on one event loop."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, set[_Waiter]] = defaultdict(set)
        self.hushed = False

    @contextlib.contextmanager
    def listening(self, job_id: str, *, for_end: bool) -> Iterator[asyncio.Event]:
        waiter = _Waiter(for_end=for_end)
        self._waiting[job_id].add(waiter)
        try:
            yield waiter.rung
        finally:
            self._waiting[job_id].discard(waiter)
            if not self._waiting[job_id]:
                del self._waiting[job_id]

    def ring(self, job_id: str, ended: bool) -> None:
        for waiter in self._waiting.get(job_id, ()):
            if ended or not waiter.for_end:
                waiter.rung.set()

    def ring_all(self) -> None:
        for job_id in self._waiting:
            self.ring(job_id, True)

    def hush(self) -> None:
        self.hushed = True
        self.ring_all()


class _Read(Protocol):
    async def __call__(self, job_id: str) -> Job: ...


async def _wait(bell: _Bell, read: _Read, job_id: str, revision: int | None, seconds: float) -> Job:
    """Read, and read again whenever the bell rings, until there is news or the time is up.

    The waiter is known to the bell before it reads, so no change can fall in between.
    """
    clock = asyncio.get_running_loop().time
    deadline = clock() + seconds
    with bell.listening(job_id, for_end=revision is None) as rung:
        while True:
            rung.clear()
            job = await read(job_id)
            left = deadline - clock()
            newer = revision is not None and job.revision > revision
            if newer or job.state.finished or left <= 0 or bell.hushed:
                return job
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(rung.wait(), left)


async def _changes(
    bell: _Bell, read: _Read, job_id: str, revision: int | None, heartbeat: float
) -> AsyncIterator[Job | None]:
    """Read whenever the bell rings, and not otherwise; yield what is new."""
    with bell.listening(job_id, for_end=False) as rung:
        while not bell.hushed:
            rung.clear()
            job = await read(job_id)
            if revision is None or job.revision > revision:
                revision = job.revision
                yield job
            if job.state.finished:
                return
            while not rung.is_set():
                try:
                    await asyncio.wait_for(rung.wait(), heartbeat)
                except TimeoutError:
                    yield None


class RedisEvents:
    """Implements `ledger.Events` by one subscription to the ledger's channel.

    Listening begins with the first wait. While the connection is away, waiters sleep; when it is
    back, all of them read again, so that nothing that was missed stays unseen.
    """

    def __init__(self, url: str, prefix: str = PREFIX) -> None:
        self._client = connect_async(url, CONNECTIONS)
        self._prefix = prefix
        self._bell = _Bell()
        self._listener: asyncio.Task[None] | None = None

    async def wait(self, job_id: str, revision: int | None, seconds: float) -> Job:
        """Return the job once it is newer than `revision` or has finished, or after `seconds`."""
        self._begin()
        return await _wait(self._bell, self._read, job_id, revision, seconds)

    def changes(
        self, job_id: str, revision: int | None, heartbeat: float
    ) -> AsyncIterator[Job | None]:
        """Yield the job each time that it is newer than what was seen, until its end."""
        self._begin()
        return _changes(self._bell, self._read, job_id, revision, heartbeat)

    def hush(self) -> None:
        """End all waits, now and from now on, with the jobs as they are; on the event loop."""
        self._bell.hush()

    async def close(self) -> None:
        """Stop listening."""
        # One cancellation can be lost in the client while it connects.
        while self._listener is not None and not self._listener.done():
            self._listener.cancel()
            await asyncio.wait({self._listener}, timeout=0.2)
        await self._client.aclose()

    def _begin(self) -> None:
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen(), name="job-events")

    async def _read(self, job_id: str) -> Job:
        try:
            row = await self._client.hgetall(f"{self._prefix}job:{job_id}")
        except redis.RedisError as error:
            raise storage_error(error) from error
        return parse_job(job_id, row)

    async def _listen(self) -> None:
        while True:
            try:
                await self._follow()
            except redis.RedisError as error:
                _log.warning("job events: the connection is away: %s", type(error).__name__)
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _follow(self) -> None:
        async with self._client.pubsub() as channel:
            await channel.subscribe(f"{self._prefix}events")
            while True:
                message = await channel.get_message(timeout=LISTEN_SECONDS)
                if message is None:
                    continue
                if message["type"] == "subscribe":
                    self._bell.ring_all()
                else:
                    job_id, _, state = message["data"].partition(" ")
                    self._bell.ring(job_id, state not in _ACTIVE)


class MemoryEvents:
    """Implements `ledger.Events` for a MemoryLedger; make it first and hand `ring` to the ledger.

    >>> events = MemoryEvents()
    >>> events.ledger = MemoryLedger(changed=events.ring)
    """

    ledger: MemoryLedger

    def __init__(self) -> None:
        self._bell = _Bell()
        self._loop: asyncio.AbstractEventLoop | None = None

    def ring(self, job_id: str, ended: bool) -> None:
        """Wake who waits for this job; may be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._bell.ring, job_id, ended)

    async def wait(self, job_id: str, revision: int | None, seconds: float) -> Job:
        """Return the job once it is newer than `revision` or has finished, or after `seconds`."""
        self._loop = asyncio.get_running_loop()
        return await _wait(self._bell, self._read, job_id, revision, seconds)

    def changes(
        self, job_id: str, revision: int | None, heartbeat: float
    ) -> AsyncIterator[Job | None]:
        """Yield the job each time that it is newer than what was seen, until its end."""
        self._loop = asyncio.get_running_loop()
        return _changes(self._bell, self._read, job_id, revision, heartbeat)

    async def close(self) -> None:
        """Nothing is open."""

    async def _read(self, job_id: str) -> Job:
        return self.ledger.get(job_id)
