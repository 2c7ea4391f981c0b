"""What a message calls for."""

from __future__ import annotations

from docvision.jobs.model import Step
from docvision.jobs.wire import Message
from docvision.run.bench import Bench
from docvision.run.steps import assemble, prepare, read


def do(bench: Bench, message: Message) -> None:
    """Do what the message says; raises StorageError where a store does not answer."""
    if message.step is Step.PREPARE:
        prepare(bench, message.job)
    elif message.step is Step.READ:
        read(bench, message.job, message.units)
    else:
        assemble(bench, message.job)
