"""Hostile files, by thousands: `python -m benchmarks.hostile`.

Mutations of small valid files of every type, and files made to hurt, are opened and read in the
sandbox as a worker does it; some of them are also sent to a running service. Counted is what must
not happen: a surprise, a verdict that takes longer than 30 s, a parser beyond its memory, a death
of a worker or of the API, an answer of 500 or above, a file where none should be.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import httpx

from benchmarks.hostile.seeds import made, mutated, valid
from benchmarks.memory import Watch
from docvision.documents.base import Kind
from docvision.documents.sandbox import Sandbox
from docvision.documents.sniff import HEAD_BYTES, archive_type
from docvision.errors import InputError, RequestError
from docvision.settings import ApiSettings, EngineSettings, Limits, Settings, WorkerSettings
from docvision.stack import Stack

VERDICT_SECONDS = 30.0
SIDE = 256


@dataclass(kw_only=True)
class Outcome:
    """What came of the files: verdicts by code, and whatever must not happen."""

    verdicts: Counter[str] = field(default_factory=Counter)
    surprises: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    parser_mib: float = 0.0
    outside: list[str] = field(default_factory=list)

    def note(self, name: str, verdict: str, seconds: float) -> None:
        """Count one verdict."""
        self.verdicts[verdict] += 1
        self.slowest = max(self.slowest, (seconds, name))
        if seconds > VERDICT_SECONDS:
            self.late.append(f"{name}: {seconds:.1f} s")


def main() -> None:
    """Run the benchmark and print what came of it."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="hostile-") as name:
        folder = Path(name)
        seeds = valid(folder)
        wicked = made(folder, seeds)
        inputs = chain(wicked.items(), mutated(seeds, arguments.inputs, arguments.seed))
        print(f"{len(wicked)} files made on purpose, {arguments.inputs} mutated", flush=True)
        if not arguments.only_service:
            _print(in_sandbox(inputs, folder, arguments.minutes))
        if arguments.service:
            chosen = chain(wicked.items(), mutated(seeds, arguments.service, arguments.seed + 1))
            _through_service(chosen, folder)


def in_sandbox(inputs: Iterable[tuple[str, bytes]], folder: Path, minutes: float) -> Outcome:
    """Open and read each file as a worker does, as many as there is time for."""
    outcome, place = Outcome(), folder / "input"
    deadline = time.monotonic() + 60 * minutes
    with _nothing_outside(outcome), Sandbox(_LIMITS, size=1) as sandbox:
        # The children are this process's only ones.
        with Watch(lambda: {"parsers": os.getpid()}, every=0.2) as watch:
            for name, data in inputs:
                began = time.monotonic()
                if began > deadline:
                    break
                place.write_bytes(data)
                try:
                    verdict = _read(sandbox, place)
                except (InputError, RequestError) as error:
                    verdict = error.code
                except Exception as error:  # noqa: BLE001  what is looked for: anything else
                    verdict = "surprise"
                    outcome.surprises.append(f"{name}: {error!r}")
                outcome.note(name, verdict, time.monotonic() - began)
        outcome.parser_mib = _peak(watch)
    return outcome


_LIMITS = Limits(sandbox_seconds=20)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=5000, help="mutations in the sandbox")
    parser.add_argument("--service", type=int, default=200, help="mutations sent to a service")
    parser.add_argument("--minutes", type=float, default=600.0, help="for the sandbox")
    parser.add_argument("--only-service", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _read(sandbox: Sandbox, path: Path) -> str:
    """Read a file as far as a job would; return what it was."""
    with path.open("rb") as file:
        kind = archive_type(file.read(HEAD_BYTES))
    if kind is not None:
        return _unpack(sandbox, path)
    with sandbox.open(path) as document:
        if document.info.kind is Kind.VIDEO:
            length = document.info.duration or 0.0
            for _ in document.frames([0.0, length / 2], SIDE, SIDE):
                pass
            return "read"
        for index in range(min(3, document.info.page_count)):
            document.page(index)
            document.text_layer(index)
            document.render(index, SIDE, SIDE)
    return "read"


def _unpack(sandbox: Sandbox, path: Path) -> str:
    verdict = "unpacked"
    with sandbox.open_archive(path) as archive:
        for entry in archive:
            assert ".." not in entry.name.split("/"), entry.name
            assert not entry.name.startswith("/"), entry.name
            try:
                for _ in entry.pieces():
                    pass
            except InputError:
                verdict = "unpacked in part"
    return verdict


@contextlib.contextmanager
def _nothing_outside(outcome: Outcome) -> Iterator[None]:
    """Note the files that were not there before, where a file could be left by an accident."""
    places = [Path.cwd(), Path(tempfile.gettempdir()), Path.home()]
    before = {place: set(os.listdir(place)) for place in places}
    yield
    for place in places:
        new = set(os.listdir(place)) - before[place]
        outcome.outside += [f"{place / name}" for name in sorted(new) if "hostile-was" in name]


def _peak(watch: Watch) -> float:
    """Return the most memory that a parser took, in MiB."""
    tracks = watch.tracks.values()
    return max((track.peak for track in tracks if track.name.endswith("child")), default=0.0)


def _print(outcome: Outcome) -> None:
    tried = sum(outcome.verdicts.values())
    print(f"in the sandbox {tried} files:", dict(outcome.verdicts.most_common()))
    seconds, name = outcome.slowest
    print(f"slowest verdict {seconds:.1f} s ({name}); largest parser {outcome.parser_mib:.0f} MiB")
    print(f"surprises {len(outcome.surprises)}, later than 30 s {len(outcome.late)}, ", end="")
    print(f"files outside {len(outcome.outside)}", flush=True)
    for line in [*outcome.surprises, *outcome.late, *outcome.outside][:20]:
        print("  ", line)


def _through_service(inputs: Iterable[tuple[str, bytes]], folder: Path) -> None:
    """Send files to a running service, archives as batches; count answers and deaths."""
    settings = Settings(
        data_dir=folder / "data",
        engine=EngineSettings(model="none"),
        api=ApiSettings(port=0),
        worker=WorkerSettings(processes=1),
        limits=_LIMITS,
        log_level="warning",
    )
    answers: Counter[int] = Counter()
    states: Counter[str] = Counter()
    with Stack(settings) as stack, httpx.Client(base_url=stack.url, timeout=120) as http:
        before = dict(stack.pids)

        def send(one: tuple[str, bytes]) -> str | None:
            path = "/v1/batches" if archive_type(one[1][:HEAD_BYTES]) else "/v1/jobs"
            answer = http.post(path, files=[("file", ("x", one[1]))])
            answers[answer.status_code] += 1
            return answer.headers.get("location")

        with ThreadPoolExecutor(4) as senders:
            entered = [place for place in senders.map(send, inputs) if place]
        for place in entered:
            while not (job := http.get(place, params={"wait": 20}).json())["finished"]:
                pass
            states[job["state"]] += 1
        deaths = [name for name, pid in stack.pids.items() if before.get(name) != pid]
    print(f"through the service: answers {dict(answers)}, jobs {dict(states)}")
    errors = sum(count for status, count in answers.items() if status >= 500)
    print(f"answers of 500 or above {errors}, deaths of workers or API {len(deaths)}")


if __name__ == "__main__":
    main()
