"""A page that ends every worker that reads it, with healthy jobs behind it."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.chaos.run import FOR_EVER, chaos_settings
from benchmarks.chaos.senders import Senders, tiff
from docvision.client import Client
from docvision.jobs.model import State
from docvision.jobs.redis import PREFIX, connect
from docvision.stack import Stack

PAGES, POISONED = 4, 1
LOOK_SECONDS = 0.005


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a poisoned page did: the workers it ended, its job's end, and that of the others."""

    deaths: int
    state: State
    problems: list[str | None]
    healthy: Counter[str]


def poison(healthy: int = 20) -> Verdict:
    """Send the poisoned job and the healthy ones, and wait for the end of all."""
    with tempfile.TemporaryDirectory(prefix="poison-") as name:
        settings = chaos_settings(Path(name) / "data", None, seconds=0.3)
        with Stack(settings, policy=FOR_EVER) as stack, Client(stack.url) as client:
            document = Path(name) / "poison.tiff"
            document.write_bytes(tiff(PAGES))
            job = client.submit(document, options={"reader": "model"})
            assert stack.settings.redis_url is not None
            with _killing(stack.settings.redis_url, job.id) as deaths:
                senders = Senders(stack.url, healthy, random.Random(1))
                senders.start()
                ended = client.wait(job.id, timeout=300)
                senders.join()
                states = Counter(
                    client.wait(one, timeout=120).state.value for one in senders.accepted
                )
            (read,) = client.result(job.id).documents
            problems = [page.problem.code if page.problem else None for page in read.pages]
            return Verdict(deaths=len(deaths), state=ended.state, problems=problems, healthy=states)


@contextlib.contextmanager
def _killing(redis_url: str, job_id: str) -> Iterator[list[int]]:
    """Kill each worker that holds the poisoned page; yield the list of those killed."""
    client, over = connect(redis_url), threading.Event()
    killed: list[int] = []

    def hunt() -> None:
        while not over.wait(LOOK_SECONDS):
            mark = client.hget(f"{PREFIX}units:{job_id}", str(POISONED))
            if mark is None or not str(mark).startswith("l"):
                continue
            pid = int(str(mark).split("-")[-2])
            if pid not in killed:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)
                killed.append(pid)

    thread = threading.Thread(target=hunt, daemon=True)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()
        client.close()


if __name__ == "__main__":
    print(poison())
