"""How a step of a whole job is held and let go of, and what is told of an error."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

from docvision.errors import (
    BlobMissing,
    Cancelled,
    DocvisionError,
    InputError,
    JobNotFound,
    LeaseLost,
    Quarantined,
    RequestError,
    StorageError,
    SuspectWork,
)
from docvision.jobs import keys
from docvision.jobs.keeper import Held
from docvision.jobs.mending import has_record
from docvision.jobs.model import Lease, Problem, State, Step
from docvision.jobs.wire import Message
from docvision.run.bench import Bench

_log = logging.getLogger(__name__)
_DROPPED = (Cancelled, LeaseLost, JobNotFound)
"""What ends work that is no longer wanted from here."""

MOST_DEATHS = 3
"""Work under which so many workers died is not tried again."""


@contextlib.contextmanager
def leased(bench: Bench, job_id: str, step: Step) -> Iterator[Held | None]:
    """Hold the lease on a step, None where it is not to be had; an error in it is settled.

    It is held with nothing else under way in this process where a worker has died over the step.
    """
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(bench.isolation.together())
            lease = bench.claim(job_id, step)
        except SuspectWork:
            stack.close()
            stack.enter_context(bench.isolation.alone())
            lease = bench.claim(job_id, step, alone=True)
        if lease is not None and lease.deaths >= MOST_DEATHS:
            _fail(bench, lease, quarantined(lease))
            lease = None
        if lease is None:
            yield None
            return
        with bench.keeper.hold(lease) as held, _settling(bench, held):
            yield held


def settle(bench: Bench, held: Held, again: Message | None) -> None:
    """Release a lease; send its work again when stopping; leave nothing of a deleted job."""
    bench.ledger.release(held.lease)
    if again is None:
        return
    try:
        finished = bench.ledger.get(again.job).state.finished
    except JobNotFound:
        if not has_record(bench.blobs, again.job):
            bench.blobs.delete_tree(keys.root(again.job))
        return
    if bench.keeper.stopping.is_set() and not finished:
        bench.publisher.publish(again)


def quarantined(lease: Lease) -> Quarantined:
    """Return why the work under this lease is not tried again."""
    message = f"{lease.deaths} workers ended while they did this; it is not tried again."
    return Quarantined(message, deaths=lease.deaths)


def problem_of(error: Exception) -> Problem:
    """Return what may be shown of an error; of one that is not ours, only that it happened."""
    if isinstance(error, DocvisionError):
        return Problem(**error.to_wire())
    return Problem(code=DocvisionError.code, message="Reading failed for a reason of our own.")


def log_surprise(job_id: str, error: Exception) -> None:
    """Log an error, with its trace where it is nobody's input's fault."""
    if isinstance(error, (InputError, RequestError)):
        _log.info("job %s: %s", job_id, error.code)
    else:
        _log.error("job %s: %s", job_id, type(error).__name__, exc_info=error)


@contextlib.contextmanager
def _settling(bench: Bench, held: Held) -> Iterator[None]:
    lease = held.lease
    try:
        yield
    except BlobMissing as error:
        # What the work needs is gone, and no later try would find it.
        if has_record(bench.blobs, lease.job):
            _fail(bench, lease, error)
        else:
            _forget(bench, lease)
    except (*_DROPPED, StorageError) as error:
        settle(bench, held, Message(job=lease.job, step=lease.step))
        if isinstance(error, StorageError):
            raise
    except Exception as error:  # noqa: BLE001  the edge of a job: a bug ends it, and says so
        _fail(bench, lease, error)


def _forget(bench: Bench, lease: Lease) -> None:
    """Forget a job that was never accepted: its sender was told that it could not be entered."""
    _log.info("job %s has neither files nor a record and is forgotten", lease.job)
    with contextlib.suppress(JobNotFound):
        bench.ledger.delete(lease.job)


def _fail(bench: Bench, lease: Lease, error: Exception) -> None:
    log_surprise(lease.job, error)
    keep = bench.settings.retention_seconds
    with contextlib.suppress(LeaseLost):
        bench.ledger.finish(lease, State.FAILED, problem=problem_of(error), keep=keep)
