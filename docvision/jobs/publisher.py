"""Calls on their way to the workers: into the fair queue, and a ticket for each into Celery."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import redis

from docvision.jobs.model import Step
from docvision.jobs.queue import RedisFairQueue
from docvision.jobs.redis import storage_error
from docvision.jobs.wire import Message, queue_key

MOST_REMINDERS = 100


class QueuePublisher:
    """Implements `wire.Publisher`; safe to call from many threads at once.

    Args:
        client: The server of both the queue and the broker.
        send_ticket: Has Celery call a worker once; raises StorageError.
    """

    def __init__(self, client: redis.Redis, send_ticket: Callable[[], None]) -> None:
        self._client = client
        self._queue = RedisFairQueue(client)
        self._send_ticket = send_ticket

    def publish(self, message: Message) -> None:
        """Send the message; one that waits already is not sent again."""
        if self._queue.push(message):
            self._send_ticket()

    def take(self) -> Message | None:
        """Take the message whose turn it is, None where none waits."""
        return self._queue.pop()

    def waiting(self) -> Mapping[Step, int]:
        """Return how many messages of each step no worker has taken yet."""
        return self._queue.waiting()

    def remind(self) -> None:
        """Send tickets where messages wait and no ticket does: Celery has lost some."""
        waiting = sum(self._queue.waiting().values())
        try:
            tickets = self._client.llen(queue_key())
        except redis.RedisError as error:
            raise storage_error(error) from error
        if waiting and not tickets:
            for _ in range(min(waiting, MOST_REMINDERS)):
                self._send_ticket()
