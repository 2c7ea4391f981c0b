"""Keeping the ledger and the blob store in step: entering and erasing jobs, mending what was lost.

A job's record lies beside its files before the ledger knows the job, and is erased before the
ledger forgets it. So files without a job are one of three things: an upload that is under way or
broke off has no record, nor has a job that is being erased; and a job with a record was lost by the
ledger, with the end of its log or with all of it. Such a job is entered again and done again.
"""

from __future__ import annotations

import logging
import time
from typing import Protocol

from docvision.blobs.base import BlobStore
from docvision.errors import BlobMissing, JobConflict
from docvision.jobs import keys
from docvision.jobs.ledger import Ledger
from docvision.jobs.model import SECRET, Job, sent_at

_log = logging.getLogger(__name__)
YOUNG_SECONDS = 10.0
"""Files without a job are looked at once they are so old: the ledger is about to know it."""
_ASKED_AT_ONCE = 500


class _Jobs(Protocol):
    """What of a ledger entering and erasing need."""

    def create(self, job: Job) -> None: ...

    def get(self, job_id: str) -> Job: ...

    def delete(self, job_id: str) -> None: ...


def enter(ledger: _Jobs, blobs: BlobStore, job: Job) -> None:
    """Enter a new job; raises JobConflict where its id is taken."""
    options = {name: value for name, value in job.options.items() if name != SECRET}
    record = job.model_copy(update={"options": options})
    blobs.put(keys.record_key(job.id), record.model_dump_json().encode())
    ledger.create(job)


def erase(ledger: _Jobs, blobs: BlobStore, job_id: str) -> None:
    """Erase a job with all its files at once; raises JobNotFound."""
    ledger.get(job_id)
    blobs.delete_tree(keys.record_root(job_id))
    ledger.delete(job_id)
    blobs.delete_tree(keys.root(job_id))


def has_record(blobs: BlobStore, job_id: str) -> bool:
    """Return whether the job's record is there: whether nobody has erased the job."""
    return any(True for _ in blobs.keys(keys.record_root(job_id)))


def mend(ledger: Ledger, blobs: BlobStore, orphan_seconds: float) -> list[str]:
    """Enter lost jobs again and return their ids; erase what belongs to none and is old.

    Raises:
        StorageError: A store does not answer.
    """
    now = time.time()
    lost = []
    old = [name for name in blobs.folders(keys.JOBS) if now - sent_at(name) > YOUNG_SECONDS]
    for start in range(0, len(old), _ASKED_AT_ONCE):
        for job_id in ledger.absent(old[start : start + _ASKED_AT_ONCE]):
            if _enter_again(ledger, blobs, job_id):
                lost.append(job_id)
            elif now - sent_at(job_id) > orphan_seconds:
                _log.warning("job %s never came to be; its files are erased", job_id)
                blobs.delete_tree(keys.root(job_id))
    blobs.sweep(orphan_seconds)
    return lost


def _enter_again(ledger: Ledger, blobs: BlobStore, job_id: str) -> bool:
    try:
        ledger.create(Job.model_validate_json(blobs.get(keys.record_key(job_id))))
    except (BlobMissing, JobConflict):
        return False
    _log.warning("job %s was lost by the ledger and is entered again", job_id)
    return True
