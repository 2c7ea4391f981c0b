"""Seeing to what nobody sees to: work that was lost, and jobs whose time is over."""

from __future__ import annotations

import logging
import time

from docvision.jobs import keys
from docvision.jobs.mending import mend
from docvision.run import Bench

_log = logging.getLogger(__name__)
SWEEP_SECONDS = 2.0
MEND_SECONDS = 60.0
OFTEN_SECONDS = 5.0
QUIET_SECONDS = 5.0
"""A message gets so long to be taken before its work counts as lost."""


def sweep(bench: Bench) -> None:
    """Send lost work again and erase expired jobs; raises StorageError."""
    republish(bench)
    expire(bench)


def republish(bench: Bench, quiet: float = QUIET_SECONDS) -> None:
    """Send the messages for due work again, and tickets where Celery has lost them.

    A message that only waits its turn looks due as well; the queue knows it and takes no second.
    """
    for message in bench.ledger.due(quiet=quiet):
        for part in message.split(bench.settings.worker.pages_per_message):
            bench.publisher.publish(part)
    bench.publisher.remind()


class Mender:
    """Enters jobs again that the ledger has lost; one worker at a time does so.

    A server that was started again may have lost the end of its log, so for a while it is looked
    at often. A job counts as lost once it is `mending.YOUNG_SECONDS` old, not at the first look.
    """

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._life = ""
        self._often_until = 0.0

    def look(self) -> None:
        """Mend if it is time; raises StorageError."""
        ledger, now = self._bench.ledger, time.monotonic()
        if (life := ledger.life()) != self._life:
            self._life, self._often_until = life, now + MEND_SECONDS
        often = now < self._often_until
        if ledger.turn("mend-often", OFTEN_SECONDS) if often else ledger.turn("mend", MEND_SECONDS):
            mend(ledger, self._bench.blobs, self._bench.settings.orphan_seconds)


def expire(bench: Bench) -> None:
    """Erase the files and results of jobs whose time to be kept is over."""
    for job_id in bench.ledger.expired():
        bench.blobs.delete_tree(keys.root(job_id))
        bench.ledger.erased(job_id, keep=bench.settings.retention_seconds)
        _log.info("job %s: expired", job_id)
