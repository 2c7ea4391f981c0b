"""Figures for Prometheus."""

from __future__ import annotations

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

router = APIRouter(tags=["health"])


@router.get("/metrics", summary="Figures for Prometheus", response_class=Response)
async def metrics(request: Request) -> Response:
    """Return requests, jobs by state, waiting messages, workers and what they have read."""
    registry = request.app.state.metrics.registry
    content = await run_sync(generate_latest, registry)
    return Response(content, media_type=CONTENT_TYPE_LATEST)
