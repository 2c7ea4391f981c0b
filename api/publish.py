"""Sending work to the workers: a Celery app that only produces."""

from __future__ import annotations

from collections.abc import Mapping

import kombu.exceptions
import redis
from celery import Celery

from docvision.errors import StorageError
from docvision.jobs.model import Step
from docvision.jobs.redis import storage_error
from docvision.jobs.wire import QUEUES, TASKS, Message, broker_config, queue_key


class CeleryPublisher:
    """Implements `wire.Publisher`; safe to call from many threads at once."""

    def __init__(self, redis_url: str, client: redis.Redis) -> None:
        self._app = Celery("docvision-api", set_as_current=False)
        self._app.conf.update(broker_config(redis_url))
        self._client = client

    def publish(self, message: Message) -> None:
        """Send the message; raises StorageError when the broker does not answer."""
        try:
            self._app.send_task(
                TASKS[message.step], args=message.arguments, queue=QUEUES[message.step]
            )
        except (kombu.exceptions.OperationalError, redis.RedisError) as error:
            raise StorageError("The message broker does not answer.") from error

    def waiting(self) -> Mapping[Step, int]:
        """Return how many messages of each step no worker has taken yet."""
        try:
            return {step: self._client.llen(queue_key(step)) for step in Step}
        except redis.RedisError as error:
            raise storage_error(error) from error

    def close(self) -> None:
        """Close the connections."""
        self._app.close()
