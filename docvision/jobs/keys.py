"""Under which keys a job's blobs lie."""

from __future__ import annotations


def root(job_id: str) -> str:
    """Everything of a job lies below this."""
    return f"jobs/{job_id}"


def upload_key(job_id: str, index: int) -> str:
    """The bytes of an upload, counted from 0."""
    return f"{root(job_id)}/input/{index}"


def plan_key(job_id: str) -> str:
    """What was learned when the documents were opened."""
    return f"{root(job_id)}/plan.json"


def units_root(job_id: str) -> str:
    """The answers of the units, until the job is assembled."""
    return f"{root(job_id)}/units"


def unit_key(job_id: str, unit: int) -> str:
    """The answer of one unit."""
    return f"{units_root(job_id)}/{unit}.json"


def result_key(job_id: str) -> str:
    """The result as JSON."""
    return f"{root(job_id)}/result.json"


def searchable_pdf_key(job_id: str, document: int) -> str:
    """A document's searchable PDF, where the options asked for it."""
    return f"{root(job_id)}/artifacts/{document}.searchable.pdf"
