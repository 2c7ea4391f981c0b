"""How much a key has used: requests a minute, jobs at once, pages a month."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

import redis

from docvision.access.book import KeyBook
from docvision.access.keys import ApiKey
from docvision.errors import JobNotFound, QuotaExceeded, RateLimited, TooManyJobs
from docvision.jobs.model import Job
from docvision.jobs.redis import PREFIX, storage_error

BURST_SECONDS = 60.0
"""A key that was quiet may use up so much of its rate at once."""
LOOKS = 200
"""Jobs that are looked at, the oldest first, to find some that have finished."""
MONTH_SECONDS = 32 * 86_400


class Meter(Protocol):
    """Raises StorageError from any call when the store behind it does not answer."""

    def wait(self, key_id: str, per_minute: int) -> float:
        """Count a request and return 0, or return the seconds after which it would be allowed."""

    def enter(self, key_id: str, job_id: str, limit: int) -> bool:
        """Count a job as unfinished, or return False where there are `limit` of them already."""

    def entered(self, key_id: str, count: int) -> Sequence[str]:
        """Return ids of jobs that count as unfinished, the oldest first."""

    def leave(self, key_id: str, job_ids: Sequence[str]) -> None:
        """Count jobs as finished."""

    def pages(self, key_id: str, month: str) -> int:
        """Return the pages charged in a month, such as 2026-11."""

    def charge(self, key_id: str, month: str, job_id: str, pages: int, quota: int | None) -> bool:
        """Charge a job's pages, once; return False (and charge nothing) beyond the quota."""


def check_rate(meter: Meter, key: ApiKey) -> None:
    """Count a request of a key; raises RateLimited."""
    if key.requests_per_minute is None:
        return
    seconds = meter.wait(key.id, key.requests_per_minute)
    if seconds > 0:
        message = f"This key may make {key.requests_per_minute} requests a minute."
        raise RateLimited(message, retry_after=math.ceil(seconds))


def check_pages(meter: Meter, key: ApiKey) -> None:
    """Raise QuotaExceeded where a key has used up the pages of its month."""
    if key.pages_per_month is not None and meter.pages(key.id, month()) >= key.pages_per_month:
        raise _used_up(key)


def enter_job(meter: Meter, find: Callable[[str], Job], key: ApiKey, job_id: str) -> None:
    """Count a new job of a key; `find` asks the ledger. Raises TooManyJobs.

    Only the ledger knows which jobs have finished. It is asked when the limit seems reached, so
    that a worker that dies can never leave a key locked.
    """
    limit = key.jobs_at_once
    if limit is None or meter.enter(key.id, job_id, limit):
        return
    meter.leave(key.id, [one for one in meter.entered(key.id, LOOKS) if _is_over(find, one)])
    if not meter.enter(key.id, job_id, limit):
        message = f"This key may have {limit} jobs under way at once."
        raise TooManyJobs(message, retry_after=5)


class PageQuota:
    """Charges pages to the key that sent a job; the workers' part of the quota."""

    def __init__(self, book: KeyBook, meter: Meter) -> None:
        self._book = book
        self._meter = meter

    def charge(self, job: Job, pages: int) -> None:
        """Charge a job's pages to its key, once however often it is prepared.

        Raises:
            QuotaExceeded: The key's month does not have so many pages left; none is charged.
        """
        key = self._book.find(job.key_id) if job.key_id else None
        if key is not None:
            quota = key.pages_per_month
            if not self._meter.charge(key.id, month(), job.id, pages, quota):
                raise _used_up(key)


def month(now: float | None = None) -> str:
    """Return the calendar month in UTC, such as 2026-11."""
    return f"{datetime.fromtimestamp(time.time() if now is None else now, UTC):%Y-%m}"


class MemoryMeter:
    """Implements `Meter` for one process and for tests."""

    def __init__(self) -> None:
        self._due: dict[str, float] = {}
        self._jobs: dict[str, list[str]] = {}
        self._pages: dict[tuple[str, str], int] = {}
        self._charged: set[str] = set()

    def wait(self, key_id: str, per_minute: int) -> float:
        """Count a request and return 0, or return the seconds after which it would be allowed."""
        now = time.monotonic()
        due = max(self._due.get(key_id, now), now) + 60 / per_minute
        if due - now > BURST_SECONDS + 1e-6:
            return due - now - BURST_SECONDS
        self._due[key_id] = due
        return 0.0

    def enter(self, key_id: str, job_id: str, limit: int) -> bool:
        """Count a job as unfinished, or return False where there are `limit` of them already."""
        jobs = self._jobs.setdefault(key_id, [])
        if len(jobs) >= limit:
            return False
        jobs.append(job_id)
        return True

    def entered(self, key_id: str, count: int) -> Sequence[str]:
        """Return ids of jobs that count as unfinished, the oldest first."""
        return self._jobs.get(key_id, [])[:count]

    def leave(self, key_id: str, job_ids: Sequence[str]) -> None:
        """Count jobs as finished."""
        kept = [job_id for job_id in self._jobs.get(key_id, []) if job_id not in set(job_ids)]
        self._jobs[key_id] = kept

    def pages(self, key_id: str, month: str) -> int:
        """Return the pages charged in a month, such as 2026-11."""
        return self._pages.get((key_id, month), 0)

    def charge(self, key_id: str, month: str, job_id: str, pages: int, quota: int | None) -> bool:
        """Charge a job's pages, once; return False (and charge nothing) beyond the quota."""
        used = self.pages(key_id, month)
        if job_id in self._charged:
            return True
        if quota is not None and used + pages > quota:
            return False
        self._charged.add(job_id)
        self._pages[key_id, month] = used + pages
        return True


class RedisMeter:
    """Implements `Meter`: each change is one script, timed by the server's clock."""

    def __init__(self, client: redis.Redis, prefix: str = PREFIX) -> None:
        self._client = client
        self._prefix = f"{prefix}meter:"
        self._wait = client.register_script(_WAIT)
        self._enter = client.register_script(_ENTER)
        self._charge = client.register_script(_CHARGE)

    def wait(self, key_id: str, per_minute: int) -> float:
        """Count a request and return 0, or return the seconds after which it would be allowed."""
        return float(self._run(self._wait, [self._key("rate", key_id)], per_minute, BURST_SECONDS))

    def enter(self, key_id: str, job_id: str, limit: int) -> bool:
        """Count a job as unfinished, or return False where there are `limit` of them already."""
        return bool(self._run(self._enter, [self._key("jobs", key_id)], job_id, limit))

    def entered(self, key_id: str, count: int) -> Sequence[str]:
        """Return ids of jobs that count as unfinished, the oldest first."""
        ids: Sequence[str] = self._call("ZRANGE", self._key("jobs", key_id), 0, count - 1)
        return ids

    def leave(self, key_id: str, job_ids: Sequence[str]) -> None:
        """Count jobs as finished."""
        if job_ids:
            self._call("ZREM", self._key("jobs", key_id), *job_ids)

    def pages(self, key_id: str, month: str) -> int:
        """Return the pages charged in a month, such as 2026-11."""
        return int(self._call("GET", self._key("pages", key_id, month)) or 0)

    def charge(self, key_id: str, month: str, job_id: str, pages: int, quota: int | None) -> bool:
        """Charge a job's pages, once; return False (and charge nothing) beyond the quota."""
        keys = [self._key("pages", key_id, month), self._key("charged", job_id)]
        return bool(self._run(self._charge, keys, pages, quota or -1, MONTH_SECONDS))

    def _key(self, *parts: str) -> str:
        return self._prefix + ":".join(parts)

    def _run(self, script: Any, keys: list[str], *arguments: object) -> Any:
        try:
            return script(keys=keys, args=arguments)
        except redis.RedisError as error:
            raise storage_error(error) from error

    def _call(self, *command: object) -> Any:
        try:
            return self._client.execute_command(*command)  # type: ignore[no-untyped-call]
        except redis.RedisError as error:
            raise storage_error(error) from error


#: The generic cell rate algorithm: one number, the time at which the last request was due.
_WAIT = """
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1e6
local due = math.max(tonumber(redis.call('GET', KEYS[1])) or now, now) + 60 / tonumber(ARGV[1])
local ahead = due - now
local burst = tonumber(ARGV[2])
if ahead > burst + 1e-5 then
  return string.format('%.6f', ahead - burst)
end
redis.call('SET', KEYS[1], string.format('%.6f', due), 'PX', math.ceil(ahead * 1000))
return '0'
"""
_ENTER = """
local count = redis.call('ZCARD', KEYS[1])
if count >= tonumber(ARGV[2]) then
  return 0
end
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
redis.call('ZADD', KEYS[1], (tonumber(last[2]) or 0) + 1, ARGV[1])
return 1
"""
_CHARGE = """
if redis.call('EXISTS', KEYS[2]) == 1 then
  return 1
end
local used = tonumber(redis.call('GET', KEYS[1])) or 0
local quota = tonumber(ARGV[2])
if quota >= 0 and used + tonumber(ARGV[1]) > quota then
  return 0
end
redis.call('INCRBY', KEYS[1], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('SET', KEYS[2], 1, 'EX', ARGV[3])
return 1
"""


def _is_over(find: Callable[[str], Job], job_id: str) -> bool:
    try:
        return find(job_id).state.finished
    except JobNotFound:
        return True


def _used_up(key: ApiKey) -> QuotaExceeded:
    message = f"This key may have {key.pages_per_month} pages read in a month."
    return QuotaExceeded(message, retry_after=_seconds_left())


def _seconds_left() -> int:
    now = datetime.now(UTC)
    following = datetime(now.year + now.month // 12, now.month % 12 + 1, 1, tzinfo=UTC)
    return math.ceil((following - now).total_seconds())
