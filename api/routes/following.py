"""A job's changes as they happen: server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import StreamingResponse

from docvision.errors import JobNotFound, StorageError
from docvision.jobs.model import Job
from docvision.jobs.view import job_view

from ..parts import PartsOf
from ..schemas import problems
from .jobs import JobId

router = APIRouter(tags=["jobs"])
HEARTBEAT_SECONDS = 15.0
"""Shorter than what proxies allow a silent connection."""
RETRY_MS = 1000
MEDIA_TYPE = "text/event-stream"

_STREAM = {
    "description": "Events `job`, whose data is the job and whose id is its revision; the last one "
    "is `end`, or `deleted` where the job is gone.",
    "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
}


@router.get(
    "/v1/jobs/{job_id}/events",
    summary="Follow a job",
    response_class=StreamingResponse,
    responses={200: _STREAM, **problems(404, 503)},
)
async def follow(
    job_id: JobId,
    parts: PartsOf,
    last_event_id: Annotated[str, Header(description="The revision that was seen last.")] = "",
) -> StreamingResponse:
    """Send the job at once and after each change, until it has ended.

    After a broken connection, `Last-Event-ID` says what was seen, and only what is newer is sent.

    ```sh
    curl -N "http://127.0.0.1:8400/v1/jobs/$JOB/events"
    ```
    """
    await parts.events.wait(job_id, None, 0)
    seen = int(last_event_id) if last_event_id.isdecimal() else None
    changes = parts.events.changes(job_id, seen, HEARTBEAT_SECONDS)
    # Proxies must pass each event on when it comes.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(changes), media_type=MEDIA_TYPE, headers=headers)


async def _stream(changes: AsyncIterator[Job | None]) -> AsyncIterator[str]:
    yield f"retry: {RETRY_MS}\n\n"
    try:
        async for job in changes:
            yield ": still there\n\n" if job is None else _event(job)
    except JobNotFound:
        yield "event: deleted\ndata:\n\n"
    except StorageError:
        # The answer has begun; who follows comes back and asks again.
        return


def _event(job: Job) -> str:
    name = "end" if job.state.finished else "job"
    return f"id: {job.revision}\nevent: {name}\ndata: {job_view(job).model_dump_json()}\n\n"
