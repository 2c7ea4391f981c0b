"""How it goes, for the workbench."""

from __future__ import annotations

import time
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Response

from docvision.access.keys import Scope
from docvision.jobs.model import Job, State
from docvision.review.store import kept

from ..figures import (
    Figures,
    WorkerFigures,
    days_of,
    errors_of,
    fields_of,
    minutes_of,
    moment,
    schema_of,
)
from ..parts import Parts, PartsOf
from ..schemas import problems

router = APIRouter(tags=["health"])

MOST_JOBS = 1000
_PAGE = 200


@router.get("/v1/stats", response_model=Figures, summary="See how it goes", responses=problems(503))
async def stats(
    parts: PartsOf, jobs: Annotated[int, Query(ge=1, le=MOST_JOBS)] = MOST_JOBS
) -> Response:
    """Return pages per minute, waiting times, errors, and what people had to correct, of late.

    ```sh
    curl "http://127.0.0.1:8400/v1/stats"
    ```
    """
    figures = await run_sync(_figures, parts, jobs)
    return Response(figures.model_dump_json(), media_type="application/json")


def _figures(parts: Parts, most: int) -> Figures:
    jobs = _latest(parts, most)
    checked = [job for job in jobs if job.review is not None and job.state is not State.EXPIRED]
    return Figures(
        jobs=len(jobs),
        states=dict(parts.ledger.counts()),
        to_review=len(parts.ledger.to_review(limit=MOST_JOBS)),
        minutes=minutes_of(jobs, time.time()),
        days=days_of(jobs),
        errors=errors_of(jobs),
        fields=fields_of((schema_of(job.options), kept(parts.blobs, job)) for job in checked),
        workers=_workers(parts),
        # What all tenants together have had done is nobody's business but the operator's.
        counters=dict(parts.presence.counters()) if parts.caller.may(Scope.METRICS) else {},
    )


def _latest(parts: Parts, most: int) -> list[Job]:
    jobs: list[Job] = []
    while len(jobs) < most:
        before = jobs[-1].id if jobs else None
        page = parts.ledger.list(limit=min(_PAGE, most - len(jobs)), before=before)
        jobs += page
        if not page:
            break
    return jobs


def _workers(parts: Parts) -> tuple[WorkerFigures, ...]:
    return tuple(
        WorkerFigures(
            owner=card.owner,
            host=card.host,
            model=str(card.model["name"]),
            threads=card.threads,
            started=moment(card.started),
        )
        for card in parts.presence.seen()
    )
