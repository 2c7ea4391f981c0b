"""Where decisions are kept: beside the result, each call of a person in a blob of its own.

Nothing is ever changed: two people who work at once lose nothing, and who decided what, and when,
can be read back. The blobs go with the job's others when it is erased.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence

from pydantic import TypeAdapter

from docvision.blobs.base import BlobStore
from docvision.errors import BlobMissing
from docvision.jobs import keys
from docvision.jobs.model import Job
from docvision.results.model import Result
from docvision.review.apply import apply
from docvision.review.doubts import doubts_of
from docvision.review.model import Doubt, Settled

_SETTLED = TypeAdapter(tuple[Settled, ...])
_DOUBTS = TypeAdapter(tuple[Doubt, ...])


def keep(blobs: BlobStore, job: Job, settled: Sequence[Settled]) -> None:
    """Keep the decisions of one call."""
    name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
    blobs.put(keys.review_key(job.id, name), _SETTLED.dump_json(tuple(settled)))


def kept(blobs: BlobStore, job: Job) -> tuple[Settled, ...]:
    """Return all decisions about a job's result, the oldest first."""
    found = sorted(blobs.keys(keys.reviews_root(job.id)))
    return tuple(one for key in found for one in _SETTLED.validate_json(blobs.get(key)))


def has_decisions(blobs: BlobStore, job: Job) -> bool:
    """Return whether anybody decided anything about a job's result."""
    return any(True for _ in blobs.keys(keys.reviews_root(job.id)))


def corrected_result(blobs: BlobStore, job: Job) -> Result:
    """Return a job's result with all that people decided about it."""
    stored = Result.model_validate_json(blobs.get(keys.result_key(job.id, job.fence)))
    return apply(stored, kept(blobs, job))


def note_doubts(blobs: BlobStore, job_id: str, fence: int, result: Result) -> None:
    """Keep the doubts of a result in a small blob, so that a queue need not open the large one."""
    doubts = doubts_of(result)
    if doubts:
        blobs.put(keys.doubts_key(job_id, fence), _DOUBTS.dump_json(doubts))


def open_doubts(blobs: BlobStore, job: Job) -> tuple[Doubt, ...]:
    """Return the doubts about a job's result that nobody has settled, the least certain first."""
    settled = {one.place for one in kept(blobs, job)}
    left = (
        doubt
        for doubt in _noted(blobs, job)
        if (doubt.document, doubt.part, doubt.pointer) not in settled
    )
    return tuple(sorted(left, key=lambda doubt: doubt.confidence))


def _noted(blobs: BlobStore, job: Job) -> tuple[Doubt, ...]:
    try:
        return _DOUBTS.validate_json(blobs.get(keys.doubts_key(job.id, job.fence)))
    except BlobMissing:
        return ()
