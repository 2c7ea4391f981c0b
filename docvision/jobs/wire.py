"""Where the API and the workers meet: queue names, task names and messages of ids only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from docvision.jobs.model import Step

QUEUES: dict[Step, str] = {
    Step.PREPARE: "docvision.prepare",
    Step.READ: "docvision.read",
    Step.ASSEMBLE: "docvision.assemble",
}
TASKS: dict[Step, str] = {
    Step.PREPARE: "docvision.prepare",
    Step.READ: "docvision.read",
    Step.ASSEMBLE: "docvision.assemble",
}


@dataclass(frozen=True, kw_only=True)
class Message:
    """A call to do a step of a job; READ names its units."""

    job: str
    step: Step
    units: tuple[int, ...] = ()


class Publisher(Protocol):
    """Carries messages to the workers. Losing or doubling one does no harm: the ledger knows."""

    def publish(self, message: Message) -> None:
        """Send the message; raises StorageError when the broker does not answer."""
