"""What a job costs beside the reading: `python -m benchmarks.job_overhead`.

Starts the whole stack (Valkey, API, workers) on this machine with the scripted engine, sends the
same one-page picture again and again over HTTP, and tells jobs per second (many senders at once)
and the time from submit to done (one job at a time on an idle stack). Each job is waited for by
long poll, as a client would.
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from benchmarks.memory import Watch
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
            engine=EngineSettings(model=arguments.model or _script(Path(folder))),
            log_level="warning",
            result_cache=False,
        )
        settings = settings.model_copy(
            update={"api": settings.api.model_copy(update={"port": 0})},
        )
        with Stack(settings) as stack:
            _measure(stack, data, arguments)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", help="in place of a script that reads one line")
    parser.add_argument("--file", type=Path, help="sent in place of a small picture")
    parser.add_argument("--options", default='{"reader": "model"}', help="of the task, as JSON")
    parser.add_argument("--jobs", type=int, default=500)
    parser.add_argument("--senders", type=int, default=16)
    parser.add_argument("--idle-jobs", type=int, default=60)
    return parser.parse_args()


def _one_page_image() -> bytes:
    picture = Image.new("RGB", (320, 200), "white")
    ImageDraw.Draw(picture).text((20, 20), "Total due 37.31", fill="black")
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def _script(folder: Path) -> str:
    """Write what the engine says to every picture, and return the model's name."""
    line = {"bbox_2d": [60, 100, 400, 160], "text_content": "Total due 37.31"}
    script = folder / "script.json"
    script.write_text(json.dumps({"answers": [json.dumps([line])]}))
    return f"scripted:{script}"


class Sender:
    """Sends one job after another over one connection, and waits for each.

    Made of the standard library's plainest client, because what the sender spends is taken from
    the service on the same cores.
    """

    def __init__(self, url: str, data: bytes, options: str) -> None:
        host, port = url.removeprefix("http://").split(":")
        self._connection = http.client.HTTPConnection(host, int(port), timeout=120)
        self._body = b"".join(
            (
                b'--x\r\nContent-Disposition: form-data; name="file"; filename="page"\r\n\r\n',
                data,
                b'\r\n--x\r\nContent-Disposition: form-data; name="options"\r\n\r\n',
                options.encode(),
                b"\r\n--x--\r\n",
            )
        )

    def job(self) -> float:
        """Send a job and return the seconds until it was seen to be done."""
        began = time.perf_counter()
        state = self._call("POST", "/v1/jobs", self._body)
        while state["finished"] is None:
            state = self._call("GET", f"/v1/jobs/{state['id']}?wait=30")
        assert state["state"] == "succeeded", state
        return time.perf_counter() - began

    def _call(self, method: str, path: str, body: bytes | None = None) -> dict[str, Any]:
        headers = {"Content-Type": "multipart/form-data; boundary=x"} if body else {}
        self._connection.request(method, path, body, headers)
        answer: dict[str, Any] = json.loads(self._connection.getresponse().read())
        return answer


def _measure(stack: Stack, data: bytes, arguments: argparse.Namespace) -> None:
    url = stack.url
    sender = Sender(url, data, arguments.options)
    for _ in range(WARM_UP):
        sender.job()
    idle = [sender.job() for _ in range(arguments.idle_jobs)]
    _print("idle, one at a time", idle, sum(idle))
    left = iter(range(arguments.jobs))

    def send(_: int) -> list[float]:
        mine = Sender(url, data, arguments.options)
        return [mine.job() for _ in left]

    began = time.perf_counter()
    with Watch(lambda: stack.pids) as watch, ThreadPoolExecutor(arguments.senders) as pool:
        times = [one for each in pool.map(send, range(arguments.senders)) for one in each]
    _print(f"{arguments.senders} senders", times, time.perf_counter() - began)
    _print_processes(watch, len(times))


def _print(name: str, times: list[float], elapsed: float) -> None:
    p50, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    print(
        f"{name}: {len(times)} jobs, {len(times) / elapsed:.1f} jobs/s, "
        f"submit to done p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms"
    )


def _print_processes(watch: Watch, jobs: int) -> None:
    """Tell where the time goes: processor time a job, by process."""
    used: Counter[str] = Counter()
    for track in watch.tracks.values():
        used[track.name] += track.used * 1000 / jobs
    shares = ", ".join(f"{name} {spent:.1f}" for name, spent in used.most_common())
    print(f"processor time a job: {sum(used.values()):.1f} ms ({shares})")


if __name__ == "__main__":
    main()
