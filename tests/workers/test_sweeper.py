"""Lost work is sent again, waiting work is not, and what expired leaves nothing behind."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from docvision import run
from docvision.jobs import keys
from docvision.jobs.mending import enter
from docvision.jobs.model import Job, State, Step
from docvision.jobs.wire import Message
from workers import sweeper
from workers.sweeper import Mender, expire, republish


def test_a_lost_message_is_sent_again(works: Any, pdf: Callable[..., bytes]) -> None:
    job = works.send(pdf(1))
    republish(works.bench, quiet=0)
    assert works.outbox.take() == [Message(job=job, step=Step.PREPARE)]


def test_a_message_that_still_waits_is_not_sent_again(
    works: Any, pdf: Callable[..., bytes]
) -> None:
    job = works.send(pdf(1))
    works.outbox.publish(Message(job=job, step=Step.PREPARE))
    republish(works.bench, quiet=0)
    assert len(works.outbox.take()) == 1


def test_lost_pages_are_sent_again_in_messages_of_the_usual_size(
    works: Any, pdf: Callable[..., bytes]
) -> None:
    run.prepare(works.bench, works.send(pdf(6)))
    works.outbox.take()
    republish(works.bench, quiet=0)
    assert [message.units for message in works.outbox.take()] == [(0, 1, 2, 3), (4, 5)]


def test_a_job_that_a_restarted_ledger_forgot_is_soon_entered_again(
    works: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a job of a minute ago, stores that were mended a moment ago, and the ledger's server
    # that has lost the end of its log
    monkeypatch.setattr(sweeper, "OFTEN_SECONDS", 0.0)
    job = Job(
        id=f"{int((time.time() - 60) * 1000):012x}{'0' * 20}", task="ocr", uploads=(), created=0
    )
    mender = Mender(works.bench)
    mender.look()
    enter(works.ledger, works.blobs, job)
    assert works.ledger.turn("mend", sweeper.MEND_SECONDS)
    works.ledger.delete(job.id)

    # then nobody waits for the usual next time
    mender.look()
    assert works.ledger.get(job.id).state is State.QUEUED


def test_an_expired_job_is_erased(works: Any, pdf: Callable[..., bytes]) -> None:
    job = works.send(pdf(1))
    lease = works.ledger.claim(job, Step.PREPARE, owner="w", seconds=60)
    works.ledger.finish(lease, State.FAILED, keep=0)
    expire(works.bench)
    assert works.ledger.get(job).state is State.EXPIRED
    assert list(works.blobs.keys(keys.root(job))) == []
