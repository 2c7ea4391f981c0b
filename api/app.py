"""The application: parts in, routes on, nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from docvision.blobs.base import BlobStore
from docvision.jobs.ledger import Events, Ledger
from docvision.jobs.presence import Presence
from docvision.jobs.wire import Publisher
from docvision.settings import Settings

from . import problems
from .metrics import CountRequests, Metrics
from .parts import Parts
from .routes import catalog, health, jobs, metrics, results


def create_app(
    settings: Settings,
    ledger: Ledger,
    events: Events,
    blobs: BlobStore,
    publisher: Publisher,
    presence: Presence,
) -> FastAPI:
    """Return the application that serves these stores; it closes `events` when it ends."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        await events.close()

    app = FastAPI(title="docvision", version="1", lifespan=lifespan, redirect_slashes=False)
    app.state.parts = Parts(
        settings=settings,
        ledger=ledger,
        events=events,
        blobs=blobs,
        publisher=publisher,
        presence=presence,
    )
    app.state.metrics = Metrics(app.state.parts)
    app.add_middleware(CountRequests, metrics=app.state.metrics)
    problems.install(app)
    for module in (jobs, results, catalog, health, metrics):
        app.include_router(module.router)
    return app
