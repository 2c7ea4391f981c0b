"""Who is let in, for what, how often; and what is written down of it."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import pytest

from docvision.access.keys import Scope
from docvision.jobs.model import State
from docvision.settings import ApiSettings, Settings
from tests.tenancy.conftest import House, make_house


@pytest.mark.parametrize(
    ("host", "keys", "demanded"),
    [
        ("127.0.0.1", "auto", False),
        ("localhost", "auto", False),
        ("::1", "auto", False),
        ("0.0.0.0", "auto", True),
        ("::", "auto", True),
        ("192.168.1.5", "auto", True),
        ("docs.corp", "auto", True),
        ("127.0.0.1", "required", True),
        ("0.0.0.0", "off", False),
    ],
)
def test_keys_are_demanded_wherever_others_can_reach_the_api(
    host: str, keys: str, demanded: bool
) -> None:
    assert ApiSettings(host=host, keys=keys).demands_keys is demanded


def test_a_key_may_do_what_its_scopes_say(house: House, png: bytes) -> None:
    job = house.job("acme")
    reader = house.headers("acme", scopes=frozenset({Scope.READ}))
    sender = house.headers("acme", scopes=frozenset({Scope.SUBMIT}))
    assert house.http.get(f"/v1/jobs/{job.id}", headers=reader).status_code == 200
    assert house.http.delete(f"/v1/jobs/{job.id}", headers=reader).status_code == 403
    refused = house.http.get(f"/v1/jobs/{job.id}", headers=sender)
    assert (refused.status_code, refused.json()["scope"]) == (403, "read")
    for path, scope in (("/v1/audit", Scope.ADMIN), ("/metrics", Scope.METRICS)):
        alone = house.headers("acme", scopes=frozenset({scope}))
        assert house.http.get(path, headers=alone).status_code == 200
        assert house.http.get(path, headers=reader).status_code == 403


def test_an_expired_or_revoked_key_is_refused_from_the_next_request_on(house: House) -> None:
    headers = house.headers("acme")
    assert house.http.get("/v1/jobs", headers=headers).status_code == 200
    house.access.book.revoke(headers["Authorization"].split("_")[1], time.time())
    assert house.http.get("/v1/jobs", headers=headers).status_code == 401
    expired = house.headers("acme", seconds=-1)
    assert house.http.get("/v1/jobs", headers=expired).status_code == 401


def test_a_key_that_asks_too_often_is_told_when_to_come_back(house: House) -> None:
    headers = house.headers("acme", requests_per_minute=3)
    answers = [house.http.get("/v1/jobs", headers=headers) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[3].headers["retry-after"]) <= 20
    assert answers[3].json()["code"] == "rate_limited"
    # then others are not held up by it
    assert house.http.get("/v1/jobs", headers=house.headers("acme")).status_code == 200


def test_a_key_with_enough_jobs_under_way_sends_no_more(house: House, png: bytes) -> None:
    headers = house.headers("acme", jobs_at_once=1)

    def send() -> int:
        answer = house.http.post("/v1/jobs", files={"file": ("a.png", png)}, headers=headers)
        return answer.status_code

    assert [send(), send()] == [202, 429]
    # then nothing of the refused job is left, and one that is over makes room
    (job,) = house.ledger.list()
    assert {key.split("/")[1] for key in house.blobs.keys("jobs")} == {job.id}
    house.ledger.cancel(job.id, keep=60)
    assert send() == 202


def test_a_key_whose_month_is_used_up_is_refused_before_its_upload(
    house: House, png: bytes
) -> None:
    headers = house.headers("acme", pages_per_month=10)
    key_id = headers["Authorization"].split("_")[1]
    month = time.strftime("%Y-%m", time.gmtime())
    house.access.meter.charge(key_id, month, "earlier", 10, 10)
    answer = house.http.post("/v1/jobs", files={"file": ("a.png", png)}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (429, "quota_exceeded")
    assert int(answer.headers["retry-after"]) > 0


def test_reading_a_result_is_written_down_and_polling_is_not(house: House) -> None:
    job = house.job("acme")
    headers = house.headers("acme")
    house.http.get(f"/v1/jobs/{job.id}", headers=headers)
    house.http.get("/v1/jobs", headers=headers)
    house.http.get(f"/v1/jobs/{job.id}/result", headers=headers)
    (entry,) = house.http.get("/v1/audit", headers=headers).json()["entries"]
    assert entry["action"] == "GET /v1/jobs/{job_id}/result"
    assert (entry["target"], entry["status"]) == (job.id, 200)
    assert entry["key_id"] == headers["Authorization"].split("_")[1]
    assert entry["address"] == "192.0.2.7"


def test_a_new_job_and_a_refused_request_are_written_down(house: House, png: bytes) -> None:
    headers = house.headers("acme")
    made = house.http.post("/v1/jobs", files={"file": ("a.png", png)}, headers=headers).json()
    house.http.post(f"/v1/jobs/{house.job('acme').id}/cancel", headers=headers)
    entries = house.http.get("/v1/audit", headers=headers).json()["entries"]
    assert [(entry["action"], entry["status"]) for entry in entries] == [
        ("POST /v1/jobs/{job_id}/cancel", 409),
        ("POST /v1/jobs", 202),
    ]
    assert entries[1]["target"] == made["id"]


def test_no_secret_and_no_content_goes_to_the_log(
    house: House, png: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    headers = house.headers("acme")
    with caplog.at_level(logging.DEBUG):
        house.http.post(
            "/v1/jobs",
            files={"file": ("CANARY.png", png)},
            data={"options": '{"password": "CANARY"}'},
            headers=headers,
        )
    logged = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "audit" in logged
    assert "CANARY" not in logged
    assert headers["Authorization"].split("_", 2)[2] not in logged


@pytest.fixture
def open_house(tmp_path: Path) -> House:
    """A house on loopback, where no key is asked for."""
    return make_house(tmp_path, Settings(data_dir=tmp_path))


def test_on_loopback_no_key_is_asked_for(open_house: House) -> None:
    with open_house.http as http:
        job = open_house.job("default", State.QUEUED)
        assert http.get(f"/v1/jobs/{job.id}").status_code == 200
        assert http.get("/v1/audit").status_code == 200
        # then jobs of named tenants are still theirs alone
        assert http.get(f"/v1/jobs/{open_house.job('acme').id}").status_code == 404


@pytest.mark.parametrize("host", ["127.0.0.1:8400", "localhost", "[::1]:8400", "LOCALHOST:1"])
def test_this_machines_own_names_are_answered_to(open_house: House, host: str) -> None:
    with open_house.http as http:
        assert http.get("/v1/jobs", headers={"Host": host}).status_code == 200
        same = {"Host": host, "Origin": f"http://{host}"}
        assert http.get("/v1/jobs", headers=same).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:8400"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": ""},
        {"Host": "127.0.0.1", "Origin": "https://evil.example"},
        {"Host": "127.0.0.1", "Origin": "null"},
        {"Host": "127.0.0.1:8400", "Origin": "http://127.0.0.1:9999"},
    ],
)
def test_a_strangers_page_cannot_use_a_browser_to_get_in(
    open_house: House, png: bytes, headers: dict[str, str]
) -> None:
    with open_house.http as http:
        answer = http.post("/v1/jobs", files={"file": ("a.png", png)}, headers=headers)
        assert answer.status_code == 403
        assert open_house.ledger.list() == []
