"""Work done together, and suspect work done with nothing else in the process."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator


class Isolation:
    """Lets much work be done at once, or one piece alone; safe for threads, not re-entrant.

    Who waits to be alone goes before those who come later, so it waits for no more than what is
    under way.
    """

    def __init__(self) -> None:
        self._turn = threading.Condition()
        self._together = 0
        self._waiting = 0
        self._alone = False

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Do work within the block beside other work, but never beside work done alone."""
        with self._turn:
            self._turn.wait_for(lambda: not (self._alone or self._waiting))
            self._together += 1
        try:
            yield
        finally:
            with self._turn:
                self._together -= 1
                self._turn.notify_all()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Do work within the block once nothing else is done, and let nothing else begin."""
        with self._turn:
            self._waiting += 1
            self._turn.wait_for(lambda: not (self._alone or self._together))
            self._waiting -= 1
            self._alone = True
        try:
            yield
        finally:
            with self._turn:
                self._alone = False
                self._turn.notify_all()
