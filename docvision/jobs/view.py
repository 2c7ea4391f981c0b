"""A job as the outside sees it: what the API sends and the clients read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from docvision.jobs.model import Job, Problem, State


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class FileView(_Record):
    """A file of the job, as it was sent."""

    name: str
    media_type: str
    size: int = Field(description="Bytes.")
    sha256: str


class ProgressView(_Record):
    """How far the job is. `total` is null until the documents were opened and counted."""

    unit: Literal["page"] = "page"
    done: int
    failed: int
    total: int | None


class JobView(_Record):
    """A job: its state, its progress by page and where to find the result."""

    id: str
    state: State
    task: str
    options: dict[str, Any]
    files: tuple[FileView, ...]
    progress: ProgressView
    position: int | None = Field(None, description="Queued jobs ahead of this one.")
    created: datetime
    started: datetime | None
    finished: datetime | None
    expires: datetime | None
    problem: Problem | None
    revision: int = Field(description="Grows with each change; pass it back to wait for the next.")
    links: dict[str, str]


def job_view(job: Job, position: int | None = None) -> JobView:
    """Return what the outside may see of a job."""
    here = f"/v1/jobs/{job.id}"
    has_result = job.state in (State.SUCCEEDED, State.PARTIAL)
    return JobView(
        id=job.id,
        state=job.state,
        task=job.task,
        options={name: value for name, value in job.options.items() if name != "password"},
        files=tuple(FileView.model_validate(file.model_dump()) for file in job.uploads),
        progress=ProgressView(done=job.units_done, failed=job.units_failed, total=job.units),
        position=position,
        created=_moment(job.created),
        started=_moment_or_none(job.started),
        finished=_moment_or_none(job.finished),
        expires=_moment_or_none(job.expires),
        problem=job.problem,
        revision=job.revision,
        links={"self": here, **({"result": f"{here}/result"} if has_result else {})},
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _moment_or_none(seconds: float | None) -> datetime | None:
    return None if seconds is None else _moment(seconds)
