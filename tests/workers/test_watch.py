"""Dead workers are buried, and a stuck one ends itself so that another can take its place."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from docvision.jobs.model import Step
from docvision.jobs.presence import WorkerCard, this_place
from docvision.jobs.wire import Message
from workers import watch
from workers.watch import Watchdog, bury_the_dead


def card(owner: str, pid: int) -> WorkerCard:
    return WorkerCard(
        owner=owner, host="", pid=pid, threads=2, started=0, model={}, place=this_place()
    )


def test_the_work_of_a_dead_neighbour_is_free_at_once(
    works: Any, pdf: Callable[..., bytes]
) -> None:
    # given a worker that died in the middle of a job
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    works.bench.presence.show(card("dead", ended.pid))
    job = works.send(pdf(1))
    assert works.ledger.claim(job, Step.PREPARE, owner="dead", seconds=3600)

    # when its neighbour looks
    bury_the_dead(works.bench)

    # then the job is due, and the death is counted
    assert list(works.ledger.due(quiet=5)) == [Message(job=job, step=Step.PREPARE)]
    lease = works.ledger.claim(job, Step.PREPARE, owner="other", seconds=60, alone=True)
    assert lease.deaths == 1
    assert works.bench.presence.seen(within=3600) == []


@pytest.fixture
def ends() -> list[str]:
    return []


@pytest.fixture
def watchdog(works: Any, ends: list[str]) -> Watchdog:
    return Watchdog(works.bench, end=lambda: ends.append("ended"))


def test_work_that_takes_far_too_long_ends_the_worker(
    works: Any, watchdog: Watchdog, ends: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "GRACE_SECONDS", 0.1)
    with works.bench.pulse.work(0.1) as beat:
        watchdog.look()
        time.sleep(0.3)
        beat.beat()
        watchdog.look()
        assert ends == []
        time.sleep(0.3)
        watchdog.look()
    assert ends == ["ended"]


def test_a_worker_that_no_longer_hears_of_messages_ends(
    works: Any, watchdog: Watchdog, ends: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "IDLE_SECONDS", 0.1)

    def look_for_a_while() -> None:
        for _ in range(3):
            watchdog.look()
            time.sleep(0.1)

    look_for_a_while()
    assert ends == []
    works.outbox.publish(Message(job="a", step=Step.PREPARE))
    watchdog.look()
    with works.bench.pulse.work(60):
        look_for_a_while()
    assert ends == []
    look_for_a_while()
    look_for_a_while()
    assert "ended" in ends
