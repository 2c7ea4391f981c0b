"""Which jobs a list shows: the ledger knows states, the rest is looked for in its jobs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from docvision.jobs.model import Job, Review, State

from .tenancy import Jobs

AT_ONCE = 200
AT_MOST = 5000


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the jobs of a list have in common; None where it does not matter.

    `find` is the beginning of an id or a part of a file's name, in any letter case.
    """

    state: State | None = None
    task: str | None = None
    review: Review | None = None
    find: str | None = None

    def fits(self, job: Job) -> bool:
        """Return whether a job, already of the state, is wanted."""
        return (
            self.task in (None, job.task)
            and self.review in (None, job.review)
            and (not self.find or _named(job, self.find.lower()))
        )


def wanted_jobs(
    ledger: Jobs, wanted: Wanted, limit: int, before: str | None
) -> tuple[list[Job], str | None]:
    """Return at most `limit` jobs older than the id `before`, newest first, and what is next.

    That is the id to look on from, None where there are no older jobs. At most AT_MOST jobs are
    looked through, so a list may be short, even empty, and go on all the same.
    """
    found: list[Job] = []
    looked = 0
    for job in _older(ledger, wanted, limit, before):
        if len(found) == limit or looked == AT_MOST:
            return found, before
        looked, before = looked + 1, job.id
        if wanted.fits(job):
            found.append(job)
    return found, None


def _older(ledger: Jobs, wanted: Wanted, limit: int, before: str | None) -> Iterator[Job]:
    """Yield the ledger's jobs of a state, older than an id, newest first."""
    size = AT_ONCE if wanted.task or wanted.review or wanted.find else limit + 1
    while jobs := ledger.list(state=wanted.state, limit=size, before=before):
        yield from jobs
        before = jobs[-1].id


def _named(job: Job, words: str) -> bool:
    return job.id.startswith(words) or any(words in one.name.lower() for one in job.uploads)
