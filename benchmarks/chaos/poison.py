"""A page that ends every process that reads it, with healthy jobs behind it."""

from __future__ import annotations

import json
import random
import signal
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from benchmarks.chaos.run import FOR_EVER, chaos_settings
from benchmarks.chaos.senders import Senders, tiff
from docvision.client import Client
from docvision.jobs.model import State
from docvision.stack import Stack

PAGES, POISONED = 4, 1


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a poisoned page did: the workers it ended, its job's end, and that of the others."""

    deaths: int
    state: State
    problems: list[str | None]
    healthy: Counter[str]

    @property
    def good(self) -> bool:
        """Whether only the poisoned page was given up, after three deaths at most."""
        wanted = ["poison" if page == POISONED else None for page in range(PAGES)]
        return (
            self.deaths <= 3
            and self.problems == wanted
            and set(self.healthy) == {State.SUCCEEDED.value}
        )


def poison(healthy: int = 20) -> Verdict:
    """Send the poisoned job and the healthy ones, and wait for the end of all.

    The model's process is killed by the poisoned page as by a fault in its native code; that page
    is known by being higher than wide.
    """
    said: list[str] = []
    with tempfile.TemporaryDirectory(prefix="poison-") as name:
        settings = chaos_settings(Path(name) / "data", None, seconds=0.3)
        _poison_script(Path(name) / "script.json")
        with Stack(settings, said.append, FOR_EVER) as stack, Client(stack.url) as client:
            document = Path(name) / "poison.tiff"
            document.write_bytes(tiff(PAGES, upright=POISONED))
            job = client.submit(document, options={"reader": "model"})
            senders = Senders(stack.url, healthy, random.Random(1))
            senders.start()
            ended = client.wait(job.id, timeout=300)
            senders.join()
            states = Counter(client.wait(one, timeout=120).state.value for one in senders.accepted)
            (read,) = client.result(job.id).documents
            problems = [page.problem.code if page.problem else None for page in read.pages]
    deaths = sum("was ended by SIGKILL" in line for line in said)
    return Verdict(deaths=deaths, state=ended.state, problems=problems, healthy=states)


def _poison_script(path: Path) -> None:
    script = json.loads(path.read_text())
    script["answers"].insert(0, {"tall": True, "seconds": 0.3, "signal": signal.SIGKILL})
    path.write_text(json.dumps(script))


if __name__ == "__main__":
    verdict = poison()
    print(verdict)
    raise SystemExit(0 if verdict.good else 1)
