"""Sending work to the workers: a Celery app that only produces."""

from __future__ import annotations

import kombu.exceptions
import redis
from celery import Celery

from docvision.errors import StorageError
from docvision.jobs.publisher import QueuePublisher
from docvision.jobs.wire import QUEUE, TASK, broker_config


def open_publisher(redis_url: str, client: redis.Redis) -> QueuePublisher:
    """Return what sends messages to the workers behind the same server."""
    app = Celery("docvision-api", set_as_current=False)
    app.conf.update(broker_config(redis_url))

    def send_ticket() -> None:
        try:
            app.send_task(TASK, queue=QUEUE)
        except (kombu.exceptions.OperationalError, redis.RedisError) as error:
            raise StorageError("The message broker does not answer.") from error

    return QueuePublisher(client, send_ticket)
