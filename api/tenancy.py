"""The ledger and its events as one tenant may see them: what is another's is not there.

Routes are only ever handed these, so a route cannot forget to ask whose a job is.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol

from docvision.errors import JobNotFound
from docvision.jobs.batch import BATCH
from docvision.jobs.deliveries import Attempt, Deliveries
from docvision.jobs.ledger import Events, Ledger
from docvision.jobs.model import Job, State


class Jobs(Protocol):
    """What the API asks of a ledger; see `Ledger` for what each call does."""

    def create(self, job: Job) -> None:
        """Enter a new job."""

    def get(self, job_id: str) -> Job:
        """Return the job."""

    def list(
        self,
        *,
        state: State | None = None,
        batch: str | None = None,
        limit: int = 50,
        before: str | None = None,
    ) -> list[Job]:
        """Return jobs, newest first."""

    def batches(self, *, limit: int = 50, before: str | None = None) -> Sequence[Job]:
        """Return the batches' own jobs, newest first."""

    def counts(self, *, batch: str | None = None) -> Mapping[State, int]:
        """Return how many jobs are in each state."""

    def position(self, job_id: str) -> int | None:
        """Return how many queued jobs are ahead."""

    def to_review(self, *, limit: int = 50) -> Sequence[Job]:
        """Return jobs whose results people have to look at."""

    def reviewed(self, job_id: str) -> Job:
        """Note that nothing of a job's result is left to be looked at."""

    def cancel(self, job_id: str, *, keep: float) -> Job:
        """Cancel the job."""

    def retry(self, job_id: str) -> Job:
        """Queue the job again."""

    def delete(self, job_id: str) -> None:
        """Forget the job."""


class TenantJobs:
    """Implements `Jobs` for one tenant; a batch's own job is only there with `batches`."""

    def __init__(self, ledger: Ledger, tenant: str, *, batches: bool = False) -> None:
        self._ledger = ledger
        self._tenant = tenant
        self._batches = batches

    def create(self, job: Job) -> None:
        """Enter a new job, which must be the tenant's; raises JobConflict."""
        assert job.tenant == self._tenant
        self._ledger.create(job)

    def get(self, job_id: str) -> Job:
        """Return the job; raises JobNotFound."""
        return own(self._ledger.get(job_id), self._tenant, batches=self._batches)

    def list(
        self,
        *,
        state: State | None = None,
        batch: str | None = None,
        limit: int = 50,
        before: str | None = None,
    ) -> list[Job]:
        """Return the tenant's jobs, newest first, older than the id `before`."""
        found = self._ledger.list(
            state=state, tenant=self._tenant, batch=batch, limit=limit, before=before
        )
        # A batch has one tenant, and its id may be another's.
        return [
            job
            for job in found
            if job.tenant == self._tenant and (self._batches or job.task != BATCH)
        ]

    def batches(self, *, limit: int = 50, before: str | None = None) -> Sequence[Job]:
        """Return the tenant's batches' own jobs, newest first, older than the id `before`."""
        return self._ledger.batches(tenant=self._tenant, limit=limit, before=before)

    def counts(self, *, batch: str | None = None) -> Mapping[State, int]:
        """Return how many of the tenant's jobs are in each state, of all or of a batch."""
        if batch is not None and not self.list(batch=batch, limit=1):
            return dict.fromkeys(State, 0)
        return self._ledger.counts(tenant=self._tenant, batch=batch)

    def position(self, job_id: str) -> int | None:
        """Return how many queued jobs are ahead of this one; raises JobNotFound."""
        self.get(job_id)
        return self._ledger.position(job_id)

    def to_review(self, *, limit: int = 50) -> Sequence[Job]:
        """Return the tenant's jobs whose results people have to look at, oldest first."""
        return self._ledger.to_review(tenant=self._tenant, limit=limit)

    def reviewed(self, job_id: str) -> Job:
        """Note that nothing of a job's result is left to be looked at; raises JobNotFound."""
        self.get(job_id)
        return self._ledger.reviewed(job_id)

    def cancel(self, job_id: str, *, keep: float) -> Job:
        """Cancel the job; raises JobNotFound, or JobConflict."""
        self.get(job_id)
        return self._ledger.cancel(job_id, keep=keep)

    def retry(self, job_id: str) -> Job:
        """Queue the job again; raises JobNotFound, or JobConflict."""
        self.get(job_id)
        return self._ledger.retry(job_id)

    def delete(self, job_id: str) -> None:
        """Forget the job; raises JobNotFound."""
        self.get(job_id)
        self._ledger.delete(job_id)


class TenantEvents:
    """Implements `Events` for one tenant, as TenantJobs; closing it is its owner's business."""

    def __init__(self, events: Events, tenant: str, *, batches: bool = False) -> None:
        self._events = events
        self._tenant = tenant
        self._batches = batches

    async def wait(self, job_id: str, revision: int | None, seconds: float) -> Job:
        """Return the job once there is news, or after `seconds`; raises JobNotFound."""
        job = await self._own(job_id)
        return job if seconds <= 0 else await self._events.wait(job_id, revision, seconds)

    async def changes(
        self, job_id: str, revision: int | None, heartbeat: float
    ) -> AsyncIterator[Job | None]:
        """Yield the job each time that it is newer; raises JobNotFound."""
        await self._own(job_id)
        async for change in self._events.changes(job_id, revision, heartbeat):
            yield change

    async def close(self) -> None:
        """Leave it open."""

    async def _own(self, job_id: str) -> Job:
        job = await self._events.wait(job_id, None, 0)
        return own(job, self._tenant, batches=self._batches)


class _Finds(Protocol):
    def get(self, job_id: str) -> Job: ...


class TenantDeliveries:
    """What became of telling one tenant's webhooks."""

    def __init__(self, deliveries: Deliveries, jobs: _Finds, tenant: str) -> None:
        self._deliveries = deliveries
        self._jobs = jobs
        self._tenant = tenant

    def attempts(self, job_id: str) -> Sequence[Attempt]:
        """Return what was tried for a job; raises JobNotFound."""
        self._jobs.get(job_id)
        return self._deliveries.attempts(job_id)

    def again(self, job_id: str) -> None:
        """Deliver once more; raises JobNotFound, or JobConflict without an end or a webhook."""
        self._jobs.get(job_id)
        self._deliveries.again(job_id)

    def secret(self) -> str:
        """Return the tenant's secret."""
        return self._deliveries.secret(self._tenant)


def own(job: Job, tenant: str, *, batches: bool = False) -> Job:
    """Return a job that is the tenant's; raises JobNotFound, as if it did not exist."""
    if job.tenant != tenant or (job.task == BATCH and not batches):
        raise JobNotFound(f"There is no job {job.id}.", job=job.id)
    return job
