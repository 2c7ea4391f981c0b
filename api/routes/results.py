"""Giving out results, in the format asked for."""

from __future__ import annotations

from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, Query, Response

from docvision.errors import (
    BlobMissing,
    JobCancelled,
    JobExpired,
    JobFailed,
    JobNotReady,
    NotAcceptable,
)
from docvision.jobs import keys
from docvision.jobs.model import Job, State
from docvision.results.model import result_schema
from docvision.results.render import render
from docvision.review.store import corrected_result, has_decisions

from ..formats import PDF, choose
from ..parts import Parts, PartsOf
from ..schemas import problems, result_content
from .jobs import JobId

router = APIRouter(tags=["results"])


@router.get(
    "/v1/jobs/{job_id}/result",
    summary="Get a job's result",
    response_class=Response,
    responses={200: result_content(), **problems(404, 406, 409, 410, 422, 503)},
)
async def get_result(
    job_id: JobId,
    parts: PartsOf,
    format: Annotated[str | None, Query(description="json, md, txt, html, …")] = None,
    document: Annotated[int, Query(ge=0, description="Of a PDF: which file, from 0.")] = 0,
    accept: Annotated[str, Header()] = "*/*",
) -> Response:
    """Return the result as `format` says, else as `Accept` does, else as JSON.

    ```sh
    curl "http://127.0.0.1:8400/v1/jobs/$JOB/result?format=md"
    ```
    """
    name, media_type = choose(format, accept)
    job = await parts.events.wait(job_id, None, 0)
    require_result(job)
    content = await run_sync(_content, parts, job, name, document)
    return Response(content, media_type=media_type)


@router.get("/v1/schemas/result", summary="Get the JSON Schema of a result")
async def get_schema() -> dict[str, Any]:
    """Return the published schema of every result."""
    return result_schema()


def require_result(job: Job) -> None:
    """Raise what a caller has to know where a job has no result."""
    if not job.state.finished:
        raise JobNotReady(f"The job is {job.state.value}.", job=job.id, state=job.state.value)
    if job.state is State.EXPIRED:
        raise JobExpired("The job's time to be kept is over; its result is gone.", job=job.id)
    if job.state is State.CANCELLED:
        raise JobCancelled("The job was cancelled and has no result.", job=job.id)
    if job.state is State.FAILED:
        reason = job.problem.code if job.problem else "internal"
        why = job.problem.message if job.problem else ""
        raise JobFailed(f"The job failed. {why}".strip(), job=job.id, reason=reason)


def _content(parts: Parts, job: Job, name: str, document: int) -> bytes:
    if name == PDF:
        return _searchable_pdf(parts, job, document)
    if name != "json" or has_decisions(parts.blobs, job):
        return render(corrected_result(parts.blobs, job), name).data
    return parts.blobs.get(keys.result_key(job.id, job.fence))


def _searchable_pdf(parts: Parts, job: Job, document: int) -> bytes:
    key = keys.searchable_pdf_key(job.id, job.fence, document)
    try:
        return parts.blobs.get(key)
    except BlobMissing as error:
        message = "This job has no searchable PDF; ask for it with the option 'searchable_pdf'."
        raise NotAcceptable(message, format=PDF) from error
