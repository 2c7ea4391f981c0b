"""Who did what, for those who may ask."""

from __future__ import annotations

from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query
from pydantic import BaseModel

from docvision.access.audit import AuditEntry

from ..parts import PartsOf
from ..schemas import problems

router = APIRouter(tags=["access"])


class AuditList(BaseModel):
    """What was done, newest first."""

    entries: list[AuditEntry]


@router.get("/v1/audit", summary="See who did what", responses=problems(422, 503))
async def audit(
    parts: PartsOf,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[
        str | None,
        Query(
            description="Only what was done before this entry.", pattern=r"^[0-9]{1,16}-[0-9]{1,9}$"
        ),
    ] = None,
) -> AuditList:
    """List what the keys of your tenant did; needs a key with the scope `admin`.

    Written down is each request that changes something or gives content out, whether it was done
    or refused. Pass the last id back as `before` for the next page.

    ```sh
    curl "http://127.0.0.1:8400/v1/audit?limit=10"
    ```
    """
    log, tenant = parts.access.audit, parts.caller.tenant
    found = await run_sync(lambda: log.entries(tenant, limit=limit, before=before))
    return AuditList(entries=list(found))
