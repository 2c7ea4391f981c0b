"""Checking results: what waits to be looked at, and what people made of it."""

from __future__ import annotations

import json
import tempfile
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import IO, Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from docvision.errors import InvalidRequest
from docvision.jobs.model import Job, Review
from docvision.jobs.view import JobView, job_view
from docvision.results.model import Result
from docvision.review.apply import apply, value_at
from docvision.review.dataset import cases_of, file_name
from docvision.review.doubts import least_certain
from docvision.review.model import Action, Decision, Doubt, Part, Settled
from docvision.review.store import corrected_result, keep, kept, open_doubts
from docvision.schemas.accept import accept
from docvision.schemas.library import get_schema

from ..parts import Parts, PartsOf
from ..schemas import problems
from .jobs import JobId
from .pages import PIECE_BYTES, disposition
from .results import require_result

router = APIRouter(tags=["review"])

MOST_DECISIONS = 500
MOST_WAITING = 200
_EXPORTED = 1000


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Waiting(_Record):
    """A job whose result somebody has to look at."""

    job: JobView
    doubts: tuple[Doubt, ...] = Field(description="The least certain first.")
    least: float = Field(description="The lowest confidence among them.")


class Queue(_Record):
    """Jobs to be looked at, the least certain first."""

    jobs: tuple[Waiting, ...]


class Decisions(_Record):
    """What a person made of some values."""

    decisions: tuple[Decision, ...] = Field(min_length=1, max_length=MOST_DECISIONS)


class Reviewed(_Record):
    """How a job stands after decisions, and all that were made."""

    review: Review | None
    left: tuple[Doubt, ...] = Field(description="What is still to be looked at.")
    settled: tuple[Settled, ...] = Field(description="The oldest first.")


@router.get("/v1/reviews", response_model=Queue, summary="List what is to be looked at")
async def list_reviews(
    parts: PartsOf, limit: Annotated[int, Query(ge=1, le=MOST_WAITING)] = 50
) -> Response:
    """List jobs whose results have doubtful values, the least certain first.

    ```sh
    curl "http://127.0.0.1:8400/v1/reviews"
    ```
    """
    queue = await run_sync(_queue, parts, limit)
    return Response(queue.model_dump_json(), media_type="application/json")


@router.get(
    "/v1/jobs/{job_id}/reviews",
    response_model=Reviewed,
    summary="See what people made of a result",
    responses=problems(404, 409, 410, 422, 503),
)
async def get_reviews(job_id: JobId, parts: PartsOf) -> Response:
    """Return who settled what, when, and what stood there before; and what is left.

    ```sh
    curl "http://127.0.0.1:8400/v1/jobs/$JOB/reviews"
    ```
    """
    job = await parts.events.wait(job_id, None, 0)
    require_result(job)
    return _reviewed(await run_sync(_state, parts, job))


@router.post(
    "/v1/jobs/{job_id}/reviews",
    response_model=Reviewed,
    summary="Accept, correct or strike values",
    responses=problems(404, 409, 410, 422, 503),
)
async def post_reviews(job_id: JobId, body: Decisions, parts: PartsOf) -> Response:
    """Settle values by JSON Pointer; results and exports have them as corrected from then on.

    ```sh
    curl -H 'Content-Type: application/json' "http://127.0.0.1:8400/v1/jobs/$JOB/reviews" \\
      -d '{"decisions": [{"pointer": "/total", "action": "correct", "value": 12.5}]}'
    ```
    """
    job = await parts.events.wait(job_id, None, 0)
    require_result(job)
    return _reviewed(await run_sync(_settle, parts, job, body.decisions))


@router.get(
    "/v1/corrections",
    summary="Export what people settled, as a data set",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}, "application/jsonl": {}}}},
)
async def export(
    parts: PartsOf,
    format: Annotated[str, Query(pattern="^(zip|jsonl)$", description="zip, jsonl")] = "zip",
) -> Response:
    """Return the documents that people settled fields of, as cases that `docvision eval` reads.

    A ZIP holds `cases.jsonl` and the files that it names; `jsonl` is the cases alone.

    ```sh
    curl -OJ "http://127.0.0.1:8400/v1/corrections"
    ```
    """
    file = await run_sync(_export, parts, format)
    media_type = "application/zip" if format == "zip" else "application/jsonl"
    headers = {"Content-Disposition": disposition(f"corrections.{format}")}
    return StreamingResponse(_pieces(file), 200, headers, media_type=media_type)


def _queue(parts: Parts, limit: int) -> Queue:
    found: list[Waiting] = []
    for job in parts.ledger.to_review(limit=MOST_WAITING):
        doubts = open_doubts(parts.blobs, job)
        found.append(Waiting(job=job_view(job), doubts=doubts, least=least_certain(doubts)))
    found.sort(key=lambda one: (one.least, one.job.id))
    return Queue(jobs=tuple(found[:limit]))


def _state(parts: Parts, job: Job) -> Reviewed:
    return Reviewed(
        review=job.review, left=open_doubts(parts.blobs, job), settled=kept(parts.blobs, job)
    )


def _settle(parts: Parts, job: Job, decisions: tuple[Decision, ...]) -> Reviewed:
    result = corrected_result(parts.blobs, job)
    by = parts.caller.key.name if parts.caller.key else None
    at = datetime.fromtimestamp(time.time(), UTC)
    settled: list[Settled] = []
    for decision in decisions:
        _check(decision)
        before = value_at(result, decision.document, decision.part, decision.pointer)
        one = Settled(**decision.model_dump(), before=before, by=by, at=at)
        result = apply(result, [one])
        _check_schema(job, result, one)
        settled.append(one)
    keep(parts.blobs, job, settled)
    if not open_doubts(parts.blobs, job):
        job = parts.ledger.reviewed(job.id)
    return _state(parts, job)


def _check(decision: Decision) -> None:
    if decision.action is not Action.CORRECT and decision.value is not None:
        raise InvalidRequest("Only a correction has a value.", field="value")
    if isinstance(decision.value, dict):
        message = "A value is a text, a number, true, false or null, or the rows of a list."
        raise InvalidRequest(message, field="value")


def _check_schema(job: Job, result: Result, one: Settled) -> None:
    """Refuse a value by which the data would no longer obey the schema that they were read by."""
    asked = job.options.get("schema")
    extraction = result.documents[one.document].extraction
    if one.part is not Part.EXTRACTION or one.action is Action.ACCEPT or not asked:
        return
    schema = get_schema(asked) if isinstance(asked, str) else accept(asked)
    if extraction is not None and not schema.is_valid(extraction.data):
        raise InvalidRequest(
            f"The schema does not allow this value at {one.pointer}.", field="value"
        )


def _export(parts: Parts, format: str) -> IO[bytes]:
    """Write the data set into a temporary file, which is gone when it is closed."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  the answer closes it
    if format == "jsonl":
        file.writelines(_line(case) for _, _, case in _cases(parts))
    else:
        _pack(parts, file)
    file.seek(0)
    return file


def _pack(parts: Parts, file: IO[bytes]) -> None:
    lines: list[bytes] = []
    with zipfile.ZipFile(file, "w") as archive:
        for job, number, case in _cases(parts):
            lines.append(_line(case))
            with parts.blobs.local(job.uploads[number].key) as path:
                archive.write(path, file_name(job, number))
        archive.writestr("cases.jsonl", b"".join(lines))


def _line(case: dict[str, Any]) -> bytes:
    return (json.dumps(case, ensure_ascii=False) + "\n").encode()


def _cases(parts: Parts) -> Iterator[tuple[Job, int, dict[str, Any]]]:
    before = None
    for _ in range(0, _EXPORTED, MOST_WAITING):
        jobs = parts.ledger.list(limit=MOST_WAITING, before=before)
        for job in jobs:
            settled = kept(parts.blobs, job)
            if settled:
                result = corrected_result(parts.blobs, job)
                for number, case in cases_of(job, result, settled):
                    yield job, number, case
        if len(jobs) < MOST_WAITING:
            return
        before = jobs[-1].id


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def _reviewed(state: Reviewed) -> Response:
    return Response(state.model_dump_json(), media_type="application/json")
