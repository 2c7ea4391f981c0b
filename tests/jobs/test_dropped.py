"""Whoever works on a job hears at once that it was cancelled or deleted."""

from __future__ import annotations

import threading
import time

from docvision.jobs.dropped import listening
from docvision.jobs.keeper import LeaseKeeper
from docvision.jobs.model import Job, Step, new_job_id
from docvision.jobs.redis import RedisLedger, connect


def test_cancelled_and_deleted_jobs_are_told_and_others_are_not(valkey_url: str) -> None:
    # given somebody who listens
    client, prefix = connect(valkey_url), f"dropped-{new_job_id()}:"
    ledger, heard, enough = RedisLedger(client, prefix), [], threading.Event()

    def tell(job_id: str) -> None:
        heard.append(job_id)
        if len(heard) == 2:
            enough.set()

    with listening(client, tell, prefix):
        while not client.pubsub_numsub(f"{prefix}dropped")[0][1]:
            time.sleep(0.01)
        jobs = [Job(id=new_job_id(), task="ocr", uploads=(), created=time.time()) for _ in range(3)]
        for job in jobs:
            ledger.create(job)

        # when one job ends, one is cancelled and one deleted
        lease = ledger.claim(jobs[0].id, Step.PREPARE, owner="w", seconds=60)
        assert lease is not None
        ledger.plan(lease, [])
        ledger.cancel(jobs[1].id, keep=60)
        ledger.delete(jobs[2].id)

        # then the last two are told
        assert enough.wait(10)
    assert heard == [jobs[1].id, jobs[2].id]
    ledger.close()


def test_work_on_a_dropped_job_is_unwanted_at_once(valkey_url: str) -> None:
    ledger = RedisLedger(connect(valkey_url), f"dropped-{new_job_id()}:")
    keeper = LeaseKeeper(ledger, seconds=3600)
    try:
        job = Job(id=new_job_id(), task="ocr", uploads=(), created=time.time())
        ledger.create(job)
        lease = ledger.claim(job.id, Step.PREPARE, owner="w", seconds=3600)
        assert lease is not None
        with keeper.hold(lease) as held:
            keeper.drop("another")
            assert not held.lost
            keeper.drop(job.id)
            assert held.lost
    finally:
        keeper.close()
        ledger.close()
