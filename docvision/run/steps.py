"""The work on a job, one message at a time: claim, run the pipeline, commit.

    prepare ─┬─ one unit ───────────────────────────────────> finish
             ├─ a few units ──> read here ─────> assemble ──> finish
             └─ many units ───> READ messages ─> ASSEMBLE ──> finish

`prepare`, `read` and `assemble` may be called twice, at the same time or after a crash: what is
done is skipped, what another worker holds is left to it, and what is lost is not committed.
They raise StorageError when a store does not answer; the sweeper then sends the work again.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from docvision.errors import (
    Cancelled,
    DocvisionError,
    InputError,
    JobNotFound,
    LeaseLost,
    RequestError,
    StorageError,
)
from docvision.jobs import keys
from docvision.jobs.keeper import Held
from docvision.jobs.model import Job, Problem, Progress, State, Step, Unit
from docvision.jobs.wire import Message
from docvision.pipeline import plan_units, read_units, searchable_copy
from docvision.results.model import Page, Result, Usage
from docvision.results.model import Problem as Note
from docvision.results.stream import PageJson, page_json, result_json
from docvision.run.answers import StoredAnswers, dump_answer
from docvision.run.bench import Bench, Opened, Shelf, dump_plan, load_plan
from docvision.run.verdict import Verdict, judge
from docvision.tasks.base import UnitAnswer
from docvision.tasks.options import validate_options
from docvision.tasks.registry import get_task

_log = logging.getLogger(__name__)
_DROPPED = (Cancelled, LeaseLost, JobNotFound)
"""What ends work that is no longer wanted from here."""


def prepare(bench: Bench, job_id: str) -> None:
    """Open the documents, plan the units, and go on as far as one message should."""
    with Shelf(bench) as shelf:
        here: Sequence[Unit] = ()
        with _leased(bench, job_id, Step.PREPARE) as held:
            if held is not None:
                here = _prepare(bench, bench.ledger.get(job_id), shelf, held)
        if here and _read(bench, job_id, shelf, [unit.index for unit in here]):
            assemble(bench, job_id)


def read(bench: Bench, job_id: str, units: Sequence[int]) -> None:
    """Read those of the units that are still to be read and that nobody holds."""
    with Shelf(bench) as shelf:
        complete = _read(bench, job_id, shelf, units)
    if complete:
        bench.publisher.publish(Message(job=job_id, step=Step.ASSEMBLE))


def assemble(bench: Bench, job_id: str) -> None:
    """Merge the answers of all units, store the result and finish the job."""
    with _leased(bench, job_id, Step.ASSEMBLE) as held:
        if held is None:
            return
        units = bench.ledger.units(job_id)
        opened = load_plan(bench.blobs.get(keys.plan_key(job_id)))
        stored = StoredAnswers(bench.blobs, job_id, units)
        with Shelf(bench) as shelf:
            job, answers = bench.ledger.get(job_id), stored.outlines()
            _finish(bench, job, shelf, held, opened, answers, write=stored.page)
        bench.blobs.delete_tree(keys.units_root(job_id))


def _prepare(bench: Bench, job: Job, shelf: Shelf, held: Held) -> Sequence[Unit]:
    """Commit PREPARE, and the whole job where it is one unit; return the units to go on with."""
    opened, units = _open_all(job, shelf)
    if len(units) <= 1:
        answers = list(_answers(bench, job, shelf, units, lambda: held.lost))
        failed = sum(answer.problem is not None for answer in answers)
        whole = Progress(done=len(units) - failed, failed=failed, total=len(units))
        _finish(bench, job, shelf, held, opened, answers, whole=whole)
        return ()
    bench.blobs.put(keys.plan_key(job.id), dump_plan(opened))
    bench.ledger.plan(held.lease, units)
    size = bench.settings.worker.pages_per_message
    if len(units) <= size:
        return units
    indexes = tuple(unit.index for unit in units)
    for message in Message(job=job.id, step=Step.READ, units=indexes).split(size):
        bench.publisher.publish(message)
    return ()


def _open_all(job: Job, shelf: Shelf) -> tuple[list[Opened], list[Unit]]:
    """Open each document in turn; one that cannot be read has a problem and no units."""
    task, options = get_task(job.task), validate_options(job.task, job.options)
    opened: list[Opened] = []
    units: list[Unit] = []
    for index in range(len(job.uploads)):
        try:
            document = shelf.open(job, index)
            units += plan_units(task, index, document, options, len(units))
            opened.append(Opened(info=document.info))
        except (InputError, RequestError) as error:
            opened.append(Opened(problem=_problem(error)))
    return opened, units


def _read(bench: Bench, job_id: str, shelf: Shelf, wanted: Sequence[int]) -> bool:
    """Read and commit; return whether no unit of the job is left."""
    try:
        job = bench.ledger.get(job_id)
    except JobNotFound:
        return False
    units = [unit for unit in bench.ledger.units(job_id) if unit.index in set(wanted)]
    mine: dict[int, Held] = {}
    complete = False
    with contextlib.ExitStack() as stack:
        stack.callback(_give_back, bench, job_id, mine)
        for unit in units:
            if lease := bench.claim(job_id, Step.READ, unit.index):
                mine[unit.index] = stack.enter_context(bench.keeper.hold(lease))
        claimed = [unit for unit in units if unit.index in mine]
        with contextlib.suppress(Cancelled):
            for answer in _answers_of_all(bench, job, shelf, claimed, mine):
                complete = _commit(bench, job_id, mine, answer) or complete
    return complete


def _answers_of_all(
    bench: Bench, job: Job, shelf: Shelf, units: Sequence[Unit], mine: dict[int, Held]
) -> Iterator[UnitAnswer]:
    def unwanted() -> bool:
        return all(held.lost for held in mine.values())

    for _, group in groupby(units, key=lambda unit: unit.document):
        yield from _answers(bench, job, shelf, list(group), unwanted)


def _answers(
    bench: Bench, job: Job, shelf: Shelf, units: Sequence[Unit], unwanted: Callable[[], bool]
) -> Iterator[UnitAnswer]:
    """Yield the answers of units of one document, a problem where one could not be read."""
    left = {unit.index: unit for unit in units}
    if not units:
        return
    try:
        document = shelf.open(job, units[0].document)
        task, options = get_task(job.task), validate_options(job.task, job.options)
        for answer in read_units(task, document, units, options, bench.tools, unwanted):
            del left[answer.unit.index]
            yield answer
    except (Cancelled, StorageError):
        raise
    except Exception as error:  # noqa: BLE001  the edge of a unit: a bug costs it, not the job
        _log_surprise(job.id, error)
        shelf.close()
        if len(left) > 1 and not isinstance(error, DocvisionError):
            for unit in left.values():
                yield from _answers(bench, job, shelf, [unit], unwanted)
        else:
            yield from (_failed(unit, error) for unit in left.values())


def _commit(bench: Bench, job_id: str, mine: dict[int, Held], answer: UnitAnswer) -> bool:
    """Store and commit an answer; return whether no unit of the job is left."""
    index = answer.unit.index
    if mine[index].lost:
        return False
    bench.blobs.put(keys.unit_key(job_id, index), dump_answer(answer))
    try:
        progress = bench.ledger.commit(mine[index].lease, answer.problem)
    except LeaseLost:
        mine[index].lose()
        return False
    del mine[index]
    return progress.complete


def _finish(
    bench: Bench,
    job: Job,
    shelf: Shelf,
    held: Held,
    opened: Sequence[Opened],
    answers: Sequence[UnitAnswer],
    *,
    whole: Progress | None = None,
    write: PageJson = lambda document, page: page_json(page),
) -> None:
    """Merge, store the result where there is one, and end the job."""
    verdict: Verdict = judge(job, bench.model, opened, answers)
    if held.lost:
        raise LeaseLost("The work is no longer wanted from here.", job=job.id)
    if verdict.result is not None:
        with bench.blobs.writer(keys.result_key(job.id)) as blob:
            for piece in result_json(verdict.result, write):
                blob.write(piece)
        if job.options.get("searchable_pdf"):
            _store_copies(bench, job, shelf)
    keep = bench.settings.retention_seconds
    bench.ledger.finish(held.lease, verdict.state, problem=verdict.problem, keep=keep, whole=whole)
    usage = sum((answer.usage for answer in answers), Usage())
    bench.presence.add(jobs=1, pages=len(answers), seconds=usage.seconds)


def _store_copies(bench: Bench, job: Job, shelf: Shelf) -> None:
    """Make and store the searchable PDF of each document that could be read."""
    result = Result.model_validate_json(bench.blobs.get(keys.result_key(job.id)))
    for index, read in enumerate(result.documents):
        if read.problem is None and (copy := searchable_copy(shelf.open(job, index), read)):
            bench.blobs.put(keys.searchable_pdf_key(job.id, index), copy)


@contextlib.contextmanager
def _leased(bench: Bench, job_id: str, step: Step) -> Iterator[Held | None]:
    """Hold the lease on a step, None where it is not to be had; an error in it is settled."""
    lease = bench.claim(job_id, step)
    if lease is None:
        yield None
        return
    with bench.keeper.hold(lease) as held:
        try:
            yield held
        except (*_DROPPED, StorageError) as error:
            _settle(bench, held, Message(job=job_id, step=step))
            if isinstance(error, StorageError):
                raise
        except Exception as error:  # noqa: BLE001  the edge of a job: a bug ends it, and says so
            _log_surprise(job_id, error)
            keep = bench.settings.retention_seconds
            with contextlib.suppress(LeaseLost):
                bench.ledger.finish(lease, State.FAILED, problem=_problem(error), keep=keep)


def _give_back(bench: Bench, job_id: str, mine: dict[int, Held]) -> None:
    """Let go of the units that were not committed."""
    again = Message(job=job_id, step=Step.READ, units=tuple(mine))
    for number, held in enumerate(mine.values(), start=1):
        _settle(bench, held, again if number == len(mine) else None)


def _settle(bench: Bench, held: Held, again: Message | None) -> None:
    """Release a lease; send its work again when stopping; leave nothing of a deleted job."""
    bench.ledger.release(held.lease)
    if again is None:
        return
    try:
        finished = bench.ledger.get(again.job).state.finished
    except JobNotFound:
        bench.blobs.delete_tree(keys.root(again.job))
        return
    if bench.keeper.stopping.is_set() and not finished:
        bench.publisher.publish(again)


def _failed(unit: Unit, error: Exception) -> UnitAnswer:
    problem = _problem(error)
    note = Note(code=problem.code, message=problem.message)
    page = Page(number=unit.page + 1, width=0, height=0, unit="px", time=unit.start, problem=note)
    return UnitAnswer(unit=unit, pages=(page,), usage=Usage(), problem=problem)


def _problem(error: Exception) -> Problem:
    """Return what may be shown of an error; of one that is not ours, only that it happened."""
    if isinstance(error, DocvisionError):
        return Problem(**error.to_wire())
    return Problem(code=DocvisionError.code, message="Reading failed for a reason of our own.")


def _log_surprise(job_id: str, error: Exception) -> None:
    if isinstance(error, (InputError, RequestError)):
        _log.info("job %s: %s", job_id, error.code)
    else:
        _log.error("job %s: %s", job_id, type(error).__name__, exc_info=error)
