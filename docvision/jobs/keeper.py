"""Holding on to leases: one thread renews all that this process works under."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator

from docvision.errors import LeaseLost, StorageError
from docvision.jobs.ledger import Ledger
from docvision.jobs.model import Lease

_log = logging.getLogger(__name__)
TICK_SECONDS = 1.0
"""How soon a lost lease is noticed, and a cancellation that nobody told of."""


class Held:
    """A lease that is kept alive until it is lost or let go."""

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self._lost = threading.Event()

    @property
    def lost(self) -> bool:
        """Whether the work is no longer wanted from here: cancelled, taken over, or stopping."""
        return self._lost.is_set()

    def lose(self) -> None:
        """Note that the lease is lost."""
        self._lost.set()


class LeaseKeeper:
    """Renews the held leases again and again; close it, or use it as a context manager.

    Args:
        ledger: Where the leases were granted.
        seconds: For how long a lease is renewed each time.
    """

    def __init__(self, ledger: Ledger, seconds: float) -> None:
        self._ledger = ledger
        self._seconds = seconds
        self._held: set[Held] = set()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self.stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lease-keeper", daemon=True)
        self._thread.start()

    @contextlib.contextmanager
    def hold(self, lease: Lease) -> Iterator[Held]:
        """Keep a lease alive within the block."""
        held = Held(lease)
        with self._lock:
            self._held.add(held)
        if self.stopping.is_set():
            held.lose()
        try:
            yield held
        finally:
            with self._lock:
                self._held.discard(held)

    def drop(self, job_id: str) -> None:
        """Tell the work on a job that it is no longer wanted: it was cancelled or deleted."""
        for held in self._all():
            if held.lease.job == job_id:
                held.lose()

    def stop(self) -> None:
        """Tell all work under way that it is no longer wanted from here."""
        self.stopping.set()
        for held in self._all():
            held.lose()

    def close(self) -> None:
        """End the thread."""
        self._closed.set()
        self._thread.join()

    def _all(self) -> list[Held]:
        with self._lock:
            return list(self._held)

    def _run(self) -> None:
        while not self._closed.wait(min(TICK_SECONDS, self._seconds / 3)):
            for held in self._all():
                self._renew(held)

    def _renew(self, held: Held) -> None:
        try:
            self._ledger.renew(held.lease, self._seconds)
        except LeaseLost:
            held.lose()
        except StorageError as error:
            # The lease may well outlive a short absence of the ledger; the commit will tell.
            _log.warning("a lease could not be renewed: %s", error.message)
