"""Pictures of pages, and the files as they were sent."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Annotated, Literal
from urllib.parse import quote

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, Path, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from docvision.access.tickets import make_ticket
from docvision.blobs.base import BlobStore
from docvision.errors import InvalidRequest, JobExpired
from docvision.jobs.model import Job, State, Upload

from ..parts import Parts, PartsOf
from ..pictures import MEDIA_TYPES, View
from ..schemas import problems
from .jobs import JobId

router = APIRouter(tags=["results"])

NARROWEST, WIDEST = 16, 3000
PIECE_BYTES = 1024 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_drawing = CapacityLimiter(2)
"""Waiting for a picture must not keep threads from those who ask how their jobs stand."""

DocumentIndex = Annotated[int, Path(ge=0, description="Which file of the job, from 0.")]


@router.get(
    "/v1/jobs/{job_id}/documents/{document}/pages/{page}.{format}",
    summary="Get a picture of a page",
    response_class=Response,
    responses={
        200: {"content": {media_type: {} for media_type in MEDIA_TYPES.values()}},
        **problems(404, 410, 422, 503),
    },
)
async def get_page(
    job_id: JobId,
    document: DocumentIndex,
    page: Annotated[int, Path(ge=1, description="Counted from 1.")],
    format: Literal["png", "jpg"],
    parts: PartsOf,
    width: Annotated[int, Query(ge=NARROWEST, le=WIDEST, description="Pixels.")] = 1200,
    time: Annotated[float | None, Query(ge=0, description="Videos only: seconds.")] = None,
    if_none_match: Annotated[str, Header()] = "",
) -> Response:
    """Draw a page as displayed, in a sandboxed child; a job need not have finished for that.

    A browser may keep the picture but asks each time whether it may still show it.

    ```sh
    curl "http://127.0.0.1:8400/v1/jobs/$JOB/documents/0/pages/1.png?width=600" -o page.png
    ```
    """
    job, upload = await _upload(parts, job_id, document)
    view = View(page=page - 1, width=width, time=time, format=format)
    tag = f'"{hashlib.sha256(f"{upload.sha256} {view}".encode()).hexdigest()[:24]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", **_PLAIN}
    if tag in if_none_match:
        return Response(status_code=304, headers=headers)
    data = await run_sync(parts.pictures.draw, job, document, view, limiter=_drawing)
    return Response(data, 200, headers, media_type=MEDIA_TYPES[format])


@router.get(
    "/v1/jobs/{job_id}/documents/{document}/file",
    summary="Get a file as it was sent",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}, **problems(404, 410, 422, 503)},
)
async def get_file(
    job_id: JobId,
    document: DocumentIndex,
    parts: PartsOf,
    range: Annotated[str, Header()] = "",
) -> Response:
    """Send the bytes of an upload, or the range of them that is asked for (RFC 9110, 14.2).

    ```sh
    curl -OJ "http://127.0.0.1:8400/v1/jobs/$JOB/documents/0/file"
    ```
    """
    _, upload = await _upload(parts, job_id, document)
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "Content-Disposition": disposition(upload.name),
        **_PLAIN,
    }
    span = _span(range, upload.size)
    if span is None:
        headers["Content-Range"] = f"bytes */{upload.size}"
        return Response(status_code=416, headers=headers)
    start, end = span
    headers["Content-Length"] = str(end - start)
    status = 200
    if (start, end) != (0, upload.size):
        status = 206
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{upload.size}"
    pieces = _pieces(parts.blobs, upload.key, start, end)
    return StreamingResponse(pieces, status, headers, media_type=upload.media_type)


class TicketView(BaseModel):
    """Where a file can be fetched for an hour without a key."""

    url: str


@router.post(
    "/v1/jobs/{job_id}/documents/{document}/ticket",
    summary="Get an address for a player",
    responses=problems(404, 410, 422, 503),
)
async def make_file_ticket(job_id: JobId, document: DocumentIndex, parts: PartsOf) -> TicketView:
    """Return an address from which a player that can send no key may fetch the file.

    ```sh
    curl -X POST "http://127.0.0.1:8400/v1/jobs/$JOB/documents/0/ticket"
    ```
    """
    await _upload(parts, job_id, document)
    path = f"/v1/jobs/{job_id}/documents/{document}/file"
    key = parts.caller.key
    return TicketView(url=path if key is None else f"{path}?ticket={make_ticket(key, path)}")


_PLAIN = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
"""What keeps a browser from taking a stranger's bytes for a page of ours."""


def disposition(name: str) -> str:
    """Return the header that makes a browser store a file under this name (RFC 6266).

    >>> disposition('Müller "final".pdf')
    'attachment; filename="M_ller _final_.pdf"; filename*=UTF-8\\'\\'M%C3%BCller%20%22final%22.pdf'
    """
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


async def _upload(parts: Parts, job_id: str, document: int) -> tuple[Job, Upload]:
    job = await parts.events.wait(job_id, None, 0)
    if job.state is State.EXPIRED:
        raise JobExpired("The job's time to be kept is over; its files are gone.", job=job.id)
    if document >= len(job.uploads):
        raise InvalidRequest(f"The job has no document {document}.", field="document")
    return job, job.uploads[document]


def _span(asked: str, size: int) -> tuple[int, int] | None:
    """Return the first byte and the one after the last; None where the range cannot be met."""
    match = _RANGE.fullmatch(asked.strip())
    if not match or match.groups() == ("", ""):
        return 0, size
    first, last = match.groups()
    if first:
        start, end = int(first), min(size, int(last) + 1 if last else size)
    else:
        start, end = max(0, size - int(last)), size
    return (start, end) if start < end else None


def _pieces(blobs: BlobStore, key: str, start: int, end: int) -> Iterator[bytes]:
    while start < end:
        piece = blobs.part(key, start, min(PIECE_BYTES, end - start))
        start += len(piece)
        yield piece
