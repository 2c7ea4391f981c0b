"""Telling webhooks that jobs have ended, signed as Standard Webhooks says.

See https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import time
from datetime import UTC, datetime

import httpx
from anyio.to_thread import run_sync
from standardwebhooks import Webhook

from docvision.errors import FetchFailed, JobNotFound, UrlRefused
from docvision.jobs.deliveries import Attempt, Deliveries, Delivery
from docvision.jobs.ledger import Ledger
from docvision.jobs.model import Job, Review
from docvision.jobs.view import job_view
from docvision.net import Outbound

_log = logging.getLogger(__name__)
POST_SECONDS = 1.0
SLACK_SECONDS = 30.0
"""Beside the time that a delivery may take, before it counts as lost with its worker."""
AT_ONCE = 8
"""Deliveries under way in one worker: a slow receiver must not hold up the others."""
RETRY_SECONDS = (5, 30, 120, 600, 1800, 7200, 18_000, 36_000)
"""After the last one, some 21 hours on, a delivery is given up."""
JITTER = 0.2
"""Receivers that were down do not get everything at the same moment."""


class Postman:
    """Delivers what is due.

    Args:
        ledger: Where the jobs are.
        deliveries: Where it says what is due.
        outbound: Reaches the receivers, as far as they may be reached.
        seconds: In which one delivery is over, one way or the other.
    """

    def __init__(
        self, ledger: Ledger, deliveries: Deliveries, outbound: Outbound, seconds: float
    ) -> None:
        self._ledger = ledger
        self._deliveries = deliveries
        self._outbound = outbound
        self._seconds = seconds

    def go_round(self) -> None:
        """Deliver until nothing is due; raises StorageError."""
        if first := self._take():
            asyncio.run(self._go_round(first))

    def _take(self) -> Delivery | None:
        return self._deliveries.take(self._seconds + SLACK_SECONDS)

    async def _go_round(self, first: Delivery) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._deliver_all(first))
            for _ in range(AT_ONCE - 1):
                group.create_task(self._deliver_all(None))

    async def _deliver_all(self, delivery: Delivery | None) -> None:
        while delivery := delivery or await run_sync(self._take):
            await self._deliver(delivery)
            delivery = None

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            job = await run_sync(self._ledger.get, delivery.job)
        except JobNotFound:
            return
        if job.webhook is None:
            return
        body = message(job)
        secret = await run_sync(self._deliveries.secret, job.tenant)
        at, began = time.time(), time.perf_counter()
        status = error = None
        try:
            status = await self._outbound.post(job.webhook, body, signed(job, body, secret))
        except (UrlRefused, FetchFailed) as failure:
            error = failure.code
        seconds = round(time.perf_counter() - began, 3)
        attempt = Attempt(at=at, seconds=seconds, status=status, error=error)
        await run_sync(
            self._deliveries.record, delivery, attempt, pause_after(attempt, delivery.attempts)
        )
        _log.info("job %s: webhook: %s", job.id, status or error)


def message(job: Job) -> bytes:
    """Return what a webhook is told: that the job ended or was reviewed; never its content."""
    event = "reviewed" if job.review is Review.DONE else job.state.value
    ended = datetime.fromtimestamp(job.finished or time.time(), UTC)
    view = job_view(job).model_dump(mode="json", exclude={"options"})
    told = {"type": f"job.{event}", "timestamp": ended.isoformat(), "data": view}
    return json.dumps(told, separators=(",", ":")).encode()


def signed(job: Job, body: bytes, secret: str) -> dict[str, str]:
    """Return the headers of a message; its id is the same whenever it is sent."""
    now = datetime.now(UTC)
    name = f"msg_{job.id}" + (f"_retry{job.retries}" if job.retries else "")
    name += "_reviewed" if job.review is Review.DONE else ""
    return {
        "content-type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(name, now, body.decode()),
    }


def pause_after(attempt: Attempt, before: int) -> float | None:
    """Return the seconds until the next attempt after `before` and this one, None for no more."""
    told = attempt.status is not None and httpx.codes.is_success(attempt.status)
    unwanted = attempt.status == httpx.codes.GONE or attempt.error == UrlRefused.code
    if told or unwanted or before >= len(RETRY_SECONDS):
        return None
    return RETRY_SECONDS[before] * random.uniform(1 - JITTER, 1 + JITTER)
