"""Writing a job down and calling the workers: the one way in, for jobs and for batches."""

from __future__ import annotations

import logging

from docvision.access.meter import enter_job
from docvision.errors import StorageError
from docvision.jobs.model import Job, Step
from docvision.jobs.wire import Message

from .parts import Parts

_log = logging.getLogger(__name__)


def enter(parts: Parts, job: Job) -> None:
    """Write the job down; only then call the workers. A call that is lost is made again later.

    Raises:
        TooManyJobs, QuotaExceeded: The caller's key allows no more.
    """
    key = parts.caller.key
    if key is not None:
        enter_job(parts.access.meter, parts.ledger.get, key, job.id)
    parts.ledger.create(job)
    try:
        parts.publisher.publish(Message(job=job.id, step=Step.PREPARE))
    except StorageError as error:
        _log.warning("job %s waits for the sweeper: %s", job.id, error.message)
