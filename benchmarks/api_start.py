"""How soon the API is ready, what it weighs, and what it leaves unloaded.

`python -m benchmarks.api_start` starts a stack, then one more API on its Redis, several times.
Exits 1 if a bar is missed.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from docvision.settings import Settings
from docvision.stack.address import free_port, url_of
from docvision.stack.services import api_command
from docvision.stack.stack import Stack

READY_SECONDS = 1.5
RESIDENT_MIB = 150.0
HEAVY = ("torch", "transformers", "onnxruntime", "cv2")
REQUESTS = 300


@dataclass(frozen=True, kw_only=True)
class Start:
    """One start: seconds until ready and of processor time for it, resident MiB when ready and
    after some requests, and the heavy libraries that it holds.
    """

    seconds: float
    busy: float
    ready: float
    used: float
    heavy: tuple[str, ...]


def main() -> None:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description="How soon the API is ready, and its memory.")
    parser.add_argument("--runs", type=int, default=7)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.model_validate(
            {"data_dir": folder, "engine": {"model": "none"}, "api": {"port": 0}}
        )
        with Stack(settings) as stack:
            starts = [measure(stack.settings) for _ in range(chosen.runs)]
    seconds = [start.seconds for start in starts]
    used = max(start.used for start in starts)
    heavy = {name for start in starts for name in start.heavy}
    print(f"ready after    median {statistics.median(seconds):.2f} s, worst {max(seconds):.2f} s")
    busy = statistics.median(start.busy for start in starts)
    print(f"               median {busy:.2f} s of processor time")
    print(f"memory         {max(start.ready for start in starts):.0f} MiB when ready")
    print(f"               {used:.0f} MiB after {REQUESTS} requests")
    print(f"heavy imports  {', '.join(sorted(heavy)) or 'none'} (of {', '.join(HEAVY)})")
    missed = statistics.median(seconds) > READY_SECONDS or used > RESIDENT_MIB or bool(heavy)
    sys.exit("MISSED" if missed else 0)


def measure(settings: Settings) -> Start:
    """Start one API beside the stack's own, and stop it."""
    port = free_port(settings.api.host, 0)
    own = settings.model_copy(update={"api": settings.api.model_copy(update={"port": port})})
    began = time.perf_counter()
    with _api(own) as process, httpx.Client(base_url=url_of(own.api.host, port)) as client:
        while not _ready(client):
            time.sleep(0.005)
        seconds = time.perf_counter() - began
        used = process.cpu_times()
        ready = _resident(process)
        for _ in range(REQUESTS):
            client.get("/v1/jobs").raise_for_status()
        files = {Path(piece.path).name for piece in process.memory_maps()}
        heavy = tuple(name for name in HEAVY if any(name in file for file in files))
        return Start(
            seconds=seconds,
            busy=used.user + used.system,
            ready=ready,
            used=_resident(process),
            heavy=heavy,
        )


@contextlib.contextmanager
def _api(settings: Settings) -> Iterator[psutil.Process]:
    command = api_command(settings, settings.data_dir / "logs")
    with subprocess.Popen(
        command.argv, env=dict(command.env), stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
    ) as process:
        try:
            yield psutil.Process(process.pid)
        finally:
            process.terminate()


def _ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").is_success
    except httpx.TransportError:
        return False


def _resident(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 1024 / 1024


if __name__ == "__main__":
    main()
