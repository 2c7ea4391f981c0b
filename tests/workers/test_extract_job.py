"""A job that extracts: its words come back from the store, and the job says if eyes are needed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from docvision import run
from docvision.engines.scripted import Scripted
from docvision.jobs import keys
from docvision.jobs.model import Job, Review, State, Step, Upload, new_job_id
from docvision.jobs.wire import Message
from docvision.results.model import Extraction, Result

SCHEMA = {
    "type": "object",
    "properties": {"page": {"type": ["integer", "null"], "description": "the last page"}},
    "required": ["page"],
}


def extracted(works: Any, data: bytes, answer: str) -> tuple[Job, Extraction]:
    """Send a job to a worker whose model gives this answer; carry its messages to the end."""
    job_id = new_job_id()
    key = keys.upload_key(job_id, 0)
    works.blobs.put(key, data)
    upload = Upload(name="a.pdf", media_type="application/pdf", size=len(data), sha256="", key=key)
    options = {"schema": SCHEMA, "threshold": 0.0}
    works.ledger.create(
        Job(id=job_id, task="extract", options=options, uploads=(upload,), created=time.time())
    )
    engine = Scripted({"answers": [answer]})
    bench = replace(works.bench, tools=replace(works.bench.tools, engine=engine))
    messages = [Message(job=job_id, step=Step.PREPARE)]
    while messages:
        for message in messages:
            run.do(bench, message)
        messages = works.outbox.take()
    job = works.ledger.get(job_id)
    result = Result.model_validate_json(works.blobs.get(keys.result_key(job_id, job.fence)))
    extraction = result.documents[0].extraction
    assert extraction is not None
    return job, extraction


def test_values_of_a_shared_document_have_their_words_and_boxes(
    works: Any, pdf: Callable[..., bytes]
) -> None:
    job, found = extracted(works, pdf(6), json.dumps({"page": "6"}))
    assert (job.state, job.review) == (State.SUCCEEDED, None)
    assert found.data == {"page": 6}
    evidence = found.evidence["/page"]
    assert (evidence.page, evidence.quote, evidence.verified) == (6, "6", True)
    assert evidence.bbox is not None


def test_a_value_that_stands_nowhere_makes_the_job_wait_for_eyes(
    works: Any, pdf: Callable[..., bytes]
) -> None:
    job, found = extracted(works, pdf(1), json.dumps({"page": "77"}))
    assert (job.state, job.review) == (State.SUCCEEDED, Review.NEEDED)
    assert found.review[0].code == "unverified"
