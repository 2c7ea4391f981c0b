"""Suspect work has its process to itself, and then everybody goes on."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from docvision.run.isolation import Isolation

PATIENCE = 20.0


def test_work_is_done_together_until_some_of_it_is_to_be_done_alone() -> None:
    isolation, begun, go_on = Isolation(), threading.Barrier(3), threading.Event()
    done: list[str] = []

    def together() -> None:
        with isolation.together():
            begun.wait(PATIENCE)
            go_on.wait(PATIENCE)
            done.append("together")

    def alone() -> None:
        with isolation.alone():
            done.append("alone")

    def later() -> None:
        with isolation.together():
            done.append("later")

    with ThreadPoolExecutor(4) as pool:
        # given two pieces of work under way at once
        pool.submit(together)
        pool.submit(together)
        begun.wait(PATIENCE)

        # when one is to be done alone, and another comes after that
        waits = pool.submit(alone)
        time.sleep(0.2)
        comes = pool.submit(later)
        time.sleep(0.2)
        assert done == []
        go_on.set()
        waits.result(PATIENCE)
        comes.result(PATIENCE)

    # then it was done between the two
    assert done == ["together", "together", "alone", "later"]


def test_never_is_anything_done_beside_work_done_alone() -> None:
    isolation, under_way, lock = Isolation(), [0, 0], threading.Lock()
    clashes: list[tuple[int, ...]] = []

    def work(number: int) -> None:
        kind = number % 4 == 0
        with isolation.alone() if kind else isolation.together():
            with lock:
                under_way[kind] += 1
                if under_way[1] and sum(under_way) > 1:
                    clashes.append(tuple(under_way))
            time.sleep(0.001)
            with lock:
                under_way[kind] -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(200), timeout=PATIENCE))
    assert clashes == []
