"""Signs of life: how long the work in this process has made no progress."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator


class Beat:
    """One piece of work that should give a sign of life every so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._last = time.monotonic()

    def beat(self) -> None:
        """Note that the work has come a step further."""
        self._last = time.monotonic()

    @property
    def late(self) -> float:
        """Seconds by which a sign of life is overdue; negative while there is time."""
        return time.monotonic() - self._last - self._seconds

    @property
    def overdue(self) -> bool:
        """Whether the work has taken too long."""
        return self.late > 0


class Pulse:
    """The work under way in one process; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._beats: set[Beat] = set()
        self.begun = 0

    @contextlib.contextmanager
    def work(self, seconds: float) -> Iterator[Beat]:
        """Watch over the work within the block."""
        beat = Beat(seconds)
        with self._lock:
            self._beats.add(beat)
            self.begun += 1
        try:
            yield beat
        finally:
            with self._lock:
                self._beats.discard(beat)

    @property
    def busy(self) -> int:
        """How many pieces of work are under way."""
        return len(self._beats)

    @property
    def late(self) -> float:
        """Seconds by which the latest sign of life is overdue; 0 where none is."""
        with self._lock:
            return max((beat.late for beat in self._beats), default=0.0)
