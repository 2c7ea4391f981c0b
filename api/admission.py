"""How much work is taken in: what is too much is refused before a byte of it is read.

A service that takes everything falls over under everything. This one says 503 and when to come
back, while those who ask how their jobs stand are still answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from anyio.to_thread import run_sync
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from docvision.access.keys import Caller
from docvision.access.meter import check_pages
from docvision.access.stores import AccessStores
from docvision.errors import DocvisionError, Overloaded, TooLarge
from docvision.jobs.ledger import Ledger
from docvision.jobs.model import State
from docvision.machine import free_disk, free_memory
from docvision.settings import AdmissionSettings, Settings

from .problems import problem
from .uploads import check_length

TAKES_FILES = re.compile(r"/v1/(jobs|batches|plan)")
"""A POST to these brings files, which are streamed and counted by whoever takes them."""
LOOK_SECONDS = 0.5
"""A crowd that comes at once costs one look."""
SMALL_BODY = 1024 * 1024
"""Bytes of every other request's body."""


class Admission:
    """ASGI middleware that refuses what there is no room for."""

    def __init__(
        self, app: ASGIApp, settings: Settings, ledger: Ledger, access: AccessStores
    ) -> None:
        self._app = app
        self._access = access
        self._limits = settings.limits
        self._room = Room(settings.admission, disk_of(settings), ledger)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 413, 429 or 503."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = int(Headers(scope=scope).get("content-length", 0))
        takes_files = scope["method"] == "POST" and TAKES_FILES.fullmatch(scope["path"])
        with contextlib.ExitStack() as stack:
            try:
                if takes_files:
                    if not scope["path"].endswith("/batches"):
                        check_length(announced, self._limits)
                    await self._check_quota(scope["state"]["caller"])
                    await self._room.look()
                    stack.enter_context(self._room.held(announced))
                elif announced > SMALL_BODY:
                    raise _too_large(announced)
            except DocvisionError as error:
                await problem(error)(scope, receive, send)
                return
            await self._app(scope, receive, send)

    async def _check_quota(self, caller: Caller) -> None:
        if caller.key is not None and caller.key.pages_per_month is not None:
            await run_sync(check_pages, self._access.meter, caller.key)


class Room:
    """What this process has room for.

    Args:
        settings: How much of each thing must be left.
        folder: Where uploads are written.
        ledger: Knows how many jobs wait.
    """

    def __init__(self, settings: AdmissionSettings, folder: Path, ledger: Ledger) -> None:
        self._settings = settings
        self._folder = folder
        self._ledger = ledger
        self._coming = 0
        self._seen = _Seen(queued=0, disk=0, memory=None)
        self._seen_at = -LOOK_SECONDS
        self._looking = asyncio.Lock()

    async def look(self) -> None:
        """See how much is left, unless that was seen just now; raises StorageError."""
        async with self._looking:
            if time.monotonic() - self._seen_at >= LOOK_SECONDS:
                self._seen = await run_sync(self._see)
                self._seen_at = time.monotonic()

    @contextlib.contextmanager
    def held(self, size: int) -> Iterator[None]:
        """Keep room for a body of so many bytes; raises Overloaded."""
        seen, least = self._seen, self._settings
        if seen.queued >= least.queued_jobs:
            raise _overloaded("queue", f"{seen.queued} jobs wait already", 30)
        if self._coming and self._coming + size > least.body_bytes:
            raise _overloaded("bytes", "too many bytes are being sent at once", 5)
        # What others have announced and not yet written is spoken for.
        if seen.disk - self._coming - size < least.free_disk_bytes:
            raise _overloaded("disk", "the disk is too full", 60)
        if seen.memory is not None and seen.memory < least.free_memory_bytes:
            raise _overloaded("memory", "memory is too short", 5)
        self._coming += size
        try:
            yield
        finally:
            self._coming -= size

    def _see(self) -> _Seen:
        return _Seen(
            queued=self._ledger.counts()[State.QUEUED],
            disk=free_disk(self._folder),
            memory=free_memory(),
        )


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """How many jobs waited, and how many bytes were left, when it was looked."""

    queued: int
    disk: int
    memory: int | None


def disk_of(settings: Settings) -> Path:
    """Return where uploads are written: beside the blobs, or (S3) where they wait to be sent."""
    return settings.data_dir if settings.blob_url is None else Path(tempfile.gettempdir())


def _overloaded(short: str, why: str, seconds: int) -> Overloaded:
    message = f"No more work can be taken now: {why}."
    return Overloaded(message, short=short, retry_after=seconds)


def _too_large(found: int) -> TooLarge:
    message = f"The request has {found} bytes; {SMALL_BODY} are allowed here."
    return TooLarge(message, limit="body_bytes", allowed=SMALL_BODY, found=found)
