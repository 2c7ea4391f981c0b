"""From cancelling a job to the engine being free: `python -m benchmarks.cancel`.

Each job is a picture on which the engine works for long. It is cancelled over REST in the middle,
and the time is taken until the worker has let go of the job's lease, which it does once the engine
has returned.
"""

from __future__ import annotations

import argparse
import io
import os
import signal
import tempfile
import time
from pathlib import Path

import redis
from PIL import Image, ImageDraw

from benchmarks.chaos.run import FOR_EVER, chaos_settings
from benchmarks.chaos.watching import percentile
from docvision.client import Client
from docvision.jobs.presence import RedisPresence
from docvision.jobs.redis import PREFIX, connect
from docvision.stack import Stack

ANSWER_SECONDS = 30.0
LINES = 60
WARM_SECONDS = 10.0


def main() -> None:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=20)
    parser.add_argument("--model", help="a real one, in place of a script that takes its time")
    parser.add_argument("--reader", default="model", help="auto, ocr or model")
    parser.add_argument("--begun", type=float, default=3.0, help="seconds to let a job work first")
    parser.add_argument(
        "--cold", action="store_true", help="start the workers anew before each job"
    )
    parser.add_argument(
        "--warm", type=int, default=0, help="jobs of 10 s before, while models are loaded"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cancel-") as name:
        settings = chaos_settings(Path(name) / "data", None, seconds=ANSWER_SECONDS)
        if arguments.model:
            engine = settings.engine.model_copy(update={"model": arguments.model})
            settings = settings.model_copy(update={"engine": engine})
        page = Path(name) / "page.png"
        page.write_bytes(_page())
        with Stack(settings, policy=FOR_EVER) as stack, Client(stack.url) as client:
            assert stack.settings.redis_url is not None
            ledger = connect(stack.settings.redis_url)
            for _ in range(arguments.warm):
                _cancel(client, ledger, page, arguments.reader, WARM_SECONDS)
            took = []
            for _ in range(arguments.jobs):
                if arguments.cold:
                    _start_anew(stack, ledger)
                took.append(_cancel(client, ledger, page, arguments.reader, arguments.begun))
    for what, seconds in zip(("request", "ledger's commit"), zip(*took, strict=True), strict=True):
        middle, most = percentile(list(seconds), 0.5), percentile(list(seconds), 0.95)
        print(f"{len(took)} cancelled: free {middle:.3f} s after the {what}, p95 {most:.3f} s")
    print("all, from the request:", ", ".join(f"{seconds:.2f}" for seconds, _ in sorted(took)))


def _start_anew(stack: Stack, ledger: redis.Redis) -> None:
    """Kill the workers and return once others, which have loaded nothing yet, take their place."""
    workers = {name: pid for name, pid in stack.pids.items() if name.startswith("worker")}
    for pid in workers.values():
        os.killpg(pid, signal.SIGKILL)
    presence = RedisPresence(ledger)
    there: set[int] = set()
    while len(there) < len(workers):
        time.sleep(0.1)
        there = {card.pid for card in presence.seen()} - set(workers.values())


def _cancel(
    client: Client, ledger: redis.Redis, page: Path, reader: str, begun: float
) -> tuple[float, float]:
    """Return the seconds until the engine is free, since the request and since the commit."""
    job = client.submit(page, options={"reader": reader})
    while not _is_held(ledger, job.id):
        time.sleep(0.01)
    time.sleep(begun)
    began = time.perf_counter()
    ended = client.cancel(job.id).finished
    assert ended is not None
    while _is_held(ledger, job.id):
        time.sleep(0.002)
    seconds, micros = ledger.time()
    return time.perf_counter() - began, seconds + micros / 1e6 - ended.timestamp()


def _is_held(ledger: redis.Redis, job_id: str) -> bool:
    return any(
        str(name).startswith(job_id)
        for key in ledger.scan_iter(f"{PREFIX}owner:*")
        for name in ledger.smembers(key)
    )


def _page() -> bytes:
    """Return a picture full of text."""
    picture = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(picture)
    for line in range(LINES):
        draw.text((80, 60 + line * 27), f"Line {line}: the quick brown fox, {line * 37.31:.2f}", 0)
    # Where there is little ink, OCR is asked first whether there is any text at all.
    draw.rectangle((700, 60, 1160, 1600), fill="black")
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


if __name__ == "__main__":
    main()
