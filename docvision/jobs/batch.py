"""A batch: many files sent as one, each a job of its own.

The batch itself is a job too, of the task `BATCH`: its PREPARE takes the archives apart and enters
the files' jobs, its one unit is read when all of them have ended, and its end is the batch's end.
So leases, cancelling, expiry and events are those of every job, and how the batch stands is counted
by the ledger (`Ledger.counts(batch=…)`), never kept a second time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from docvision.errors import JobNotFound
from docvision.jobs import keys
from docvision.jobs.model import Job, Priority, Problem, State, Unit, Upload

BATCH = "batch"
"""The task of a batch's own job; no sender can name it."""
WHOLE = (Unit(index=0, document=0, page=0),)
"""The plan of a batch: one unit, which is read when all its files are."""
MOST_SOURCES = 0xFFFFF
Metadata = dict[str, str | int | float | bool | None]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Order(_Record):
    """What is wanted of a file."""

    task: str
    options: dict[str, Any] = {}
    metadata: Metadata = {}
    priority: Priority = Priority.BULK


class Source(_Record):
    """A file of the request, archive or not, as the store has it, or why it could not be taken."""

    upload: Upload
    problem: Problem | None = None


class BatchSpec(_Record):
    """What was sent: the files, what is wanted of each, and what the manifest says of some.

    Attributes:
        sources: The files of the request in their order. Archives are stored with the batch, any
            other as the upload of its own job, `child_id(batch, n)`.
        order: What is wanted of a file of which the manifest does not speak.
        manifest: Orders by the file's name, as it is shown.
        cache: Whether results of the same work may be taken over.
    """

    sources: tuple[Source, ...]
    order: Order
    manifest: dict[str, Order] = {}
    cache: bool = True


def spec_key(batch_id: str) -> str:
    """Return where a batch's specification lies, until it is expanded."""
    return f"{keys.root(batch_id)}/batch.json"


def source_key(batch_id: str, index: int) -> str:
    """Return where an archive lies until the batch is expanded."""
    return f"{sources_root(batch_id)}/{index}"


def sources_root(batch_id: str) -> str:
    """Return below what the archives lie."""
    return f"{keys.root(batch_id)}/archives"


def child_id(batch_id: str, index: int) -> str:
    """Return the id of the job of a batch's file number `index`, always the same.

    So a file is entered once, however often the expansion is resumed. Ids sort by time, later
    files first, so that the ledger's newest-first lists have a batch's files in their order.
    """
    mixed = hashlib.sha256(f"{batch_id}/{index}".encode()).hexdigest()
    return f"{batch_id[:12]}{MOST_SOURCES - index:05x}{mixed[:15]}"


def require_batch(job: Job) -> Job:
    """Return a batch's own job; raises JobNotFound for any other."""
    if job.task != BATCH:
        raise JobNotFound(f"There is no batch {job.id}.", job=job.id)
    return job


def unfinished(counts: Mapping[State, int]) -> int:
    """Return how many files are still to be read."""
    return sum(count for state, count in counts.items() if not state.finished)


def final_state(counts: Mapping[State, int]) -> State:
    """Return the state in which a batch ends: FAILED where no file was read at all."""
    good, all_of_them = counts[State.SUCCEEDED], sum(counts.values())
    if good == all_of_them:
        return State.SUCCEEDED
    return State.PARTIAL if good or counts[State.PARTIAL] or counts[State.EXPIRED] else State.FAILED
