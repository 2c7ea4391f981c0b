"""What can go wrong, done for real to real processes."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.chaos.broker import Broker
from docvision.stack import Stack

FILL_SECONDS = 3.0
HOUR = 3600


class Faults:
    """The faults that can be done to a stack, each by its name."""

    def __init__(self, stack: Stack, broker: Broker, blobs: Path, dice: random.Random) -> None:
        self._stack, self._broker, self._blobs, self._dice = stack, broker, blobs, dice
        self._ahead = False
        self.kinds: dict[str, Callable[[], str]] = {
            "kill worker": self.kill_worker,
            "kill broker": self.kill_broker,
            "kill api": self.kill_api,
            "stop worker": lambda: self.stand_still(self._worker()),
            "stop api": lambda: self.stand_still("api"),
            "stop broker": self.stop_broker,
            "half-open": self.half_open,
            "disk full": self.disk_full,
            "cut log": self.cut_log,
            "set clock": self.set_clock,
        }

    def workers(self) -> list[str]:
        """Return the process ids of the workers that run now."""
        pids = self._stack.pids
        return [str(pid) for name, pid in pids.items() if name.startswith("worker")]

    def kill_worker(self) -> str:
        """Kill a worker and its parsers; return the name of its process group."""
        return self._kill(self._worker())

    def kill_api(self) -> str:
        """Kill the API."""
        return self._kill("api")

    def kill_broker(self) -> str:
        """Kill Valkey."""
        self._broker.kill()
        return "valkey"

    def stop_broker(self) -> str:
        """Let Valkey stand still for a while."""
        self._broker.stop_for(self._dice.uniform(1, 4))
        return "valkey"

    def cut_log(self) -> str:
        """Cut off the end of Valkey's log."""
        self._broker.cut(self._dice)
        return "valkey"

    def set_clock(self) -> str:
        """Set the clock of Valkey an hour forward, or back again."""
        self._ahead = not self._ahead
        self._broker.set_clock(HOUR if self._ahead else -HOUR)
        return "valkey"

    def half_open(self) -> str:
        """Let all connections to Valkey hang."""
        self._broker.go_deaf()
        return "proxy"

    def stand_still(self, name: str) -> str:
        """Let a process stand still for a while."""
        pid = self._stack.pids.get(name)
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
                time.sleep(self._dice.uniform(1, 6))
                os.kill(pid, signal.SIGCONT)
        return name

    def disk_full(self) -> str:
        """Fill the blob store's disk for a while; only done where that is a small one."""
        filler = self._blobs / "filler"
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
            while file.write(bytes(1024 * 1024)):
                pass
        time.sleep(FILL_SECONDS)
        filler.unlink()
        return "disk"

    def _kill(self, name: str) -> str:
        pid = self._stack.pids.get(name)
        if pid is None:
            return ""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        return str(pid)

    def _worker(self) -> str:
        workers = [name for name in self._stack.pids if name.startswith("worker")]
        return self._dice.choice(workers) if workers else ""


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[bool]:
    """Give a folder a small disk of its own, where the system lets us; return whether it does."""
    folder.mkdir(parents=True, exist_ok=True)
    given = os.system(f"mount -t tmpfs -o size={megabytes}m,mode=700 tmpfs {folder} 2>/dev/null")
    try:
        yield given == 0
    finally:
        if given == 0:
            os.system(f"umount -l {folder}")
