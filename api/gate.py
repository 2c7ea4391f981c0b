"""Who is let in: each request is asked for its API key before anything else is read of it.

A path that is not named here needs a key, and the right that its method stands for: so a new route
is closed until somebody opens it.
"""

from __future__ import annotations

import re

from anyio.to_thread import run_sync
from starlette.datastructures import Headers, QueryParams
from starlette.types import ASGIApp, Receive, Scope, Send

from docvision.access.keys import Caller, authenticate, key_id_of
from docvision.access.keys import Scope as Right
from docvision.access.meter import check_rate
from docvision.access.stores import AccessStores
from docvision.access.tickets import check_ticket, key_id_in
from docvision.errors import DocvisionError, Forbidden, Unauthorized
from docvision.settings import ApiSettings

from .problems import problem

OPEN = re.compile(
    r"/|/assets/.*|/healthz|/readyz|/docs(/start\.js|/vendor/[a-z.-]+)?|/openapi\.json"
)
"""What holds no data: pages, descriptions, and whether the service is well."""
RIGHTS = (
    ("GET", re.compile(r"/metrics"), Right.METRICS),
    ("GET", re.compile(r"/v1/audit"), Right.ADMIN),
    ("GET", re.compile(r"/v1/webhooks/secret"), Right.ADMIN),
    ("POST", re.compile(r"/v1/jobs/[^/]+/reviews"), Right.REVIEW),
    ("POST", re.compile(r"/v1/jobs/[^/]+/documents/\d+/ticket"), Right.READ),
)
"""Paths whose right is another than that of their method."""
TICKETED = re.compile(r"/v1/jobs/[^/]+/documents/\d+/file")
"""What a ticket in the address lets in: a file, for what plays it and can send no header."""
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^:]*)(:\d+)?")
_HERE = re.compile(r"localhost|127\.\d+\.\d+\.\d+|\[::1\]|[^.:]+\.localhost", re.IGNORECASE)


class Gate:
    """ASGI middleware that puts the `Caller` into the request's state, or refuses the request."""

    def __init__(self, app: ASGIApp, settings: ApiSettings, access: AccessStores) -> None:
        self._app = app
        self._settings = settings
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in, or answer 401, 403 or 429."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            caller = await self._caller(scope)
        except DocvisionError as error:
            await problem(error)(scope, receive, send)
            return
        scope.setdefault("state", {})["caller"] = caller
        await self._app(scope, receive, send)

    async def _caller(self, scope: Scope) -> Caller:
        headers = Headers(scope=scope)
        if not self._settings.demands_keys:
            if self._settings.on_loopback:
                _check_neighbour(headers)
            return Caller()
        path: str = scope["path"]
        if OPEN.fullmatch(path):
            return Caller()
        ticket = QueryParams(scope["query_string"]).get("ticket")
        if ticket and scope["method"] == "GET" and TICKETED.fullmatch(path):
            caller = await run_sync(self._bearer_of, ticket, path)
        else:
            caller = await run_sync(self._who, headers.get("authorization", ""))
        right = right_of(scope["method"], path)
        if not caller.may(right):
            raise Forbidden(f"This key lacks the right to {right.value}.", scope=right.value)
        return caller

    def _who(self, authorization: str) -> Caller:
        """Return who sent this header, and count the request; raises Unauthorized, RateLimited."""
        kind, _, token = authorization.partition(" ")
        if kind.lower() != "bearer" or not token:
            message = (
                "Send an API key as `Authorization: Bearer dv_…`. "
                "On the server, `docvision keys create` makes one."
            )
            raise Unauthorized(message)
        caller = authenticate(token.strip(), self._access.book.find(key_id_of(token.strip())))
        if caller.key is not None:
            check_rate(self._access.meter, caller.key)
        return caller

    def _bearer_of(self, ticket: str, path: str) -> Caller:
        """Return on whose behalf a ticket was made; the request that made it was counted."""
        return check_ticket(ticket, path, self._access.book.find(key_id_in(ticket)))


def right_of(method: str, path: str) -> Right:
    """Return the right that a request needs."""
    for named, pattern, right in RIGHTS:
        if named in ("*", method) and pattern.fullmatch(path):
            return right
    return Right.READ if method in ("GET", "HEAD") else Right.SUBMIT


def _check_neighbour(headers: Headers) -> None:
    """Refuse what a stranger's web page sends from a browser on this machine.

    Without keys, whoever reaches loopback is trusted. A page can reach it too: by a request of
    its own (then `Origin` names the page), or under a name of its own that it has turned to
    127.0.0.1 (then `Host` is that name).
    """
    host, origin = headers.get("host", ""), headers.get("origin")
    name = _HOST.fullmatch(host)
    if name is None or not _HERE.fullmatch(name[1]):
        raise Forbidden("Without API keys, only this machine's own names are answered to.")
    if origin is not None and origin != f"http://{host}":
        raise Forbidden("Without API keys, no other site's page is answered.")
