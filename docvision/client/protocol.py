"""What a client says and what the answers mean: the core that both clients share, without I/O."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any, Generic, TypeVar

import httpx

from docvision.client.uploads import Part
from docvision.errors import (
    DocvisionError,
    InvalidRequest,
    JobNotReady,
    ServerUnavailable,
)
from docvision.jobs.model import State
from docvision.jobs.view import JobView
from docvision.planning.model import Plan
from docvision.results.model import Result

T = TypeVar("T")

DEFAULT_SERVER = "http://127.0.0.1:8400"
LONG_POLL = 20.0
"""Seconds that one look at a job may be held open by the server."""
SLACK = 10.0
"""Seconds allowed on top of a long poll before the server counts as gone."""

_PROBLEM_FIELDS = frozenset({"type", "title", "status", "detail", "instance", "code", "retryable"})


@dataclass(frozen=True, kw_only=True)
class Call(Generic[T]):
    """One request: what to send, how patient to be, and how to understand the answer.

    `repeatable` says whether it does no harm to send it again when it is not known whether the
    first one arrived. `parse` takes a good answer only.
    """

    method: str
    path: str
    parse: Callable[[httpx.Response], T]
    params: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Part, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    read_timeout: float = 30.0
    repeatable: bool = True

    @property
    def timeout(self) -> httpx.Timeout:
        """Seconds to connect, write and read."""
        return httpx.Timeout(30.0, connect=5.0, read=self.read_timeout)

    def understand(self, response: httpx.Response) -> T:
        """Return what a good answer holds; raise the typed error that a bad one names."""
        if response.is_success:
            return self.parse(response)
        raise error_of(response)


def submit(
    paths: Sequence[str | PathLike[str]],
    task: str,
    options: Mapping[str, Any],
    key: str | None = None,
    fields: Mapping[str, str] | None = None,
) -> Call[JobView]:
    """Enter a job of these files; with a key of its own it can be sent again without harm."""
    return Call(
        method="POST",
        path="/v1/jobs",
        parse=_job,
        form={"task": task, "options": json.dumps(options), **(fields or {})},
        files=tuple(Part(path=Path(path)) for path in paths),
        headers={"Idempotency-Key": key} if key else {},
        read_timeout=120.0,
        repeatable=key is not None,
    )


def make_plan(
    paths: Sequence[str | PathLike[str]], task: str | None, options: Mapping[str, Any]
) -> Call[Plan]:
    """Ask what a task, or each task, would take of these files."""
    return Call(
        method="POST",
        path="/v1/plan",
        parse=lambda response: Plan.model_validate_json(response.content),
        form={"options": json.dumps(options)} | ({"task": task} if task else {}),
        files=tuple(Part(path=Path(path)) for path in paths),
        read_timeout=120.0,
    )


def get_job(job_id: str, wait: float | None = None, revision: int | None = None) -> Call[JobView]:
    """Ask for a job; with `wait`, once its revision is above `revision`, or after the wait."""
    return _look(job_id, wait, revision, _job)


def list_jobs(state: State | None, limit: int, before: str | None) -> Call[list[JobView]]:
    """Ask for jobs, newest first, older than the id `before`."""
    params = {"limit": str(limit)}
    if state is not None:
        params["state"] = state.value
    if before is not None:
        params["before"] = before
    return Call(method="GET", path="/v1/jobs", parse=_jobs, params=params)


def get_result(job_id: str) -> Call[Result]:
    """Ask for a job's result."""
    return Call(
        method="GET",
        path=f"{job_path(job_id)}/result",
        parse=lambda response: Result.model_validate_json(response.content),
        params={"format": "json"},
        read_timeout=120.0,
    )


def get_rendered(job_id: str, fmt: str, document: int) -> Call[bytes]:
    """Ask for a job's result in one of the formats (json, md, html, …).

    `document` counts the job's files from 0; only `pdf` is of one file.
    """
    params = {"format": fmt} | ({"document": str(document)} if document else {})
    return Call(
        method="GET",
        path=f"{job_path(job_id)}/result",
        parse=lambda response: response.content,
        params=params,
        read_timeout=120.0,
    )


def cancel(job_id: str) -> Call[JobView]:
    """Ask to cancel a job."""
    return Call(method="POST", path=f"{job_path(job_id)}/cancel", parse=_job)


def retry(job_id: str) -> Call[JobView]:
    """Ask for what a job could not read to be read again."""
    return Call(method="POST", path=f"{job_path(job_id)}/retry", parse=_job)


def delete(job_id: str) -> Call[None]:
    """Ask to forget a job and all that belongs to it."""
    return Call(method="DELETE", path=job_path(job_id), parse=lambda response: None)


def list_models() -> Call[list[dict[str, Any]]]:
    """Ask which models answer."""
    return Call(
        method="GET", path="/v1/models", parse=lambda response: list(response.json()["models"])
    )


def list_tasks() -> Call[list[dict[str, Any]]]:
    """Ask which tasks there are."""
    return Call(
        method="GET", path="/v1/tasks", parse=lambda response: list(response.json()["tasks"])
    )


def retry_after(response: httpx.Response) -> float | None:
    """Return the seconds that the server asks to wait, None where it names none."""
    try:
        return max(0.0, float(response.headers.get("retry-after", "")))
    except ValueError:
        return None


@dataclass(frozen=True, kw_only=True)
class Sight:
    """A job as it was seen, and the seconds that the server asks to stay away."""

    job: JobView
    rest: float | None


class Watch:
    """The state of one wait for a job: which call comes next, and when.

    Args:
        job_id: The job.
        limit: Seconds that the wait may take; None for as long as it takes.
    """

    def __init__(self, job_id: str, limit: float | None) -> None:
        self._id = job_id
        self._limit = limit
        self._begun = self._asked = time.monotonic()
        self._poll: float | None = None
        self._job: JobView | None = None

    def next_call(self) -> Call[Sight]:
        """Return the next look at the job; the first does not wait.

        Raises:
            JobNotReady: The time is over.
        """
        self._asked = time.monotonic()
        if self._job is not None:
            self._poll = self._time_left(self._job)
        return _look(self._id, self._poll, self._job.revision if self._job else None, _sight)

    def news(self, sight: Sight) -> bool:
        """Take in what was seen; return whether it is anything new."""
        before, self._job = self._job, sight.job
        return before is None or sight.job.revision != before.revision

    def pause(self, sight: Sight) -> float:
        """Return the seconds to let pass after a look that showed nothing new.

        A server that held the poll open needs no rest; one that answered at once says in
        `Retry-After` how long to stay away.
        """
        held_open = self._poll is not None and time.monotonic() - self._asked >= 0.5 * self._poll
        if held_open:
            return 0.0
        return 1.0 if sight.rest is None else sight.rest

    def _time_left(self, job: JobView) -> float:
        if self._limit is None:
            return LONG_POLL
        left = self._begun + self._limit - time.monotonic()
        if left <= 0:
            raise JobNotReady(
                f"Job {self._id} is still {job.state} after {self._limit:g} s of waiting.",
                job=self._id,
                state=job.state.value,
            )
        return min(LONG_POLL, left)


def unreachable(server: str, error: httpx.TransportError) -> ServerUnavailable:
    """Return the error for a server that does not answer."""
    why = "took too long" if isinstance(error, httpx.TimeoutException) else "does not answer"
    return ServerUnavailable(
        f"The docvision server at {server} {why}. `docvision up` starts one.", server=server
    )


def headers_of(key: str | None) -> dict[str, str]:
    """Return the headers of every request: the API key, if there is one."""
    return {} if key is None else {"Authorization": f"Bearer {key}"}


def checked_server(server: str) -> str:
    """Return a server's base URL without a slash at its end.

    Raises:
        InvalidRequest: It is no http or https URL.
    """
    try:
        url = httpx.URL(server)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in ("http", "https") or not url.host:
        raise InvalidRequest(
            f"{server!r} is no server's address; one looks like {DEFAULT_SERVER}.", field="server"
        )
    return server.rstrip("/")


def checked_id(text: str) -> str:
    """Return an id that can be part of a path; raises InvalidRequest."""
    if not text.isalnum():
        raise InvalidRequest("An id has letters and digits only.", field="id")
    return text


def _job(response: httpx.Response) -> JobView:
    return JobView.model_validate_json(response.content)


def _jobs(response: httpx.Response) -> list[JobView]:
    return [JobView.model_validate(job) for job in response.json()["jobs"]]


def _sight(response: httpx.Response) -> Sight:
    return Sight(job=_job(response), rest=retry_after(response))


def _look(
    job_id: str,
    wait: float | None,
    revision: int | None,
    parse: Callable[[httpx.Response], T],
) -> Call[T]:
    params: dict[str, str] = {}
    if wait:
        params["wait"] = f"{wait:.2f}"
    if revision is not None:
        params["revision"] = str(revision)
    patience = (wait or 0.0) + SLACK
    return Call(
        method="GET", path=job_path(job_id), parse=parse, params=params, read_timeout=patience
    )


def job_path(job_id: str) -> str:
    """Return where a job is on the server; raises InvalidRequest for what is no id."""
    return f"/v1/jobs/{checked_id(job_id)}"


def error_of(response: httpx.Response) -> DocvisionError:
    """Rebuild the typed error from problem+json: `detail` is its sentence, the rest its values."""
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict) or "code" not in body:
        return DocvisionError(
            f"The server answered {response.status_code} {response.reason_phrase}.",
            status=response.status_code,
        )
    values = {name: value for name, value in body.items() if name not in _PROBLEM_FIELDS}
    wire = {"code": body["code"], "message": body.get("detail", ""), "detail": values}
    return DocvisionError.from_wire(wire)
