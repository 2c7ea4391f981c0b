"""What each request is known by: an id in its answer, its log lines, its trace."""

from __future__ import annotations

import logging
import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from docvision.logs import about
from docvision.traces import Traces

_log = logging.getLogger("docvision.requests")
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
HEADER = "X-Request-Id"


class Context:
    """ASGI middleware that names a request, spans it, and logs a line when it is answered.

    The id that a gateway gave it is kept.
    """

    def __init__(self, app: ASGIApp, traces: Traces) -> None:
        self._app = app
        self._traces = traces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on under its name."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get(HEADER, "")
        request_id = given if _ID.fullmatch(given) else secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        status, began = 500, time.perf_counter()

        async def name_answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        with about(request=request_id), self._traces.request(scope["method"], headers) as span:
            try:
                await self._app(scope, receive, name_answer)
            finally:
                told = {**_told(scope), "status": status}
                span.set(**{f"http.{name}": value for name, value in told.items()})
                told["ms"] = round((time.perf_counter() - began) * 1000, 1)
                level = logging.INFO if scope["path"].startswith("/v1/") else logging.DEBUG
                _log.log(level, "answered", extra={"fields": told})


def _told(scope: Scope) -> dict[str, str | int | float]:
    """Return what may be told of a request: its route, never its path, and whose it is."""
    told = {"method": scope["method"], "route": getattr(scope.get("route"), "path", "none")}
    caller = scope["state"].get("caller")
    if caller is not None:
        told["tenant"] = caller.tenant
        told["key"] = caller.key_id or "none"
    return told
