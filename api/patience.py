"""How long a slow client is waited for.

A connection costs little, but not nothing, and a thousand that send a byte a minute would cost it
for ever. So the head of a request, each piece of its body, the body's rate as a whole, and the
taking of the answer have their time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from docvision.settings import AdmissionSettings

from .admission import SMALL_BODY, TAKES_FILES

RATE_AFTER_SECONDS = 30.0
"""A body's rate is judged once it has had so long."""


class Patience:
    """ASGI middleware that bounds the time that bodies take, and the size of small ones."""

    def __init__(self, app: ASGIApp, settings: AdmissionSettings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a `receive` that does not wait for ever."""
        if scope["type"] == "http":
            large = scope["method"] == "POST" and TAKES_FILES.fullmatch(scope["path"])
            receive = _Body(receive, self._settings, None if large else SMALL_BODY).receive
        await self._app(scope, receive, send)


class _Body:
    """A request's body as it comes in."""

    def __init__(
        self, receive: Receive, settings: AdmissionSettings, max_bytes: int | None
    ) -> None:
        self._receive = receive
        self._settings = settings
        self._max_bytes = max_bytes
        self._size = 0
        self._began = time.monotonic()
        self._complete = False

    async def receive(self) -> Message:
        """Return the next message; raises HTTPException where it takes too long, or is too much."""
        if self._complete:  # what comes next is the client's end, for which a poll may wait
            return await self._receive()
        message = await _in_time(self._receive(), self._settings.silent_seconds)
        self._size += len(message.get("body", b""))
        self._complete = not message.get("more_body", False)
        if self._max_bytes is not None and self._size > self._max_bytes:
            raise HTTPException(413, f"At most {self._max_bytes} bytes are allowed here")
        lasted = time.monotonic() - self._began
        slowest = self._settings.body_bytes_per_second
        if not self._complete and lasted > RATE_AFTER_SECONDS and self._size < slowest * lasted:
            raise HTTPException(408, f"The body comes with less than {slowest} bytes a second")
        return message


async def _in_time(coming: Awaitable[Message], seconds: float) -> Message:
    try:
        async with asyncio.timeout(seconds):
            return await coming
    except TimeoutError as error:
        raise HTTPException(408, f"Nothing came for {seconds:g} seconds") from error


def patient_protocol(settings: AdmissionSettings) -> type[HttpToolsProtocol]:
    """Return uvicorn's protocol with a limit on how long a head may take, and an answer's taking.

    A connection whose buffer is full is given up unless most of it is taken in time: that is the
    least rate of an answer.
    """

    class PatientProtocol(HttpToolsProtocol):
        _overdue: asyncio.TimerHandle | None = None
        _stalled: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._await_head()

        def on_message_begin(self) -> None:
            super().on_message_begin()
            self._await_head()

        def on_headers_complete(self) -> None:
            _cancel(self._overdue)
            self._overdue = None
            super().on_headers_complete()

        def pause_writing(self) -> None:
            super().pause_writing()
            self._stalled = self.loop.call_later(settings.silent_seconds, self.transport.abort)

        def resume_writing(self) -> None:
            _cancel(self._stalled)
            super().resume_writing()

        def connection_lost(self, exc: Exception | None) -> None:
            _cancel(self._overdue)
            _cancel(self._stalled)
            super().connection_lost(exc)

        def _await_head(self) -> None:
            if self._overdue is None:
                self._overdue = self.loop.call_later(settings.head_seconds, self.transport.abort)

    return PatientProtocol


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
