"""What a message calls for."""

from __future__ import annotations

from docvision.errors import JobNotFound
from docvision.jobs.batch import BATCH
from docvision.jobs.model import Step
from docvision.jobs.wire import Message
from docvision.run import batch
from docvision.run.bench import Bench
from docvision.run.steps import assemble, prepare, read


def do(bench: Bench, message: Message) -> None:
    """Do what the message says; raises StorageError where a store does not answer."""
    try:
        job = bench.ledger.get(message.job)
    except JobNotFound:
        return
    if job.task == BATCH:
        batch.do(bench, job, message.step)
        return
    if message.step is Step.PREPARE:
        prepare(bench, message.job)
    elif message.step is Step.READ:
        read(bench, message.job, message.units)
    else:
        assemble(bench, message.job)
    if job.batch is not None:
        batch.close(bench, job.batch)
