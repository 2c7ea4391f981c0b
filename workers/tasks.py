"""The one Celery task: a ticket, for which the worker does what is next in the fair queue."""

from __future__ import annotations

from celery import Celery

from docvision import run
from docvision.jobs.wire import TASK
from docvision.logs import about
from docvision.run import Bench
from docvision.traces import Traces


def register(app: Celery, bench: Bench, traces: Traces) -> None:
    """Make the app do the work on this bench, in the order of the fair queue."""

    def work() -> None:
        # Celery may double a ticket: then there is nothing left for this one.
        if message := bench.publisher.take():
            step = message.step.value
            units = len(message.units)
            with about(job=message.job, step=step), traces.job(step, message.job, units=units):
                run.do(bench, message)

    app.task(work, name=TASK)
