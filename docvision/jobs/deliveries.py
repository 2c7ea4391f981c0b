"""Telling webhooks that jobs have ended: what is due, what was tried, and the secrets to sign with.

A delivery becomes due in the same step of the ledger in which the job ends, and stays due until
it succeeded or was given up. So none is lost, whoever dies.
"""

from __future__ import annotations

import base64
import secrets
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Protocol

import redis
from pydantic import BaseModel, ConfigDict, Field

from docvision.errors import JobConflict, JobNotFound
from docvision.jobs.memory import MemoryLedger
from docvision.jobs.model import Review
from docvision.jobs.redis import PREFIX, script_source, storage_error

SECRET_BYTES = 32


class Delivery(BaseModel):
    """The right to tell a job's webhook, until `deadline`, after so many attempts."""

    model_config = ConfigDict(frozen=True)

    job: str
    deadline: float
    attempts: int


class Attempt(BaseModel):
    """One try to tell a job's webhook: it was told if `status` is 2xx."""

    model_config = ConfigDict(frozen=True)

    at: float = Field(description="When it began, in Unix seconds.")
    seconds: float = Field(description="How long it took.")
    status: int | None = Field(None, description="What the receiver answered.")
    error: str | None = Field(None, description="Why there is no answer: the code of an error.")


class Deliveries(Protocol):
    """Raises StorageError from any call when the store behind it does not answer."""

    def take(self, seconds: float) -> Delivery | None:
        """Take a delivery that is due; it is due again after `seconds` without a record."""

    def record(self, delivery: Delivery, attempt: Attempt, again: float | None) -> None:
        """Note what came of it, and after how many seconds to try again, if at all."""

    def attempts(self, job_id: str) -> Sequence[Attempt]:
        """Return what was tried for a job, in order."""

    def again(self, job_id: str) -> None:
        """Deliver once more; raises JobNotFound, or JobConflict without an end or a webhook."""

    def secret(self, tenant: str) -> str:
        """Return the tenant's secret, `whsec_…`; made when it is first asked for."""


class RedisDeliveries:
    """Implements `Deliveries` beside a RedisLedger, under the same prefix. Safe for threads."""

    def __init__(self, client: redis.Redis, prefix: str = PREFIX) -> None:
        self._client = client
        self._prefix = prefix
        names = ("take", "record", "again")
        self._scripts = {
            name: client.register_script(script_source(f"delivery_{name}")) for name in names
        }

    def take(self, seconds: float) -> Delivery | None:
        """Take a delivery that is due; it is due again after `seconds` without a record."""
        got = self._run("take", seconds)
        if got is None:
            return None
        return Delivery(job=got[0], deadline=float(got[1]), attempts=int(got[2]))

    def record(self, delivery: Delivery, attempt: Attempt, again: float | None) -> None:
        """Note what came of it, and after how many seconds to try again, if at all."""
        told = attempt.model_dump_json(exclude_none=True)
        after = "" if again is None else again
        self._run("record", delivery.job, delivery.deadline, told, after)

    def attempts(self, job_id: str) -> Sequence[Attempt]:
        """Return what was tried for a job, in order."""
        try:
            rows = self._client.lrange(f"{self._prefix}delivered:{job_id}", 0, -1)
        except redis.RedisError as error:
            raise storage_error(error) from error
        return [Attempt.model_validate_json(row) for row in rows]

    def again(self, job_id: str) -> None:
        """Deliver once more; raises JobNotFound, or JobConflict without an end or a webhook."""
        verdict = self._run("again", job_id)
        if verdict != "due":
            raise _missing(job_id) if verdict == "missing" else _conflict(job_id)

    def secret(self, tenant: str) -> str:
        """Return the tenant's secret, `whsec_…`; made when it is first asked for."""
        name = f"{self._prefix}webhook-secrets"
        try:
            self._client.hsetnx(name, tenant, _new_secret())
            return str(self._client.hget(name, tenant))
        except redis.RedisError as error:
            raise storage_error(error) from error

    def _run(self, name: str, *arguments: Any) -> Any:
        try:
            return self._scripts[name](keys=[self._prefix], args=arguments)
        except redis.RedisError as error:
            raise storage_error(error) from error


class MemoryDeliveries:
    """Implements `Deliveries` for a MemoryLedger."""

    def __init__(self, ledger: MemoryLedger) -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._due: dict[str, float | None] = {}
        self._reviewed: set[str] = set()
        self._attempts: defaultdict[str, list[Attempt]] = defaultdict(list)
        self._secrets: dict[str, str] = {}

    def take(self, seconds: float) -> Delivery | None:
        """Take a delivery that is due; it is due again after `seconds` without a record."""
        now = time.time()
        with self._lock:
            for job in self._ledger.list(limit=10_000):
                if job.review is Review.DONE and job.id not in self._reviewed:
                    self._reviewed.add(job.id)
                    self._due[job.id] = now
                due = self._due.get(job.id, job.finished)
                if job.webhook and due is not None and due <= now:
                    self._due[job.id] = now + seconds
                    attempts = len(self._attempts[job.id])
                    return Delivery(job=job.id, deadline=now + seconds, attempts=attempts)
        return None

    def record(self, delivery: Delivery, attempt: Attempt, again: float | None) -> None:
        """Note what came of it, and after how many seconds to try again, if at all."""
        with self._lock:
            self._attempts[delivery.job].append(attempt)
            if self._due[delivery.job] == delivery.deadline:
                self._due[delivery.job] = None if again is None else time.time() + again

    def attempts(self, job_id: str) -> Sequence[Attempt]:
        """Return what was tried for a job, in order."""
        with self._lock:
            return list(self._attempts.get(job_id, ()))

    def again(self, job_id: str) -> None:
        """Deliver once more; raises JobNotFound, or JobConflict without an end or a webhook."""
        job = self._ledger.get(job_id)
        if not job.state.finished or job.webhook is None:
            raise _conflict(job_id)
        with self._lock:
            self._due[job_id] = time.time()

    def secret(self, tenant: str) -> str:
        """Return the tenant's secret, `whsec_…`; made when it is first asked for."""
        with self._lock:
            return self._secrets.setdefault(tenant, _new_secret())


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def _missing(job_id: str) -> JobNotFound:
    return JobNotFound(f"There is no job {job_id}.", job=job_id)


def _conflict(job_id: str) -> JobConflict:
    return JobConflict("The job has not ended, or it has no webhook to be told.", job=job_id)
