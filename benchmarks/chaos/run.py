"""Jobs under fire: real processes, a real Valkey, and faults at random while jobs flow.

Workers, broker and API are killed and stopped; connections hang; the disk is full; the end of the
broker's log is cut off; its clock is set (where Debian's `faketime` is installed). Then it is
counted: what was accepted, what is missing, what was committed twice (as the workers' logs tell),
what is stuck, and how long each fault was felt.
"""

from __future__ import annotations

import json
import random
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.chaos.broker import Broker
from benchmarks.chaos.faults import Faults, small_disk
from benchmarks.chaos.senders import Senders
from benchmarks.chaos.watching import Outcome, Watcher, ends_told, now
from docvision.settings import ApiSettings, EngineSettings, Settings, WorkerSettings
from docvision.stack import Stack
from docvision.stack.child import RestartPolicy

DISK_MEGABYTES = 512
LEASE_SECONDS = 15.0
TAKEN_UP_SECONDS = LEASE_SECONDS + 10
"""In which somebody else should have taken up what a killed worker held."""
PATIENCE_SECONDS = 180.0
"""After the last fault, everything must have ended within this time."""
RECOVERY_SECONDS = 120.0
"""A fault that is felt for longer is recorded with this."""
FORGETFUL = ("kill broker", "cut log")
"""Faults after which the ledger may have forgotten that jobs ended."""
FOR_EVER = RestartPolicy(first_delay=0.1, longest_delay=1.0, attempts=1_000_000)


def run(
    jobs: int,
    plan: Mapping[str, int],
    seed: int,
    *,
    pause: float = 2.0,
    minutes: float = 600.0,
    say: Callable[[str], None] = print,
) -> Outcome:
    """Send jobs and do the planned numbers of faults, in random order; return what it came to.

    After so many minutes nothing more is sent and no more fault is done.
    """
    dice = random.Random(seed)
    with (
        tempfile.TemporaryDirectory(prefix="chaos-") as name,
        small_disk(Path(name) / "data" / "blobs", DISK_MEGABYTES) as has_disk,
        Broker(Path(name) / "valkey") as broker,
    ):
        missing = {"disk full"} if not has_disk else set()
        missing |= {"set clock"} if not broker.can_set_clock else set()
        settings = chaos_settings(Path(name) / "data", broker.url)
        with Stack(settings, policy=FOR_EVER) as stack:
            began = now()
            watcher = Watcher(broker.direct)
            senders = Senders(stack.url, jobs, random.Random(seed + 1))
            faults = Faults(stack, broker, settings.data_dir / "blobs", dice)
            fire = _Fire(senders, faults, watcher, stack.logs, say)
            with fire:
                fire.at_random(_drawn(plan, dice, missing), pause, dice, now() + minutes * 60)
                fire.wait_for_the_end()
            watcher.audit(senders.accepted, fire.outcome)
            fire.count_twice()
            fire.outcome.seconds = now() - began
    for answer in senders.refused[:3]:
        say(f"refused: {answer}")
    return fire.outcome


class _Fire:
    """One run: counts, does faults, and measures how long each is felt."""

    def __init__(
        self,
        senders: Senders,
        faults: Faults,
        watcher: Watcher,
        logs: Path,
        say: Callable[[str], None],
    ) -> None:
        self.outcome = Outcome()
        self._logs = logs
        self._forgotten: set[str] = set()
        self._senders, self._faults, self._watcher, self._say = senders, faults, watcher, say
        self._over = threading.Event()
        self._felt: list[tuple[str, float, int]] = []
        self._done: list[tuple[float, str]] = []
        self._held: deque[tuple[float, str, str]] = deque()
        self._counter = threading.Thread(target=self._count, daemon=True)

    def __enter__(self) -> _Fire:
        self._senders.start()
        self._counter.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._counter.join()

    def at_random(self, kinds: list[str], pause: float, dice: random.Random, until: float) -> None:
        """Do the faults one after the other, each after a pause; send no more after `until`."""
        for number, kind in enumerate(kinds, start=1):
            if now() > until:
                break
            time.sleep(pause * dice.uniform(0.5, 1.5))
            self._do(kind)
            if number % 20 == 0:
                ended, accepted = self._senders.finished, len(self._senders.accepted)
                self._say(f"{number} faults, {accepted} jobs accepted, {ended} ended")
        while not self._senders.done and now() < until:
            time.sleep(0.2)
        self._senders.stop()

    def wait_for_the_end(self) -> None:
        """Wait until all jobs were accepted and have ended, or for too long."""
        while not self._senders.done:
            time.sleep(0.2)
        until = now() + PATIENCE_SECONDS
        while self._watcher.unfinished(self._senders.accepted) and now() < until:
            time.sleep(0.5)

    def count_twice(self) -> None:
        """Count the jobs that ended twice: on its own, and because the ledger forgot the first."""
        twice = {job for job, times in ends_told(self._logs).items() if times > 1}
        self.outcome.committed_twice = len(twice - self._forgotten)
        self.outcome.done_again = len(twice & self._forgotten)
        for job in sorted(twice - self._forgotten):
            self._say(f"committed twice: {job}")

    def _do(self, kind: str) -> None:
        before = self._leases()
        name = self._faults.kinds[kind]()
        self.outcome.faults[kind] += 1
        self._done.append((now(), kind))
        # A server that lost the end of its log knows of fewer ends than before.
        ended = self._watcher.finished()
        ended = self._senders.finished if ended is None else ended
        # Once all is done there is no next job by whose end a fault could be seen to be over.
        if not self._senders.done or ended < len(self._senders.accepted):
            self._felt.append((kind, now(), ended))
        if kind in FORGETFUL:
            self._forgotten |= self._watcher.ended_but_open(self._logs)
        if kind == "kill worker":
            for lease, mark in before.get(name, {}).items():
                self._held.append((now(), lease, mark))

    def _leases(self) -> dict[str, dict[str, str]]:
        return {pid: self._watcher.held_by(pid) for pid in self._faults.workers()}

    def _count(self) -> None:
        while not self._over.wait(0.1):
            ended = self._watcher.finished()
            if ended is not None:
                self._senders.finished = ended
                self._note_progress(ended)
            self._note_taken_up()

    def _note_progress(self, ended: int) -> None:
        for fault in list(self._felt):
            kind, at, before = fault
            felt = now() - at
            if ended > before or felt > RECOVERY_SECONDS:
                self.outcome.recoveries.setdefault(kind, []).append(felt)
                self._felt.remove(fault)

    def _note_taken_up(self) -> None:
        for _ in range(len(self._held)):
            at, lease, mark = self._held.popleft()
            felt = now() - at
            if self._watcher.taken_up(lease, mark) or felt > RECOVERY_SECONDS:
                self.outcome.taken_up.append(felt)
                if felt > TAKEN_UP_SECONDS:
                    meanwhile = self._faults_since(at)
                    self._say(f"{lease} was taken up after {felt:.1f} s; meanwhile {meanwhile}")
            else:
                self._held.append((at, lease, mark))

    def _faults_since(self, since: float) -> str:
        """Return the faults that came on top of one, each with its seconds after that."""
        later = [f"{kind} {at - since:+.1f} s" for at, kind in self._done if at > since]
        return ", ".join(later) or "nothing"


def _drawn(plan: Mapping[str, int], dice: random.Random, missing: set[str]) -> list[str]:
    kinds = [kind for kind, count in plan.items() if kind not in missing for _ in range(count)]
    dice.shuffle(kinds)
    return kinds


def chaos_settings(data: Path, redis_url: str | None, seconds: float = 0.02) -> Settings:
    """Return settings under which a page takes so many seconds and a lost lease is soon felt."""
    script = data.parent / "script.json"
    line = {"bbox_2d": [60, 100, 400, 160], "text_content": "Page 1"}
    script.write_text(json.dumps({"answers": [{"text": json.dumps([line]), "seconds": seconds}]}))
    return Settings(
        data_dir=data,
        redis_url=redis_url,
        engine=EngineSettings(model=f"scripted:{script}"),
        api=ApiSettings(port=0),
        worker=WorkerSettings(
            processes=2, threads=2, lease_seconds=LEASE_SECONDS, pages_per_message=4
        ),
        log_format="text",
        result_cache=False,
    )
