"""A job is followed as it happens, and its webhook's deliveries can be seen and repeated."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook


def events_of(response: httpx.Response) -> list[dict[str, str]]:
    """Return the events of a stream that has ended; comments are left out."""
    blocks = response.text.strip().split("\n\n")
    events = [dict(line.split(": ", 1) for line in block.splitlines()) for block in blocks]
    return [event for event in events if "event" in event]


def test_a_job_is_followed_from_its_first_state_to_its_end(service: Any, pdf: Any) -> None:
    job = service.submit(pdf(3))
    told = events_of(service.http.get(f"/v1/jobs/{job['id']}/events"))
    assert told[-1]["event"] == "end"
    assert json.loads(told[-1]["data"])["state"] == "succeeded"
    revisions = [int(event["id"]) for event in told]
    assert revisions == sorted(set(revisions))

    # and who saw all but the end is told only that
    headers = {"Last-Event-ID": str(revisions[-1] - 1)}
    again = service.http.get(f"/v1/jobs/{job['id']}/events", headers=headers)
    assert [event["event"] for event in events_of(again)] == ["end"]


def test_a_batch_is_followed_until_all_its_files_have_ended(service: Any, pdf: Any) -> None:
    files = [("file", (f"{number}.pdf", pdf(1))) for number in range(4)]
    batch = service.http.post("/v1/batches", files=files).json()
    told = events_of(service.http.get(f"/v1/batches/{batch['id']}/events"))
    assert {event["event"] for event in told[:-1]} <= {"batch"}
    assert told[-1]["event"] == "end"
    last = json.loads(told[-1]["data"])
    assert (last["state"], last["progress"]["done"]) == ("succeeded", 4)
    done = [json.loads(event["data"])["progress"]["done"] for event in told]
    assert done == sorted(done)


@pytest.mark.parametrize("path", ["/v1/jobs/nope/events", "/v1/batches/nope/events"])
def test_what_is_not_there_cannot_be_followed(service: Any, path: str) -> None:
    assert service.http.get(path).status_code == 404


def test_a_job_is_no_batch_to_follow(service: Any, pdf: Any) -> None:
    job = service.submit(pdf(1))
    assert service.http.get(f"/v1/batches/{job['id']}/events").status_code == 404


@pytest.fixture
def heard() -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """A receiver's URL, and what it hears."""
    told: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/hook", told
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.slow
def test_a_webhook_is_told_and_can_be_told_again(
    own_service: Any, pdf: Any, heard: tuple[str, list[tuple[dict[str, str], bytes]]]
) -> None:
    url, told = heard
    service = own_service
    service.environ["DOCVISION_NET_ALLOW"] = "127.0.0.1"
    service.start("workers")
    service.until(service.ready)
    job = service.submit(pdf(1), webhook=url)
    service.done(job["id"])
    service.until(lambda: len(told) == 1)

    secret = service.http.get("/v1/webhooks/secret").json()["secret"]
    headers, body = told[0]
    assert Webhook(secret).verify(body, headers)["data"]["id"] == job["id"]

    assert service.http.post(f"/v1/jobs/{job['id']}/redeliver").status_code == 202
    service.until(lambda: len(told) == 2)
    log = f"/v1/jobs/{job['id']}/deliveries"
    service.until(lambda: len(service.http.get(log).json()["attempts"]) == 2)
    assert [one["status"] for one in service.http.get(log).json()["attempts"]] == [204, 204]
