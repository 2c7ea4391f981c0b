"""A worker goes on taking tickets, whatever happens to the broker that carries them."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from kombu import Consumer

from benchmarks.chaos.broker import Broker
from docvision.jobs.wire import QUEUE, TASK
from workers.app import make_app

SECONDS = 20.0


def test_a_worker_whose_work_ends_while_the_broker_is_away_takes_the_next_ticket(
    tmp_path: Path,
) -> None:
    # given a worker that has taken as many tickets as it has threads
    taken: list[Any] = []
    with Broker(tmp_path / "v") as broker, make_app(broker.direct) as app:
        with app.connection_for_read() as connection:
            consumer = Consumer(
                connection.channel(),
                app.conf.task_queues,
                callbacks=[lambda _, message: taken.append(message)],
                prefetch_count=1,
            )
            with consumer:
                app.send_task(TASK, queue=QUEUE)
                connection.drain_events(timeout=SECONDS)

                # when its work ends while the broker is away
                with broker.away():
                    errors = connection.connection_errors
                    taken[0].ack_log_error(logging.getLogger(__name__), errors)

                # then it takes the next one once the broker is back
                app.send_task(TASK, queue=QUEUE)
                connection.drain_events(timeout=SECONDS)
                assert len(taken) == 2
