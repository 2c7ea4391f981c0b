"""The API knows which workers are there, and what they have done."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from docvision.jobs.model import new_job_id
from docvision.jobs.presence import (
    MemoryPresence,
    Presence,
    RedisPresence,
    WorkerCard,
    is_dead,
    this_place,
)
from docvision.jobs.redis import connect


@pytest.fixture(params=["memory", "redis"])
def presence(request: pytest.FixtureRequest, valkey_url: str) -> Presence:
    if request.param == "memory":
        return MemoryPresence()
    return RedisPresence(connect(valkey_url), prefix=f"presence-{new_job_id()}:")


def card(owner: str) -> WorkerCard:
    model = {"name": "none"}
    return WorkerCard(owner=owner, host="here", pid=1, threads=2, started=0, model=model)


def test_a_worker_is_seen_until_it_leaves(presence: Presence) -> None:
    shown = card("b"), card("a")
    for one in shown:
        presence.show(one)
    assert list(presence.seen()) == [shown[1], shown[0]]
    presence.leave("a")
    assert [one.owner for one in presence.seen()] == ["b"]


def test_a_worker_that_fell_silent_is_not_seen(presence: Presence) -> None:
    presence.show(card("a"))
    time.sleep(0.1)
    assert list(presence.seen(within=0.05)) == []
    assert [one.owner for one in presence.seen(within=60)] == ["a"]


def test_a_process_is_known_to_be_dead_only_where_its_number_means_something() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    here = card("a").model_copy(update={"pid": ended.pid, "place": this_place()})
    assert is_dead(here)
    assert not is_dead(here.model_copy(update={"pid": os.getpid()}))
    assert not is_dead(here.model_copy(update={"place": "another machine"}))
    assert not is_dead(here.model_copy(update={"place": ""}))


def test_counters_add_up(presence: Presence) -> None:
    presence.add(pages=2, seconds=0.5)
    presence.add(pages=3, seconds=0.25)
    presence.show(card("a"))
    assert presence.counters() == {"pages": 5, "seconds": 0.75}
