"""Writes down who did what, once it is done."""

from __future__ import annotations

import logging
import time

from anyio.to_thread import run_sync
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from docvision.access.audit import AuditEntry, AuditLog
from docvision.errors import StorageError

_log = logging.getLogger(__name__)

QUIET = frozenset(
    {
        "/v1/jobs",
        "/v1/jobs/{job_id}",
        "/v1/jobs/{job_id}/events",
        "/v1/batches",
        "/v1/batches/{batch_id}",
        "/v1/tasks",
        "/v1/models",
        "/v1/schemas/result",
    }
)
"""Reads that give no content out and are made all the time."""


class Audit:
    """ASGI middleware: each request under /v1 that changes something or gives content out."""

    def __init__(self, app: ASGIApp, log: AuditLog) -> None:
        self._app = app
        self._audit = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and record it when its answer has been sent."""
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            await self._app(scope, receive, send)
            return
        status, location = 500, None

        async def watch(message: Message) -> None:
            nonlocal status, location
            if message["type"] == "http.response.start":
                status = message["status"]
                location = dict(message["headers"]).get(b"location")
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            if is_recorded(scope):
                await self._record(scope, status, location)

    async def _record(self, scope: Scope, status: int, location: bytes | None) -> None:
        caller = scope["state"]["caller"]
        made = location.decode().rpartition("/")[2] if location else None
        entry = AuditEntry(
            time=time.time(),
            tenant=caller.tenant,
            key_id=caller.key_id,
            action=f"{scope['method']} {_template(scope)}",
            target=made or next(iter(scope.get("path_params", {}).values()), None),
            status=status,
            request_id=scope["state"].get("request_id", ""),
            address=scope["client"][0] if scope.get("client") else None,
        )
        try:
            await run_sync(self._audit.record, entry)
        except StorageError as error:
            # The answer is given already, and the service's log has the entry.
            _log.warning("audit: %s", error.message)


def is_recorded(scope: Scope) -> bool:
    """Return whether a request is one that is written down."""
    template = _template(scope)
    return template != "" and (scope["method"] != "GET" or template not in QUIET)


def _template(scope: Scope) -> str:
    """Return the route's path, with names in place of ids; "" where there is no such route."""
    return getattr(scope.get("route"), "path", "")
