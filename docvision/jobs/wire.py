"""Where the API and the workers meet: the queue, the task and messages of ids only.

A message waits in the fair queue (see `jobs.queue`), which knows whose turn it is. Celery carries
tickets: whoever gets one may take the next message. So the order is decided when a worker has
time, not when a message is sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from docvision.jobs.address import SOCKET_SECONDS, broker_settings
from docvision.jobs.model import Step

QUEUE = "docvision.work"
"""The Celery queue of tickets; its length is what an autoscaler looks at."""
TASK = "docvision.work"
BROKER_PREFIX = "docvision:broker:"


@dataclass(frozen=True, kw_only=True)
class Message:
    """A call to do a step of a job; READ names its units."""

    job: str
    step: Step
    units: tuple[int, ...] = ()

    def split(self, size: int) -> Iterator[Message]:
        """Yield messages of at most `size` units each."""
        if len(self.units) <= size:
            yield self
            return
        for start in range(0, len(self.units), size):
            yield Message(job=self.job, step=self.step, units=self.units[start : start + size])


class Publisher(Protocol):
    """Carries messages to the workers. Losing or doubling one does no harm: the ledger knows.

    Every call raises StorageError when the broker does not answer.
    """

    def publish(self, message: Message) -> None:
        """Send the message; one that waits already is not sent again."""

    def take(self) -> Message | None:
        """Take the message whose turn it is, None where none waits."""

    def waiting(self) -> Mapping[Step, int]:
        """Return how many messages of each step no worker has taken yet."""

    def remind(self) -> None:
        """Send tickets where messages wait and no ticket does: Celery has lost some."""


def broker_config(redis_url: str) -> dict[str, Any]:
    """Return what the Celery apps of both sides must agree on."""
    known = broker_settings(redis_url)
    return {
        **known,
        # The ledger knows how a job stands; a second truth would only disagree with it.
        "result_backend": None,
        "task_ignore_result": True,
        # Ids only, so nothing but JSON is ever sent or believed.
        "task_serializer": "json",
        "accept_content": ["json"],
        "broker_transport_options": {
            **known.get("broker_transport_options", {}),
            # Our queues stand apart from whatever else the server holds.
            "global_keyprefix": BROKER_PREFIX,
            # A ticket that goes down with its worker is missed by nobody: the ledger knows what is
            # due. Where it is noted as not yet acknowledged, an acknowledgement that fails, as the
            # broker starts again, keeps its place taken for ever, and the worker goes deaf.
            "ack_emulation": False,
            # A broker that hangs, or a connection that is open at one end only, is noticed in some
            # ten seconds; both are longer than the broker's own blocking pop of one second.
            "socket_timeout": SOCKET_SECONDS,
            "health_check_interval": 5,
        },
    }


def queue_key() -> str:
    """Return the Redis list in which the tickets wait."""
    return BROKER_PREFIX + QUEUE
