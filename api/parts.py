"""What the routes work with, made at the edge and handed to `create_app`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends, Request

from docvision.access.keys import Caller
from docvision.access.stores import AccessStores
from docvision.blobs.base import BlobStore
from docvision.jobs.ledger import Events
from docvision.jobs.once import Once
from docvision.jobs.presence import Presence
from docvision.jobs.wire import Publisher
from docvision.net import Outbound
from docvision.settings import Settings
from docvision.traces import Traces

from .pictures import Pictures
from .tenancy import Jobs, TenantDeliveries, TenantEvents, TenantJobs


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The settings and the stores: one per application, and one per request for its caller.

    What a route gets holds only what is the caller's.
    """

    caller: Caller
    settings: Settings
    access: AccessStores
    traces: Traces
    outbound: Outbound
    ledger: Jobs
    deliveries: TenantDeliveries
    events: Events
    blobs: BlobStore
    publisher: Publisher
    once: Once
    presence: Presence
    pictures: Pictures


async def _parts(request: Request) -> Parts:
    # A coroutine, because FastAPI would call a plain function from a thread.
    shared: Parts = request.app.state.parts
    caller: Caller = request.state.caller
    jobs = TenantJobs(request.app.state.ledger, caller.tenant)
    return replace(
        shared,
        caller=caller,
        ledger=jobs,
        deliveries=TenantDeliveries(request.app.state.deliveries, jobs, caller.tenant),
        events=TenantEvents(shared.events, caller.tenant),
    )


async def _batch_parts(request: Request) -> Parts:
    parts, tenant = await _parts(request), request.state.caller.tenant
    return replace(
        parts,
        ledger=TenantJobs(request.app.state.ledger, tenant, batches=True),
        events=TenantEvents(request.app.state.parts.events, tenant, batches=True),
    )


PartsOf = Annotated[Parts, Depends(_parts)]
BatchPartsOf = Annotated[Parts, Depends(_batch_parts)]
"""The same for the routes of batches, which see the batches' own jobs as well."""
