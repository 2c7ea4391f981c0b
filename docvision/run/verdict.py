"""What a job comes to, once all of its units were read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from docvision.jobs.model import Job, Problem, State
from docvision.pipeline import merge_document
from docvision.results.model import DocumentResult, Result, Usage
from docvision.results.model import Problem as Note
from docvision.run.bench import Opened
from docvision.tasks.base import Desk, UnitAnswer
from docvision.tasks.options import validate_options
from docvision.tasks.registry import get_task


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """How a job ends: with a result (SUCCEEDED, PARTIAL) or with a problem (FAILED)."""

    state: State
    result: Result | None = None
    problem: Problem | None = None


def judge(
    job: Job,
    model: str,
    opened: Sequence[Opened],
    answers: Sequence[UnitAnswer],
    desk: Callable[[int], Desk],
) -> Verdict:
    """Merge the answers; the job failed where nothing at all could be read.

    `desk` gives what a document (by its number) is put together with.

    Raises:
        Cancelled: The work was no longer wanted while a document was put together.
    """
    found = [*(one.problem for one in opened), *(answer.problem for answer in answers)]
    problems = [problem for problem in found if problem is not None]
    if problems and all(answer.problem is not None for answer in answers):
        return Verdict(state=State.FAILED, problem=problems[0])
    merged = [
        _document(job, index, one, [a for a in answers if a.unit.document == index], desk(index))
        for index, one in enumerate(opened)
    ]
    usage = sum((answer.usage for answer in answers), Usage())
    result = Result(
        task=job.task,
        model=model,
        documents=tuple(document for document, _ in merged),
        usage=sum((spent for _, spent in merged), usage),
    )
    return Verdict(state=State.PARTIAL if problems else State.SUCCEEDED, result=result)


def _document(
    job: Job, index: int, opened: Opened, answers: Sequence[UnitAnswer], desk: Desk
) -> tuple[DocumentResult, Usage]:
    upload = job.uploads[index]
    if opened.info is None:
        problem = opened.problem or Problem(code="internal", message="It was not opened.")
        note = Note(code=problem.code, message=problem.message)
        unread = DocumentResult(
            name=upload.name, media_type=upload.media_type, page_count=0, problem=note
        )
        return unread, Usage()
    options = validate_options(job.task, job.options)
    return merge_document(get_task(job.task), upload.name, opened.info, answers, options, desk)
