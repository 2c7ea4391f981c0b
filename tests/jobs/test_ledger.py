"""One suite for every ledger: what a job may go through, and what is refused."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from docvision.errors import JobConflict, JobNotFound, LeaseLost, SuspectWork
from docvision.jobs.ledger import Ledger
from docvision.jobs.model import (
    Job,
    Lease,
    Problem,
    Progress,
    Review,
    State,
    Step,
    Unit,
    Upload,
    new_job_id,
)
from docvision.jobs.redis import RedisLedger
from docvision.jobs.wire import Message

HOUR = 3600.0
SHORT = 0.05


def make_job() -> Job:
    upload = Upload(name="a.png", media_type="image/png", size=3, sha256="ab", key="jobs/x/input/0")
    return Job(
        id=new_job_id(),
        task="ocr",
        options={"pages": "1-2", "fps": 2.0},
        uploads=(upload,),
        created=time.time(),
    )


def new_job(ledger: Ledger) -> str:
    job = make_job()
    ledger.create(job)
    return job.id


def claim(
    ledger: Ledger,
    job: str,
    step: Step,
    unit: int | None = None,
    *,
    seconds: float = HOUR,
    alone: bool = False,
) -> Lease:
    lease = ledger.claim(job, step, owner="worker-1", seconds=seconds, unit=unit, alone=alone)
    assert lease is not None
    return lease


def refused(ledger: Ledger, job: str, step: Step, unit: int | None = None) -> bool:
    return ledger.claim(job, step, owner="worker-2", seconds=HOUR, unit=unit) is None


def planned(ledger: Ledger, units: int) -> str:
    job = new_job(ledger)
    plan = [Unit(index=index, document=0, page=index) for index in range(units)]
    ledger.plan(claim(ledger, job, Step.PREPARE), plan)
    return job


def finished(ledger: Ledger, state: State = State.SUCCEEDED, keep: float = HOUR) -> str:
    job = planned(ledger, 1)
    ledger.commit(claim(ledger, job, Step.READ, 0))
    ledger.finish(claim(ledger, job, Step.ASSEMBLE), state, keep=keep)
    return job


def test_a_new_job_is_queued_and_comes_back_as_it_was_sent(ledger: Ledger) -> None:
    job = make_job()
    ledger.create(job)
    assert ledger.get(job.id) == job
    assert job.state is State.QUEUED


def test_an_id_is_given_once(ledger: Ledger) -> None:
    job = make_job()
    ledger.create(job)
    with pytest.raises(JobConflict):
        ledger.create(job)


@pytest.mark.parametrize(
    "ask",
    [
        lambda ledger: ledger.get("nope"),
        lambda ledger: ledger.cancel("nope", keep=HOUR),
        lambda ledger: ledger.delete("nope"),
    ],
)
def test_an_unknown_job_is_not_found(ledger: Ledger, ask) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(JobNotFound):
        ask(ledger)


def test_a_job_walks_from_queued_to_succeeded(ledger: Ledger) -> None:
    job = new_job(ledger)
    prepare = claim(ledger, job, Step.PREPARE)
    running = ledger.get(job)
    assert (running.state, running.units) == (State.RUNNING, None)
    assert running.started is not None

    ledger.plan(prepare, [Unit(index=0, document=0, page=0), Unit(index=1, document=0, page=4)])
    assert [unit.page for unit in ledger.units(job)] == [0, 4]

    first = ledger.commit(claim(ledger, job, Step.READ, 1))
    assert first == Progress(done=1, failed=0, total=2)
    assert not first.complete
    assert ledger.commit(claim(ledger, job, Step.READ, 0)).complete

    done = ledger.finish(claim(ledger, job, Step.ASSEMBLE), State.SUCCEEDED, keep=HOUR)
    assert done == ledger.get(job)
    assert (done.state, done.units, done.units_done) == (State.SUCCEEDED, 2, 2)
    assert done.finished is not None
    assert done.expires == pytest.approx(done.finished + HOUR)


def test_a_job_read_in_one_go_ends_under_its_first_lease(ledger: Ledger) -> None:
    job = new_job(ledger)
    lease = claim(ledger, job, Step.PREPARE)
    whole = Progress(done=1, failed=0, total=1)
    done = ledger.finish(lease, State.SUCCEEDED, keep=HOUR, whole=whole)
    assert (done.units, done.units_done, done.units_failed) == (1, 1, 0)
    assert done == ledger.get(job)


def test_a_job_says_itself_how_long_it_is_kept(ledger: Ledger) -> None:
    job = make_job().model_copy(update={"keep": 5.0})
    ledger.create(job)
    lease = claim(ledger, job.id, Step.PREPARE)
    done = ledger.finish(lease, State.SUCCEEDED, keep=HOUR, review=Review.NEEDED)
    assert done.expires is not None
    assert done.finished is not None
    assert done.expires == pytest.approx(done.finished + 5)
    assert (done.review, done.fence) == (Review.NEEDED, lease.token)


def test_jobs_are_listed_and_counted_by_tenant_and_by_batch(ledger: Ledger) -> None:
    mine = make_job().model_copy(update={"tenant": "acme", "batch": "b1"})
    other = make_job().model_copy(update={"tenant": "globex"})
    for job in (mine, other):
        ledger.create(job)
    assert ledger.list(tenant="acme") == ledger.list(batch="b1") == [mine]
    assert ledger.list(tenant="globex", state=State.QUEUED) == [other]
    assert ledger.list(tenant="globex", batch="b1") == []
    assert ledger.counts(tenant="acme")[State.QUEUED] == ledger.counts(batch="b1")[State.QUEUED]
    assert sum(ledger.counts(tenant="nobody").values()) == 0


def test_a_lease_tells_how_many_died_under_the_same_work(ledger: Ledger) -> None:
    job = planned(ledger, 2)
    for deaths in range(3):
        lease = claim(ledger, job, Step.READ, 0, seconds=0.0, alone=True)
        assert lease.deaths == deaths
    ledger.release(lease)
    assert claim(ledger, job, Step.READ, 0, alone=True).deaths == 2
    assert claim(ledger, job, Step.READ, 1).deaths == 0


def test_work_under_which_a_worker_died_is_granted_to_one_who_does_nothing_else(
    ledger: Ledger,
) -> None:
    # given a unit whose worker fell silent
    job = planned(ledger, 2)
    claim(ledger, job, Step.READ, 0, seconds=0.0)

    # then whoever does something else does not get it, however often it is asked for
    for _ in range(2):
        with pytest.raises(SuspectWork):
            claim(ledger, job, Step.READ, 0)
    assert list(ledger.due()) == [Message(job=job, step=Step.READ, units=(0, 1))]

    # and one death is one death
    assert claim(ledger, job, Step.READ, 0, alone=True).deaths == 1


def test_the_work_of_a_dead_worker_is_free_at_once(ledger: Ledger) -> None:
    job = planned(ledger, 3)
    ledger.commit(claim(ledger, job, Step.READ, 0))
    held = claim(ledger, job, Step.READ, 1)
    other = ledger.claim(job, Step.READ, owner="worker-2", seconds=HOUR, unit=2)
    assert other is not None
    assert ledger.bury("worker-1") == 1
    assert list(ledger.due(quiet=5)) == [Message(job=job, step=Step.READ, units=(1,))]
    assert claim(ledger, job, Step.READ, 1, alone=True).deaths == 1
    with pytest.raises(LeaseLost):
        ledger.commit(held)
    ledger.commit(other)
    assert ledger.bury("worker-1") == 1
    assert ledger.bury("worker-1") == 0


def test_answers_that_are_gone_are_read_again(ledger: Ledger) -> None:
    job = planned(ledger, 2)
    tokens = {}
    for unit in (0, 1):
        lease = claim(ledger, job, Step.READ, unit)
        ledger.commit(lease)
        tokens[unit] = lease.token
    assert ledger.answers(job) == tokens
    ledger.redo(claim(ledger, job, Step.ASSEMBLE), [1])
    assert refused(ledger, job, Step.ASSEMBLE)
    assert list(ledger.answers(job)) == [0]
    assert ledger.commit(claim(ledger, job, Step.READ, 1)).complete


def test_a_password_is_forgotten_at_the_end_and_the_rest_when_it_expires(ledger: Ledger) -> None:
    options = {"password": "open sesame", "pages": "1"}
    job = make_job().model_copy(update={"options": options, "metadata": {"row": 7}})
    ledger.create(job)
    assert ledger.get(job.id).options == options
    ledger.finish(claim(ledger, job.id, Step.PREPARE), State.SUCCEEDED, keep=0.0)
    assert ledger.get(job.id).options == {"pages": "1"}
    ledger.expired()
    ledger.erased(job.id, keep=HOUR)
    left = ledger.get(job.id)
    assert (left.options, left.uploads, left.metadata) == ({}, (), {})


def test_each_change_raises_the_revision(ledger: Ledger) -> None:
    job = planned(ledger, 1)
    before = ledger.get(job).revision
    ledger.commit(claim(ledger, job, Step.READ, 0))
    assert ledger.get(job).revision == before + 1


def test_a_failed_unit_keeps_its_problem_until_the_end(ledger: Ledger) -> None:
    job = planned(ledger, 2)
    problem = Problem(code="corrupt", message="The page is torn.", detail={"page": 1})
    progress = ledger.commit(claim(ledger, job, Step.READ, 1), problem)
    assert (progress.done, progress.failed) == (0, 1)
    assert ledger.problems(job) == {1: problem}


def test_a_job_that_cannot_be_opened_fails_with_its_problem(ledger: Ledger) -> None:
    job = new_job(ledger)
    problem = Problem(code="encrypted", message="A password is needed.")
    lease = claim(ledger, job, Step.PREPARE)
    ledger.finish(lease, State.FAILED, problem=problem, keep=HOUR)
    assert ledger.get(job).state is State.FAILED
    assert ledger.get(job).problem == problem


def test_work_waits_for_what_comes_before_it(ledger: Ledger) -> None:
    job = new_job(ledger)
    assert refused(ledger, job, Step.READ, 0)
    assert refused(ledger, job, Step.ASSEMBLE)
    ledger.plan(claim(ledger, job, Step.PREPARE), [Unit(index=0, document=0, page=0)])
    assert refused(ledger, job, Step.PREPARE)
    assert refused(ledger, job, Step.ASSEMBLE)
    assert refused(ledger, job, Step.READ, 1)
    ledger.commit(claim(ledger, job, Step.READ, 0))
    assert refused(ledger, job, Step.READ, 0)


def test_work_that_is_held_is_not_given_twice(ledger: Ledger) -> None:
    job = new_job(ledger)
    claim(ledger, job, Step.PREPARE)
    assert refused(ledger, job, Step.PREPARE)


def test_of_many_claims_at_once_one_is_granted(ledger: Ledger) -> None:
    job = planned(ledger, 1)

    def attempt(number: int) -> Lease | None:
        return ledger.claim(job, Step.READ, owner=f"w{number}", seconds=HOUR, unit=0)

    with ThreadPoolExecutor(8) as pool:
        granted = [lease for lease in pool.map(attempt, range(32)) if lease]
    assert len(granted) == 1


def test_a_lease_that_ran_out_is_handed_on_and_its_holder_is_fenced(ledger: Ledger) -> None:
    job = planned(ledger, 1)
    old = claim(ledger, job, Step.READ, 0, seconds=SHORT)
    time.sleep(2 * SHORT)
    new = claim(ledger, job, Step.READ, 0, alone=True)
    assert new.token > old.token
    with pytest.raises(LeaseLost):
        ledger.commit(old)
    with pytest.raises(LeaseLost):
        ledger.renew(old, HOUR)
    ledger.release(old)
    assert ledger.commit(new).complete


def test_a_token_granted_once_more_after_the_log_was_cut_is_not_its_first_owners(
    ledger: Ledger,
) -> None:
    # given a server that lost the end of its log and so grants the same token to another
    job = planned(ledger, 1)
    new = claim(ledger, job, Step.READ, 0)
    forgotten = new.model_copy(update={"owner": "worker-0"})

    # then the lease that it forgot is lost
    with pytest.raises(LeaseLost):
        ledger.renew(forgotten, HOUR)
    with pytest.raises(LeaseLost):
        ledger.commit(forgotten)
    ledger.release(forgotten)
    assert ledger.commit(new).complete


def test_a_late_commit_counts_where_nobody_else_took_over(ledger: Ledger) -> None:
    job = planned(ledger, 1)
    lease = claim(ledger, job, Step.READ, 0, seconds=SHORT)
    time.sleep(2 * SHORT)
    assert ledger.commit(lease).complete


def test_a_renewed_lease_holds_on(ledger: Ledger) -> None:
    job = planned(ledger, 1)
    lease = claim(ledger, job, Step.READ, 0, seconds=SHORT)
    renewed = ledger.renew(lease, HOUR)
    assert (renewed.token, renewed.deadline > lease.deadline) == (lease.token, True)
    time.sleep(2 * SHORT)
    assert refused(ledger, job, Step.READ, 0)


def test_released_work_can_be_claimed_at_once(ledger: Ledger) -> None:
    job = planned(ledger, 1)
    lease = claim(ledger, job, Step.READ, 0)
    ledger.release(lease)
    with pytest.raises(LeaseLost):
        ledger.commit(lease)
    claim(ledger, job, Step.READ, 0)


def test_a_commit_counts_once(ledger: Ledger) -> None:
    job = planned(ledger, 2)
    lease = claim(ledger, job, Step.READ, 0)
    ledger.commit(lease)
    with pytest.raises(LeaseLost):
        ledger.commit(lease)
    assert ledger.get(job).units_done == 1


def test_a_cancelled_job_takes_no_more_work(ledger: Ledger) -> None:
    job = planned(ledger, 2)
    lease = claim(ledger, job, Step.READ, 0)
    cancelled = ledger.cancel(job, keep=HOUR)
    assert cancelled.state is State.CANCELLED
    assert cancelled.expires is not None
    with pytest.raises(LeaseLost):
        ledger.renew(lease, HOUR)
    with pytest.raises(LeaseLost):
        ledger.commit(lease)
    assert refused(ledger, job, Step.READ, 1)
    assert ledger.cancel(job, keep=HOUR) == cancelled


def test_a_finished_job_cannot_be_cancelled_or_finished_again(ledger: Ledger) -> None:
    job = planned(ledger, 1)
    ledger.commit(claim(ledger, job, Step.READ, 0))
    lease = claim(ledger, job, Step.ASSEMBLE)
    ledger.finish(lease, State.PARTIAL, keep=HOUR)
    with pytest.raises(JobConflict):
        ledger.cancel(job, keep=HOUR)
    with pytest.raises(LeaseLost):
        ledger.finish(lease, State.SUCCEEDED, keep=HOUR)
    assert ledger.get(job).state is State.PARTIAL


def test_a_deleted_job_is_gone_and_its_work_is_refused(ledger: Ledger) -> None:
    job = planned(ledger, 1)
    lease = claim(ledger, job, Step.READ, 0)
    ledger.delete(job)
    with pytest.raises(JobNotFound):
        ledger.get(job)
    with pytest.raises(LeaseLost):
        ledger.commit(lease)
    assert refused(ledger, job, Step.READ, 0)
    assert (ledger.list(), list(ledger.due())) == ([], [])


def test_jobs_are_listed_newest_first_by_state_and_by_page(ledger: Ledger) -> None:
    ids = []
    for _ in range(4):
        ids.append(new_job(ledger))
        time.sleep(0.002)
    ledger.cancel(ids[1], keep=HOUR)
    assert [job.id for job in ledger.list()] == ids[::-1]
    assert [job.id for job in ledger.list(limit=2, before=ids[3])] == [ids[2], ids[1]]
    assert [job.id for job in ledger.list(state=State.CANCELLED)] == [ids[1]]
    assert ledger.counts()[State.QUEUED] == 3


def test_a_queued_job_knows_how_many_are_ahead(ledger: Ledger) -> None:
    first = new_job(ledger)
    time.sleep(0.002)
    second = new_job(ledger)
    assert (ledger.position(first), ledger.position(second)) == (0, 1)
    claim(ledger, first, Step.PREPARE)
    assert (ledger.position(first), ledger.position(second)) == (None, 0)


def test_work_that_nobody_holds_is_due(ledger: Ledger) -> None:
    queued = new_job(ledger)
    assert list(ledger.due()) == [Message(job=queued, step=Step.PREPARE)]
    prepare = claim(ledger, queued, Step.PREPARE)
    assert list(ledger.due()) == []

    ledger.plan(prepare, [Unit(index=index, document=0, page=index) for index in range(3)])
    held = claim(ledger, queued, Step.READ, 1)
    assert list(ledger.due()) == [Message(job=queued, step=Step.READ, units=(0, 2))]
    ledger.commit(held)
    ledger.commit(claim(ledger, queued, Step.READ, 0))
    ledger.commit(claim(ledger, queued, Step.READ, 2))
    assert list(ledger.due()) == [Message(job=queued, step=Step.ASSEMBLE)]


def test_work_is_due_again_when_its_holder_falls_silent(ledger: Ledger) -> None:
    job = planned(ledger, 1)
    claim(ledger, job, Step.READ, 0, seconds=SHORT)
    assert list(ledger.due()) == []
    time.sleep(2 * SHORT)
    assert list(ledger.due()) == [Message(job=job, step=Step.READ, units=(0,))]


def test_due_leaves_alone_what_it_looked_at_a_moment_ago(ledger: Ledger) -> None:
    new_job(ledger)
    assert list(ledger.due(quiet=HOUR)) == []
    assert len(ledger.due()) == 1
    assert list(ledger.due(quiet=HOUR)) == []


def test_begun_jobs_are_due_before_queued_ones(ledger: Ledger) -> None:
    new_job(ledger)
    begun = planned(ledger, 1)
    assert [message.job for message in ledger.due(limit=1)] == [begun]


def test_a_job_expires_is_named_until_erased_and_then_forgotten(ledger: Ledger) -> None:
    job = finished(ledger, keep=0.0)
    kept = finished(ledger)
    assert list(ledger.expired(again=0.0)) == [job]
    assert ledger.get(job).state is State.EXPIRED
    assert list(ledger.expired()) == [job]
    assert list(ledger.expired()) == []

    ledger.erased(job, keep=SHORT)
    assert ledger.get(job).state is State.EXPIRED
    time.sleep(2 * SHORT)
    ledger.expired()
    with pytest.raises(JobNotFound):
        ledger.get(job)
    assert [one.id for one in ledger.list()] == [kept]


def test_a_retry_reads_again_what_was_not_read(ledger: Ledger) -> None:
    # given a job that ended with one page read, one given up after three deaths, one failed
    job = planned(ledger, 3)
    kept = claim(ledger, job, Step.READ, 0)
    ledger.commit(kept)
    for _ in range(3):
        claim(ledger, job, Step.READ, 1, seconds=0.0, alone=True)
    torn = Problem(code="corrupt", message="It is torn.")
    for unit in (1, 2):
        ledger.commit(claim(ledger, job, Step.READ, unit, alone=True), torn)
    plan = ledger.get(job).fence
    ended = ledger.finish(claim(ledger, job, Step.ASSEMBLE), State.PARTIAL, keep=HOUR)
    assert ended.fence != plan

    # when somebody wants it done again, once or twice
    again = ledger.retry(job)
    assert ledger.retry(job) == again

    # then it waits as after its plan, and its one good page stays
    assert (again.state, again.retries, again.fence) == (State.QUEUED, 1, plan)
    assert (again.units, again.units_done, again.units_failed) == (3, 1, 0)
    assert (again.finished, again.expires, again.problem) == (None, None, None)
    assert ledger.answers(job) == {0: kept.token}
    assert ledger.problems(job) == {}
    assert list(ledger.due(quiet=5)) == [Message(job=job, step=Step.READ, units=(1, 2))]

    # and old deaths and old leases count no more
    for unit in (1, 2):
        lease = claim(ledger, job, Step.READ, unit)
        assert lease.deaths == 0
        assert lease.token > kept.token
        ledger.commit(lease)
    done = ledger.finish(claim(ledger, job, Step.ASSEMBLE), State.SUCCEEDED, keep=HOUR)
    assert (done.units_done, done.units_failed) == (3, 0)
    assert ledger.units(job) == ()
    with pytest.raises(JobConflict):
        ledger.retry(job)


def test_a_lease_of_before_a_retry_is_lost(ledger: Ledger) -> None:
    job = planned(ledger, 1)
    old = claim(ledger, job, Step.READ, 0)
    ledger.cancel(job, keep=HOUR)
    ledger.retry(job)
    with pytest.raises(LeaseLost):
        ledger.commit(old)
    assert claim(ledger, job, Step.READ, 0).token > old.token


def test_a_job_that_never_was_planned_is_done_from_the_start_again(ledger: Ledger) -> None:
    job = new_job(ledger)
    whole = Progress(done=0, failed=1, total=1)
    ledger.finish(claim(ledger, job, Step.PREPARE), State.FAILED, keep=HOUR, whole=whole)
    again = ledger.retry(job)
    assert (again.units, again.units_failed, again.fence) == (None, 0, None)
    assert list(ledger.due(quiet=5)) == [Message(job=job, step=Step.PREPARE)]
    assert ledger.expired() == []
    with pytest.raises(JobNotFound):
        ledger.retry("nobody")


def test_a_clock_that_was_set_back_delays_no_lost_work(redis_ledger: RedisLedger) -> None:
    # given a job that was looked at when the server's clock was an hour ahead
    job = planned(redis_ledger, 1)
    watch = f"{redis_ledger._prefix}watch:running"
    redis_ledger._client.zadd(watch, {job: time.time() + HOUR})

    # then it is due all the same
    assert list(redis_ledger.due(quiet=5)) == [Message(job=job, step=Step.READ, units=(0,))]
