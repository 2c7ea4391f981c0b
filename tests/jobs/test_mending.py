"""What one store has lost, the other helps to find again; what belongs to no job goes."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from docvision.blobs.local import LocalBlobs
from docvision.errors import JobNotFound
from docvision.jobs import keys, mending
from docvision.jobs.ledger import Ledger
from docvision.jobs.model import Job, State, Step, new_job_id

DAY = 86_400.0


@pytest.fixture
def blobs(tmp_path: Path) -> LocalBlobs:
    return LocalBlobs(tmp_path)


def sent(seconds_ago: float) -> str:
    return f"{int((time.time() - seconds_ago) * 1000):012x}{new_job_id()[12:]}"


def uploaded(blobs: LocalBlobs, seconds_ago: float) -> str:
    job_id = sent(seconds_ago)
    blobs.put(keys.upload_key(job_id, 0), b"bytes")
    return job_id


def entered(ledger: Ledger, blobs: LocalBlobs, seconds_ago: float) -> Job:
    job_id = uploaded(blobs, seconds_ago)
    job = Job(
        id=job_id,
        task="ocr",
        uploads=(),
        created=time.time() - seconds_ago,
        metadata={"row": 1},
        options={"pages": "1", "password": "open sesame"},
    )
    mending.enter(ledger, blobs, job)
    return job


def test_a_job_that_the_ledger_lost_is_entered_again(ledger: Ledger, blobs: LocalBlobs) -> None:
    # given a job that was accepted, done, and then lost with the end of the ledger's log
    job = entered(ledger, blobs, seconds_ago=60)
    other = entered(ledger, blobs, seconds_ago=60)
    ledger.delete(job.id)

    # when the stores are mended, once or again
    assert mending.mend(ledger, blobs, DAY) == [job.id]
    assert mending.mend(ledger, blobs, DAY) == []

    # then it is queued as it was sent, without its password, which was nowhere written down
    again = ledger.get(job.id)
    assert (again.state, again.metadata) == (State.QUEUED, {"row": 1})
    assert again.options == {"pages": "1"}
    assert b"sesame" not in blobs.get(keys.record_key(job.id))
    assert ledger.get(other.id) == other
    assert {message.job for message in ledger.due()} == {job.id, other.id}


def test_uploads_that_broke_off_go_when_they_are_old(ledger: Ledger, blobs: LocalBlobs) -> None:
    coming, old = uploaded(blobs, seconds_ago=60), uploaded(blobs, seconds_ago=2 * DAY)
    assert mending.mend(ledger, blobs, DAY) == []
    assert set(blobs.folders(keys.JOBS)) == {coming}
    assert old != coming


def test_an_erased_job_is_not_found_again(ledger: Ledger, blobs: LocalBlobs) -> None:
    job = entered(ledger, blobs, seconds_ago=60)
    mending.erase(ledger, blobs, job.id)
    assert list(blobs.keys("jobs")) == []
    assert mending.mend(ledger, blobs, DAY) == []
    with pytest.raises(JobNotFound):
        mending.erase(ledger, blobs, job.id)


def test_an_erasure_that_broke_off_is_no_lost_job(ledger: Ledger, blobs: LocalBlobs) -> None:
    # given an API that died after the ledger had forgotten the job
    job = entered(ledger, blobs, seconds_ago=60)
    blobs.delete_tree(keys.record_root(job.id))
    ledger.delete(job.id)

    # then it does not come back, and what is left goes in time
    assert mending.mend(ledger, blobs, DAY) == []
    assert mending.mend(ledger, blobs, 1) == []
    assert list(blobs.folders(keys.JOBS)) == []


def test_an_expired_job_stays_expired(ledger: Ledger, blobs: LocalBlobs) -> None:
    job = entered(ledger, blobs, seconds_ago=60)
    lease = ledger.claim(job.id, Step.PREPARE, owner="w", seconds=60)
    assert lease is not None
    ledger.finish(lease, State.SUCCEEDED, keep=0)
    ledger.expired()
    assert mending.mend(ledger, blobs, DAY) == []
    assert ledger.get(job.id).state is State.EXPIRED


def test_a_turn_is_had_by_one_and_comes_again(ledger: Ledger) -> None:
    assert ledger.turn("mend", 0.2)
    assert not ledger.turn("mend", 0.2)
    assert ledger.turn("else", 0.2)
    time.sleep(0.4)
    assert ledger.turn("mend", 0.2)


def test_a_ledger_lives_one_life_until_its_server_is_started_again(ledger: Ledger) -> None:
    assert ledger.life()
    assert ledger.life() == ledger.life()
