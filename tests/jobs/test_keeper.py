"""A lease that is held is renewed for as long as the work takes, and its loss is noticed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from docvision.jobs.keeper import LeaseKeeper
from docvision.jobs.memory import MemoryLedger
from docvision.jobs.model import Job, Lease, Step, new_job_id

SECONDS = 0.3


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger()


@pytest.fixture
def keeper(ledger: MemoryLedger) -> Iterator[LeaseKeeper]:
    keeper = LeaseKeeper(ledger, SECONDS)
    yield keeper
    keeper.close()


def take(ledger: MemoryLedger) -> Lease:
    job = Job(id=new_job_id(), task="ocr", uploads=(), created=time.time())
    ledger.create(job)
    lease = ledger.claim(job.id, Step.PREPARE, owner="w", seconds=SECONDS)
    assert lease is not None
    return lease


def until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return False


def test_a_held_lease_outlives_its_seconds(ledger: MemoryLedger, keeper: LeaseKeeper) -> None:
    lease = take(ledger)
    with keeper.hold(lease) as held:
        time.sleep(3 * SECONDS)
        assert not held.lost
        assert ledger.claim(lease.job, Step.PREPARE, owner="other", seconds=1) is None


def test_a_lease_let_go_is_not_renewed(ledger: MemoryLedger, keeper: LeaseKeeper) -> None:
    lease = take(ledger)
    with keeper.hold(lease):
        pass
    assert until(
        lambda: bool(ledger.claim(lease.job, Step.PREPARE, owner="other", seconds=1, alone=True))
    )


def test_a_cancelled_job_is_noticed(ledger: MemoryLedger, keeper: LeaseKeeper) -> None:
    lease = take(ledger)
    with keeper.hold(lease) as held:
        ledger.cancel(lease.job, keep=60)
        assert until(lambda: held.lost)


def test_stopping_makes_all_work_unwanted(ledger: MemoryLedger, keeper: LeaseKeeper) -> None:
    with keeper.hold(take(ledger)) as first:
        keeper.stop()
        with keeper.hold(take(ledger)) as second:
            assert first.lost
            assert second.lost
