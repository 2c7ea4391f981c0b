"""Jobs under fire, in short; the long form is `python -m benchmarks.chaos`."""

from __future__ import annotations

import os
import time

import pytest

from benchmarks.chaos.poison import PAGES, POISONED, poison
from benchmarks.chaos.run import run
from docvision.jobs.model import State

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

FAULTS = {
    "kill worker": 3,
    "kill broker": 2,
    "kill api": 1,
    "stop worker": 1,
    "disk full": 1,
}
"""Without a log that is cut: work that the ledger forgot is rightly done again (test_mending)."""


def test_whatever_dies_no_job_is_lost_done_twice_or_left_undone() -> None:
    # given a seed that is told, so that a failure can be looked at again
    seed = int(os.environ.get("CHAOS_SEED", time.time()))

    # when jobs flow while workers, broker and API are killed and stopped
    outcome = run(60, FAULTS, seed, pause=1.5)

    # then every job that was accepted has ended, once and well
    told = f"CHAOS_SEED={seed}: {outcome}"
    assert outcome.accepted == 60, told
    assert outcome.good, told
    assert outcome.states == {"succeeded": 60}, told


def test_a_page_that_kills_its_workers_is_given_up_and_harms_nobody_else() -> None:
    # given a job with a page that ends every worker that reads it, and 20 healthy jobs behind it
    verdict = poison(healthy=20)

    # then three workers died, the page is given up, and all others were read
    assert verdict.deaths == 3
    assert verdict.state is State.PARTIAL
    assert verdict.problems == ["poison" if page == POISONED else None for page in range(PAGES)]
    assert verdict.healthy == {"succeeded": 20}
