"""The three Celery tasks: names on the wire for the functions of `docvision.run`."""

from __future__ import annotations

from celery import Celery

from docvision import run
from docvision.jobs.model import Step
from docvision.jobs.wire import TASKS
from docvision.run import Bench


def register(app: Celery, bench: Bench) -> None:
    """Make the app do the work on this bench."""

    def prepare(job_id: str) -> None:
        run.prepare(bench, job_id)

    def read(job_id: str, units: list[int]) -> None:
        run.read(bench, job_id, units)

    def assemble(job_id: str) -> None:
        run.assemble(bench, job_id)

    for step, work in ((Step.PREPARE, prepare), (Step.READ, read), (Step.ASSEMBLE, assemble)):
        app.task(work, name=TASKS[step])
