"""A real web server on loopback, which is as private as an address can be, and a name service."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from docvision.net import Address

DOCUMENT = b"%PDF-1.7 " + b"x" * 200_000


class Handler(BaseHTTPRequestHandler):
    """Answers by its path: a document, a redirect, a trickle, an error."""

    protocol_version = "HTTP/1.1"
    server: Any

    def do_GET(self) -> None:
        self.server.seen.append((self.path, dict(self.headers)))
        name, _, argument = self.path[1:].partition("?")
        getattr(self, f"_{name.partition('.')[0].partition('/')[0]}")(argument)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, dict(self.headers) | {"body": body}))
        name, _, argument = self.path[1:].partition("?")
        if name == "redirect":
            self._redirect(argument)
        else:
            self._send(204, b"")

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _report(self, _: str) -> None:
        self._send(200, DOCUMENT)

    def _redirect(self, target: str) -> None:
        self._send(302, b"", Location=target)

    def _round(self, count: str) -> None:
        self._redirect(f"/round?{int(count) + 1}")

    def _missing(self, _: str) -> None:
        self._send(404, b"nothing")

    def _trickle(self, _: str) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        while not self.server.over.wait(0.05):
            try:
                self.wfile.write(b".")
            except OSError:
                return

    def _broken(self, _: str) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"half")
        self.close_connection = True

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """The server; `seen` holds the requests that reached it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[tuple[str, dict[str, Any]]] = []
        self.over = threading.Event()

    def url(self, path: str = "report.pdf", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server_address[1]}/{path}"


class Names:
    """A name service: each question about a host gets the next of its answers, the last for ever.

    It keeps count of what it was asked, so that a test can tell that a name is asked for once.
    """

    def __init__(self, **answers: Sequence[str] | Sequence[Sequence[str]]) -> None:
        self._answers = {name.replace("_", "."): answer for name, answer in answers.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[Address]:
        turn = self.asked.count(host)
        self.asked.append(host)
        if host not in self._answers:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        answers = self._answers[host]
        answer = answers[min(turn, len(answers) - 1)]
        return [ipaddress.ip_address(one) for one in answer]


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        time.sleep(0.05)
        server.shutdown()
        server.server_close()
        thread.join()
