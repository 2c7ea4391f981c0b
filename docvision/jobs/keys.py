"""Under which keys a job's blobs lie.

What a step stores lies under the token of its lease, and the ledger's commit says which token
counts: a worker that comes late, when its work was given to another, overwrites nothing.
"""

from __future__ import annotations

JOBS = "jobs"
"""All jobs' blobs lie below this."""


def root(job_id: str) -> str:
    """Everything of a job lies below this."""
    return f"{JOBS}/{job_id}"


def root_of(key: str) -> str:
    """The root of the job to which a key belongs."""
    return "/".join(key.split("/")[:2])


def record_root(job_id: str) -> str:
    """What is erased first of a job that is erased."""
    return f"{root(job_id)}/record"


def record_key(job_id: str) -> str:
    """The job as it was sent, from which the ledger can be mended."""
    return f"{record_root(job_id)}/job.json"


def upload_key(job_id: str, index: int) -> str:
    """The bytes of an upload, counted from 0."""
    return f"{root(job_id)}/input/{index}"


def units_root(job_id: str) -> str:
    """The answers of the units, until the job is assembled."""
    return f"{root(job_id)}/units"


def unit_key(job_id: str, unit: int, token: int) -> str:
    """The answer of one unit."""
    return f"{units_root(job_id)}/{unit}-{token}.json"


def fence_root(job_id: str, fence: int | None) -> str:
    """What a step of the whole job stored lies below this."""
    return f"{root(job_id)}/{fence}"


def plan_key(job_id: str, fence: int | None) -> str:
    """What was learned when the documents were opened; `fence` is the planned job's."""
    return f"{root(job_id)}/{fence}/plan.json"


def result_key(job_id: str, fence: int | None) -> str:
    """The result as JSON; `fence` is the finished job's."""
    return f"{root(job_id)}/{fence}/result.json"


def searchable_pdf_key(job_id: str, fence: int | None, document: int) -> str:
    """A document's searchable PDF, where the options asked for it."""
    return f"{root(job_id)}/{fence}/artifacts/{document}.searchable.pdf"


def doubts_key(job_id: str, fence: int | None) -> str:
    """What of the result a person should look at, where there is anything."""
    return f"{root(job_id)}/{fence}/doubts.json"


def reviews_root(job_id: str) -> str:
    """What people decided about the result."""
    return f"{root(job_id)}/reviews"


def review_key(job_id: str, name: str) -> str:
    """The decisions of one call; the names sort by time."""
    return f"{reviews_root(job_id)}/{name}.json"
