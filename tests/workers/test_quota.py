"""A key's pages of the month are charged when they are counted, and never beyond what it has."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from docvision import run
from docvision.access.book import MemoryKeyBook
from docvision.access.keys import new_key
from docvision.access.meter import MemoryMeter, PageQuota, month
from docvision.jobs import keys
from docvision.jobs.model import Job, State, Upload, new_job_id


def test_a_document_beyond_the_months_pages_is_refused_and_costs_nothing(
    works: Any, pdf: Callable[..., bytes]
) -> None:
    # given a key with three pages a month, and two documents of two pages
    book, meter = MemoryKeyBook(), MemoryMeter()
    _, key = new_key("limited", pages_per_month=3)
    book.add(key)
    bench = replace(works.bench, quota=PageQuota(book, meter))
    jobs = []
    for _ in range(2):
        job_id, data = new_job_id(), pdf(2)
        path = keys.upload_key(job_id, 0)
        bench.blobs.put(path, data)
        upload = Upload(
            name="a.pdf", media_type="application/pdf", size=len(data), sha256="", key=path
        )
        job = Job(id=job_id, task="ocr", uploads=(upload,), created=time.time(), key_id=key.id)
        bench.ledger.create(job)
        run.prepare(bench, job_id)
        jobs.append(bench.ledger.get(job_id))
    # then the first is read, and the second fails and says why
    first, second = jobs
    assert first.state is State.SUCCEEDED
    assert second.state is State.FAILED
    assert second.problem is not None
    assert second.problem.code == "quota_exceeded"
    assert meter.pages(key.id, month()) == 2
