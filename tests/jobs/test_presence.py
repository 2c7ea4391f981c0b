"""The API knows which workers are there, and what they have done."""

from __future__ import annotations

import time

import pytest

from docvision.jobs.model import new_job_id
from docvision.jobs.presence import (
    SEEN_SECONDS,
    MemoryPresence,
    Presence,
    RedisPresence,
    WorkerCard,
)
from docvision.jobs.redis import connect


@pytest.fixture(params=["memory", "redis"])
def presence(request: pytest.FixtureRequest, valkey_url: str) -> Presence:
    if request.param == "memory":
        return MemoryPresence()
    return RedisPresence(connect(valkey_url), prefix=f"presence-{new_job_id()}:")


def card(owner: str, *, seen: float) -> WorkerCard:
    model = {"name": "none"}
    return WorkerCard(owner=owner, host="here", pid=1, threads=2, started=0, seen=seen, model=model)


def test_a_worker_is_seen_until_it_leaves(presence: Presence) -> None:
    shown = card("b", seen=time.time()), card("a", seen=time.time())
    for one in shown:
        presence.show(one)
    assert list(presence.seen()) == [shown[1], shown[0]]
    presence.leave("a")
    assert [one.owner for one in presence.seen()] == ["b"]


def test_a_worker_that_fell_silent_is_not_seen(presence: Presence) -> None:
    presence.show(card("a", seen=time.time() - SEEN_SECONDS - 1))
    assert list(presence.seen()) == []


def test_counters_add_up(presence: Presence) -> None:
    presence.add(pages=2, seconds=0.5)
    presence.add(pages=3, seconds=0.25)
    presence.show(card("a", seen=time.time()))
    assert presence.counters() == {"pages": 5, "seconds": 0.75}
