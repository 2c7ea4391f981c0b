"""A key stands for one request of its tenant, and a piece of work for the job that did it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from docvision.errors import IdempotencyConflict
from docvision.jobs.model import Job, Upload, new_job_id
from docvision.jobs.once import MemoryOnce, Once, RedisOnce, work_of
from docvision.jobs.redis import connect


@pytest.fixture(params=["memory", "redis"])
def once(request: pytest.FixtureRequest) -> Iterator[Once]:
    if request.param == "memory":
        yield MemoryOnce()
        return
    client = connect(request.getfixturevalue("valkey_url"))
    yield RedisOnce(client, prefix=f"{request.node.name}:")
    client.close()


def test_the_same_request_under_the_same_key_is_answered_with_the_first_job(once: Once) -> None:
    assert once.claim("a", "key", "request", "job1") == "job1"
    assert once.claim("a", "key", "request", "job2") == "job1"


def test_another_request_under_the_same_key_is_refused(once: Once) -> None:
    once.claim("a", "key", "request", "job1")
    with pytest.raises(IdempotencyConflict):
        once.claim("a", "key", "another request", "job2")


def test_keys_are_each_tenants_own(once: Once) -> None:
    once.claim("a", "key", "request", "job1")
    assert once.claim("b", "key", "another request", "job2") == "job2"


def test_a_key_can_be_given_to_another_job(once: Once) -> None:
    once.claim("a", "key", "request", "job1")
    once.transfer("a", "key", "request", "job2")
    assert once.claim("a", "key", "request", "job3") == "job2"


def test_work_is_remembered_by_the_way_in_which_it_was_done(once: Once) -> None:
    once.remember("work", "model-1", "job1", 60)
    assert once.recall("work", "model-1") == "job1"
    assert once.recall("work", "model-2") is None
    assert once.recall("other work", "model-1") is None


def test_work_of_an_erased_job_is_forgotten_and_no_other(once: Once) -> None:
    once.remember("work", "model-1", "job1", 60)
    once.remember("work", "model-2", "job2", 60)
    once.forget("work", "job1")
    assert once.recall("work", "model-1") is None
    assert once.recall("work", "model-2") == "job2"


def job(tenant: str = "a", sha256: str = "00", cache: bool = True, **options: object) -> Job:
    upload = Upload(name="x", media_type="application/pdf", size=1, sha256=sha256, key="jobs/1/x")
    return Job(
        id=new_job_id(),
        task="ocr",
        options=options,
        uploads=(upload,),
        tenant=tenant,
        cache=cache,
        created=time.time(),
    )


def test_the_same_work_has_the_same_name_whatever_the_job() -> None:
    assert work_of(job()) == work_of(job())
    others = [job("b"), job(sha256="01"), job(pages="1")]
    assert len({work_of(one) for one in (job(), *others)}) == 4


def test_work_that_took_a_password_or_wants_no_cache_is_not_shared() -> None:
    assert work_of(job(password="secret")) is None
    assert work_of(job(cache=False)) is None
    assert work_of(job(sha256="")) is None
