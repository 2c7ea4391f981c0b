"""What a job costs beside the reading: `python -m benchmarks.job_overhead`.

Starts the whole stack (Valkey, API, workers) on this machine, sends the same small file again and
again over HTTP, and tells jobs per second (many senders at once) and the time from submit to done
(one job at a time on an idle stack). Each job is waited for by long poll, as a client would.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from io import BytesIO
from pathlib import Path

import httpx
from PIL import Image

from docvision.settings import EngineSettings, Settings
from docvision.stack.stack import Stack

WARM_UP = 20


def main() -> None:
    """Run the benchmark and print its figures."""
    arguments = _arguments()
    data = arguments.file.read_bytes() if arguments.file else _one_page_image()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            data_dir=Path(folder),
            engine=EngineSettings(model=arguments.model),
            log_level="warning",
        )
        settings = settings.model_copy(
            update={"api": settings.api.model_copy(update={"port": 0})},
        )
        with Stack(settings) as stack:
            asyncio.run(_measure(stack.url, data, arguments))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="none", help="none, or scripted:FILE")
    parser.add_argument("--file", type=Path, help="sent in place of a small blank picture")
    parser.add_argument("--options", default="{}", help="the task's options, as JSON")
    parser.add_argument("--jobs", type=int, default=500)
    parser.add_argument("--senders", type=int, default=16)
    parser.add_argument("--idle-jobs", type=int, default=60)
    return parser.parse_args()


def _one_page_image() -> bytes:
    file = BytesIO()
    Image.new("RGB", (320, 200), "white").save(file, "PNG")
    return file.getvalue()


async def _measure(url: str, data: bytes, arguments: argparse.Namespace) -> None:
    limits = httpx.Limits(max_connections=arguments.senders)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=120) as client:

        async def job() -> float:
            began = time.perf_counter()
            form = {"options": arguments.options}
            sent = await client.post("/v1/jobs", files={"file": ("page", data)}, data=form)
            sent.raise_for_status()
            state = sent.json()
            while state["finished"] is None:
                path = sent.headers["location"]
                state = (await client.get(path, params={"wait": 30})).json()
            assert state["state"] == "succeeded", state
            return time.perf_counter() - began

        for _ in range(WARM_UP):
            await job()
        idle = [await job() for _ in range(arguments.idle_jobs)]
        _print("idle, one at a time", idle, sum(idle))
        await _crowd(job, arguments)


async def _crowd(job, arguments: argparse.Namespace) -> None:  # type: ignore[no-untyped-def]
    left = iter(range(arguments.jobs))

    async def sender() -> list[float]:
        return [await job() for _ in left]

    began = time.perf_counter()
    times = await asyncio.gather(*(sender() for _ in range(arguments.senders)))
    elapsed = time.perf_counter() - began
    _print(f"{arguments.senders} senders", [one for each in times for one in each], elapsed)


def _print(name: str, times: list[float], elapsed: float) -> None:
    p50, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    print(
        f"{name}: {len(times)} jobs, {len(times) / elapsed:.1f} jobs/s, "
        f"submit to done p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms"
    )


if __name__ == "__main__":
    main()
