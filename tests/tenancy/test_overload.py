"""Too much work is refused with a word when to come back, and slow clients are not waited for."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from api.patience import patient_protocol
from docvision.jobs.model import State
from docvision.machine import free_disk, free_memory
from docvision.settings import AdmissionSettings, Settings
from tests.tenancy.conftest import House, make_house

EVERY_BYTE = 2**62


def post(house: House, png: bytes) -> httpx.Response:
    with house.http as http:
        return http.post("/v1/jobs", files={"file": ("a.png", png)})


@pytest.mark.parametrize(
    ("short", "limits"),
    [
        ("queue", {"queued_jobs": 1}),
        ("disk", {"free_disk_bytes": EVERY_BYTE}),
        ("memory", {"free_memory_bytes": EVERY_BYTE}),
    ],
)
def test_what_there_is_no_room_for_is_refused(
    tmp_path: Path, png: bytes, short: str, limits: dict[str, int]
) -> None:
    # given a house in which something is short, and a job that waits
    settings = Settings(data_dir=tmp_path, admission=AdmissionSettings(**limits))
    house = make_house(tmp_path, settings)
    waiting = house.job("default", State.QUEUED)
    # when another comes
    answer = post(house, png)
    # then the answer says what is short and when to come back, and nothing is left behind
    assert (answer.status_code, answer.json()["short"]) == (503, short)
    assert int(answer.headers["retry-after"]) > 0
    assert [job.id for job in house.ledger.list()] == [waiting.id]
    # then who asks how a job stands is answered all the same
    with house.http as http:
        assert http.get(f"/v1/jobs/{waiting.id}").status_code == 200


def test_a_body_where_none_is_expected_stays_small(tmp_path: Path) -> None:
    house = make_house(tmp_path, Settings(data_dir=tmp_path))
    with house.http as http:
        large = b"[" + b" " * 2_000_000 + b"]"
        told = http.put("/v1/schemas/x", content=large)
        assert (told.status_code, told.json()["allowed"]) == (413, 1024 * 1024)

        def pieces() -> Iterator[bytes]:
            for _ in range(200):
                yield b" " * 10_000

        untold = http.put("/v1/schemas/x", content=pieces())
        assert untold.status_code == 413


def test_memory_is_that_of_the_container_where_it_has_less(tmp_path: Path) -> None:
    # given a machine with much memory and a container with little, most of it files' pages
    proc, cgroup = tmp_path / "proc", tmp_path / "cgroup"
    proc.mkdir()
    cgroup.mkdir()
    (proc / "meminfo").write_text("MemTotal: 9000 kB\nMemAvailable: 8000 kB\n")
    (cgroup / "memory.max").write_text("1000000\n")
    (cgroup / "memory.current").write_text("900000\n")
    (cgroup / "memory.stat").write_text("anon 100000\ninactive_file 500000\n")
    assert free_memory(cgroup, proc) == 600_000
    # then a container without a limit, or without groups, has the machine's
    (cgroup / "memory.max").write_text("max\n")
    assert free_memory(cgroup, proc) == free_memory(tmp_path, proc) == 8000 * 1024
    assert free_memory(tmp_path, tmp_path) is None


def test_the_disk_of_a_folder_that_is_not_there_yet_is_known(tmp_path: Path) -> None:
    assert free_disk(tmp_path / "a" / "b") > 0


@pytest.fixture
def address(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """A house served on a port, with very little patience."""
    admission = AdmissionSettings(head_seconds=0.5, silent_seconds=0.5)
    house = make_house(tmp_path, Settings(data_dir=tmp_path, admission=admission))
    config = uvicorn.Config(
        house.app, port=0, http=patient_protocol(admission), log_config=None, loop="asyncio"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=asyncio.run, args=(server.serve(),))
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    yield server.servers[0].sockets[0].getsockname()
    server.should_exit = True
    thread.join()


def _answer(address: tuple[str, int], beginning: bytes) -> bytes:
    """Send the beginning of a request and nothing more; return all that comes until the end."""
    with socket.create_connection(address, timeout=30) as connection:
        connection.sendall(beginning)
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
        except ConnectionResetError:
            pass
        return answer


@pytest.mark.parametrize("beginning", [b"", b"GET / HT", b"GET /healthz HTTP/1.1\r\nHost: 127.0"])
def test_a_connection_without_a_whole_head_is_given_up(
    address: tuple[str, int], beginning: bytes
) -> None:
    assert _answer(address, beginning) == b""


def test_a_body_that_does_not_come_is_not_waited_for(address: tuple[str, int]) -> None:
    head = (
        b"POST /v1/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n"
        b"Content-Type: multipart/form-data; boundary=x\r\n\r\n--x"
    )
    answer = _answer(address, head)
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"application/problem+json" in answer


def test_who_is_quick_is_served_while_many_are_slow(address: tuple[str, int]) -> None:
    # given fifty connections that send half a head
    slow = [socket.create_connection(address, timeout=30) for _ in range(50)]
    try:
        for connection in slow:
            connection.sendall(b"GET /v1/jobs HTTP/1.1\r\n")
        # then somebody else is answered meanwhile
        assert httpx.get(f"http://127.0.0.1:{address[1]}/healthz", timeout=30).status_code == 200
    finally:
        for connection in slow:
            connection.close()
