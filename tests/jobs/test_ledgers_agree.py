"""Whatever is done to a ledger, memory and Redis answer the same, and no job breaks the rules."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from docvision.errors import DocvisionError, SuspectWork
from docvision.jobs.ledger import Ledger
from docvision.jobs.memory import MemoryLedger
from docvision.jobs.model import (
    TRANSITIONS,
    Job,
    Lease,
    Priority,
    Problem,
    Progress,
    Review,
    State,
    Step,
    Unit,
    new_job_id,
)
from docvision.jobs.redis import RedisLedger, connect

HOUR = 3600.0
UNITS = 2
TENANTS = ["t1", "t2"]
OWNERS = ["w1", "w2"]
TIMES = {"started", "finished", "expires", "planned", "progressed"}
TORN = Problem(code="corrupt", message="It is torn.")
Call = Callable[[Ledger], Any]


def outcome(call: Call, ledger: Ledger) -> Any:
    """Return what a call gives, times aside; an error is its code."""
    try:
        given = call(ledger)
    except DocvisionError as error:
        return error.code
    if isinstance(given, Job):
        return given.model_dump(exclude=TIMES)
    return given.model_dump(exclude={"deadline"}) if isinstance(given, Lease) else given


def shown(jobs: list[Job]) -> list[dict[str, Any]]:
    return [job.model_dump(exclude=TIMES) for job in jobs]


class Ledgers(RuleBasedStateMachine):
    """Two ledgers to which the same things are done."""

    url: str
    jobs = Bundle("jobs")
    leases = Bundle("leases")

    @initialize()
    def start(self) -> None:
        self.memory = MemoryLedger()
        self.redis = RedisLedger(connect(self.url), prefix=f"agree-{new_job_id()}:")
        self.states: dict[str, State] = {}

    def teardown(self) -> None:
        if hasattr(self, "redis"):
            self.redis.close()

    def both(self, call: Call) -> Any:
        mine, theirs = outcome(call, self.memory), outcome(call, self.redis)
        assert mine == theirs
        return mine

    @rule(
        target=jobs,
        tenant=st.sampled_from(TENANTS),
        batch=st.sampled_from([None, "b"]),
        keep=st.sampled_from([None, 0.0]),
    )
    def create(self, tenant: str, batch: str | None, keep: float | None) -> str:
        job = Job(
            id=new_job_id(),
            task="ocr",
            uploads=(),
            created=time.time(),
            tenant=tenant,
            batch=batch and f"{batch}-{tenant}",
            priority=Priority.BULK if batch else Priority.NORMAL,
            metadata={"row": 1, "note": None},
            keep=keep,
            options={"password": "x", "pages": "1"},
        )
        self.both(lambda ledger: ledger.create(job))
        self.states[job.id] = State.QUEUED
        return job.id

    @rule(
        target=leases,
        job=jobs,
        step=st.sampled_from(Step),
        unit=st.integers(0, UNITS),
        seconds=st.sampled_from([0.0, HOUR]),
        owner=st.sampled_from(OWNERS),
        alone=st.booleans(),
    )
    def claim(
        self, job: str, step: Step, unit: int, seconds: float, owner: str, alone: bool
    ) -> Any:
        wanted = unit if step is Step.READ else None
        given = self.both(
            lambda ledger: ledger.claim(
                job, step, owner=owner, seconds=seconds, unit=wanted, alone=alone
            )
        )
        if given is None or given == SuspectWork.code:
            return multiple()
        assert alone or given["deaths"] == 0
        return Lease(**given, deadline=0)

    @rule(lease=leases)
    def renew(self, lease: Lease) -> None:
        self.both(lambda ledger: ledger.renew(lease, HOUR))

    @rule(lease=consumes(leases))
    def release(self, lease: Lease) -> None:
        self.both(lambda ledger: ledger.release(lease))

    @rule(lease=leases, problem=st.sampled_from([None, TORN]))
    def carry_out(self, lease: Lease, problem: Problem | None) -> None:
        units = [Unit(index=index, document=0, page=index) for index in range(UNITS)]
        done: dict[Step, Call] = {
            Step.PREPARE: lambda ledger: ledger.plan(lease, units),
            Step.READ: lambda ledger: ledger.commit(lease, problem),
            Step.ASSEMBLE: lambda ledger: ledger.finish(
                lease,
                State.PARTIAL if problem else State.SUCCEEDED,
                keep=HOUR,
                review=Review.NEEDED if problem else None,
            ),
        }
        self.both(done[lease.step])

    @rule(lease=leases, units=st.sets(st.integers(0, UNITS - 1)))
    def redo(self, lease: Lease, units: set[int]) -> None:
        if lease.step is Step.ASSEMBLE:
            self.both(lambda ledger: ledger.redo(lease, sorted(units)))

    @rule(owner=st.sampled_from(OWNERS))
    def bury(self, owner: str) -> None:
        self.both(lambda ledger: ledger.bury(owner))

    @rule(lease=leases)
    def give_up(self, lease: Lease) -> None:
        if lease.step is not Step.READ:
            whole = Progress(done=0, failed=1, total=1)
            self.both(
                lambda ledger: ledger.finish(
                    lease, State.FAILED, problem=TORN, keep=HOUR, whole=whole
                )
            )

    @rule(job=jobs, keep=st.sampled_from([0.0, HOUR]))
    def cancel(self, job: str, keep: float) -> None:
        self.both(lambda ledger: ledger.cancel(job, keep=keep))

    @rule(job=jobs)
    def retry(self, job: str) -> None:
        self.both(lambda ledger: ledger.retry(job))

    @rule(job=jobs)
    def delete(self, job: str) -> None:
        self.both(lambda ledger: ledger.delete(job))
        self.states.pop(job, None)

    @rule()
    def expire(self) -> None:
        for job in self.both(lambda ledger: sorted(ledger.expired(again=0))):
            self.both(lambda ledger, job=job: ledger.erased(job, keep=HOUR))

    @rule()
    def look(self) -> None:
        self.both(lambda ledger: sorted(map(str, ledger.due())))
        self.both(lambda ledger: ledger.counts())
        self.both(lambda ledger: shown(ledger.list()))
        for tenant in TENANTS:
            self.both(lambda ledger, tenant=tenant: shown(ledger.list(tenant=tenant)))
            self.both(lambda ledger, tenant=tenant: ledger.counts(tenant=tenant))
            batch = f"b-{tenant}"
            self.both(lambda ledger, batch=batch: shown(ledger.list(batch=batch, limit=2)))
            self.both(lambda ledger, batch=batch: ledger.counts(batch=batch))
            self.both(lambda ledger, batch=batch: shown(ledger.list(tenant="t1", batch=batch)))
            self.both(
                lambda ledger, tenant=tenant: shown(ledger.list(tenant=tenant, state=State.QUEUED))
            )
        for job in self.states:
            self.both(lambda ledger, job=job: ledger.problems(job))
            self.both(lambda ledger, job=job: ledger.answers(job))
            self.both(lambda ledger, job=job: len(ledger.units(job)))
            self.both(lambda ledger, job=job: ledger.position(job))

    @invariant()
    def states_follow_the_rules(self) -> None:
        for job_id, before in self.states.items():
            now = self.memory.get(job_id)
            reached, steps = {before}, {before}
            while steps := {after for one in steps for after in TRANSITIONS[one]} - reached:
                reached |= steps
            assert now.state in reached
            assert now.units_done + now.units_failed <= (now.units or 0)
            self.states[job_id] = now.state


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_memory_and_redis_agree_on_everything(valkey_url: str) -> None:
    machine = type("LedgersHere", (Ledgers,), {"url": valkey_url})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=60,
            stateful_step_count=60,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
