"""What the routes work with, made at the edge and handed to `create_app`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from docvision.blobs.base import BlobStore
from docvision.jobs.ledger import Events, Ledger
from docvision.jobs.presence import Presence
from docvision.jobs.wire import Publisher
from docvision.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The settings and the stores; one per application."""

    settings: Settings
    ledger: Ledger
    events: Events
    blobs: BlobStore
    publisher: Publisher
    presence: Presence


async def _parts(request: Request) -> Parts:
    # A coroutine, because FastAPI would call a plain function from a thread.
    parts: Parts = request.app.state.parts
    return parts


PartsOf = Annotated[Parts, Depends(_parts)]
