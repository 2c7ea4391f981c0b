"""Documents are taken in by URL, where the URL may be reached."""

from __future__ import annotations

from pathlib import Path

from docvision.settings import NetSettings, Settings
from tests.net.conftest import DOCUMENT, Server, server
from tests.tenancy.conftest import make_house

__all__ = ["server"]


def test_a_document_is_fetched_and_stored_like_one_that_was_sent(
    tmp_path: Path, server: Server
) -> None:
    # given a house that may reach this machine
    house = make_house(tmp_path, Settings(data_dir=tmp_path, net=NetSettings(allow="127.0.0.1")))
    with house.http as http:
        # when a job names a document by its URL
        answer = http.post("/v1/jobs", files={"url": (None, server.url())})
    # then the job has it
    assert answer.status_code == 202, answer.text
    (file,) = answer.json()["files"]
    assert (file["name"], file["size"]) == ("report.pdf", len(DOCUMENT))
    job = house.ledger.get(answer.json()["id"])
    assert house.blobs.get(job.uploads[0].key) == DOCUMENT


def test_what_may_not_or_cannot_be_fetched_leaves_nothing_behind(
    tmp_path: Path, server: Server
) -> None:
    house = make_house(tmp_path, Settings(data_dir=tmp_path))
    allowing = make_house(tmp_path, Settings(data_dir=tmp_path, net=NetSettings(allow="127.0.0.1")))
    for one, path, code in (
        (house, "report.pdf", "url_refused"),
        (allowing, "missing", "fetch_failed"),
    ):
        with one.http as http:
            answer = http.post("/v1/jobs", files={"url": (None, server.url(path))})
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert one.ledger.list() == []
        assert list(one.blobs.keys("jobs")) == []
