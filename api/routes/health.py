"""Whether the service is alive, and whether it can do work."""

from __future__ import annotations

from collections.abc import Callable

from anyio.to_thread import run_sync
from fastapi import APIRouter
from fastapi.responses import JSONResponse

from docvision.errors import StorageError

from ..parts import Parts, PartsOf

router = APIRouter(tags=["health"])
_PROBE = "health/probe"


@router.get("/healthz", summary="Is the process alive?")
async def healthz() -> dict[str, str]:
    """Answer whenever the process can."""
    return {"status": "ok"}


@router.get("/readyz", summary="Can jobs be taken and done?")
async def readyz(parts: PartsOf) -> JSONResponse:
    """Answer 200 if the ledger answers, blobs can be written and a worker was seen; else 503."""
    checks = await run_sync(_checks, parts)
    ready = all(verdict == "ok" for verdict in checks.values())
    body = {"status": "ready" if ready else "not ready", "checks": checks}
    return JSONResponse(body, 200 if ready else 503)


def _checks(parts: Parts) -> dict[str, str]:
    def write() -> None:
        parts.blobs.put(_PROBE, b"")

    workers = _verdict(lambda: len(parts.presence.seen()))
    return {
        "ledger": _verdict(parts.ledger.counts),
        "blobs": _verdict(write),
        "workers": "no worker was seen lately" if workers == "0" else "ok",
    }


def _verdict(ask: Callable[[], object]) -> str:
    try:
        found = ask()
    except StorageError as error:
        return error.message
    return "0" if found == 0 else "ok"
