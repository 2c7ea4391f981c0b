"""Both clients follow a job to its end, over lost connections too."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from docvision.client import AsyncClient, Client
from docvision.errors import JobNotFound, ServerUnavailable
from docvision.jobs.model import State
from docvision.jobs.view import JobView

Follow = Callable[..., list[JobView]]


@pytest.fixture(params=["sync", "async"])
def follow(request: pytest.FixtureRequest) -> Follow:
    """Follow a job with a client of either kind and return what it was told."""

    def follow_sync(url: str, attempts: int = 5) -> list[JobView]:
        with Client(url, attempts=attempts) as client:
            return list(client.events("abc"))

    def follow_async(url: str, attempts: int = 5) -> list[JobView]:
        async def run() -> list[JobView]:
            async with AsyncClient(url, attempts=attempts) as client:
                return [job async for job in client.events("abc")]

        return asyncio.run(run())

    return follow_sync if request.param == "sync" else follow_async


@pytest.fixture
def stream(job_body: Callable[..., dict[str, Any]]) -> Callable[..., bytes]:
    """Make the server's stream of these states, each with its revision."""

    def make(*states: tuple[str, int]) -> bytes:
        told = ["retry: 1000", ": still there"]
        for state, revision in states:
            name = "job" if state in ("queued", "running") else "end"
            body = json.dumps(job_body(state, revision=revision))
            told.append(f"id: {revision}\nevent: {name}\ndata: {body}")
        return "".join(f"{block}\n\n" for block in told).encode()

    return make


SSE = {"content_type": "text/event-stream"}


def test_a_job_is_followed_to_its_end(server: Any, follow: Follow, stream: Any) -> None:
    server.then(200, stream(("queued", 0), ("running", 1), ("succeeded", 4)), **SSE)
    told = follow(server.url)
    assert [job.state for job in told] == [State.QUEUED, State.RUNNING, State.SUCCEEDED]


def test_a_stream_that_breaks_off_is_taken_up_where_it_was(
    server: Any, follow: Follow, stream: Any
) -> None:
    server.then(200, stream(("queued", 0), ("running", 1)), **SSE)
    server.then_hang_up()
    server.then(503, {"code": "storage"}, retry_after="0")
    server.then(200, stream(("succeeded", 4)), **SSE)
    told = follow(server.url)
    assert [job.revision for job in told] == [0, 1, 4]
    assert server.last_event_ids == [None, "1", "1", "1"]


def test_what_the_server_refuses_is_told(server: Any, follow: Follow) -> None:
    server.then(404, {"code": "job_not_found", "detail": "There is no job abc."})
    with pytest.raises(JobNotFound):
        follow(server.url)


def test_a_job_deleted_meanwhile_is_told(server: Any, follow: Follow, stream: Any) -> None:
    body = stream(("running", 1)) + b"event: deleted\ndata:\n\n"
    server.then(200, body, **SSE)
    with pytest.raises(JobNotFound):
        follow(server.url)


def test_a_server_that_stays_away_is_given_up(server: Any, follow: Follow) -> None:
    server.then_hang_up()
    with pytest.raises(ServerUnavailable):
        follow(server.url, attempts=2)
