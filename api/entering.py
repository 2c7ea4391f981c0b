"""Writing a job down and calling the workers: the one way in, for jobs and for batches."""

from __future__ import annotations

import contextlib
import logging
from typing import Annotated

from fastapi import Header

from docvision.access.meter import enter_job
from docvision.errors import IdempotencyConflict, JobNotFound, StorageError
from docvision.jobs import mending
from docvision.jobs.model import Job, Step
from docvision.jobs.once import work_of
from docvision.jobs.wire import Message

from .parts import Parts

_log = logging.getLogger(__name__)

IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="A key of your own for this request. Sent again within 24 hours, with the same "
        "body, it is answered with the same job; with another body it is refused.",
    ),
]


def enter(parts: Parts, job: Job, key: str | None, request: str) -> Job:
    """Write the job down and call the workers; return it, or the one that this key stands for.

    Args:
        parts: The caller's.
        job: The new job.
        key: The Idempotency-Key, None without one.
        request: What is the same for the same request.

    Raises:
        TooManyJobs, QuotaExceeded: The caller's API key allows no more.
        IdempotencyConflict: The key was sent before with another request.
    """
    if parts.caller.key is not None:
        enter_job(parts.access.meter, parts.ledger.get, parts.caller.key, job.id)
    mending.enter(parts.ledger, parts.blobs, job)
    # Only now may the key stand for it: whoever finds a job by a key can rely on its being there.
    if key is not None and (known := _known(parts, job, key, request)) is not None:
        return known
    try:
        parts.publisher.publish(Message(job=job.id, step=Step.PREPARE))
    except StorageError as error:
        # A call that is lost is made again by the sweeper.
        _log.warning("job %s waits for the sweeper: %s", job.id, error.message)
    return job


def erase(parts: Parts, job: Job) -> None:
    """Forget a job, whoever might take over its result, and its files; raises JobNotFound."""
    work = work_of(job)
    if work is not None:
        parts.once.forget(work, job.id)
    mending.erase(parts.ledger, parts.blobs, job.id)


def _known(parts: Parts, job: Job, key: str, request: str) -> Job | None:
    """Return the job that the key stands for already; the new one is then forgotten."""
    try:
        known = parts.once.claim(job.tenant, key, request, job.id)
        if known == job.id:
            return None
        found = parts.ledger.get(known)
    except JobNotFound:
        parts.once.transfer(job.tenant, key, request, job.id)
        return None
    except IdempotencyConflict:
        _forget(parts, job)
        raise
    _forget(parts, job)
    return found


def _forget(parts: Parts, job: Job) -> None:
    with contextlib.suppress(JobNotFound):
        mending.erase(parts.ledger, parts.blobs, job.id)
