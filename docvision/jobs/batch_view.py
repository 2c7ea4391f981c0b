"""A batch as the outside sees it: what the API sends and the clients read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from docvision.jobs.batch import Metadata, unfinished
from docvision.jobs.model import Job, Priority, Problem, State
from docvision.jobs.view import moment, moment_or_none

BAD_FILES = 100


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class BadFile(_Record):
    """A file that was not read, and why."""

    name: str
    job: str
    problem: Problem | None


class BatchProgress(_Record):
    """How far a batch is. `total` is null until its archives were taken apart."""

    done: int = Field(description="Files that have ended, however they did.")
    failed: int = Field(description="Those of them that could not be read.")
    total: int | None
    rate: float | None = Field(None, description="Files per second.")
    eta: datetime | None = Field(None, description="When the last file is likely to end.")


class BatchView(_Record):
    """A batch: its state, its files by state, the bad ones with reasons, and its links."""

    id: str
    state: State
    task: str
    priority: Priority
    metadata: Metadata
    webhook: str | None
    progress: BatchProgress
    files: dict[State, int] = Field(description="How many files are in each state.")
    bad_files: tuple[BadFile, ...] = Field(
        description=f"The first {BAD_FILES}; `links.bad_files` has all."
    )
    created: datetime
    started: datetime | None
    finished: datetime | None
    expires: datetime | None
    problem: Problem | None
    revision: int
    links: dict[str, str]


def batch_view(
    batch: Job, counts: Mapping[State, int], bad: Sequence[Job], now: float
) -> BatchView:
    """Return what the outside may see of a batch; `bad` are its first failed jobs."""
    here = f"/v1/batches/{batch.id}"
    return BatchView(
        id=batch.id,
        state=batch.state,
        task=str(batch.options.get("task", "")),
        priority=batch.priority,
        metadata=batch.metadata,
        webhook=batch.webhook,
        progress=_progress(batch, counts, now),
        files=dict(counts),
        bad_files=tuple(
            BadFile(name=file.name, job=job.id, problem=job.problem)
            for job in bad
            for file in job.uploads[:1]
        ),
        created=moment(batch.created),
        started=moment_or_none(batch.started),
        finished=moment_or_none(batch.finished),
        expires=moment_or_none(batch.expires),
        problem=batch.problem,
        revision=batch.revision,
        links={
            "self": here,
            "jobs": f"{here}/jobs",
            "bad_files": f"{here}/jobs?state=failed",
            "results": f"{here}/results",
        },
    )


def _progress(batch: Job, counts: Mapping[State, int], now: float) -> BatchProgress:
    """Return how far a batch is, with the mean rate of its files so far."""
    found, left = sum(counts.values()), unfinished(counts)
    done, rate, eta = found - left, None, None
    if batch.started is not None and done:
        ended = batch.finished or now
        rate = done / max(ended - batch.started, 1e-3)
        if left and batch.units is not None:
            eta = moment(now + left / rate)
    return BatchProgress(
        done=done,
        failed=counts[State.FAILED] + counts[State.CANCELLED],
        total=None if batch.units is None and not batch.state.finished else found,
        rate=rate,
        eta=eta,
    )
