"""The same work is done once, for its tenant, for as long as its result is there."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from docvision import run
from docvision.jobs import keys
from docvision.jobs.model import Job, State, Step, Upload, new_job_id
from docvision.jobs.wire import Message

Send = Callable[..., Job]


@pytest.fixture
def send(works: Any) -> Send:
    """Enter a job of one file, have it done, and return it."""

    def send(data: bytes, name: str = "a.pdf", tenant: str = "t", **fields: Any) -> Job:
        job_id = new_job_id()
        key = keys.upload_key(job_id, 0)
        works.blobs.put(key, data)
        upload = Upload(
            name=name,
            media_type="application/pdf",
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            key=key,
        )
        job = Job(
            id=job_id,
            task="ocr",
            uploads=(upload,),
            tenant=tenant,
            created=time.time(),
            **fields,
        )
        works.ledger.create(job)
        messages = [Message(job=job_id, step=Step.PREPARE)]
        while messages:
            run.do(works.bench, messages.pop())
            messages += works.outbox.take()
        done: Job = works.ledger.get(job_id)
        return done

    return send


def cached(works: Any) -> float:
    return float(works.bench.presence.counters().get("cached", 0))


def result(works: Any, job: Job) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(works.blobs.get(keys.result_key(job.id, job.fence)))
    return found


@pytest.mark.parametrize("pages", [1, 3])
def test_the_same_file_is_read_once_and_its_result_has_the_new_name(
    works: Any, send: Send, pdf: Callable[..., bytes], pages: int
) -> None:
    # given a document that was read
    first = send(pdf(pages), "first.pdf")
    # when the same bytes come under another name
    second = send(first_bytes := works.blobs.get(first.uploads[0].key), 'second "2".pdf')
    # then nothing is read, and the result is the same but for the name
    assert cached(works) == 1
    assert second.state is State.SUCCEEDED
    assert (second.units, second.units_done) == (first.units, first.units_done)
    old, new = result(works, first), result(works, second)
    assert new["documents"][0]["name"] == 'second "2".pdf'
    old["documents"][0]["name"] = new["documents"][0]["name"]
    assert old == new
    assert len(first_bytes) > 0


def test_another_tenant_never_gets_it(works: Any, send: Send, pdf: Callable[..., bytes]) -> None:
    data = pdf(1)
    send(data, tenant="a")
    send(data, tenant="b")
    assert cached(works) == 0


def test_other_options_are_other_work(works: Any, send: Send, pdf: Callable[..., bytes]) -> None:
    data = pdf(2)
    send(data)
    send(data, options={"pages": "1"})
    send(data, cache=False)
    assert cached(works) == 0


def test_a_result_that_is_erased_is_not_taken_over(
    works: Any, send: Send, pdf: Callable[..., bytes]
) -> None:
    data = pdf(1)
    first = send(data)
    # given that the first is erased, its pointer not
    works.ledger.delete(first.id)
    works.blobs.delete_tree(keys.root(first.id))
    # then the work is done again, and from then on the second has it
    assert send(data).state is State.SUCCEEDED
    assert cached(works) == 0
    send(data)
    assert cached(works) == 1


def test_what_was_taken_over_outlives_where_it_came_from(
    works: Any, send: Send, pdf: Callable[..., bytes]
) -> None:
    data = pdf(1)
    first, second = send(data), send(data)
    works.ledger.delete(first.id)
    works.blobs.delete_tree(keys.root(first.id))
    assert result(works, second)["documents"][0]["page_count"] == 1


def test_a_failure_is_not_remembered(works: Any, send: Send) -> None:
    assert send(b"no document").state is State.FAILED
    assert send(b"no document").state is State.FAILED
    assert cached(works) == 0
