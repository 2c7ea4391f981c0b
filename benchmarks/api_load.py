"""Leans on the API: one very large upload, and a thousand connections that send next to nothing.

`python -m benchmarks.api_load` prints by how much the API's memory grew during an upload of 5 GiB,
and how long `/healthz` takes while slow connections are held open. The upload is made up as it is
sent, and what the service stored of it is deleted at the end.
"""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil

from docvision.settings import MIB, ApiSettings, EngineSettings, Limits, Settings
from docvision.stack import Stack

GIB = 1024 * MIB
PIECE = b"\0" * MIB
HEAD = b"%PDF-1.7\n"
BOUNDARY = "load"


def main() -> None:
    """Measure and print a line of JSON for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gib", type=float, default=5.0)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=12.0, help="How long to ask for health.")
    arguments = parser.parse_args()
    size = int(arguments.gib * GIB)
    with tempfile.TemporaryDirectory() as folder, Stack(_settings(Path(folder), size)) as stack:
        api = psutil.Process(stack.pids["api"])
        print(json.dumps(slow_connections(stack, arguments.connections, arguments.seconds)))
        print(json.dumps(large_upload(stack.url, api, size)))


def large_upload(url: str, api: psutil.Process, size: int) -> dict[str, float]:
    """Upload so many bytes and return by how much the API's memory grew at most."""
    before, peak, over = api.memory_info().rss, 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not over.wait(0.1):
            peak = max(peak, api.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    cpu, began = sum(api.cpu_times()[:2]), time.monotonic()
    answer = httpx.post(
        f"{url}/v1/jobs",
        content=_form(size),
        headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
        timeout=3600,
    )
    over.set()
    watcher.join()
    job = answer.json()
    httpx.delete(f"{url}/v1/jobs/{job['id']}", timeout=60)
    return {
        "upload_gib": job["files"][0]["size"] / GIB,
        "memory_growth_mb": (peak - before) / 1e6,
        "seconds": time.monotonic() - began,
        "api_cpu_seconds": sum(api.cpu_times()[:2]) - cpu,
    }


def slow_connections(stack: Stack, count: int, seconds: float) -> dict[str, float]:
    """Hold so many half-sent requests open and return how long health takes meanwhile."""
    address = ("127.0.0.1", stack.settings.api.port)
    api = psutil.Process(stack.pids["api"])
    cpu = sum(api.cpu_times()[:2])
    slow = [socket.create_connection(address) for _ in range(count)]
    try:
        for number, connection in enumerate(slow):
            connection.sendall(_beginning(number))
        times = list(_health(stack.url, slow, seconds))
    finally:
        for connection in slow:
            connection.close()
    return {
        "connections": count,
        "asked": len(times),
        "p50_ms": statistics.median(times) * 1000,
        "p99_ms": statistics.quantiles(times, n=100)[98] * 1000,
        "longest_ms": max(times) * 1000,
        "api_cpu_seconds": sum(api.cpu_times()[:2]) - cpu,
    }


def _beginning(number: int) -> bytes:
    """Return half a head, or a whole one with a body that does not come."""
    head = b"POST /v1/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    if number % 2:
        return head
    kind = b"Content-Type: multipart/form-data; boundary=load\r\n"
    return head + kind + b"Content-Length: 100000\r\n\r\n--load"


def _health(url: str, slow: list[socket.socket], seconds: float) -> Iterator[float]:
    """Yield how long each of many requests took, while the slow ones send a byte now and then."""
    until, number = time.monotonic() + seconds, 0
    with httpx.Client() as client:
        while time.monotonic() < until:
            began = time.perf_counter()
            client.get(f"{url}/healthz", timeout=30).raise_for_status()
            yield time.perf_counter() - began
            number += 1
            if number % 10 == 0:
                _drip(slow[number % len(slow)])
            time.sleep(0.01)


def _drip(connection: socket.socket) -> None:
    try:
        connection.sendall(b"x")
    except OSError:
        return  # the server has given it up


def _form(size: int) -> Iterator[bytes]:
    yield (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="large.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    ).encode() + HEAD
    left = size - len(HEAD)
    while left:
        piece = PIECE[:left]
        left -= len(piece)
        yield piece
    yield f"\r\n--{BOUNDARY}--\r\n".encode()


def _settings(folder: Path, size: int) -> Settings:
    return Settings(
        data_dir=folder,
        engine=EngineSettings(model="none"),
        api=ApiSettings(port=0),
        limits=Limits(file_bytes=size + MIB),
    )


if __name__ == "__main__":
    main()
