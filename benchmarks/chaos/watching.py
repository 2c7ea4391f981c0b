"""Watches the ledger past the proxy: progress, the work that killed workers held, and the end."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import redis

from docvision.errors import JobNotFound, StorageError
from docvision.jobs.model import State, Step
from docvision.jobs.redis import PREFIX, RedisLedger, connect

_ENDED = re.compile(r"job ([0-9a-f]{32}): (?:succeeded|partial|failed)\b")


@dataclass
class Outcome:
    """What a run came to. Seconds are wall-clock."""

    accepted: int = 0
    missing: int = 0
    stuck: int = 0
    committed_twice: int = 0
    done_again: int = 0
    wrong_pages: int = 0
    states: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    recoveries: dict[str, list[float]] = field(default_factory=dict)
    taken_up: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        """Whether nothing was lost, done twice or left undone."""
        return not (self.missing or self.stuck or self.committed_twice or self.wrong_pages)


class Watcher:
    """Looks at the ledger directly."""

    def __init__(self, url: str) -> None:
        self._client = connect(url)
        self._ledger = RedisLedger(self._client)

    def finished(self) -> int | None:
        """Return how many jobs have ended, None while nobody answers."""
        try:
            counts = self._ledger.counts()
        except StorageError:
            return None
        return sum(count for state, count in counts.items() if state.finished)

    def held_by(self, pid: str) -> dict[str, str]:
        """Return the leases of the worker with this process id: where they stand, and what."""
        held = {}
        try:
            for key in self._client.scan_iter(f"{PREFIX}owner:*-{pid}-*"):
                for name in map(str, self._client.smembers(key)):
                    mark = self._mark(name)
                    if mark and mark.startswith("l"):
                        held[name] = _whose(mark)
        except redis.RedisError:
            return {}
        return held

    def taken_up(self, name: str, lease: str) -> bool:
        """Return whether somebody else has taken up the work of a lease, or it is done.

        Work of which the ledger has only forgotten that it was begun is not taken up yet.
        """
        job_id, step, _ = name.split(" ")
        try:
            mark = self._mark(name)
            if mark is not None:
                return _whose(mark) != lease
            job = self._ledger.get(job_id)
        except (redis.RedisError, StorageError, JobNotFound):
            return False
        return job.state.finished or (step == Step.PREPARE and job.units is not None)

    def audit(self, accepted: Mapping[str, int], outcome: Outcome) -> None:
        """Count what became of the accepted jobs."""
        outcome.accepted = len(accepted)
        for job_id, pages in accepted.items():
            try:
                job = self._ledger.get(job_id)
            except JobNotFound:
                outcome.missing += 1
                continue
            outcome.states[job.state.value] += 1
            outcome.stuck += not job.state.finished
            whole = job.units == pages and job.units_done == pages
            outcome.wrong_pages += job.state is State.SUCCEEDED and not whole

    def unfinished(self, accepted: Mapping[str, int]) -> int:
        """Return how many of the accepted jobs have not ended."""
        try:
            lost = self._ledger.absent(list(accepted))
            counts = self._ledger.counts()
        except StorageError:
            return len(accepted)
        return len(lost) + counts[State.QUEUED] + counts[State.RUNNING]

    def ended_but_open(self, logs: Path) -> set[str]:
        """Return the jobs that the logs say to have ended, and of which the ledger has forgotten
        that: asked right after the server was started again, before anybody has done them again.
        """
        told = list(ends_told(logs))
        try:
            lost = set(self._ledger.absent(told))
            active = (State.QUEUED, State.RUNNING)
            open_ones = {
                job.id for state in active for job in self._ledger.list(state=state, limit=1000)
            }
        except StorageError:
            return set()
        return lost | (open_ones & set(told))

    def _mark(self, name: str) -> str | None:
        job_id, step, unit = name.split(" ")
        if step == "read":
            mark = self._client.hget(f"{PREFIX}units:{job_id}", unit)
        else:
            mark = self._client.hget(f"{PREFIX}job:{job_id}", step)
        return None if mark is None else str(mark)


def _whose(mark: str) -> str:
    """Return the token and the owner of a lease; its deadline moves."""
    token, _, rest = mark.partition("|")
    return f"{token} {rest.partition('|')[2]}"


def ends_told(logs: Path) -> Counter[str]:
    """Return how often the workers' logs say that each job has ended."""
    ends: Counter[str] = Counter()
    for log in logs.glob("worker-*.log*"):
        with log.open(errors="replace") as lines:
            ends.update(found[1] for found in map(_ENDED.search, lines) if found)
    return ends


def percentile(seconds: list[float], share: float) -> float:
    """Return the value below which this share lies; 0 without values."""
    ranked = sorted(seconds)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))] if ranked else 0.0


def now() -> float:
    """Return the clock of all figures."""
    return time.monotonic()
