"""A real HTTP server that gives scripted answers, and one client in two shapes."""

from __future__ import annotations

import asyncio
import inspect
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from docvision.client import AsyncClient, Client

HANG_UP = (0, {}, b"")


class ScriptedServer:
    """Plays back answers in order, the last one again and again, and keeps the requests."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        self.requests: list[tuple[str, str, bytes]] = []
        self.last_event_ids: list[str | None] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=lambda: self._server.serve_forever(poll_interval=0.01)
        )
        self._thread.start()

    def then(self, status: int, body: Any = None, **headers: str) -> ScriptedServer:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.append((status, named, content))
        return self

    def then_hang_up(self) -> ScriptedServer:
        self.answers.append(HANG_UP)
        return self

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(outer) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                outer.requests.append((self.command, self.path, body))
                outer.last_event_ids.append(self.headers.get("last-event-id"))
                later = len(outer.answers) > 1
                status, headers, content = outer.answers.pop(0) if later else outer.answers[0]
                if status == 0:
                    self.close_connection = True
                    return
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_DELETE = answer

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    scripted = ScriptedServer()
    yield scripted
    scripted.close()


@pytest.fixture(params=["sync", "async"])
def call(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Call a method of a client of either kind: `call(url, "job", "abc")`."""

    def call_sync(url: str, method: str, *args: Any, **kwargs: Any) -> Any:
        with Client(url) as client:
            return getattr(client, method)(*args, **kwargs)

    def call_async(url: str, method: str, *args: Any, **kwargs: Any) -> Any:
        async def run() -> Any:
            async with AsyncClient(url) as client:
                answer = getattr(client, method)(*args, **kwargs)
                return await answer if inspect.isawaitable(answer) else answer

        return asyncio.run(run())

    return call_sync if request.param == "sync" else call_async


@pytest.fixture
def job_body() -> Callable[..., dict[str, Any]]:
    """Make a job as the API sends it."""

    def make(state: str = "running", done: int = 0, revision: int = 1) -> dict[str, Any]:
        return {
            "id": "abc",
            "state": state,
            "task": "ocr",
            "options": {},
            "files": [
                {"name": "a.pdf", "media_type": "application/pdf", "size": 3, "sha256": "00"}
            ],
            "progress": {"unit": "page", "done": done, "failed": 0, "total": 2},
            "position": None,
            "created": "2026-01-01T00:00:00Z",
            "started": None,
            "finished": None,
            "expires": None,
            "problem": None,
            "revision": revision,
            "links": {"self": "/v1/jobs/abc"},
        }

    return make
