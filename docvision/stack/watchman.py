"""Notices processes that run but no longer answer: stopped, deadlocked, or hung in native code."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping

EVERY_SECONDS = 5.0
PATIENCE_SECONDS = 40.0
"""A process that was heard before and then is not for so long is stuck."""


class Watchman:
    """Listens on a thread of its own, because asking a stuck process takes time.

    Args:
        pids: Return the processes that run now, by name.
        answering: Return the names of those that give a sign of life.
        patience: Seconds of silence after which a process counts as stuck.
        every: Seconds between two rounds.
    """

    def __init__(
        self,
        pids: Callable[[], Mapping[str, int]],
        answering: Callable[[], Collection[str]],
        patience: float = PATIENCE_SECONDS,
        every: float = EVERY_SECONDS,
    ) -> None:
        self._pids = pids
        self._answering = answering
        self._patience = patience
        self._every = every
        self._heard: dict[tuple[str, int], float] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watchman", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Listen no more."""
        self._over.set()
        self._thread.join()

    def silent(self) -> list[str]:
        """Return the names of the processes that were heard and have long been silent."""
        late = time.monotonic() - self._patience
        running = set(self._pids().items())
        # One that has not been heard yet is starting, which may take as long as it takes.
        heard = list(self._heard.items())
        return [name for (name, pid), at in heard if at < late and (name, pid) in running]

    def _run(self) -> None:
        while not self._over.wait(self._every):
            running = self._pids()
            for name in self._answering():
                if name in running:
                    self._heard[name, running[name]] = time.monotonic()
            for known in [one for one in self._heard if one not in set(running.items())]:
                del self._heard[known]
