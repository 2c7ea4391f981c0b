"""What became of telling a job's webhook, and telling it once more."""

from __future__ import annotations

from datetime import UTC, datetime

from anyio.to_thread import run_sync
from fastapi import APIRouter
from pydantic import BaseModel, Field

from docvision.jobs.deliveries import Attempt

from ..parts import PartsOf
from ..schemas import problems
from .jobs import JobId

router = APIRouter(tags=["webhooks"])


class AttemptView(BaseModel):
    """One try to tell the webhook: it was told if `status` is 2xx."""

    at: datetime
    seconds: float
    status: int | None = Field(description="What the receiver answered.")
    error: str | None = Field(description="Why there is no answer.")


class DeliveryList(BaseModel):
    """What was tried, in order."""

    attempts: list[AttemptView]


class SecretView(BaseModel):
    """The secret with which webhooks are signed."""

    secret: str


@router.get(
    "/v1/jobs/{job_id}/deliveries",
    summary="See what became of a job's webhook",
    responses=problems(404, 503),
)
async def list_deliveries(job_id: JobId, parts: PartsOf) -> DeliveryList:
    """List the attempts to tell the job's webhook that it has ended.

    ```sh
    curl "http://127.0.0.1:8400/v1/jobs/$JOB/deliveries"
    ```
    """
    attempts = await run_sync(parts.deliveries.attempts, job_id)
    return DeliveryList(attempts=[_view(attempt) for attempt in attempts])


@router.post(
    "/v1/jobs/{job_id}/redeliver",
    status_code=202,
    summary="Tell a job's webhook once more",
    responses=problems(404, 409, 503),
)
async def redeliver(job_id: JobId, parts: PartsOf) -> DeliveryList:
    """Tell the webhook again, now, with the same id; and again later if that fails.

    ```sh
    curl -X POST "http://127.0.0.1:8400/v1/jobs/$JOB/redeliver"
    ```
    """
    await run_sync(parts.deliveries.again, job_id)
    return await list_deliveries(job_id, parts)


@router.get("/v1/webhooks/secret", summary="Get the secret that signs webhooks")
async def get_secret(parts: PartsOf) -> SecretView:
    """Return the secret by which you can tell that a webhook's call comes from here.

    ```sh
    curl "http://127.0.0.1:8400/v1/webhooks/secret"
    ```
    """
    return SecretView(secret=await run_sync(parts.deliveries.secret))


def _view(attempt: Attempt) -> AttemptView:
    at = datetime.fromtimestamp(attempt.at, UTC)
    return AttemptView(at=at, seconds=attempt.seconds, status=attempt.status, error=attempt.error)
