"""A job as the outside sees it: what the API sends and the clients read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from docvision.jobs.batch import BATCH
from docvision.jobs.model import DEFAULT_TENANT, Job, Priority, Problem, Review, State


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class FileView(_Record):
    """A file of the job, as it was sent."""

    name: str
    media_type: str
    size: int = Field(description="Bytes.")
    sha256: str


class ProgressView(_Record):
    """How far the job is. `total` is null until the documents were opened and counted.

    `rate` and `eta` are null until a page was read, and where the job was read in one go.
    """

    unit: Literal["page"] = "page"
    done: int
    failed: int
    total: int | None
    rate: float | None = Field(None, description="Pages per second.")
    eta: datetime | None = Field(None, description="When the last page is likely to be read.")


class JobView(_Record):
    """A job: its state, its progress by page and where to find the result."""

    id: str
    state: State
    task: str
    options: dict[str, Any]
    files: tuple[FileView, ...]
    tenant: str = DEFAULT_TENANT
    priority: Priority = Priority.NORMAL
    batch: str | None = None
    metadata: dict[str, str | int | float | bool | None] = {}
    webhook: str | None = None
    keep: float | None = Field(None, description="Seconds to keep the result; null: as installed.")
    progress: ProgressView
    position: int | None = Field(None, description="Queued jobs ahead of this one.")
    created: datetime
    started: datetime | None
    finished: datetime | None
    expires: datetime | None
    problem: Problem | None
    review: Review | None = Field(None, description="Whether a person has to look at the result.")
    revision: int = Field(description="Grows with each change; pass it back to wait for the next.")
    links: dict[str, str]


def job_view(job: Job, position: int | None = None) -> JobView:
    """Return what the outside may see of a job."""
    result = {"result": f"/v1/jobs/{job.id}/result"}
    links = {"self": f"/v1/jobs/{job.id}"}
    if job.task == BATCH:  # as a webhook tells of it
        links, result = {"self": f"/v1/batches/{job.id}"}, {}
    has_result = job.state in (State.SUCCEEDED, State.PARTIAL)
    return JobView(
        id=job.id,
        state=job.state,
        task=job.task,
        options={name: value for name, value in job.options.items() if name != "password"},
        files=tuple(FileView.model_validate(file.model_dump()) for file in job.uploads),
        tenant=job.tenant,
        priority=job.priority,
        batch=job.batch,
        metadata=job.metadata,
        webhook=job.webhook,
        keep=job.keep,
        progress=_progress(job),
        position=position,
        created=moment(job.created),
        started=moment_or_none(job.started),
        finished=moment_or_none(job.finished),
        expires=moment_or_none(job.expires),
        problem=job.problem,
        review=job.review,
        revision=job.revision,
        links=links | (result if has_result else {}),
    )


def _progress(job: Job) -> ProgressView:
    """Return how far a job is, with the mean rate of its pages so far."""
    read, rate, eta = job.units_done + job.units_failed, None, None
    if job.planned is not None and job.progressed is not None and job.progressed > job.planned:
        rate = read / (job.progressed - job.planned)
        if job.units is not None and not job.state.finished:
            eta = moment(job.progressed + (job.units - read) / rate)
    return ProgressView(
        done=job.units_done, failed=job.units_failed, total=job.units, rate=rate, eta=eta
    )


def moment(seconds: float) -> datetime:
    """Return a Unix time in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def moment_or_none(seconds: float | None) -> datetime | None:
    """Return a Unix time in UTC, None for None."""
    return None if seconds is None else moment(seconds)
