"""Reading a job's units: claim them, read them, commit each answer as soon as it is there.

Units travel in groups, and a group is read together. After a worker has died, each unit that it
held is read by itself, with nothing else under way in the process: so the one that kills is found,
and nobody else is blamed for it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from types import TracebackType
from typing import Self

from docvision.errors import (
    BlobMissing,
    Cancelled,
    DocvisionError,
    JobNotFound,
    LeaseLost,
    StorageError,
    SuspectWork,
    Timeout,
)
from docvision.jobs import keys
from docvision.jobs.keeper import Held
from docvision.jobs.model import Job, Lease, Step, Unit
from docvision.jobs.wire import Message
from docvision.pipeline import read_units
from docvision.results.model import Usage
from docvision.run.answers import dump_answer
from docvision.run.bench import Bench, Shelf
from docvision.run.settle import MOST_DEATHS, log_surprise, problem_of, quarantined, settle
from docvision.tasks.base import UnitAnswer, unread_page
from docvision.tasks.options import validate_options
from docvision.tasks.registry import get_task


def read_planned(bench: Bench, job_id: str, shelf: Shelf, wanted: Sequence[int]) -> bool:
    """Read and commit units; return whether no unit of the job is left."""
    try:
        job = bench.ledger.get(job_id)
    except JobNotFound:
        return False
    units = [unit for unit in bench.ledger.units(job_id) if unit.index in set(wanted)]
    suspects: list[Unit] = []
    with bench.isolation.together(), Claims(bench, job) as claims:
        for unit in units:
            try:
                claims.take(unit)
            except SuspectWork:
                suspects.append(unit)
        healthy = [unit for unit in units if claims.holds(unit)]
        complete = _read(bench, job, shelf, claims, healthy)
    for unit in suspects:
        with bench.isolation.alone(), Claims(bench, job) as claims:
            complete = _read_suspect(bench, job, shelf, claims, unit) or complete
    return complete


def read_answers(
    bench: Bench, job: Job, shelf: Shelf, units: Sequence[Unit], unwanted: Callable[[], bool]
) -> Iterator[UnitAnswer]:
    """Yield the answers of units of one document, a problem where one could not be read.

    Raises:
        Cancelled: `unwanted()` was true.
    """
    left = {unit.index: unit for unit in units}
    if not units:
        return
    seconds = bench.settings.worker.unit_seconds
    with bench.pulse.work(seconds) as beat:
        try:
            document = shelf.open(job, units[0].document)
            task, options = get_task(job.task), validate_options(job.task, job.options)
            late = lambda: unwanted() or beat.overdue  # noqa: E731
            tools = bench.tools.for_task(job.task)
            for answer in read_units(task, document, units, options, tools, late):
                beat.beat()
                del left[answer.unit.index]
                yield answer
            return
        except Cancelled:
            if unwanted():
                raise
            failure: Exception = Timeout(f"The page took longer than {seconds:g} s.")
            singly = True
        except Exception as error:
            if isinstance(error, StorageError) and not isinstance(error, BlobMissing):
                raise
            failure, singly = error, not isinstance(error, DocvisionError)
    log_surprise(job.id, failure)
    shelf.close()
    if len(left) > 1 and singly:
        for unit in left.values():
            yield from read_answers(bench, job, shelf, [unit], unwanted)
    else:
        yield from (unread(unit, failure) for unit in left.values())


def unread(unit: Unit, error: Exception) -> UnitAnswer:
    """Return the answer of a unit that could not be read."""
    problem = problem_of(error)
    page = unread_page(unit.page + 1, problem, unit.start)
    return UnitAnswer(unit=unit, pages=(page,), usage=Usage(), problem=problem)


class Claims:
    """The units of a job that are held here; a context manager that gives back what is left."""

    def __init__(self, bench: Bench, job: Job) -> None:
        self._bench = bench
        self._job_id = job.id
        self._mine: dict[int, Held] = {}
        self._stack = contextlib.ExitStack()

    @property
    def lost(self) -> bool:
        """Whether none of the units is wanted from here any more."""
        return all(held.lost for held in self._mine.values())

    def holds(self, unit: Unit) -> bool:
        """Return whether the unit is held here."""
        return unit.index in self._mine

    def take(self, unit: Unit, *, alone: bool = False) -> Lease | None:
        """Claim a unit and hold on to it, None where it is not to be had; raises SuspectWork."""
        lease = self._bench.claim(self._job_id, Step.READ, unit.index, alone=alone)
        if lease is not None:
            hold = self._bench.keeper.hold(lease)
            self._mine[unit.index] = self._stack.enter_context(hold)
        return lease

    def commit(self, answer: UnitAnswer) -> bool:
        """Store and commit an answer; return whether no unit of the job is left."""
        index = answer.unit.index
        held = self._mine[index]
        if held.lost:
            return False
        key = keys.unit_key(self._job_id, index, held.lease.token)
        self._bench.blobs.put(key, dump_answer(answer))
        try:
            progress = self._bench.ledger.commit(held.lease, answer.problem)
        except LeaseLost:
            held.lose()
            return False
        del self._mine[index]
        return progress.complete

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        again = Message(job=self._job_id, step=Step.READ, units=tuple(self._mine))
        with self._stack:
            for number, held in enumerate(self._mine.values(), start=1):
                settle(self._bench, held, again if number == len(self._mine) else None)


def _read(bench: Bench, job: Job, shelf: Shelf, claims: Claims, units: Sequence[Unit]) -> bool:
    complete = False
    with contextlib.suppress(Cancelled):
        for _, group in groupby(units, key=lambda unit: unit.document):
            for answer in read_answers(bench, job, shelf, list(group), lambda: claims.lost):
                complete = claims.commit(answer) or complete
    return complete


def _read_suspect(bench: Bench, job: Job, shelf: Shelf, claims: Claims, unit: Unit) -> bool:
    lease = claims.take(unit, alone=True)
    if lease is None:
        return False
    if lease.deaths >= MOST_DEATHS:
        return claims.commit(unread(unit, quarantined(lease)))
    return _read(bench, job, shelf, claims, [unit])
