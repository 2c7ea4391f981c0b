"""Doing a thing once: which request a key stands for, and which job has done a piece of work.

Both are pointers to jobs, never content, and both are gone after their time.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from dataclasses import dataclass
from typing import Any, Protocol

import redis

from docvision.errors import IdempotencyConflict
from docvision.jobs.model import SECRET, Job
from docvision.jobs.redis import PREFIX, storage_error

KEY_SECONDS = 86_400
"""How long an `Idempotency-Key` is remembered."""


class Once(Protocol):
    """Raises StorageError from any call when the store behind it does not answer."""

    def claim(self, tenant: str, key: str, request: str, job_id: str) -> str:
        """Let a request be known by a key of its tenant; return the job that it is answered with.

        That is `job_id`, or the job of the same request before it.

        Raises:
            IdempotencyConflict: The key stands for another request.
        """

    def transfer(self, tenant: str, key: str, request: str, job_id: str) -> None:
        """Let the key stand for another job, because the one before it is not there."""

    def remember(self, work: str, way: str, job_id: str, seconds: float) -> None:
        """Note that a job has done a piece of work, in this way, for so many seconds."""

    def recall(self, work: str, way: str) -> str | None:
        """Return the job that has done a piece of work in this way, None where none has."""

    def forget(self, work: str, job_id: str) -> None:
        """Note that a job's result is gone."""


def work_of(job: Job) -> str | None:
    """Return what names the work that a job asks for, None where its result is not shared.

    Two jobs have the same name if they are of one tenant and ask for the same of the same bytes.
    A result that took a password is nobody else's.
    """
    hashes = [file.sha256 for file in job.uploads]
    if not job.cache or not hashes or not all(hashes) or job.options.get(SECRET):
        return None
    return digest([job.tenant, job.task, job.options, hashes])


def digest(value: Any) -> str:
    """Return a hash of plain values, the same for the same values."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


class RedisOnce:
    """Implements `Once` in Redis or Valkey. Safe for threads."""

    def __init__(self, client: redis.Redis, prefix: str = PREFIX) -> None:
        self._client = client
        self._prefix = prefix

    def claim(self, tenant: str, key: str, request: str, job_id: str) -> str:
        """Let a request be known by a key; return the job that it is answered with."""
        name, value = self._name(tenant, key), f"{request} {job_id}"
        try:
            known = self._client.set(name, value, nx=True, get=True, ex=KEY_SECONDS)
        except redis.RedisError as error:
            raise storage_error(error) from error
        return _same(str(known or value), request)

    def transfer(self, tenant: str, key: str, request: str, job_id: str) -> None:
        """Let the key stand for another job, because the one before it is not there."""
        self._send("SET", self._name(tenant, key), f"{request} {job_id}", "EX", KEY_SECONDS)

    def remember(self, work: str, way: str, job_id: str, seconds: float) -> None:
        """Note that a job has done a piece of work, in this way, for so many seconds."""
        name = self._work(work)
        self._send("HSET", name, way, job_id)
        self._send("EXPIRE", name, int(seconds) + 1)

    def recall(self, work: str, way: str) -> str | None:
        """Return the job that has done a piece of work in this way, None where none has."""
        found: str | None = self._send("HGET", self._work(work), way)
        return found

    def forget(self, work: str, job_id: str) -> None:
        """Note that a job's result is gone."""
        flat = self._send("HGETALL", self._work(work))
        ways = [way for way, known in dict(flat).items() if known == job_id]
        if ways:
            self._send("HDEL", self._work(work), *ways)

    def _name(self, tenant: str, key: str) -> str:
        return f"{self._prefix}once:{tenant}:{hashlib.sha256(key.encode()).hexdigest()}"

    def _work(self, work: str) -> str:
        return f"{self._prefix}work:{work}"

    def _send(self, *command: Any) -> Any:
        try:
            return self._client.execute_command(*command)  # type: ignore[no-untyped-call]
        except redis.RedisError as error:
            raise storage_error(error) from error


@dataclass(frozen=True, kw_only=True)
class _Done:
    job_id: str
    until: float


class MemoryOnce:
    """Implements `Once` for one process and for tests."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: dict[tuple[str, str], tuple[str, float]] = {}
        self._done: dict[tuple[str, str], _Done] = {}

    def claim(self, tenant: str, key: str, request: str, job_id: str) -> str:
        """Let a request be known by a key; return the job that it is answered with."""
        with self._lock:
            value, until = self._keys.get((tenant, key), ("", 0.0))
            if until > time.time():
                return _same(value, request)
        self.transfer(tenant, key, request, job_id)
        return job_id

    def transfer(self, tenant: str, key: str, request: str, job_id: str) -> None:
        """Let the key stand for another job, because the one before it is not there."""
        with self._lock:
            self._keys[tenant, key] = (f"{request} {job_id}", time.time() + KEY_SECONDS)

    def remember(self, work: str, way: str, job_id: str, seconds: float) -> None:
        """Note that a job has done a piece of work, in this way, for so many seconds."""
        with self._lock:
            self._done[work, way] = _Done(job_id=job_id, until=time.time() + seconds)

    def recall(self, work: str, way: str) -> str | None:
        """Return the job that has done a piece of work in this way, None where none has."""
        with self._lock:
            done = self._done.get((work, way))
        return done.job_id if done and done.until > time.time() else None

    def forget(self, work: str, job_id: str) -> None:
        """Note that a job's result is gone."""
        with self._lock:
            for place in [at for at, done in self._done.items() if at[0] == work]:
                if self._done[place].job_id == job_id:
                    del self._done[place]


def _same(value: str, request: str) -> str:
    known, _, job_id = value.rpartition(" ")
    if known != request:
        raise IdempotencyConflict("This Idempotency-Key was sent before with another request.")
    return job_id
