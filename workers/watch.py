"""Watching over workers: the dead are buried, and one that is stuck ends itself."""

from __future__ import annotations

import faulthandler
import logging
import os
import time
from collections.abc import Callable

from docvision.jobs.presence import FORGOTTEN_SECONDS, is_dead
from docvision.run import Bench

_log = logging.getLogger(__name__)
WATCH_SECONDS = 2.0
GRACE_SECONDS = 20.0
"""Work that is told to stop has so long to do it."""
IDLE_SECONDS = 60.0
"""A worker that takes nothing for so long while messages wait does not listen any more."""
STUCK = 70
"""The exit code of a worker that was stuck (`EX_SOFTWARE` of sysexits.h)."""


def bury_the_dead(bench: Bench) -> None:
    """Free the work of neighbours whose process has ended; raises StorageError.

    Elsewhere the leases run out by themselves; where a process can be seen to be gone, there is
    no need to wait for that.
    """
    for card in bench.presence.seen(within=FORGOTTEN_SECONDS):
        if is_dead(card):
            freed = bench.ledger.bury(card.owner)
            bench.presence.leave(card.owner)
            _log.warning("worker %s has died; %d pieces of work are free", card.owner, freed)


class Watchdog:
    """Ends the process where its work is stuck; whatever started it starts another.

    Work that is overdue was told to stop. A thread that does not, because it hangs in native
    code, can only be ended with its process. Its leases are then freed, and its death is counted
    against what it did.

    Args:
        bench: Whose work is watched.
        end: Ends the process.
    """

    def __init__(self, bench: Bench, end: Callable[[], None] | None = None) -> None:
        self._bench = bench
        self._end = end or end_process
        self._begun = -1
        self._since: float | None = None

    def look(self) -> None:
        """Look once; raises StorageError."""
        late = self._bench.pulse.late
        if late > GRACE_SECONDS:
            self._stuck(f"a page is overdue by {late:.0f} s")
        elif self._is_deaf():
            self._stuck(f"no message was taken for {IDLE_SECONDS:g} s while some waited")

    def _is_deaf(self) -> bool:
        """Return whether messages wait and the worker has long had time and taken none."""
        pulse = self._bench.pulse
        idle = not pulse.busy and pulse.begun == self._begun
        self._begun = pulse.begun
        # While the broker is away nobody can take anything: the time begins anew.
        since, self._since = self._since, None
        if not idle or not any(self._bench.publisher.waiting().values()):
            return False
        self._since = since or time.monotonic()
        return time.monotonic() - self._since > IDLE_SECONDS

    def _stuck(self, why: str) -> None:
        _log.critical("worker %s is stuck and ends: %s", self._bench.owner, why)
        self._end()


def end_process() -> None:
    """End the process at once, and leave in the log what its threads were doing."""
    faulthandler.dump_traceback(all_threads=True)
    os._exit(STUCK)
