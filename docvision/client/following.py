"""Following a job by server-sent events: the core that both clients share, without I/O."""

from __future__ import annotations

import httpx
from httpx_sse import ServerSentEvent

from docvision.client import protocol
from docvision.client.protocol import retry_after
from docvision.client.retrying import BUSY
from docvision.errors import JobNotFound
from docvision.jobs.view import JobView

SILENCE_SECONDS = 45.0
"""The server gives a sign of life three times in this time."""
PAUSE_SECONDS = 1.0


class Following:
    """What was seen of a job, and how to go on after a connection was lost.

    Args:
        job_id: The job.
        server: Named where it cannot be reached.
        attempts: Connections in a row that may bring nothing before it is given up.
    """

    def __init__(self, job_id: str, server: str, attempts: int) -> None:
        self.path = f"{protocol.job_path(job_id)}/events"
        self.timeout = httpx.Timeout(30.0, connect=5.0, read=SILENCE_SECONDS)
        self.over = False
        self._job_id = job_id
        self._server = server
        self._attempts = attempts
        self._vain = 0
        self._seen = ""

    @property
    def headers(self) -> dict[str, str]:
        """What to ask with: what was seen last."""
        return {"Last-Event-ID": self._seen} if self._seen else {}

    def take(self, event: ServerSentEvent) -> JobView | None:
        """Return what an event tells, if anything; raises JobNotFound where the job was deleted."""
        if event.event == "deleted":
            raise JobNotFound(f"The job {self._job_id} was deleted.", job=self._job_id)
        if event.event not in ("job", "end"):
            return None
        self._vain, self._seen = 0, event.id
        self.over = event.event == "end"
        return JobView.model_validate_json(event.data)

    def pause(self, response: httpx.Response) -> float | None:
        """Return the seconds to wait where the server is busy, None where the stream begins.

        Raises:
            DocvisionError: What the server answered instead.
        """
        if response.is_success:
            return None
        if response.status_code not in BUSY:
            raise protocol.error_of(response)
        self._count(None)
        asked = retry_after(response)
        return PAUSE_SECONDS if asked is None else asked

    def lost(self, error: httpx.TransportError | None) -> float:
        """Return the seconds to wait after a lost connection; raises ServerUnavailable."""
        self._count(error)
        return PAUSE_SECONDS

    def _count(self, error: httpx.TransportError | None) -> None:
        self._vain += 1
        if self._vain >= self._attempts:
            raise protocol.unreachable(self._server, error or httpx.ReadError("It broke off."))
