"""Changes of a job or a batch as they happen: server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Header
from fastapi.responses import StreamingResponse

from docvision.errors import JobNotFound, StorageError
from docvision.jobs.batch import require_batch
from docvision.jobs.ledger import Events
from docvision.jobs.model import Job
from docvision.jobs.view import job_view

from ..parts import BatchPartsOf, PartsOf
from ..schemas import problems
from .batches import BatchId, view_of
from .jobs import JobId

router = APIRouter()
HEARTBEAT_SECONDS = 15.0
"""Shorter than what proxies allow a silent connection."""
RETRY_MS = 1000
BATCH_SECONDS = 0.25
"""Files that end within so long of one another are told together."""
MEDIA_TYPE = "text/event-stream"

LastEventId = Annotated[str, Header(description="The revision that was seen last.")]


def _stream_of(what: str) -> dict[str, Any]:
    description = (
        f"Events `{what}`, whose data is the {what} and whose id is its revision; the last one is "
        f"`end`, or `deleted` where the {what} is gone."
    )
    return {"description": description, "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}


@router.get(
    "/v1/jobs/{job_id}/events",
    tags=["jobs"],
    summary="Follow a job",
    response_class=StreamingResponse,
    responses={200: _stream_of("job"), **problems(404, 503)},
)
async def follow(
    job_id: JobId, parts: PartsOf, last_event_id: LastEventId = ""
) -> StreamingResponse:
    """Send the job at once and after each change, until it has ended.

    After a broken connection, `Last-Event-ID` says what was seen, and only what is newer is sent.

    ```sh
    curl -N "http://127.0.0.1:8400/v1/jobs/$JOB/events"
    ```
    """

    async def told(job: Job) -> str:
        return _event("job", job, job_view(job).model_dump_json())

    await parts.events.wait(job_id, None, 0)
    return _answer(_changes(parts.events, job_id, last_event_id), told)


@router.get(
    "/v1/batches/{batch_id}/events",
    tags=["batches"],
    summary="Follow a batch",
    response_class=StreamingResponse,
    responses={200: _stream_of("batch"), **problems(404, 503)},
)
async def follow_batch(
    batch_id: BatchId, parts: BatchPartsOf, last_event_id: LastEventId = ""
) -> StreamingResponse:
    """Send the batch at once and as its files end, until all of them have.

    ```sh
    curl -N "http://127.0.0.1:8400/v1/batches/$BATCH/events"
    ```
    """

    async def told(batch: Job) -> str:
        view = await run_sync(view_of, parts, batch)
        return _event("batch", batch, view.model_dump_json())

    require_batch(await parts.events.wait(batch_id, None, 0))
    changes = _changes(parts.events, batch_id, last_event_id)
    return _answer(_at_most_every(BATCH_SECONDS, changes), told)


def _changes(events: Events, job_id: str, last_event_id: str) -> AsyncIterator[Job | None]:
    seen = int(last_event_id) if last_event_id.isdecimal() else None
    return events.changes(job_id, seen, HEARTBEAT_SECONDS)


async def _at_most_every(
    seconds: float, changes: AsyncIterator[Job | None]
) -> AsyncIterator[Job | None]:
    """Pause after each change: what changes meanwhile comes as one."""
    async for change in changes:
        yield change
        await asyncio.sleep(seconds)


def _answer(
    changes: AsyncIterator[Job | None], told: Callable[[Job], Awaitable[str]]
) -> StreamingResponse:
    # Proxies must pass each event on when it comes.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(changes, told), media_type=MEDIA_TYPE, headers=headers)


async def _stream(
    changes: AsyncIterator[Job | None], told: Callable[[Job], Awaitable[str]]
) -> AsyncIterator[str]:
    yield f"retry: {RETRY_MS}\n\n"
    try:
        async for job in changes:
            yield ": still there\n\n" if job is None else await told(job)
    except JobNotFound:
        yield "event: deleted\ndata:\n\n"
    except StorageError:
        # The answer has begun; who follows comes back and asks again.
        return


def _event(what: str, job: Job, data: str) -> str:
    name = "end" if job.state.finished else what
    return f"id: {job.revision}\nevent: {name}\ndata: {data}\n\n"
