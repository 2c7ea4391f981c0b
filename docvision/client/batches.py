"""What a client says of batches: pure calls, as in `protocol`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

import httpx

from docvision.client.protocol import SLACK, Call, checked_id
from docvision.client.uploads import Part
from docvision.jobs.batch_view import BatchView
from docvision.jobs.model import Priority, State
from docvision.jobs.view import JobView

POLL = 1.0
"""Seconds between two looks at a batch's progress."""


@dataclass(frozen=True, kw_only=True)
class BatchOrder:
    """What is wanted of a batch's files; the manifest says more of some of them."""

    task: str = "ocr"
    options: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    priority: Priority = Priority.BULK
    manifest: Path | None = None

    @property
    def form(self) -> dict[str, str]:
        """The fields that say it."""
        return {
            "task": self.task,
            "options": json.dumps(self.options),
            "metadata": json.dumps(self.metadata),
            "priority": self.priority.value,
        }


def submit_batch(
    files: Mapping[str, str | PathLike[str]] | Sequence[str | PathLike[str]],
    order: BatchOrder,
    key: str | None,
) -> Call[BatchView]:
    """Enter a batch of archives and files; a mapping gives the names that they are sent under."""
    if isinstance(files, Mapping):
        parts = [Part(path=Path(path), name=name) for name, path in files.items()]
    else:
        parts = [Part(path=Path(path)) for path in files]
    if order.manifest is not None:
        parts.insert(0, Part(path=order.manifest, field="manifest"))
    return Call(
        method="POST",
        path="/v1/batches",
        parse=_batch,
        form=order.form,
        files=tuple(parts),
        headers={"Idempotency-Key": key} if key else {},
        read_timeout=600.0,
        repeatable=key is not None,
    )


def get_batch(batch_id: str, wait: float | None) -> Call[BatchView]:
    """Ask for a batch; with `wait`, at its end, or after so many seconds."""
    return Call(
        method="GET",
        path=_path(batch_id),
        parse=_batch,
        params={"wait": f"{wait:.2f}"} if wait else {},
        read_timeout=(wait or 0.0) + 2 * SLACK,
    )


def list_batch_jobs(
    batch_id: str, state: State | None, limit: int, before: str | None
) -> Call[list[JobView]]:
    """Ask for the jobs of a batch's files, in their order, after the job `before`."""
    params = {"limit": str(limit)}
    params |= {"state": state.value} if state else {}
    params |= {"before": before} if before else {}
    return Call(method="GET", path=f"{_path(batch_id)}/jobs", parse=_jobs, params=params)


def cancel_batch(batch_id: str) -> Call[BatchView]:
    """Ask to cancel a batch."""
    return Call(method="POST", path=f"{_path(batch_id)}/cancel", parse=_batch, read_timeout=120.0)


def delete_batch(batch_id: str) -> Call[None]:
    """Ask to forget a batch and all that belongs to it."""
    return Call(
        method="DELETE", path=_path(batch_id), parse=lambda response: None, read_timeout=120.0
    )


def get_results(batch_id: str, fmt: str, render: str) -> Call[None]:
    """Ask for all results of a batch in one file, which is taken piece by piece."""
    return Call(
        method="GET",
        path=f"{_path(batch_id)}/results",
        parse=lambda response: None,
        params={"format": fmt, "render": render},
        read_timeout=300.0,
    )


def _path(batch_id: str) -> str:
    return f"/v1/batches/{checked_id(batch_id)}"


def _batch(response: httpx.Response) -> BatchView:
    return BatchView.model_validate_json(response.content)


def _jobs(response: httpx.Response) -> list[JobView]:
    return [JobView.model_validate(job) for job in response.json()["jobs"]]
