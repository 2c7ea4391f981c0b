"""The Celery app of the workers: what is set, and why."""

from __future__ import annotations

import kombu.exceptions
import redis
from celery import Celery
from kombu.entity import Queue
from kombu.transport.virtual import QoS

from docvision.errors import StorageError
from docvision.jobs.publisher import QueuePublisher
from docvision.jobs.wire import QUEUE, TASK, broker_config


def make_app(redis_url: str) -> Celery:
    """Return the app that takes tickets from the queue."""
    # Tickets in hand are not put back when the connection ends: whoever has one either does its
    # work or leaves it to the ledger. kombu would write those it cannot put back into files.
    QoS.restore_at_shutdown = False
    app = Celery("docvision-workers", set_as_current=False)
    app.conf.update(
        **broker_config(redis_url),
        task_queues=[Queue(QUEUE)],  # type: ignore[no-untyped-call]
        # A worker has as many tickets as threads, each until its work is done: a long page must
        # not hold up tickets that another worker has time for.
        task_acks_late=True,
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


def open_publisher(app: Celery, client: redis.Redis) -> QueuePublisher:
    """Return what sends messages to this worker and its like."""

    def send_ticket() -> None:
        try:
            app.send_task(TASK, queue=QUEUE)
        except (kombu.exceptions.OperationalError, redis.RedisError) as error:
            raise StorageError("The message broker does not answer.") from error

    return QueuePublisher(client, send_ticket)
