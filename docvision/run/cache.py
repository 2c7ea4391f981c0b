"""Taking over the result of the same work, where a job of the same tenant has done it before."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from docvision.errors import BlobMissing, JobNotFound
from docvision.jobs import keys
from docvision.jobs.keeper import Held
from docvision.jobs.model import Job, Progress, Review, State
from docvision.jobs.once import digest, work_of
from docvision.run.bench import Bench
from docvision.tasks import prompts

_WORDINGS = tuple(
    sorted(value for name, value in vars(prompts).items() if name.endswith("_VERSION"))
)
_LEFT_OUT = {"remote_api_key", "remote_url", "remote_concurrency", "remote_timeout_seconds"}
_PIECE_BYTES = 1024 * 1024


def take_over(bench: Bench, job: Job, held: Held) -> bool:
    """Finish a job with the result of the same work done before; False where there is none."""
    work = work_of(job) if bench.settings.result_cache else None
    done = bench.once.recall(work, way_of(bench)) if work else None
    if work is None or done is None:
        return False
    try:
        source = bench.ledger.get(done)
        if source.state is not State.SUCCEEDED or source.tenant != job.tenant:
            return False
        if not _copy(bench, source, job, held.lease.token):
            return False
    except (JobNotFound, BlobMissing):
        bench.once.forget(work, done)
        return False
    bench.ledger.finish(
        held.lease,
        State.SUCCEEDED,
        keep=bench.settings.retention_seconds,
        whole=Progress(done=source.units_done, failed=0, total=source.units_done),
        review=Review.NEEDED if source.review else None,
    )
    bench.presence.add(jobs=1, cached=1)
    return True


def remember(bench: Bench, job: Job, finished: Job) -> None:
    """Note that a job has done its work, for those that ask the same later.

    Args:
        bench: Where it was done.
        job: The job as it was when the work was done.
        finished: The job as it is now.
    """
    work = work_of(job) if bench.settings.result_cache else None
    kept = (finished.expires or 0.0) - (finished.finished or 0.0)
    if work is not None and finished.state is State.SUCCEEDED:
        bench.once.remember(work, way_of(bench), job.id, kept)


def way_of(bench: Bench) -> str:
    """Return what names the way in which work is done here: versions, wordings and the model."""
    engine = bench.tools.engine
    settings = bench.settings.engine.model_dump(mode="json", exclude=_LEFT_OUT)
    profile: dict[str, Any] = asdict(engine.profile) if engine else {}
    return digest([version("docvision"), _WORDINGS, settings, str(sorted(profile.items()))])


def _copy(bench: Bench, source: Job, job: Job, token: int) -> bool:
    """Copy what a job's last step stored; False where the result cannot bear the other names."""
    old, new = keys.fence_root(source.id, source.fence), keys.fence_root(job.id, token)
    result = keys.result_key(source.id, source.fence)
    with contextlib.closing(bench.blobs.open(result)) as blob:
        head = _renamed(blob.read(_PIECE_BYTES), source, job)
    if head is None:
        return False
    for key in bench.blobs.keys(old):
        target = new + key.removeprefix(old)
        with bench.blobs.writer(target) as writer:
            for piece in _pieces(bench, key, head if key == result else b""):
                writer.write(piece)
    return True


def _pieces(bench: Bench, key: str, head: bytes) -> Iterator[bytes]:
    with contextlib.closing(bench.blobs.open(key)) as blob:
        if head:
            blob.read(_PIECE_BYTES)
            yield head
        while piece := blob.read(_PIECE_BYTES):
            yield piece


def _renamed(head: bytes, source: Job, job: Job) -> bytes | None:
    """Return a result's beginning with the document's name changed; see `results.stream`."""
    names = [file.name for file in source.uploads], [file.name for file in job.uploads]
    if names[0] == names[1]:
        return head
    if len(names[0]) != 1:
        return None
    before, after = (f'"documents": [{{"name": {_json(name[0])}'.encode() for name in names)
    return head.replace(before, after, 1) if before in head else None


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
