"""The walk of a job through a worker, message by message, without a network."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from docvision import run
from docvision.blobs.base import BlobStore
from docvision.errors import Cancelled, StorageError
from docvision.jobs import keys
from docvision.jobs.ledger import Ledger
from docvision.jobs.model import Job, State, Step
from docvision.jobs.wire import Message
from docvision.results.model import Result
from docvision.run import reading
from docvision.run.isolation import Isolation

Pdf = Callable[..., bytes]
BROKEN = b"%PDF-1.4\nthis is no document"


class Interrupted:
    """A blob store in which something happens as the first answer of a unit is stored."""

    def __init__(self, store: BlobStore, happens: Callable[[str], None]) -> None:
        self._store = store
        self._happens = happens

    def put(self, key: str, data: bytes) -> None:
        happens, self._happens = self._happens, lambda job: None
        if "/units/" in key:
            happens(key.split("/")[1])
        else:
            self._happens = happens
        self._store.put(key, data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def result_of(works: Any, job: str) -> Result:
    return Result.model_validate_json(
        works.blobs.get(keys.result_key(job, works.ledger.get(job).fence))
    )


def carry(works: Any, *messages: Message) -> None:
    for message in messages:
        run.do(works.bench, message)


def finish(works: Any, job: str) -> Job:
    """Carry messages until none is left."""
    carry(works, Message(job=job, step=Step.PREPARE))
    while messages := works.outbox.take():
        carry(works, *messages)
    done: Job = works.ledger.get(job)
    return done


def text_of(result: Result, document: int = 0) -> list[str]:
    pages = result.documents[document].pages
    return [" ".join(block.text for block in page.blocks) for page in pages]


def test_a_job_of_one_page_is_one_message_and_two_blobs(works: Any, pdf: Pdf) -> None:
    job = works.send(pdf(1))
    run.prepare(works.bench, job)
    done = works.ledger.get(job)
    assert (done.state, done.units, done.units_done) == (State.SUCCEEDED, 1, 1)
    assert works.outbox.messages == []
    assert set(works.blobs.keys(keys.root(job))) == {
        keys.upload_key(job, 0),
        keys.result_key(job, done.fence),
    }
    assert "page number 1" in text_of(result_of(works, job))[0]


def test_a_job_of_a_few_pages_is_one_message_with_progress_by_page(works: Any, pdf: Pdf) -> None:
    job = works.send(pdf(3))
    run.prepare(works.bench, job)
    done = works.ledger.get(job)
    assert (done.state, done.units_done) == (State.SUCCEEDED, 3)
    assert done.revision >= 5  # claimed, planned, three pages, finished
    assert works.outbox.messages == []
    assert list(works.blobs.keys(keys.units_root(job))) == []


def test_a_long_document_is_shared_and_comes_back_in_order(works: Any, pdf: Pdf) -> None:
    job = works.send(pdf(10))
    run.prepare(works.bench, job)
    messages = works.outbox.take()
    assert [message.units for message in messages] == [(0, 1, 2, 3), (4, 5, 6, 7), (8, 9)]

    carry(works, *reversed(messages))
    assert works.outbox.take() == [Message(job=job, step=Step.ASSEMBLE)]
    run.assemble(works.bench, job)
    result = result_of(works, job)
    assert [page.number for page in result.documents[0].pages] == list(range(1, 11))
    assert all(f"number {n}" in text for n, text in enumerate(text_of(result), start=1))


def test_messages_that_come_twice_do_no_harm(works: Any, pdf: Pdf) -> None:
    job = works.send(pdf(6))
    prepare = Message(job=job, step=Step.PREPARE)
    carry(works, prepare, prepare)
    messages = works.outbox.take()
    carry(works, *messages, *messages)
    assemble = works.outbox.take()
    assert len(assemble) == 1
    carry(works, *assemble, *assemble, prepare, *messages)
    done = works.ledger.get(job)
    assert (done.state, done.units_done) == (State.SUCCEEDED, 6)
    assert works.outbox.messages == []


def test_only_the_pages_asked_for_are_read(works: Any, pdf: Pdf) -> None:
    job = works.send(pdf(9), pages="2,9")
    assert finish(works, job).units == 2
    numbers = [page.number for page in result_of(works, job).documents[0].pages]
    assert numbers == [2, 9]


def test_one_broken_file_of_several_is_told_and_the_others_are_read(works: Any, pdf: Pdf) -> None:
    job = works.send(pdf(1), BROKEN, pdf(2))
    done = finish(works, job)
    assert (done.state, done.units_done) == (State.PARTIAL, 3)
    first, broken, last = result_of(works, job).documents
    assert broken.problem is not None
    assert broken.problem.code == "corrupt"
    assert (len(first.pages), len(broken.pages), len(last.pages)) == (1, 0, 2)


def test_a_job_of_which_nothing_can_be_read_fails_with_the_reason(works: Any) -> None:
    job = works.send(BROKEN)
    done = finish(works, job)
    assert done.state is State.FAILED
    assert done.problem is not None
    assert done.problem.code == "corrupt"


def test_an_encrypted_file_needs_its_password(works: Any, pdf: Pdf) -> None:
    locked = pdf(1, password="open sesame")
    failed = finish(works, works.send(locked))
    assert failed.problem is not None
    assert failed.problem.code == "encrypted"
    assert finish(works, works.send(locked, password="open sesame")).state is State.SUCCEEDED


def test_a_page_that_does_not_exist_is_the_requests_fault(works: Any, pdf: Pdf) -> None:
    done = finish(works, works.send(pdf(2), pages="7"))
    assert done.problem is not None
    assert done.problem.code == "invalid_request"


def test_work_on_an_unknown_job_is_dropped(works: Any) -> None:
    job = "never-sent"
    carry(works, *(Message(job=job, step=step, units=(0,)) for step in Step))
    assert works.outbox.messages == []


def test_a_cancelled_job_is_read_no_further(make_works: Any, pdf: Pdf) -> None:
    works = make_works(
        lambda ledger, store: Interrupted(store, lambda job: ledger.cancel(job, keep=60))
    )
    job = works.send(pdf(3))
    done = finish(works, job)
    assert (done.state, done.units_done) == (State.CANCELLED, 0)


def test_of_a_job_deleted_while_it_is_read_no_byte_is_left(make_works: Any, pdf: Pdf) -> None:
    def delete(ledger: Ledger, store: BlobStore) -> Any:
        def happens(job: str) -> None:
            ledger.delete(job)
            store.delete_tree(keys.root(job))

        return Interrupted(store, happens)

    works = make_works(delete)
    job = works.send(pdf(3))
    carry(works, Message(job=job, step=Step.PREPARE))
    assert works.ledger.list() == []
    assert list(works.blobs.keys("jobs")) == []


def test_work_broken_off_by_the_store_is_due_and_goes_on_where_it_was(
    make_works: Any, pdf: Pdf
) -> None:
    def fail(job: str) -> None:
        raise StorageError("The disk is full.")

    works = make_works(lambda ledger, store: Interrupted(store, fail))
    job = works.send(pdf(6))
    carry(works, Message(job=job, step=Step.PREPARE))
    first, second = works.outbox.take()
    with pytest.raises(StorageError):
        carry(works, first)
    carry(works, second)

    due = list(works.ledger.due())
    assert due == [Message(job=job, step=Step.READ, units=(0, 1, 2, 3))]
    carry(works, *due)
    carry(works, *works.outbox.take())
    assert works.ledger.get(job).state is State.SUCCEEDED


def test_a_worker_that_stops_hands_its_work_on_at_once(works: Any, pdf: Pdf) -> None:
    job = works.send(pdf(6))
    carry(works, Message(job=job, step=Step.PREPARE))
    first, *_ = works.outbox.take()
    works.bench.keeper.stop()
    carry(works, first)
    assert works.outbox.take() == [first]
    lease = works.ledger.claim(job, Step.READ, owner="worker-2", seconds=60, unit=0)
    assert lease is not None


def die_over(works: Any, job: str, *units: int, times: int = 1) -> None:
    """Let workers hold units and fall silent, as those do that are killed."""
    for _ in range(times):
        for unit in units:
            assert works.ledger.claim(
                job, Step.READ, owner="killed", seconds=60, unit=unit, alone=True
            )
        works.ledger.bury("killed")


def test_a_page_that_killed_three_workers_is_given_up_and_the_others_are_read(
    works: Any, pdf: Pdf
) -> None:
    job = works.send(pdf(6))
    carry(works, Message(job=job, step=Step.PREPARE))
    die_over(works, job, 0, 1, 2, times=2)
    die_over(works, job, 1)
    while messages := works.outbox.take():
        carry(works, *messages)
    done = works.ledger.get(job)
    assert (done.state, done.units_done, done.units_failed) == (State.PARTIAL, 5, 1)
    pages = result_of(works, job).documents[0].pages
    assert [page.number for page in pages if page.problem] == [2]
    assert pages[1].problem is not None
    assert pages[1].problem.code == "poison"


def test_a_retry_reads_only_what_was_given_up(works: Any, pdf: Pdf) -> None:
    # given a job of which one page was given up
    job = works.send(pdf(6))
    carry(works, Message(job=job, step=Step.PREPARE))
    die_over(works, job, 1, times=3)
    while messages := works.outbox.take():
        carry(works, *messages)
    assert works.ledger.get(job).state is State.PARTIAL
    before = {key: works.blobs.get(key) for key in works.blobs.keys(keys.units_root(job))}

    # when it is done again
    works.ledger.retry(job)
    (due,) = works.ledger.due()
    assert due == Message(job=job, step=Step.READ, units=(1,))
    carry(works, due, *works.outbox.take())
    carry(works, *works.outbox.take())

    # then all pages are there, and nothing else was read twice
    done = works.ledger.get(job)
    assert (done.state, done.units_done, done.units_failed) == (State.SUCCEEDED, 6, 0)
    assert all(f"number {n}" in text for n, text in enumerate(text_of(result_of(works, job)), 1))
    assert len(before) == 6
    assert list(works.blobs.keys(keys.units_root(job))) == []


@pytest.mark.parametrize("step", [Step.PREPARE, Step.ASSEMBLE])
def test_a_job_over_which_three_workers_died_fails_and_says_so(
    works: Any, pdf: Pdf, step: Step
) -> None:
    job = works.send(pdf(6))
    if step is Step.ASSEMBLE:
        carry(works, Message(job=job, step=Step.PREPARE))
        carry(works, *works.outbox.take())
    for _ in range(3):
        assert works.ledger.claim(job, step, owner="killed", seconds=0, alone=True)
    carry(works, Message(job=job, step=step))
    done = works.ledger.get(job)
    assert (done.state, done.problem.code) == (State.FAILED, "poison")


def test_an_answer_that_comes_late_overwrites_nothing(make_works: Any, pdf: Pdf) -> None:
    """A worker is stopped before it stores; meanwhile its pages are given to another."""

    def stop(job: str) -> None:
        works.ledger.bury("worker-1")
        other = replace(works.bench, owner="worker-2", isolation=Isolation())
        run.read(other, job, [0])
        before.update({key: works.blobs.get(key) for key in works.blobs.keys(keys.units_root(job))})

    before: dict[str, bytes] = {}
    works = make_works(lambda ledger, store: Interrupted(store, stop))
    job = works.send(pdf(6))
    carry(works, Message(job=job, step=Step.PREPARE))
    carry(works, works.outbox.take()[0])
    assert before
    assert all(works.blobs.get(key) == data for key, data in before.items())
    assert works.ledger.get(job).units_done == 4


def test_answers_lost_from_the_store_are_read_again(works: Any, pdf: Pdf) -> None:
    job = works.send(pdf(6))
    carry(works, Message(job=job, step=Step.PREPARE))
    carry(works, *works.outbox.take())
    works.blobs.delete_tree(keys.units_root(job))
    carry(works, *works.outbox.take())
    assert works.ledger.get(job).units_done == 0
    carry(works, *works.ledger.due())
    carry(works, *works.outbox.take())
    assert works.ledger.get(job).state is State.SUCCEEDED


def test_a_file_lost_from_the_store_fails_the_job_and_says_so(works: Any, pdf: Pdf) -> None:
    job = works.send(pdf(1))
    works.blobs.delete_tree(keys.root(job))
    works.blobs.put(keys.record_key(job), b"{}")
    carry(works, Message(job=job, step=Step.PREPARE))
    done = works.ledger.get(job)
    assert (done.state, done.problem.code) == (State.FAILED, "blob_missing")


def test_a_job_that_its_sender_was_told_is_not_accepted_is_forgotten(works: Any, pdf: Pdf) -> None:
    # given a ledger that took a job in, but whose answer was lost: the API erased all its files
    job = works.send(pdf(1))
    works.blobs.delete_tree(keys.root(job))

    # when a worker comes to it, then nobody sees a job fail that was never theirs
    carry(works, Message(job=job, step=Step.PREPARE))
    assert works.ledger.list() == []


def test_a_page_that_takes_too_long_is_given_up_and_the_others_are_read(
    works: Any, pdf: Pdf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The third page hangs until it is told that nobody waits for it any more."""
    real = reading.read_units

    def slow(task: Any, document: Any, units: Any, *rest: Any) -> Any:
        *_, cancelled = rest
        for unit in units:
            while unit.page == 2 and not cancelled():
                time.sleep(0.01)
            if cancelled():
                raise Cancelled("Too late.")
            yield from real(task, document, [unit], *rest)

    monkeypatch.setattr(reading, "read_units", slow)
    brisk = works.bench.settings.worker.model_copy(update={"unit_seconds": 0.5})
    works.bench = replace(
        works.bench, settings=works.bench.settings.model_copy(update={"worker": brisk})
    )
    done = finish(works, works.send(pdf(4)))
    assert (done.state, done.units_done, done.units_failed) == (State.PARTIAL, 3, 1)
    pages = result_of(works, done.id).documents[0].pages
    assert [page.problem.code for page in pages if page.problem] == ["timeout"]
