"""The ledger: the only truth about jobs. `memory` and `redis` implement this protocol.

Every change of state goes through the ledger in one atomic step and follows
`model.TRANSITIONS`. Work is done under a lease; a commit names the lease's fencing token and is
refused with LeaseLost where a later claim was granted, the job is finished, or it was cancelled.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol

from docvision.errors import JobConflict, SuspectWork
from docvision.jobs.model import Job, Lease, Problem, Progress, Review, State, Step, Unit
from docvision.jobs.wire import Message


class Ledger(Protocol):
    """Raises StorageError from any call when the store behind it does not answer."""

    def create(self, job: Job) -> None:
        """Enter a new job in state QUEUED; raises JobConflict where its id is taken."""

    def get(self, job_id: str) -> Job:
        """Return the job; raises JobNotFound."""

    def absent(self, job_ids: Sequence[str]) -> Sequence[str]:
        """Return those of the ids that no job has."""

    def turn(self, name: str, seconds: float) -> bool:
        """Return whether it is the caller's turn: the next one's comes after so many seconds."""

    def life(self) -> str:
        """Return a name that is another one after the store behind it was started again.

        Then the end of what it had been told may be lost. "" where that cannot be known.
        """

    def list(
        self,
        *,
        state: State | None = None,
        tenant: str | None = None,
        batch: str | None = None,
        limit: int = 50,
        before: str | None = None,
    ) -> list[Job]:
        """Return jobs, newest first, older than the id `before`."""

    def batches(
        self, *, tenant: str | None = None, limit: int = 50, before: str | None = None
    ) -> Sequence[Job]:
        """Return the batches' own jobs, newest first, older than the id `before`."""

    def counts(self, *, tenant: str | None = None, batch: str | None = None) -> Mapping[State, int]:
        """Return how many jobs are in each state: of all, of a tenant, or of a batch."""

    def position(self, job_id: str) -> int | None:
        """Return how many queued jobs are ahead of this one, None once it has started."""

    def claim(
        self,
        job_id: str,
        step: Step,
        *,
        owner: str,
        seconds: float,
        unit: int | None = None,
        alone: bool = False,
    ) -> Lease | None:
        """Take the right to do a step, or None where it is done, held, or not to be done.

        The first claim of a job makes it RUNNING. READ can be claimed once the job is planned,
        ASSEMBLE once no unit is left. Where an earlier lease ran out without being released, its
        owner died: the new lease says how many have.

        Raises:
            SuspectWork: An owner died under this work, and the caller did not say that it does
                nothing else meanwhile (`alone`).
        """

    def renew(self, lease: Lease, seconds: float) -> Lease:
        """Hold on to a lease; raises LeaseLost (also when the job was cancelled)."""

    def release(self, lease: Lease) -> None:
        """Hand work back undone; a lease that is lost already is no error."""

    def plan(self, lease: Lease, units: Sequence[Unit]) -> None:
        """Commit PREPARE: the job consists of these units."""

    def units(self, job_id: str) -> Sequence[Unit]:
        """Return the planned units, in order; none before the plan and after a success."""

    def answers(self, job_id: str) -> Mapping[int, int]:
        """Return the units that were committed, with their tokens; none after a success."""

    def problems(self, job_id: str) -> Mapping[int, Problem]:
        """Return the problems of the units that failed, by unit; none after a success."""

    def commit(self, lease: Lease, problem: Problem | None = None) -> Progress:
        """Commit READ of one unit, as done or (with a problem) as failed."""

    def redo(self, lease: Lease, units: Sequence[int]) -> None:
        """Give up ASSEMBLE, because the answers of these units are gone: they are read again."""

    def bury(self, owner: str) -> int:
        """Let all leases of an owner that died run out now; return how many there were."""

    def finish(
        self,
        lease: Lease,
        state: State,
        *,
        problem: Problem | None = None,
        keep: float,
        whole: Progress | None = None,
        review: Review | None = None,
    ) -> Job:
        """Commit ASSEMBLE, or a PREPARE that failed or did everything: the job ends in `state`.

        `keep` is the number of seconds after which the job expires, where the job does not say.
        `whole` is what a PREPARE read that went straight on to the end, without a plan.
        """

    def to_review(self, *, tenant: str | None = None, limit: int = 50) -> Sequence[Job]:
        """Return jobs whose results people have to look at, oldest first."""

    def reviewed(self, job_id: str) -> Job:
        """Note that nothing of a job's result is left to be looked at; raises JobNotFound."""

    def cancel(self, job_id: str, *, keep: float) -> Job:
        """Cancel the job, once or again; raises JobNotFound, or JobConflict if it has finished.

        Who listens to `dropped` hears of it.
        """

    def retry(self, job_id: str) -> Job:
        """Queue a job again that ended without a whole result; one under way stays as it is.

        Its units that were read stay read; all others are read again, whatever happened to them.

        Raises:
            JobNotFound: There is no such job.
            JobConflict: It has succeeded, or has expired.
        """

    def delete(self, job_id: str) -> None:
        """Forget the job; raises JobNotFound. Blobs are the caller's to delete.

        Who listens to `dropped` hears of it.
        """

    def due(self, *, limit: int = 100, quiet: float = 0.0) -> Sequence[Message]:
        """Return the messages for work that is to be done and that no live lease holds.

        Jobs that are new, or were looked at by this call, within `quiet` seconds are left out.
        """

    def expired(self, *, limit: int = 100, again: float = 60.0) -> Sequence[str]:
        """Return ids of finished jobs whose time to be kept is over; EXPIRED from now on.

        An id that was not reported with `erased` is named again after `again` seconds.
        """

    def erased(self, job_id: str, *, keep: float) -> None:
        """Note that an expired job's blobs are gone; it is forgotten after `keep` seconds.

        Until then it has no options, uploads, metadata, webhook or problem any more.
        """

    def close(self) -> None:
        """Close the connections."""


class Events(Protocol):
    """Tells waiting readers that a job has changed (asyncio side, used by the API)."""

    async def wait(self, job_id: str, revision: int | None, seconds: float) -> Job:
        """Return the job once it is newer than `revision` or has finished, or after `seconds`.

        Without a `revision` only the end is waited for.

        Raises:
            JobNotFound: There is no such job, or it was deleted meanwhile.
        """

    def changes(
        self, job_id: str, revision: int | None, heartbeat: float
    ) -> AsyncIterator[Job | None]:
        """Yield the job each time that it is newer than what was seen, the last time at its end.

        Changes in quick succession may come as one. After `heartbeat` seconds without any, None
        is yielded. Without a `revision` the job is yielded at once.

        Raises:
            JobNotFound: There is no such job, or it was deleted meanwhile.
        """

    async def close(self) -> None:
        """Stop listening."""


def suspect_work(job_id: str, step: Step) -> SuspectWork:
    """Return the error of a claim by one who does something else meanwhile."""
    message = f"Workers died while they did {step.value} of job {job_id}; it is done alone."
    return SuspectWork(message, job=job_id)


def not_again(job: Job) -> JobConflict:
    """Return the error of a retry of a job that has succeeded or expired."""
    message = f"The job is {job.state.value}; only one without a whole result is done again."
    return JobConflict(message, job=job.id)
