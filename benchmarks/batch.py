"""A large batch under fire: `python -m benchmarks.batch`.

Starts the whole stack with the scripted engine and sends one archive of so many one-page pictures,
some of them broken in different ways. On the way all workers and the API are killed, twice, and
urgent single jobs are sent into the middle. Tells how many results and named reasons there are in
the end, and how long the urgent jobs waited.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from PIL import Image, ImageDraw

from docvision.client import Client
from docvision.client.batches import BatchOrder
from docvision.errors import DocvisionError
from docvision.jobs.batch_view import BatchView
from docvision.jobs.model import Priority, State
from docvision.jobs.view import JobView
from docvision.settings import ApiSettings, EngineSettings, Settings, WorkerSettings
from docvision.stack import Stack

LOOK_SECONDS = 0.5
OPTIONS = {"reader": "model"}
"""What the scripted engine says is the page."""
MOST_SECONDS = 3600.0
_BROKEN = (b"", b"no document at all", b"%PDF-1.7\nnothing of the kind", b"GIF89a\x00")


@dataclass(kw_only=True)
class Outcome:
    """What a run came to. `waits` are seconds from an urgent job's entering to its start."""

    results: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    unnamed: int = 0
    state: str = ""
    kills: int = 0
    waits: list[float] = field(default_factory=list)
    seconds: float = 0.0


def main() -> None:
    """Run the benchmark and print its figures."""
    arguments = _arguments()
    outcome = run(arguments.files, arguments.broken, kills=2, urgent=arguments.urgent)
    print(f"batch of {arguments.files} files, {arguments.broken} broken: {outcome.state}")
    print(f"results {outcome.results}, reasons {dict(outcome.reasons)}, unnamed {outcome.unnamed}")
    print(f"all workers and the API killed {outcome.kills} times, {outcome.seconds:.0f} s in all")
    waits = ", ".join(f"{wait:.2f}" for wait in outcome.waits)
    print(f"urgent jobs waited (s): {waits}")


def run(files: int, broken: int, *, kills: int, urgent: int) -> Outcome:
    """Send a batch, kill what works on it so many times on the way, and count what came of it."""
    outcome, began = Outcome(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="batch-") as name:
        archive = Path(name) / "files.zip"
        archive.write_bytes(make_archive(files, broken))
        with Stack(_settings(Path(name))) as stack, Client(stack.url, attempts=50) as client:
            order = BatchOrder(options=OPTIONS)
            batch = client.submit_batch([archive], order, idempotency_key="the-batch")
            events = _events(files, kills, urgent)
            for seen in _looks(client, batch.id):
                if events and seen.progress.done >= events[0][0]:
                    _, kind = events.pop(0)
                    if kind == "kill":
                        _kill_all(stack)
                        outcome.kills += 1
                    else:
                        outcome.waits.append(_urgent(client))
            _count(client, batch.id, Path(name) / "results.zip", outcome)
    outcome.seconds = time.monotonic() - began
    return outcome


def make_archive(files: int, broken: int) -> bytes:
    """Return a ZIP of pictures that each say their number; every so often one is broken."""
    every = files // broken if broken else files + 1
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(files):
            bad = number % every == every - 1 and number // every < broken
            kind = number // every % (len(_BROKEN) + 1)
            data = _picture(number)
            if bad:
                data = _BROKEN[kind] if kind < len(_BROKEN) else data[: len(data) // 2]
            archive.writestr(f"scans/{number:05}.png", data)
    return out.getvalue()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--broken", type=int, default=20)
    parser.add_argument("--urgent", type=int, default=3)
    return parser.parse_args()


def _settings(folder: Path) -> Settings:
    line = {"bbox_2d": [60, 100, 400, 160], "text_content": "Page 1"}
    script = folder / "script.json"
    script.write_text(json.dumps({"answers": [{"text": json.dumps([line]), "seconds": 0.02}]}))
    return Settings(
        data_dir=folder / "data",
        engine=EngineSettings(model=f"scripted:{script}"),
        api=ApiSettings(port=0),
        worker=WorkerSettings(processes=2, threads=2, lease_seconds=10),
        log_level="warning",
    )


def _events(files: int, kills: int, urgent: int) -> list[tuple[float, str]]:
    """Return what happens at which number of files done, spread over the batch."""
    killing = [(files * (at + 1) / (kills + 2), "kill") for at in range(kills)]
    sending = [(files * (at + 0.5) / max(urgent, 1), "urgent") for at in range(urgent)]
    return sorted(killing + sending)


def _looks(client: Client, batch_id: str) -> Iterator[BatchView]:
    """Yield the batch again and again until it has ended, whoever is down meanwhile."""
    deadline = time.monotonic() + MOST_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(DocvisionError):
            seen = client.batch(batch_id)
            yield seen
            if seen.state.finished:
                return
        time.sleep(LOOK_SECONDS)
    raise TimeoutError("the batch does not end")


def _urgent(client: Client) -> float:
    """Send an urgent job; return the seconds that it waited, by the service's own clock."""
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        file.write(_picture(time.time_ns()))
        file.flush()
        job = client.submit(
            file.name,
            options=OPTIONS,
            priority=Priority.URGENT,
            # Sent again where the API has just been killed.
            idempotency_key=f"urgent-{time.time_ns()}",
        )
        done: JobView = client.wait(job.id)
    assert done.started is not None
    return (done.started - done.created).total_seconds()


def _kill_all(stack: Stack) -> None:
    """Kill all workers and the API, with their children, as the kernel does."""
    for name, pid in stack.pids.items():
        if name == "valkey":
            continue
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            for one in [process, *process.children(recursive=True)]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.kill()


def _count(client: Client, batch_id: str, path: Path, outcome: Outcome) -> None:
    outcome.state = client.batch(batch_id).state.value
    client.save_batch_results(batch_id, path)
    with zipfile.ZipFile(path) as archive:
        listed = [json.loads(line) for line in archive.read("files.jsonl").splitlines()]
        outcome.results = len(archive.namelist()) - 1
    for one in listed:
        if one["state"] == State.FAILED:
            outcome.reasons[one["problem"]["code"] if one["problem"] else ""] += 1
    outcome.unnamed = outcome.reasons.pop("", 0)


def _picture(number: int) -> bytes:
    picture = Image.new("RGB", (320, 200), "white")
    ImageDraw.Draw(picture).text((20, 20), f"Page {number}", fill="black")
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


if __name__ == "__main__":
    main()
