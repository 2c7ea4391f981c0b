"""A worker goes on taking tickets, whatever happens to the broker that carries them."""

from __future__ import annotations

import contextlib
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from benchmarks.chaos.broker import Broker
from docvision.jobs.wire import QUEUE, TASK
from workers.app import make_app

SECONDS = 20.0


@contextlib.contextmanager
def worker(app: Celery, taken: list[Any]) -> Iterator[Any]:
    """Lend a connection over which tickets are taken, one at a time."""
    with app.connection_for_read() as connection:
        queues, note = app.conf.task_queues, lambda _, message: taken.append(message)
        with connection.Consumer(queues, callbacks=[note], prefetch_count=1):
            yield connection


def test_a_worker_whose_work_ends_while_the_broker_is_away_is_told_and_goes_on(
    tmp_path: Path,
) -> None:
    # given a worker that has taken as many tickets as it has threads
    taken: list[Any] = []
    with Broker(tmp_path / "v") as broker, make_app(broker.direct) as app:
        with worker(app, taken) as connection:
            app.send_task(TASK, queue=QUEUE)
            connection.drain_events(timeout=SECONDS)

            # when its work ends while the broker is away
            with broker.away():
                errors = connection.connection_errors
                taken[0].ack_log_error(logging.getLogger(__name__), errors)

            # then it hears that the connection is lost; it does not wait with its hands full
            with pytest.raises(errors):
                connection.drain_events(timeout=SECONDS)

        # and once it has connected anew, it takes the next
        with worker(app, taken) as connection:
            app.send_task(TASK, queue=QUEUE)
            connection.drain_events(timeout=SECONDS)
        assert len(taken) == 2


def test_a_worker_that_loses_the_broker_leaves_no_file_of_its_tickets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    taken: list[Any] = []
    with (
        Broker(tmp_path / "v") as broker,
        make_app(broker.direct) as app,
        contextlib.ExitStack() as stack,
    ):
        connection = stack.enter_context(worker(app, taken))
        app.send_task(TASK, queue=QUEUE)
        connection.drain_events(timeout=SECONDS)
        with broker.away():
            stack.close()
    assert list((tmp_path / "tmp").iterdir()) == []
