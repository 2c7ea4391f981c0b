"""The work on a job, one message at a time: claim, run the pipeline, commit.

    prepare ─┬─ one unit ───────────────────────────────────> finish
             ├─ a few units ──> read here ─────> assemble ──> finish
             └─ many units ───> READ messages ─> ASSEMBLE ──> finish

`prepare`, `read` and `assemble` may be called twice, at the same time or after a crash: what is
done is skipped, what another worker holds is left to it, and what is lost is not committed.
They raise StorageError when a store does not answer; the sweeper then sends the work again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial

from docvision.engines.profile import Prices
from docvision.errors import Cancelled, InputError, LeaseLost, RequestError, Timeout
from docvision.jobs import keys
from docvision.jobs.keeper import Held
from docvision.jobs.model import Job, Progress, Review, State, Step, Unit
from docvision.jobs.wire import Message
from docvision.pipeline import plan_units, searchable_copy
from docvision.results.model import Page, Result
from docvision.results.stream import PageJson, page_json, result_json
from docvision.review.store import note_doubts
from docvision.run.answers import StoredAnswers
from docvision.run.bench import Bench, Opened, Shelf, dump_plan, load_plan
from docvision.run.cache import remember, take_over
from docvision.run.figures import job_figures
from docvision.run.reading import read_answers, read_planned
from docvision.run.settle import leased, problem_of
from docvision.run.verdict import Verdict, judge
from docvision.tasks.base import Desk, UnitAnswer
from docvision.tasks.options import validate_options
from docvision.tasks.registry import get_task

_log = logging.getLogger(__name__)


def prepare(bench: Bench, job_id: str) -> None:
    """Open the documents, plan the units, and go on as far as one message should."""
    with Shelf(bench) as shelf:
        here: Sequence[Unit] = ()
        with leased(bench, job_id, Step.PREPARE) as held:
            if held is not None:
                here = _prepare(bench, bench.ledger.get(job_id), shelf, held)
        if here and read_planned(bench, job_id, shelf, [unit.index for unit in here]):
            assemble(bench, job_id)


def read(bench: Bench, job_id: str, units: Sequence[int]) -> None:
    """Read those of the units that are still to be read and that nobody holds."""
    with Shelf(bench) as shelf:
        complete = read_planned(bench, job_id, shelf, units)
    if complete:
        bench.publisher.publish(Message(job=job_id, step=Step.ASSEMBLE))


def assemble(bench: Bench, job_id: str) -> None:
    """Merge the answers of all units, store the result and finish the job."""
    with leased(bench, job_id, Step.ASSEMBLE) as held:
        if held is None:
            return
        job, units = bench.ledger.get(job_id), bench.ledger.units(job_id)
        stored = StoredAnswers(bench.blobs, job_id, units, bench.ledger.answers(job_id))
        answers = stored.outlines()
        gone = {unit.index for unit in units} - {answer.unit.index for answer in answers}
        if gone:
            bench.ledger.redo(held.lease, sorted(gone))
            return
        opened = load_plan(bench.blobs.get(keys.plan_key(job_id, job.fence)))
        with Shelf(bench) as shelf:
            finished = _finish(
                bench, job, shelf, held, opened, answers, write=stored.page, words=stored.words
            )
        if finished.state is State.SUCCEEDED:
            # Else what was read is kept for a retry.
            bench.blobs.delete_tree(keys.units_root(job_id))


def _prepare(bench: Bench, job: Job, shelf: Shelf, held: Held) -> Sequence[Unit]:
    """Commit PREPARE, and the whole job where it is one unit; return the units to go on with."""
    bench = bench.for_task(job.task)
    if take_over(bench, job, held):
        return ()
    opened, units = _open_all(job, shelf)
    bench.quota.charge(job, len(units))
    if len(units) <= 1:
        answers = list(read_answers(bench, job, shelf, units, lambda: held.lost))
        failed = sum(answer.problem is not None for answer in answers)
        whole = Progress(done=len(units) - failed, failed=failed, total=len(units))
        _finish(bench, job, shelf, held, opened, answers, whole=whole)
        return ()
    bench.blobs.put(keys.plan_key(job.id, held.lease.token), dump_plan(opened))
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
            opened.append(Opened(problem=problem_of(error)))
    return opened, units


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
    words: Callable[[int, Page], Page] = lambda document, page: page,
) -> Job:
    """Merge, store the result where there is one, and end the job; return it as it is then."""
    bench = bench.for_task(job.task)
    verdict = _judged(bench, job, held, opened, answers, words)
    if held.lost:
        raise LeaseLost("The work is no longer wanted from here.", job=job.id)
    if verdict.result is not None:
        _store(bench, job, shelf, held.lease.token, verdict.result, write)
    finished = bench.ledger.finish(
        held.lease,
        verdict.state,
        problem=verdict.problem,
        keep=bench.settings.retention_seconds,
        whole=whole,
        review=Review.NEEDED if verdict.result and verdict.result.needs_review else None,
    )
    _log.info("job %s: %s", job.id, finished.state.value)
    remember(bench, job, finished)
    usage = verdict.result.usage if verdict.result is not None else None
    prices = bench.tools.engine.profile.prices if bench.tools.engine else Prices()
    bench.presence.add(**job_figures(job, verdict.problem, answers, usage, prices))
    return finished


def _judged(
    bench: Bench,
    job: Job,
    held: Held,
    opened: Sequence[Opened],
    answers: Sequence[UnitAnswer],
    words: Callable[[int, Page], Page],
) -> Verdict:
    """Decide what the job comes to, in the time that its pages together may take."""
    seconds = bench.settings.worker.unit_seconds * max(1, len(answers))
    with bench.pulse.work(seconds) as beat:

        def unwanted() -> bool:
            return held.lost or beat.overdue

        def desk(document: int) -> Desk:
            return Desk(tools=bench.tools, page=partial(words, document), cancelled=unwanted)

        try:
            return judge(job, bench.model, opened, answers, desk)
        except Cancelled as error:
            if held.lost:
                raise
            message = f"Putting the result together took longer than {seconds:g} s."
            raise Timeout(message) from error


def _store(
    bench: Bench, job: Job, shelf: Shelf, token: int, result: Result, write: PageJson
) -> None:
    """Store the result, and the searchable PDF of each document where that was asked for."""
    key = keys.result_key(job.id, token)
    with bench.blobs.writer(key) as blob:
        for piece in result_json(result, write):
            blob.write(piece)
    note_doubts(bench.blobs, job.id, token, result)
    if not job.options.get("searchable_pdf"):
        return
    whole = Result.model_validate_json(bench.blobs.get(key))
    for index, read in enumerate(whole.documents):
        if read.problem is None and (copy := searchable_copy(shelf.open(job, index), read)):
            bench.blobs.put(keys.searchable_pdf_key(job.id, token, index), copy)
