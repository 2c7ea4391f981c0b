"""Entering batches of files, watching them, ending them."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Path, Query, Request, Response

from docvision.errors import JobConflict, JobNotFound
from docvision.jobs import keys
from docvision.jobs.batch import BATCH, BatchSpec, require_batch, spec_key
from docvision.jobs.batch_view import BAD_FILES, BatchView, batch_view
from docvision.jobs.model import Job, Priority, State, new_job_id
from docvision.jobs.once import digest
from docvision.jobs.view import job_view

from ..batch_uploads import BatchForm, receive_batch
from ..entering import IdempotencyKey, enter
from ..entering import erase as erase_job
from ..manifest import read_manifest
from ..orders import read_flag, read_keep, read_order, read_webhook
from ..parts import BatchPartsOf, Parts
from ..schemas import BATCH_FORM, BatchList, JobList, problems

router = APIRouter(tags=["batches"])
POLL_SECONDS = 1
_PAGE = 200

BatchId = Annotated[str, Path(description="The batch's id.", pattern="^[0-9a-zA-Z]{1,64}$")]


@router.post(
    "/v1/batches",
    status_code=202,
    response_model=BatchView,
    summary="Send an archive, or many files, to be read",
    openapi_extra={"requestBody": BATCH_FORM},
    responses=problems(413, 422, 503),
)
async def submit_batch(
    request: Request, parts: BatchPartsOf, idempotency_key: IdempotencyKey = None
) -> Response:
    """Take in archives (ZIP, 7z, tar and its compressions) and files; each file becomes a job.

    ```sh
    curl -F file=@invoices.zip -F manifest=@manifest.csv http://127.0.0.1:8400/v1/batches
    ```
    """
    batch_id = new_job_id()
    limits = parts.settings.limits
    form = await receive_batch(request, batch_id, parts.blobs, limits)
    try:
        spec = _spec(form, limits.batch_files)
        batch = Job(
            id=batch_id,
            task=BATCH,
            options={"task": spec.order.task},
            metadata=spec.order.metadata,
            priority=spec.order.priority,
            webhook=read_webhook(form.fields.get("webhook")),
            keep=read_keep(form.fields.get("keep"), parts.settings.retention_longest_seconds),
            uploads=(),
            tenant=parts.caller.tenant,
            key_id=parts.caller.key_id,
            created=time.time(),
        )
        entered = await run_sync(_enter, parts, batch, spec, idempotency_key)
    except BaseException:
        await run_sync(_drop, parts, batch_id, form)
        raise
    if entered.id != batch_id:
        await run_sync(_drop, parts, batch_id, form)
    return await run_sync(_response, parts, entered, 202)


@router.get("/v1/batches", response_model=BatchList, summary="List batches, newest first")
async def list_batches(
    parts: BatchPartsOf,
    limit: Annotated[int, Query(ge=1, le=_PAGE)] = 50,
    before: Annotated[str | None, Query(description="Only batches older than this id.")] = None,
) -> BatchList:
    """List batches; pass the last id back as `before` for the next page.

    ```sh
    curl "http://127.0.0.1:8400/v1/batches?limit=10"
    ```
    """

    def read() -> list[BatchView]:
        return [view_of(parts, one) for one in parts.ledger.batches(limit=limit, before=before)]

    return BatchList(batches=await run_sync(read))


@router.get(
    "/v1/batches/{batch_id}",
    response_model=BatchView,
    summary="See how a batch stands",
    responses=problems(404, 503),
)
async def get_batch(
    batch_id: BatchId,
    parts: BatchPartsOf,
    wait: Annotated[float, Query(ge=0, description="Seconds to wait for the end.")] = 0,
) -> Response:
    """Return the batch at once, or (with `wait`) when all its files have ended.

    ```sh
    curl "http://127.0.0.1:8400/v1/batches/$BATCH?wait=20"
    ```
    """
    seconds = min(wait, parts.settings.api.max_wait_seconds)
    batch = require_batch(await parts.events.wait(batch_id, None, seconds))
    return await run_sync(_response, parts, batch, 200)


@router.get(
    "/v1/batches/{batch_id}/jobs",
    response_model=JobList,
    summary="List the jobs of a batch's files",
    responses=problems(404, 503),
)
async def list_batch_jobs(
    batch_id: BatchId,
    parts: BatchPartsOf,
    state: Annotated[State | None, Query(description="Only jobs in this state.")] = None,
    limit: Annotated[int, Query(ge=1, le=_PAGE)] = 50,
    before: Annotated[str | None, Query(description="The last id of the page before.")] = None,
) -> JobList:
    """List the jobs in the order of the files; pass the last id back as `before`.

    ```sh
    curl "http://127.0.0.1:8400/v1/batches/$BATCH/jobs?state=failed"
    ```
    """

    def read() -> list[Job]:
        require_batch(parts.ledger.get(batch_id))
        return parts.ledger.list(batch=batch_id, state=state, limit=limit, before=before)

    return JobList(jobs=[job_view(job) for job in await run_sync(read)])


@router.post(
    "/v1/batches/{batch_id}/cancel",
    response_model=BatchView,
    summary="Cancel a batch",
    responses=problems(404, 409, 503),
)
async def cancel_batch(batch_id: BatchId, parts: BatchPartsOf) -> Response:
    """Stop the work on a batch; files that were read keep their results.

    ```sh
    curl -X POST "http://127.0.0.1:8400/v1/batches/$BATCH/cancel"
    ```
    """

    def cancel() -> Response:
        require_batch(parts.ledger.get(batch_id))
        keep = parts.settings.retention_seconds
        # The batch first: from then on no file of it is entered any more.
        batch = parts.ledger.cancel(batch_id, keep=keep)
        for job in batch_jobs(parts, batch_id):
            with contextlib.suppress(JobConflict, JobNotFound):
                parts.ledger.cancel(job.id, keep=keep)
        return _response(parts, batch, 200)

    return await run_sync(cancel)


@router.delete(
    "/v1/batches/{batch_id}", status_code=204, summary="Erase a batch", responses=problems(404, 503)
)
async def delete_batch(batch_id: BatchId, parts: BatchPartsOf) -> Response:
    """Cancel the batch if need be, and erase it with all its files and results.

    ```sh
    curl -X DELETE "http://127.0.0.1:8400/v1/batches/$BATCH"
    ```
    """

    def erase() -> None:
        batch = require_batch(parts.ledger.get(batch_id))
        # It is forgotten last, so that a call that breaks off can be made again.
        with contextlib.suppress(JobConflict):
            parts.ledger.cancel(batch_id, keep=parts.settings.retention_seconds)
        for job in batch_jobs(parts, batch_id):
            with contextlib.suppress(JobNotFound):
                erase_job(parts, job)
        erase_job(parts, batch)

    await run_sync(erase)
    return Response(status_code=204)


def batch_jobs(parts: Parts, batch_id: str, state: State | None = None) -> Iterator[Job]:
    """Yield a batch's jobs in the order of the files, a page in memory at a time."""
    before = None
    while page := parts.ledger.list(batch=batch_id, state=state, limit=_PAGE, before=before):
        yield from page
        before = page[-1].id


def _spec(form: BatchForm, most: int) -> BatchSpec:
    order = read_order(form.fields, Priority.BULK)
    manifest = {} if form.manifest is None else read_manifest(form.manifest, order, most)
    return BatchSpec(
        sources=form.sources,
        order=order,
        manifest=manifest,
        cache=read_flag(form.fields.get("cache"), "cache", True),
    )


def _enter(parts: Parts, batch: Job, spec: BatchSpec, key: str | None) -> Job:
    parts.blobs.put(spec_key(batch.id), spec.model_dump_json().encode())
    request = spec.model_dump(mode="json", exclude={"sources"})
    sent = [(source.upload.name, source.upload.sha256) for source in spec.sources]
    return enter(parts, batch, key, digest([request, sent, batch.webhook, batch.keep]))


def _drop(parts: Parts, batch_id: str, form: BatchForm) -> None:
    """Leave nothing of a batch that was not entered."""
    parts.blobs.delete_tree(keys.root(batch_id))
    for source in form.sources:
        parts.blobs.delete_tree(keys.root_of(source.upload.key))


def view_of(parts: Parts, batch: Job) -> BatchView:
    """Return what the outside may see of a batch now; raises StorageError."""
    counts = parts.ledger.counts(batch=batch.id)
    bad = parts.ledger.list(batch=batch.id, state=State.FAILED, limit=BAD_FILES)
    return batch_view(batch, counts, bad, time.time())


def _response(parts: Parts, batch: Job, status: int) -> Response:
    view = view_of(parts, batch)
    headers = {} if batch.state.finished else {"Retry-After": str(POLL_SECONDS)}
    if status == 202:
        headers["Location"] = view.links["self"]
    return Response(view.model_dump_json(), status, headers, media_type="application/json")
