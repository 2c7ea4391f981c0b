"""Entering jobs, watching them, ending them."""

from __future__ import annotations

import time
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Path, Query, Request, Response

from docvision.errors import JobExpired
from docvision.jobs import keys
from docvision.jobs.model import Job, Priority, Review, State, new_job_id
from docvision.jobs.once import digest
from docvision.jobs.view import JobView, job_view

from ..entering import IdempotencyKey, enter, erase
from ..listing import Wanted, wanted_jobs
from ..orders import read_flag, read_keep, read_order, read_webhook
from ..parts import Parts, PartsOf
from ..schemas import JOB_FORM, JobList, problems
from ..uploads import receive

router = APIRouter(tags=["jobs"])
POLL_SECONDS = 1

JobId = Annotated[str, Path(description="The job's id.", pattern="^[0-9a-zA-Z]{1,64}$")]


@router.post(
    "/v1/jobs",
    status_code=202,
    response_model=JobView,
    summary="Send files to be read",
    openapi_extra={"requestBody": JOB_FORM},
    responses=problems(413, 415, 422, 503),
)
async def submit(
    request: Request, parts: PartsOf, idempotency_key: IdempotencyKey = None
) -> Response:
    """Take in one or more files and answer at once; the work is done afterwards.

    ```sh
    curl -F file=@report.pdf -F 'options={"pages": "1"}' http://127.0.0.1:8400/v1/jobs
    ```
    """
    job_id = new_job_id()
    form = await receive(request, job_id, parts.blobs, parts.settings.limits, parts.outbound)
    try:
        order = read_order(form.fields, Priority.NORMAL)
        job = Job(
            id=job_id,
            task=order.task,
            options=order.options,
            metadata=order.metadata,
            priority=order.priority,
            webhook=read_webhook(form.fields.get("webhook")),
            keep=read_keep(form.fields.get("keep"), parts.settings.retention_longest_seconds),
            cache=read_flag(form.fields.get("cache"), "cache", True),
            uploads=form.uploads,
            created=time.time(),
            tenant=parts.caller.tenant,
            key_id=parts.caller.key_id,
        )
        request_name = digest([form.fields, [(file.name, file.sha256) for file in form.uploads]])
        entered = await run_sync(enter, parts, job, idempotency_key, request_name)
    except BaseException:
        parts.blobs.delete_tree(keys.root(job_id))
        raise
    if entered.id != job_id:
        await run_sync(parts.blobs.delete_tree, keys.root(job_id))
    return _job_response(entered, None, status=202)


@router.get("/v1/jobs", response_model=JobList, summary="List jobs, newest first")
async def list_jobs(
    parts: PartsOf,
    state: Annotated[State | None, Query(description="Only jobs in this state.")] = None,
    task: Annotated[str | None, Query(description="Only jobs of this task.")] = None,
    review: Annotated[Review | None, Query(description="Only those to check, or checked.")] = None,
    find: Annotated[
        str | None,
        Query(description="Part of a file's name, or how the id begins.", max_length=200),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[str | None, Query(description="Only jobs older than this id.")] = None,
) -> JobList:
    """List jobs; pass `next` back as `before` for older ones, until it is null.

    Some thousand jobs are looked through at a time, so a list that is narrowed by task, review
    or name can be short, even empty, while `next` says that there is more to look through.

    ```sh
    curl "http://127.0.0.1:8400/v1/jobs?state=succeeded&limit=10"
    ```
    """
    wanted = Wanted(state=state, task=task, review=review, find=find)
    return await run_sync(_listed, parts, wanted, limit, before)


@router.get(
    "/v1/jobs/{job_id}",
    response_model=JobView,
    summary="See how a job stands",
    responses=problems(404, 503),
)
async def get_job(
    job_id: JobId,
    parts: PartsOf,
    wait: Annotated[float, Query(ge=0, description="Seconds to wait for news.")] = 0,
    revision: Annotated[
        int | None, Query(description="What was seen; without it, the end is waited for.")
    ] = None,
) -> Response:
    """Return the job at once, or (with `wait`) when it has changed or finished.

    ```sh
    curl "http://127.0.0.1:8400/v1/jobs/$JOB?wait=20"
    ```
    """
    seconds = min(wait, parts.settings.api.max_wait_seconds)
    job = await parts.events.wait(job_id, revision, seconds)
    position = None
    if job.state is State.QUEUED:
        position = await run_sync(parts.ledger.position, job_id)
    return _job_response(job, position)


@router.post(
    "/v1/jobs/{job_id}/cancel",
    response_model=JobView,
    summary="Cancel a job",
    responses=problems(404, 409, 503),
)
async def cancel(job_id: JobId, parts: PartsOf) -> Response:
    """Stop the work on a job; what was not read yet will not be.

    ```sh
    curl -X POST "http://127.0.0.1:8400/v1/jobs/$JOB/cancel"
    ```
    """
    keep = parts.settings.retention_seconds
    job = await run_sync(lambda: parts.ledger.cancel(job_id, keep=keep))
    return _job_response(job, None)


@router.post(
    "/v1/jobs/{job_id}/retry",
    status_code=202,
    response_model=JobView,
    summary="Do a job again",
    responses=problems(404, 409, 410, 503),
)
async def retry(job_id: JobId, parts: PartsOf) -> Response:
    """Queue a job that is partial, failed or cancelled: the pages that were not read are read.

    One that is queued or running is left as it is. A password has to be sent with a new job.

    ```sh
    curl -X POST "http://127.0.0.1:8400/v1/jobs/$JOB/retry"
    ```
    """

    def again() -> Job:
        if parts.ledger.get(job_id).state is State.EXPIRED:
            raise JobExpired("The job's time to be kept is over; its files are gone.", job=job_id)
        return parts.ledger.retry(job_id)

    return _job_response(await run_sync(again), None, status=202)


@router.delete(
    "/v1/jobs/{job_id}", status_code=204, summary="Erase a job", responses=problems(404, 503)
)
async def delete(job_id: JobId, parts: PartsOf) -> Response:
    """Cancel the job if need be, and erase it with its files and results.

    ```sh
    curl -X DELETE "http://127.0.0.1:8400/v1/jobs/$JOB"
    ```
    """
    await run_sync(lambda: erase(parts, parts.ledger.get(job_id)))
    return Response(status_code=204)


def _listed(parts: Parts, wanted: Wanted, limit: int, before: str | None) -> JobList:
    jobs, older = wanted_jobs(parts.ledger, wanted, limit, before)
    views = [
        job_view(job, parts.ledger.position(job.id) if job.state is State.QUEUED else None)
        for job in jobs
    ]
    return JobList(jobs=views, next=older)


def _job_response(job: Job, position: int | None, status: int = 200) -> Response:
    view = job_view(job, position)
    headers = {} if job.state.finished else {"Retry-After": str(POLL_SECONDS)}
    if status == 202:
        headers["Location"] = view.links["self"]
    return Response(view.model_dump_json(), status, headers, media_type="application/json")
