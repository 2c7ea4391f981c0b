"""The ledger and its events as one tenant may see them: what is another's is not there.

Routes are only ever handed these, so a route cannot forget to ask whose a job is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from docvision.errors import JobNotFound
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

    def counts(self, *, batch: str | None = None) -> Mapping[State, int]:
        """Return how many jobs are in each state."""

    def position(self, job_id: str) -> int | None:
        """Return how many queued jobs are ahead."""

    def cancel(self, job_id: str, *, keep: float) -> Job:
        """Cancel the job."""

    def delete(self, job_id: str) -> None:
        """Forget the job."""


class TenantJobs:
    """Implements `Jobs` for one tenant."""

    def __init__(self, ledger: Ledger, tenant: str) -> None:
        self._ledger = ledger
        self._tenant = tenant

    def create(self, job: Job) -> None:
        """Enter a new job, which must be the tenant's; raises JobConflict."""
        assert job.tenant == self._tenant
        self._ledger.create(job)

    def get(self, job_id: str) -> Job:
        """Return the job; raises JobNotFound."""
        return own(self._ledger.get(job_id), self._tenant)

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
        return [job for job in found if job.tenant == self._tenant]

    def counts(self, *, batch: str | None = None) -> Mapping[State, int]:
        """Return how many of the tenant's jobs are in each state, of all or of a batch."""
        if batch is not None and not self.list(batch=batch, limit=1):
            return dict.fromkeys(State, 0)
        return self._ledger.counts(tenant=self._tenant, batch=batch)

    def position(self, job_id: str) -> int | None:
        """Return how many queued jobs are ahead of this one; raises JobNotFound."""
        self.get(job_id)
        return self._ledger.position(job_id)

    def cancel(self, job_id: str, *, keep: float) -> Job:
        """Cancel the job; raises JobNotFound, or JobConflict."""
        self.get(job_id)
        return self._ledger.cancel(job_id, keep=keep)

    def delete(self, job_id: str) -> None:
        """Forget the job; raises JobNotFound."""
        self.get(job_id)
        self._ledger.delete(job_id)


class TenantEvents:
    """Implements `Events` for one tenant; closing it is its owner's business."""

    def __init__(self, events: Events, tenant: str) -> None:
        self._events = events
        self._tenant = tenant

    async def wait(self, job_id: str, revision: int | None, seconds: float) -> Job:
        """Return the job once there is news, or after `seconds`; raises JobNotFound."""
        job = own(await self._events.wait(job_id, None, 0), self._tenant)
        return job if seconds <= 0 else await self._events.wait(job_id, revision, seconds)

    async def close(self) -> None:
        """Leave it open."""


def own(job: Job, tenant: str) -> Job:
    """Return a job that is the tenant's; raises JobNotFound, as if it did not exist."""
    if job.tenant != tenant:
        raise JobNotFound(f"There is no job {job.id}.", job=job.id)
    return job
