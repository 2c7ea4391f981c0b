"""The application: parts in, routes on, nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from docvision.access.keys import Caller
from docvision.access.stores import AccessStores
from docvision.blobs.base import BlobStore
from docvision.jobs.deliveries import Deliveries
from docvision.jobs.ledger import Events, Ledger
from docvision.jobs.model import DEFAULT_TENANT
from docvision.jobs.once import Once
from docvision.jobs.presence import Presence
from docvision.jobs.wire import Publisher
from docvision.net import Outbound
from docvision.settings import Settings
from docvision.traces import Traces

from . import problems
from .admission import Admission
from .audit import Audit
from .context import Context
from .gate import Gate
from .metrics import CountRequests, Metrics
from .parts import Parts
from .patience import Patience
from .pictures import Pictures
from .routes import (
    audit,
    batch_results,
    batches,
    catalog,
    following,
    health,
    jobs,
    metrics,
    pages,
    plan,
    reference,
    results,
    reviews,
    schemas,
    stats,
    webhooks,
    workbench,
)
from .schemas import EVERYWHERE, describe
from .tenancy import TenantDeliveries


def create_app(
    settings: Settings,
    ledger: Ledger,
    events: Events,
    blobs: BlobStore,
    publisher: Publisher,
    presence: Presence,
    access: AccessStores,
    deliveries: Deliveries,
    once: Once,
    traces: Traces,
) -> FastAPI:
    """Return the application that serves these stores; it closes `events` when it ends."""
    pictures = Pictures(blobs, settings.limits)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        await events.close()
        pictures.close()
        traces.close()

    app = FastAPI(
        title="docvision",
        version="1",
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        responses=EVERYWHERE,
    )
    app.state.ledger = ledger
    app.state.deliveries = deliveries
    app.state.parts = Parts(
        caller=Caller(),
        settings=settings,
        access=access,
        traces=traces,
        outbound=Outbound(settings.net),
        ledger=ledger,
        deliveries=TenantDeliveries(deliveries, ledger, DEFAULT_TENANT),
        events=events,
        blobs=blobs,
        publisher=publisher,
        once=once,
        presence=presence,
        pictures=pictures,
    )
    app.state.metrics = Metrics(app.state.parts)
    # The last one added is the first to see a request.
    app.add_middleware(Audit, log=access.audit)
    app.add_middleware(Admission, settings=settings, ledger=ledger, access=access)
    app.add_middleware(Gate, settings=settings.api, access=access)
    app.add_middleware(Patience, settings=settings.admission)
    app.add_middleware(CountRequests, metrics=app.state.metrics)
    app.add_middleware(Context, traces=traces)
    problems.install(app)
    for module in (
        jobs,
        following,
        webhooks,
        batches,
        batch_results,
        results,
        pages,
        reviews,
        schemas,
        stats,
        audit,
        plan,
        catalog,
        health,
        metrics,
        reference,
        workbench,
    ):
        app.include_router(module.router)
    describe(app)
    return app
