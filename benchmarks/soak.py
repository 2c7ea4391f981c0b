"""Whether a worker stays as it is: `python -m benchmarks.soak`.

Sends many jobs to a stack with one worker and the scripted engine, with a short time to be kept,
and tells the worker's memory as it goes, and Valkey's keys and the blob store's bytes before the
first job and after the last one was forgotten.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
import redis

from benchmarks.chaos.run import FOR_EVER, chaos_settings
from benchmarks.chaos.senders import Senders
from docvision.jobs.model import State
from docvision.jobs.redis import RedisLedger, connect
from docvision.settings import Settings
from docvision.stack import Stack

KEEP_SECONDS = 20.0
STEP = 100
WARM_UP = 300
"""Jobs before the memory's slope is taken: caches fill and threads start."""
FORGET_SECONDS = 180.0


def main() -> None:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        settings = _settings(Path(name) / "data")
        with Stack(settings, policy=FOR_EVER) as stack:
            _soak(stack, arguments.jobs)


def _soak(stack: Stack, jobs: int) -> None:
    assert stack.settings.redis_url is not None
    client = connect(stack.settings.redis_url)
    ledger, blobs = RedisLedger(client), stack.settings.data_dir / "blobs"
    worker = psutil.Process(stack.pids["worker-1"])
    _send(stack.url, 1, 0, ledger)
    keys, size = _settled(ledger, client, blobs)
    print(f"before: {keys} keys, {size} bytes of blobs", flush=True)
    done, memory = [], []
    for count in range(STEP, jobs + 1, STEP):
        _send(stack.url, STEP, count, ledger)
        done.append(count)
        memory.append(_memory(worker))
        print(f"{count} jobs: worker and parsers {memory[-1]:.1f} MiB", flush=True)
    steady = [at for at, count in enumerate(done) if count >= WARM_UP]
    if len(steady) > 1:
        slope = np.polyfit([done[at] for at in steady], [memory[at] for at in steady], 1)[0]
        print(f"slope {slope * 100:.2f} MiB per 100 jobs")
    keys, size = _settled(ledger, client, blobs)
    print(f"after: {keys} keys, {size} bytes of blobs")


def _settings(data: Path) -> Settings:
    settings = chaos_settings(data, None, seconds=0.0)
    worker = settings.worker.model_copy(update={"processes": 1})
    return settings.model_copy(update={"worker": worker, "retention_seconds": KEEP_SECONDS})


def _send(url: str, jobs: int, seed: int, ledger: RedisLedger) -> None:
    """Send jobs and wait until all have ended."""
    senders = Senders(url, jobs, random.Random(seed))
    senders.start()
    while not senders.done or _unfinished(ledger):
        senders.finished = len(senders.accepted) - _unfinished(ledger)
        time.sleep(0.05)


def _unfinished(ledger: RedisLedger) -> int:
    counts = ledger.counts()
    return counts[State.QUEUED] + counts[State.RUNNING]


def _settled(ledger: RedisLedger, client: redis.Redis, blobs: Path) -> tuple[int, int]:
    """Wait until every job is forgotten; return the number of keys, and the blobs' bytes.

    Keys that run out by themselves, such as those of Idempotency-Keys, are not counted.
    """
    until = time.monotonic() + FORGET_SECONDS
    while any(ledger.counts().values()) and time.monotonic() < until:
        time.sleep(1)
    size = sum(path.stat().st_size for path in blobs.rglob("*") if path.is_file())
    return sum(client.ttl(key) == -1 for key in client.scan_iter()), size


def _memory(worker: psutil.Process) -> float:
    """Return the resident MiB of a worker and its parsers."""
    family = [worker, *worker.children(recursive=True)]
    return sum(one.memory_info().rss for one in family) / 2**20


if __name__ == "__main__":
    main()
