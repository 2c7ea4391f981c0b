"""Giving out the results of a batch, all in one."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from docvision.errors import JobExpired, JobNotReady, NotAcceptable
from docvision.jobs.batch import require_batch
from docvision.jobs.model import State
from docvision.results.render import FORMATS

from ..batch_results import BatchResults
from ..parts import BatchPartsOf
from ..schemas import problems
from .batches import BatchId, batch_jobs

router = APIRouter(tags=["batches"])


class ResultsFormat(StrEnum):
    """How all results of a batch are given in one file."""

    ZIP = "zip"
    JSONL = "jsonl"
    CSV = "csv"
    XLSX = "xlsx"


_MEDIA_TYPES = {
    ResultsFormat.ZIP: "application/zip",
    ResultsFormat.JSONL: "application/x-ndjson",
    ResultsFormat.CSV: "text/csv; charset=utf-8",
    ResultsFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.get(
    "/v1/batches/{batch_id}/results",
    summary="Get the results of all files in one",
    response_class=StreamingResponse,
    responses={
        200: {"content": {kind.partition(";")[0]: {} for kind in _MEDIA_TYPES.values()}},
        **problems(404, 406, 409, 410, 503),
    },
)
async def get_batch_results(
    batch_id: BatchId,
    parts: BatchPartsOf,
    format: Annotated[ResultsFormat, Query(description="zip, jsonl, csv or xlsx.")] = (
        ResultsFormat.ZIP
    ),
    render: Annotated[str, Query(description="Of a ZIP: the format of each result.")] = "json",
    rows: Annotated[
        str | None, Query(description="Of a CSV: documents, tables, … or the name of a list.")
    ] = None,
) -> StreamingResponse:
    """Return a ZIP with a result for each file, a JSONL, or all rows as one CSV or XLSX.

    ```sh
    curl "http://127.0.0.1:8400/v1/batches/$BATCH/results?format=xlsx" -o all.xlsx
    ```
    """
    if render not in FORMATS:
        raise NotAcceptable(f"A result can be had as {', '.join(FORMATS)}.", asked=render)
    batch = await run_sync(lambda: require_batch(parts.ledger.get(batch_id)))
    if not batch.state.finished:
        raise JobNotReady(f"The batch is {batch.state.value}.", job=batch.id, state=batch.state)
    if batch.state is State.EXPIRED:
        raise JobExpired("The batch's time to be kept is over; its results are gone.", job=batch.id)
    results = BatchResults(parts.blobs, lambda: batch_jobs(parts, batch_id))

    def pieces() -> Iterator[bytes]:
        if format is ResultsFormat.CSV:
            return results.csv(rows)
        if format is ResultsFormat.XLSX:
            return results.xlsx()
        return results.jsonl() if format is ResultsFormat.JSONL else results.zip(render)

    name = f'attachment; filename="{batch_id}.{format.value}"'
    return StreamingResponse(
        await run_sync(pieces),
        media_type=_MEDIA_TYPES[format],
        headers={"Content-Disposition": name},
    )
