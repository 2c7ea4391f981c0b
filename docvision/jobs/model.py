"""A job, its units and its states, as the ledger knows them."""

from __future__ import annotations

import secrets
import time
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

#: Whose the jobs are where no keys are asked for.
DEFAULT_TENANT = "default"
#: What the names of tenants and batches may be made of: they are parts of keys.
NAME = r"^[A-Za-z0-9_-]{1,64}$"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class State(StrEnum):
    """Where a job stands. `TRANSITIONS` says what may follow what."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def finished(self) -> bool:
        """Whether no more work will be done on the job."""
        return self not in (State.QUEUED, State.RUNNING)


_TRIED = frozenset({State.QUEUED, State.EXPIRED})
"""What may follow an end without a whole result: it may be tried again."""
TRANSITIONS: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.RUNNING, State.FAILED, State.CANCELLED, State.EXPIRED}),
    State.RUNNING: frozenset(
        {State.SUCCEEDED, State.PARTIAL, State.FAILED, State.CANCELLED, State.EXPIRED}
    ),
    State.SUCCEEDED: frozenset({State.EXPIRED}),
    State.PARTIAL: _TRIED,
    State.FAILED: _TRIED,
    State.CANCELLED: _TRIED,
    State.EXPIRED: frozenset(),
}


class Priority(StrEnum):
    """How urgent a job is; what is more urgent is read first."""

    URGENT = "urgent"
    NORMAL = "normal"
    BULK = "bulk"


class Review(StrEnum):
    """Whether a person has to look at a job's result."""

    NEEDED = "needed"
    DONE = "done"


class Upload(_Record):
    """A file of a job: its name as sent (shown, never used as a path), type, bytes and blob."""

    name: str
    media_type: str
    size: int
    sha256: str
    key: str


class Problem(_Record):
    """Why a job, or a unit of it, has no result: an error as `DocvisionError.to_wire` gives it."""

    code: str
    message: str
    retryable: bool = False
    detail: dict[str, str | int | float | bool] = {}


class Unit(_Record):
    """The smallest piece of a job that is committed by itself.

    A page of a document, or all sampled frames of a stretch of video. `document` counts the
    job's uploads from 0, `page` the document's pages from 0; `start` and `end` are seconds of a
    video, else None.
    """

    index: int
    document: int
    page: int
    start: float | None = None
    end: float | None = None


class Job(_Record):
    """What the ledger tells of a job. Times are Unix seconds.

    `units` is None until the documents were opened and counted. `revision` grows by one with
    each change, so that a waiting client can say what it has already seen.

    Attributes:
        tenant: Whose job it is.
        key_id: The API key that sent it, None where none is asked for.
        batch: The batch that it belongs to.
        metadata: The sender's own values, given back as they came.
        webhook: The URL that is told when the job ends.
        cache: Whether the result of the same work done before may be taken over.
        keep: Seconds for which the result is kept, None for what the settings say.
        review: Whether a person has to look at the result; known at the end.
        planned: When the documents had been counted.
        progressed: When the latest unit was read.
        fence: The token under which the latest step of the whole job was committed, PREPARE or
            the last one. What that step stored lies under it; see `jobs.keys`.
        retries: How often somebody had it done again after it had ended.
    """

    id: str
    task: str
    options: dict[str, Any] = {}
    uploads: tuple[Upload, ...]
    tenant: str = Field(DEFAULT_TENANT, pattern=NAME)
    key_id: str | None = None
    priority: Priority = Priority.NORMAL
    batch: str | None = Field(None, pattern=NAME)
    metadata: dict[str, str | int | float | bool | None] = {}
    webhook: str | None = None
    keep: float | None = None
    cache: bool = True
    state: State = State.QUEUED
    created: float
    started: float | None = None
    finished: float | None = None
    expires: float | None = None
    units: int | None = None
    units_done: int = 0
    units_failed: int = 0
    planned: float | None = None
    progressed: float | None = None
    problem: Problem | None = None
    review: Review | None = None
    fence: int | None = None
    retries: int = 0
    revision: int = 0


SECRET = "password"
"""The option that is forgotten when the job ends."""

ERASED: dict[str, Any] = {
    "options": {},
    "uploads": (),
    "metadata": {},
    "webhook": None,
    "problem": None,
}
"""What is left of a job's content while it is only remembered that it expired."""


class Step(StrEnum):
    """The three kinds of work in a job."""

    PREPARE = "prepare"
    READ = "read"
    ASSEMBLE = "assemble"


class Lease(_Record):
    """The right to do one step (of one unit, for READ) until `deadline`, and its fencing token.

    Tokens grow with each claim; a commit under an older token than the latest is refused.
    `deaths` counts the owners that fell silent while they held a lease on the same work.
    """

    job: str
    step: Step
    unit: int | None = None
    token: int
    owner: str
    deadline: float
    deaths: int = 0


class Progress(_Record):
    """How far a job is after a commit."""

    done: int
    failed: int
    total: int

    @property
    def complete(self) -> bool:
        """Whether no unit is left to read."""
        return self.done + self.failed >= self.total


def sent_at(job_id: str) -> float:
    """Return when an id was made, in Unix seconds; 0 for one that was not made here."""
    try:
        return int(job_id[:12], 16) / 1000
    except ValueError:
        return 0.0


def new_job_id() -> str:
    """Return an id that sorts by time and cannot be guessed (48 bits of time, 80 random)."""
    return f"{int(time.time() * 1000):012x}{secrets.token_hex(10)}"
