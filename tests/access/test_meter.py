"""A key gets as much as it was given: requests a minute, jobs at once, pages a month."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from docvision.access.keys import ApiKey, new_key
from docvision.access.meter import PageQuota, check_pages, check_rate, enter_job, month
from docvision.access.stores import AccessStores
from docvision.errors import JobNotFound, QuotaExceeded, RateLimited, TooManyJobs
from docvision.jobs.model import Job, State, new_job_id


def key_with(**limits: int) -> ApiKey:
    return new_key("limited", **limits)[1]


def job(key: ApiKey, state: State = State.QUEUED) -> Job:
    now = time.time()
    return Job(id=new_job_id(), task="ocr", uploads=(), created=now, key_id=key.id, state=state)


def test_a_key_may_use_its_minute_at_once_and_then_waits(stores: AccessStores) -> None:
    key = key_with(requests_per_minute=30)
    for _ in range(30):
        check_rate(stores.meter, key)
    with pytest.raises(RateLimited) as refused:
        check_rate(stores.meter, key)
    # then the answer says when the next request will do: one comes back every two seconds
    assert 1 <= int(refused.value.detail["retry_after"]) <= 2


def test_the_rate_of_one_key_is_not_that_of_another(stores: AccessStores) -> None:
    greedy, modest = key_with(requests_per_minute=1), key_with(requests_per_minute=1)
    check_rate(stores.meter, greedy)
    with pytest.raises(RateLimited):
        check_rate(stores.meter, greedy)
    check_rate(stores.meter, modest)


def test_a_key_without_limits_is_never_refused(stores: AccessStores) -> None:
    key = key_with()
    for _ in range(100):
        check_rate(stores.meter, key)
    check_pages(stores.meter, key)
    enter_job(stores.meter, lambda _: job(key), key, "j")


def test_a_job_more_than_allowed_is_refused_until_one_has_finished(stores: AccessStores) -> None:
    # given a key with two jobs under way
    key = key_with(jobs_at_once=2)
    jobs = {one.id: one for one in (job(key), job(key))}
    for one in jobs:
        enter_job(stores.meter, jobs.__getitem__, key, one)
    # when it sends a third
    with pytest.raises(TooManyJobs):
        enter_job(stores.meter, jobs.__getitem__, key, "third")
    # then it is refused, until the ledger says that one has finished
    first = next(iter(jobs))
    jobs[first] = job(key, State.FAILED)
    enter_job(stores.meter, jobs.__getitem__, key, "third")


def test_a_job_that_was_deleted_counts_no_more(stores: AccessStores) -> None:
    key = key_with(jobs_at_once=1)
    enter_job(stores.meter, lambda _: job(key), key, "deleted")

    def find(job_id: str) -> Job:
        raise JobNotFound("gone")

    enter_job(stores.meter, find, key, "next")


def test_many_at_once_do_not_get_past_the_limit(stores: AccessStores) -> None:
    key = key_with(jobs_at_once=3)

    def enter(number: int) -> bool:
        try:
            enter_job(stores.meter, lambda _: job(key), key, f"job{number}")
        except TooManyJobs:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(enter, range(24))) == 3


def test_pages_are_charged_once_and_never_beyond_the_month(stores: AccessStores) -> None:
    # given a key with ten pages a month
    key = key_with(pages_per_month=10)
    stores.book.add(key)
    quota = PageQuota(stores.book, stores.meter)
    first, second, third = job(key), job(key), job(key)
    # when a job of six pages is prepared twice, as after a worker's death
    quota.charge(first, 6)
    quota.charge(first, 6)
    assert stores.meter.pages(key.id, month()) == 6
    # then five more are too many, and four are not
    with pytest.raises(QuotaExceeded):
        quota.charge(second, 5)
    check_pages(stores.meter, key)
    quota.charge(third, 4)
    with pytest.raises(QuotaExceeded) as refused:
        check_pages(stores.meter, key)
    # then the answer says when the next month begins
    assert 0 < int(refused.value.detail["retry_after"]) <= 31 * 86_400


def test_pages_of_a_job_without_a_key_cost_nobody(stores: AccessStores) -> None:
    now = time.time()
    PageQuota(stores.book, stores.meter).charge(
        Job(id="a", task="ocr", uploads=(), created=now), 1000
    )


def test_a_month_is_a_calendar_month_in_utc() -> None:
    assert (month(1764547199), month(1764547200)) == ("2025-11", "2025-12")
