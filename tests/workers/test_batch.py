"""A batch is expanded once however often it is begun, and stops when nobody wants it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from docvision import run
from docvision.errors import StorageError
from docvision.jobs import keys
from docvision.jobs.batch import BATCH, BatchSpec, Order, Source, child_id, source_key, spec_key
from docvision.jobs.model import Job, State, Step, Upload, new_job_id
from docvision.jobs.wire import Message
from docvision.settings import Limits
from tests.documents import archives


def enter(works: Any, *packed: bytes) -> str:
    """Enter a batch of archives and return its id."""
    batch_id = new_job_id()
    sources = []
    for index, data in enumerate(packed):
        key = source_key(batch_id, index)
        works.blobs.put(key, data)
        kind = "application/zip"
        upload = Upload(name=f"{index}.zip", media_type=kind, size=len(data), sha256="", key=key)
        sources.append(Source(upload=upload))
    spec = BatchSpec(sources=tuple(sources), order=Order(task="ocr"))
    works.blobs.put(spec_key(batch_id), spec.model_dump_json().encode())
    works.ledger.create(Job(id=batch_id, task=BATCH, uploads=(), created=time.time()))
    return batch_id


def expand(works: Any, batch_id: str) -> None:
    run.do(works.bench, Message(job=batch_id, step=Step.PREPARE))


def finish(works: Any) -> None:
    while messages := works.outbox.take():
        for message in messages:
            run.do(works.bench, message)


def names(works: Any, batch_id: str) -> list[str]:
    return [job.uploads[0].name for job in works.ledger.list(batch=batch_id, limit=200)]


def when_published(works: Any, number: int, then: Callable[[], None]) -> None:
    """Do something in the middle: when so many messages have been sent."""
    send = works.outbox.publish

    def publish(message: Message) -> None:
        if len(works.outbox.messages) == number:
            then()
        send(message)

    works.outbox.publish = publish


def test_an_expansion_that_broke_off_goes_on_and_enters_each_file_once(
    works: Any, pdf: Callable[..., bytes]
) -> None:
    # given a batch of two archives, whose expansion breaks off in the second
    inner = archives.tar_of({"deep.pdf": pdf(1)})
    batch_id = enter(
        works,
        archives.zip_of({"a.pdf": pdf(1), "inner.tar": inner, "bad": b"bad"}),
        archives.zip_of({"b.pdf": pdf(1), "c.pdf": pdf(2)}),
    )
    broken = [True]

    def break_off() -> None:
        if broken:
            broken.clear()
            raise StorageError("The broker is away.")

    when_published(works, 4, break_off)
    with pytest.raises(StorageError):
        expand(works, batch_id)
    # when it is begun again, and everything is done
    expand(works, batch_id)
    finish(works)
    # then each file was entered once, in its order, and the batch has ended
    assert names(works, batch_id) == ["a.pdf", "deep.pdf", "bad", "b.pdf", "c.pdf"]
    assert works.ledger.get(batch_id).state is State.PARTIAL
    counts = works.ledger.counts(batch=batch_id)
    assert (counts[State.SUCCEEDED], counts[State.FAILED]) == (4, 1)
    # and the archives are gone
    assert not list(works.blobs.keys(source_key(batch_id, 0).rpartition("/")[0]))


@pytest.mark.parametrize("erase", [False, True])
def test_nothing_is_entered_once_the_batch_is_cancelled_or_erased(
    works: Any, pdf: Callable[..., bytes], erase: bool
) -> None:
    # given a batch that is cancelled, or erased, in the middle of its expansion
    batch_id = enter(works, archives.zip_of({f"{n}.pdf": pdf(1) for n in range(6)}))

    def end() -> None:
        works.ledger.delete(batch_id) if erase else works.ledger.cancel(batch_id, keep=60)

    when_published(works, 2, end)
    expand(works, batch_id)
    # then no file that came later is left, neither its job nor its bytes
    assert len(names(works, batch_id)) == 3
    assert not list(works.blobs.keys(keys.root(child_id(batch_id, 4))))


def test_archives_too_deep_in_one_another_are_named_with_the_limit(
    works: Any, pdf: Callable[..., bytes]
) -> None:
    one = archives.zip_of({"in.pdf": pdf(1)})
    two = archives.zip_of({"two.zip": one})
    batch_id = enter(works, archives.zip_of({"three.zip": two, "fine.zip": one}))
    expand(works, batch_id)
    finish(works)
    failed = works.ledger.list(batch=batch_id, state=State.FAILED)
    assert [job.uploads[0].name for job in failed] == ["two.zip"]
    assert failed[0].problem.detail["limit"] == "archive_depth"
    assert works.ledger.counts(batch=batch_id)[State.SUCCEEDED] == 1


def test_a_batch_of_too_many_files_says_which_archive_was_one_too_many(
    works: Any, pdf: Callable[..., bytes]
) -> None:
    # given a limit of three files, and two archives of two
    settings = works.bench.settings.model_copy(update={"limits": Limits(batch_files=3)})
    object.__setattr__(works.bench, "settings", settings)
    two = archives.zip_of({"1.pdf": pdf(1), "2.pdf": pdf(1)})
    batch_id = enter(works, two, two)
    expand(works, batch_id)
    # then the second ends at the limit, and counts as a file that failed
    (failed,) = works.ledger.list(batch=batch_id, state=State.FAILED)
    assert failed.uploads[0].name == "1.zip"
    assert failed.problem.code == "too_many_files"
    assert failed.problem.detail["limit"] == "batch_files"
    assert len(names(works, batch_id)) == 4
