"""Batching: company within the budget, and nobody pays for a neighbour's fault."""

import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docvision.engines.batching import Batcher, Work, choose
from docvision.errors import ContextExceeded, EngineFailed


@settings(deadline=None)
@given(st.lists(st.integers(1, 3000), min_size=1, max_size=80), st.integers(100, 8000))
def test_a_batch_holds_the_oldest_and_fits_its_budget(sizes, budget):
    waiting = [Work(item=number, tokens=size) for number, size in enumerate(sizes)]

    batch = choose(waiting, budget)

    assert batch[0] is waiting[0]
    padded = max(work.tokens for work in batch) * len(batch)
    assert len(batch) == 1 or padded <= budget
    assert len(batch) <= 64


def test_nothing_waiting_is_no_batch():
    assert choose([], 100) == []


def test_callers_of_many_threads_are_answered_together():
    # given a slow model
    sizes = []

    def run(items):
        sizes.append(len(items))
        time.sleep(0.02)
        return [item * 2 for item in items]

    batcher = Batcher(run, tokens=1000, wait=0.05)

    # when twenty threads ask
    answers = {}

    def call(number):
        (future,) = batcher.put([(number, 10)])
        answers[number] = future.result(timeout=5)

    threads = [threading.Thread(target=call, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    batcher.close()

    # then each has its own answer, and few batches were run
    assert answers == {number: number * 2 for number in range(20)}
    assert len(sizes) < 10


def test_a_full_batch_does_not_wait_for_more():
    batcher = Batcher(lambda items: items, tokens=20, wait=30)

    futures = batcher.put([("a", 10), ("b", 10)])

    assert [future.result(timeout=2) for future in futures] == ["a", "b"]
    batcher.close()


def test_only_the_culprit_of_a_batch_fails():
    # given a model that breaks on one input
    def run(items):
        if "bad" in items:
            raise RuntimeError("out of memory")
        return items

    batcher = Batcher(run, tokens=100, wait=0.05)

    good, bad, fine = batcher.put([("good", 1), ("bad", 1), ("fine", 1)])

    assert good.result(timeout=2) == "good"
    assert fine.result(timeout=2) == "fine"
    with pytest.raises(EngineFailed):
        bad.result(timeout=2)
    batcher.close()


def test_a_typed_error_stays_what_it_is():
    def run(items):
        raise ContextExceeded("too long")

    batcher = Batcher(run, tokens=100, wait=0)
    (future,) = batcher.put([("a", 1)])

    with pytest.raises(ContextExceeded):
        future.result(timeout=2)
    batcher.close()


def test_what_is_cancelled_while_it_waits_never_runs():
    # given a model that is busy
    seen, busy, go = [], threading.Event(), threading.Event()

    def run(items):
        seen.extend(items)
        busy.set()
        go.wait(5)
        return items

    batcher = Batcher(run, tokens=1, wait=0)
    batcher.put([("first", 1)])
    busy.wait(5)
    (waiting,) = batcher.put([("second", 1)])

    # when the waiting one is cancelled
    assert waiting.cancel()
    go.set()
    batcher.close()

    # then it is never run
    assert seen == ["first"]


def test_closing_answers_what_was_asked_and_takes_no_more():
    batcher = Batcher(lambda items: items, tokens=1, wait=0)
    futures = batcher.put([(number, 1) for number in range(10)])

    batcher.close()

    assert [future.result(timeout=0) for future in futures] == list(range(10))
    with pytest.raises(EngineFailed):
        batcher.put([(1, 1)])
