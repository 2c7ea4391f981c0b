"""A process that no longer answers is told from one that is only starting."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from docvision.stack.watchman import Watchman


class Town:
    """Who runs, and who answers."""

    def __init__(self) -> None:
        self.pids = {"api": 1, "worker-1": 2}
        self.answering = {"api"}


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def watchman(town: Town):
    watchman = Watchman(lambda: town.pids, lambda: town.answering, patience=0.4, every=0.05)
    watchman.start()
    yield watchman
    watchman.stop()


def eventually(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return true()


def test_one_that_was_heard_and_fell_silent_is_stuck(town: Town, watchman: Watchman) -> None:
    time.sleep(0.2)
    town.answering = set()
    assert eventually(lambda: watchman.silent() == ["api"])


def test_one_that_was_never_heard_is_starting(town: Town, watchman: Watchman) -> None:
    town.answering = set()
    time.sleep(0.8)
    assert watchman.silent() == []


def test_its_successor_begins_anew(town: Town, watchman: Watchman) -> None:
    time.sleep(0.2)
    town.answering = set()
    assert eventually(lambda: watchman.silent() == ["api"])
    town.pids = {"api": 3}
    assert watchman.silent() == []
