"""The Celery app of the workers: what is set, and why."""

from __future__ import annotations

from collections.abc import Mapping

import kombu.exceptions
import redis
from celery import Celery
from kombu.entity import Queue

from docvision.errors import StorageError
from docvision.jobs.model import Step
from docvision.jobs.redis import storage_error
from docvision.jobs.wire import QUEUES, TASKS, Message, broker_config, queue_key


def make_app(redis_url: str) -> Celery:
    """Return the app that takes messages from the three queues."""
    app = Celery("docvision-workers", set_as_current=False)
    app.conf.update(
        **broker_config(redis_url),
        task_queues=[Queue(name) for name in QUEUES.values()],  # type: ignore[no-untyped-call]
        # A message is done when its work is: a worker that stops in order hands it back.
        task_acks_late=True,
        # A long page must not hold up messages that another worker has time for.
        worker_prefetch_multiplier=1,
        # Threads share one engine; its heavy work releases the interpreter's lock.
        worker_pool="threads",
        # Work under way does not need the broker; its lease is in the ledger.
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        # The broker may be away for as long as it likes.
        broker_connection_max_retries=None,
        # Nobody listens to these; the ledger and the presence cards say it better.
        worker_send_task_events=False,
        worker_enable_remote_control=False,
        # The process has logging of its own.
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
    )
    return app


class CeleryPublisher:
    """Implements `wire.Publisher` for workers; safe to call from many threads at once."""

    def __init__(self, app: Celery, client: redis.Redis) -> None:
        self._app = app
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
