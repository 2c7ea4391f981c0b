"""Both ledgers keep the same queue of what people have to look at."""

from __future__ import annotations

import time

import pytest

from docvision.jobs.ledger import Ledger
from docvision.jobs.memory import MemoryLedger
from docvision.jobs.model import Job, Progress, Review, State, Step, new_job_id
from docvision.jobs.redis import RedisLedger, connect


@pytest.fixture(params=["memory", "redis"])
def ledger(request: pytest.FixtureRequest) -> Ledger:
    if request.param == "memory":
        return MemoryLedger()
    url = request.getfixturevalue("valkey_url")
    return RedisLedger(connect(url), prefix=f"review-{new_job_id()}:")


def finished(ledger: Ledger, review: Review | None, tenant: str = "acme", **known: object) -> str:
    job = Job(
        id=new_job_id(), task="extract", uploads=(), created=time.time(), tenant=tenant, **known
    )
    ledger.create(job)
    lease = ledger.claim(job.id, Step.PREPARE, owner="w", seconds=60)
    assert lease is not None
    whole = Progress(done=1, failed=0, total=1)
    ledger.finish(lease, State.SUCCEEDED, keep=3600, whole=whole, review=review)
    return job.id


def waiting(ledger: Ledger, tenant: str | None = None) -> list[str]:
    return [job.id for job in ledger.to_review(tenant=tenant)]


def test_a_job_waits_for_people_until_it_was_reviewed(ledger):
    # given a job that needs nobody, and two that do
    finished(ledger, None)
    first, second = sorted([finished(ledger, Review.NEEDED), finished(ledger, Review.NEEDED)])
    assert waiting(ledger, "acme") == [first, second]
    before = ledger.get(first).revision

    # when one was reviewed
    job = ledger.reviewed(first)

    # then it waits no more, and who follows it hears of it once
    assert (job.review, job.revision) == (Review.DONE, before + 1)
    assert waiting(ledger, "acme") == [second]
    assert ledger.reviewed(first).revision == job.revision


def test_each_tenant_has_a_queue_and_what_is_erased_leaves_it(ledger):
    ours, theirs = finished(ledger, Review.NEEDED), finished(ledger, Review.NEEDED, "globex")
    assert (waiting(ledger, "acme"), waiting(ledger, "globex")) == ([ours], [theirs])
    assert set(waiting(ledger)) == {ours, theirs}
    ledger.delete(theirs)
    assert waiting(ledger) == [ours]


def test_the_batches_of_a_tenant_are_listed_newest_first(ledger):
    ids = []
    for number in range(3):
        job = Job(id=f"{number:032d}", task="batch", uploads=(), created=time.time(), tenant="acme")
        ledger.create(job)
        ids.append(job.id)
    finished(ledger, None)
    assert [job.id for job in ledger.batches(tenant="acme")] == ids[::-1]
    assert [job.id for job in ledger.batches(tenant="acme", before=ids[1])] == [ids[0]]
    assert ledger.batches(tenant="globex") == []
