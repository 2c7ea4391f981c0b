"""A pool of warm child processes, kept full by a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque

from docvision.documents.process import ParserProcess
from docvision.errors import Cancelled, SettingsError, Timeout
from docvision.settings import MIB, Limits

_log = logging.getLogger(__name__)

_EXTRA = 4
"""At most so many children for each one that is kept warm, where documents are held long."""
_WAIT_SECONDS = 600.0
_GROWN_BYTES = 384 * MIB
"""A child that takes more memory than this between two documents is replaced."""
_CALLS = 5000
"""Calls that one child answers before it is replaced."""
_RETRY_SECONDS = 1.0


class Pool:
    """Lends children, one document each. Thread-safe."""

    def __init__(self, limits: Limits, *, size: int) -> None:
        """Start the keeper, which starts `size` children at once."""
        self._limits = limits
        self._size = size
        self._changed = threading.Condition()
        self._idle: deque[ParserProcess] = deque()
        self._lent: dict[ParserProcess, None] = {}
        self._waiting = 0
        self._is_closed = False
        self._all_ended = threading.Event()
        # The kernel ties a child's life to the thread that started it (PR_SET_PDEATHSIG), so all
        # are started by one thread that lives as long as the pool.
        self._keeper = threading.Thread(target=self._keep, name="parser-keeper", daemon=True)
        self._keeper.start()

    def take(self) -> ParserProcess:
        """Lend a child that is ready, starting another where all are lent.

        Raises:
            Timeout: None became free for ten minutes.
            Cancelled: The pool was closed.
            SettingsError: Children do not start.
        """
        process = self._take_any()
        try:
            process.wait_ready()
        except SettingsError:
            self.give_back(process)
            raise
        return process

    def give_back(self, process: ParserProcess) -> None:
        """Take a child back; one that is dead, too large or too old makes room for a new one."""
        with self._changed:
            self._lent.pop(process, None)
            keep = (
                process.is_alive
                and not self._is_closed
                and len(self._idle) < self._size
                and process.calls < _CALLS
                and process.resident_bytes() < _GROWN_BYTES
            )
            if keep:
                self._idle.append(process)
            self._changed.notify_all()
        if not keep:
            process.end()

    def close(self) -> None:
        """End all children, those on loan too, and the keeper."""
        with self._changed:
            self._is_closed = True
            processes = [*self._idle, *self._lent]
            self._idle.clear()
            self._changed.notify_all()
        for process in processes:
            process.end()
        self._all_ended.set()
        self._keeper.join()

    def _take_any(self) -> ParserProcess:
        deadline = time.monotonic() + _WAIT_SECONDS
        with self._changed:
            self._waiting += 1
            self._changed.notify_all()
            try:
                while not self._drop_dead():
                    left = deadline - time.monotonic()
                    if self._is_closed:
                        raise Cancelled("The sandbox was closed.")
                    if left <= 0:
                        raise Timeout("No parser process became free.", limit="sandbox")
                    self._changed.wait(left)
            finally:
                self._waiting -= 1
            process = self._idle.popleft()
            self._lent[process] = None
            self._changed.notify_all()
            return process

    def _drop_dead(self) -> bool:
        """Whether a child is idle; one that was killed meanwhile is not blamed on a document."""
        while self._idle and self._idle[0].has_died():
            self._idle.popleft().end()
            self._changed.notify_all()
        return bool(self._idle)

    def _keep(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._is_closed or self._is_short())
                if self._is_closed:
                    break
            self._start_one()
        # Its children die with this thread: gone too early, it would end them before `close` does,
        # and a document that was being drawn would be blamed for it.
        self._all_ended.wait()

    def _is_short(self) -> bool:
        running = len(self._idle) + len(self._lent)
        if running < self._size:
            return True
        return self._waiting > len(self._idle) and running < _EXTRA * self._size

    def _start_one(self) -> None:
        try:
            process = ParserProcess(self._limits)
        except OSError:
            # No memory or no process left on this machine: those that wait go on waiting.
            _log.exception("a parser process cannot be started")
            time.sleep(_RETRY_SECONDS)
            return
        with self._changed:
            is_late = self._is_closed
            if not is_late:
                self._idle.append(process)
            self._changed.notify_all()
        if is_late:
            process.end()
