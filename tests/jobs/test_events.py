"""Waiting for a job to change is being woken, not asking again and again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from docvision.errors import JobNotFound
from docvision.jobs.events import MemoryEvents, RedisEvents
from docvision.jobs.ledger import Events, Ledger
from docvision.jobs.memory import MemoryLedger
from docvision.jobs.model import Job, State, Step, new_job_id
from docvision.jobs.redis import RedisLedger, connect

Scene = Callable[[Ledger, Events], Awaitable[None]]


@pytest.fixture(params=["memory", "redis"])
def play(request: pytest.FixtureRequest, valkey_url: str) -> Callable[[Scene], None]:
    """Run a scene with a ledger and its events, of each kind."""

    async def on_stage(scene: Scene) -> None:
        if request.param == "memory":
            remembered = MemoryEvents()
            remembered.ledger = MemoryLedger(changed=remembered.ring)
            await scene(remembered.ledger, remembered)
            return
        prefix = f"events-{new_job_id()}:"
        ledger, events = RedisLedger(connect(valkey_url), prefix), RedisEvents(valkey_url, prefix)
        try:
            await scene(ledger, events)
        finally:
            await events.close()
            ledger.close()

    return lambda scene: asyncio.run(on_stage(scene))


def new_job(ledger: Ledger) -> Job:
    job = Job(id=new_job_id(), task="ocr", uploads=(), created=time.time())
    ledger.create(job)
    return job


def test_a_waiting_reader_is_woken_by_the_change(play: Callable[[Scene], None]) -> None:
    async def scene(ledger: Ledger, events: Events) -> None:
        job = new_job(ledger)
        waiting = asyncio.create_task(events.wait(job.id, job.revision, 20))
        await asyncio.sleep(0.2)
        assert not waiting.done()

        began = time.perf_counter()
        await asyncio.to_thread(ledger.cancel, job.id, keep=60)
        seen = await waiting
        assert seen.state is State.CANCELLED
        assert time.perf_counter() - began < 1

    play(scene)


def test_what_changed_before_the_wait_is_told_at_once(play: Callable[[Scene], None]) -> None:
    async def scene(ledger: Ledger, events: Events) -> None:
        job = new_job(ledger)
        ledger.claim(job.id, Step.PREPARE, owner="w", seconds=60)
        seen = await events.wait(job.id, job.revision, 20)
        assert seen.state is State.RUNNING

    play(scene)


def test_a_wait_without_news_ends_with_the_job_as_it_is(play: Callable[[Scene], None]) -> None:
    async def scene(ledger: Ledger, events: Events) -> None:
        job = new_job(ledger)
        began = time.perf_counter()
        assert await events.wait(job.id, job.revision, 0.3) == job
        assert 0.25 < time.perf_counter() - began < 2

    play(scene)


def test_a_reader_learns_that_its_job_was_deleted(play: Callable[[Scene], None]) -> None:
    async def scene(ledger: Ledger, events: Events) -> None:
        job = new_job(ledger)
        waiting = asyncio.create_task(events.wait(job.id, job.revision, 20))
        await asyncio.sleep(0.2)
        await asyncio.to_thread(ledger.delete, job.id)
        with pytest.raises(JobNotFound):
            await waiting

    play(scene)


def test_many_readers_of_many_jobs_are_woken_each_for_its_own(
    play: Callable[[Scene], None],
) -> None:
    async def scene(ledger: Ledger, events: Events) -> None:
        jobs = [new_job(ledger) for _ in range(20)]
        waits = [asyncio.create_task(events.wait(job.id, 0, 20)) for job in jobs]
        await asyncio.sleep(0.2)
        for job in jobs[:10]:
            await asyncio.to_thread(ledger.cancel, job.id, keep=60)
        await asyncio.gather(*waits[:10])
        assert not any(wait.done() for wait in waits[10:])
        for wait in waits[10:]:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)

    play(scene)


def test_who_waits_for_the_end_sleeps_through_everything_else(
    play: Callable[[Scene], None],
) -> None:
    async def scene(ledger: Ledger, events: Events) -> None:
        job = new_job(ledger)
        waiting = asyncio.create_task(events.wait(job.id, None, 20))
        await asyncio.sleep(0.2)
        ledger.claim(job.id, Step.PREPARE, owner="w", seconds=60)
        await asyncio.sleep(0.2)
        assert not waiting.done()
        ledger.cancel(job.id, keep=60)
        assert (await waiting).state is State.CANCELLED

    play(scene)


def test_a_finished_job_is_not_waited_for(play: Callable[[Scene], None]) -> None:
    async def scene(ledger: Ledger, events: Events) -> None:
        job = new_job(ledger)
        done = ledger.cancel(job.id, keep=60)
        assert await asyncio.wait_for(events.wait(job.id, done.revision, 20), 5) == done

    play(scene)


def test_a_follower_is_told_each_state_until_the_end(play: Callable[[Scene], None]) -> None:
    async def scene(ledger: Ledger, events: Events) -> None:
        job = new_job(ledger)
        seen: list[State | None] = []
        async for change in events.changes(job.id, None, 0.2):
            seen.append(change.state if change else None)
            if seen == [State.QUEUED, None]:
                await asyncio.to_thread(ledger.claim, job.id, Step.PREPARE, owner="w", seconds=60)
            elif seen[-1] is State.RUNNING:
                await asyncio.to_thread(ledger.cancel, job.id, keep=60)
        assert [state for state in seen if state] == [
            State.QUEUED,
            State.RUNNING,
            State.CANCELLED,
        ]

    play(scene)


def test_a_follower_that_comes_back_is_told_only_what_is_new(play: Callable[[Scene], None]) -> None:
    async def scene(ledger: Ledger, events: Events) -> None:
        job = new_job(ledger)
        follower = events.changes(job.id, job.revision, 0.1)
        assert await anext(follower) is None
        await asyncio.to_thread(ledger.cancel, job.id, keep=60)
        told = [change async for change in follower if change]
        assert [change.state for change in told] == [State.CANCELLED]

    play(scene)


def test_a_follower_of_a_deleted_job_is_told_so(play: Callable[[Scene], None]) -> None:
    async def scene(ledger: Ledger, events: Events) -> None:
        job = new_job(ledger)
        follower = events.changes(job.id, None, 10)
        assert await anext(follower) == job
        await asyncio.to_thread(ledger.delete, job.id)
        with pytest.raises(JobNotFound):
            await anext(follower)

    play(scene)


def test_a_batch_changes_as_each_of_its_files_ends(play: Callable[[Scene], None]) -> None:
    async def scene(ledger: Ledger, events: Events) -> None:
        # given a batch of two files that somebody follows
        batch = new_job(ledger)
        files = [
            Job(id=new_job_id(), task="ocr", uploads=(), created=0, batch=batch.id) for _ in "ab"
        ]
        for job in files:
            ledger.create(job)
        follower = events.changes(batch.id, None, 10)
        seen = [await anext(follower)]

        # when one file is cancelled after the other
        for job in files:
            await asyncio.to_thread(ledger.cancel, job.id, keep=60)
            seen.append(await asyncio.wait_for(anext(follower), 10))

        # then each time the batch is newer
        revisions = [change.revision for change in seen if change]
        assert revisions == [0, 1, 2]

    play(scene)
