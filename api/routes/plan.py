"""What documents will cost, before they are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request

from docvision.documents.sniff import planned_type
from docvision.jobs import keys
from docvision.jobs.model import new_job_id
from docvision.planning.model import Plan
from docvision.planning.plan import plan, wanted
from docvision.planning.survey import Survey, survey
from docvision.tasks.options import Options

from ..orders import read_object
from ..parts import Parts, PartsOf
from ..schemas import PLAN_FORM, problems
from ..uploads import Form, receive

router = APIRouter(tags=["catalog"])


@router.post(
    "/v1/plan",
    summary="Estimate what documents will cost",
    openapi_extra={"requestBody": PLAN_FORM},
    responses=problems(413, 415, 422, 503),
)
async def make_plan(request: Request, parts: PartsOf) -> Plan:
    """Estimate pages, tokens, seconds and cost of a task, or of every task.

    The files are opened and measured, not read, and not kept; archives are opened too.

    ```sh
    curl -F file=@report.pdf -F task=ocr http://127.0.0.1:8400/v1/plan
    ```
    """
    name = new_job_id()
    limits = parts.settings.limits
    form = await receive(request, name, parts.blobs, limits, parts.outbound, planned_type)
    try:
        return await run_sync(_plan, parts, form)
    finally:
        await run_sync(parts.blobs.delete_tree, keys.root(name))


def _plan(parts: Parts, form: Form) -> Plan:
    options = read_object(form.fields.get("options"), "options")
    tasks = wanted(form.fields.get("task"), options)
    surveys = _measure(parts, form, tasks)
    measured = [document for one in surveys for document in one.documents]
    unmeasured = sum(one.unmeasured for one in surveys)
    return plan(measured, tasks, _profile(parts), parts.settings.engine, unmeasured)


def _measure(parts: Parts, form: Form, tasks: Mapping[str, Options]) -> list[Survey]:
    # An API that plans nothing starts no children and loads no parser's handle.
    from docvision.documents.sandbox import Sandbox  # noqa: PLC0415

    limits = parts.settings.limits
    options = next(iter(tasks.values()))
    found: list[Survey] = []
    with Sandbox(limits, size=1) as sandbox:
        for upload in form.uploads:
            with parts.blobs.local(upload.key) as path:
                found.append(survey(sandbox, path, upload.name, options, limits))
    return found


def _profile(parts: Parts) -> Mapping[str, Any]:
    """Return the profile of the model that workers ask, as one of them announced it."""
    cards = parts.presence.seen()
    return max((card.model for card in cards), key=len, default={"name": "none"})
