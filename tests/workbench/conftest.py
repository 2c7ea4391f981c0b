"""The workbench in a real browser, on the real stack: Valkey, the API, a worker with nano."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from docvision.settings import ApiSettings, Settings, WorkerSettings
from docvision.stack import Stack
from docvision.stack.address import free_port

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
SIZES = {"desk": (1280, 800), "phone": (390, 780)}
LOOKS: tuple[tuple[str, Literal["light", "dark"]], ...] = (
    ("desk", "dark"),
    ("phone", "light"),
    ("desk", "light"),
)
"""How a screen is looked at: size and colours; as it is by default comes last, and stays."""
SECONDS = 150_000.0
"""Milliseconds for which anything on a page is waited for, on a machine that is busy."""


class Bench:
    """A running service and what tests ask of it directly."""

    def __init__(self, url: str, settings: Settings) -> None:
        self.url = url
        self.settings = settings
        self.http = httpx.Client(base_url=url, timeout=60, trust_env=False)

    def send(self, file: Path, task: str = "ocr", *more: Path, **fields: str) -> str:
        """Send files as one job and return its id."""
        files = [("file", (one.name, one.read_bytes())) for one in (file, *more)]
        answer = self.http.post("/v1/jobs", files=files, data={"task": task, **fields})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def until(self, job_id: str, *states: str) -> dict[str, Any]:
        """Wait until a job is in one of the states, or has ended where none is named."""
        deadline = time.monotonic() + SECONDS / 1000
        while True:
            job: dict[str, Any] = self.http.get(f"/v1/jobs/{job_id}").json()
            if job["state"] in states or (not states and job["finished"]):
                return job
            assert time.monotonic() < deadline, job
            time.sleep(0.2)

    def doubtful(self) -> str:
        """Send an invoice of which nothing is certain enough, and return its id.

        It is read for the first test that asks; after that the answer is known already.
        """
        options = '{"schema": "invoice", "threshold": 1}'
        job_id = self.send(SAMPLES / "invoice.pdf", "extract", options=options)
        assert self.until(job_id)["review"] == "needed"
        return job_id

    def settled(self, job_id: str, count: int) -> list[dict[str, Any]]:
        """Wait until so many values of a job were settled, and return what was decided."""
        deadline = time.monotonic() + SECONDS / 1000
        while True:
            found: list[dict[str, Any]] = self.http.get(f"/v1/jobs/{job_id}/reviews").json()[
                "settled"
            ]
            if len(found) >= count:
                return found
            assert time.monotonic() < deadline, found
            time.sleep(0.2)

    def result(self, job_id: str) -> dict[str, Any]:
        answer = self.http.get(f"/v1/jobs/{job_id}/result")
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result


@pytest.fixture(scope="package")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """The service, started once."""
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("workbench"),
        api=ApiSettings(port=0),
        worker=WorkerSettings(processes=1),
    )
    with Stack(settings) as stack:
        bench = Bench(stack.url, stack.settings)
        yield bench
        bench.http.close()


@pytest.fixture(scope="package")
def invoice(bench: Bench) -> str:
    """The id of an invoice whose fields were extracted; tests only look at it."""
    job_id = bench.send(SAMPLES / "invoice.pdf", "extract", options='{"schema": "invoice"}')
    assert bench.until(job_id)["state"] == "succeeded"
    return job_id


@pytest.fixture(scope="package")
def report(bench: Bench) -> str:
    """The id of a report of three pages that was read."""
    job_id = bench.send(SAMPLES / "report.pdf")
    bench.until(job_id)
    return job_id


@pytest.fixture(scope="package")
def charts(bench: Bench) -> str:
    """The id of the same report, of which the charts were read."""
    job_id = bench.send(SAMPLES / "report.pdf", "chart")
    assert bench.until(job_id)["state"] == "succeeded"
    return job_id


@pytest.fixture(scope="package")
def keyed(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A second API on the same stores that asks for keys."""
    port = free_port("127.0.0.1", 0)
    api = ApiSettings(port=port, keys="required")
    settings = bench.settings.model_copy(update={"api": api})
    log = tmp_path_factory.mktemp("keyed") / "api.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "api"],
            env=_environ(settings),
            cwd=ROOT,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    keyed = Bench(f"http://127.0.0.1:{port}", settings)
    try:
        _until_alive(keyed, log)
        yield keyed
    finally:
        process.terminate()
        process.wait(30)
        keyed.http.close()


@pytest.fixture
def make_key(bench: Bench) -> Callable[..., str]:
    """Make an API key, as an operator does."""

    def make(tenant: str, *scopes: str) -> str:
        wanted = [word for scope in scopes for word in ("--scope", scope)]
        command = ["keys", "create", "--name", tenant, "--tenant", tenant, *wanted]
        run = subprocess.run(
            [sys.executable, "-m", "docvision.cli", *command],
            env=_environ(bench.settings),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        return next(word for word in run.stdout.split() if word.startswith("dv_"))

    return make


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, started once; `.ci/run` installs it where it can."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip(
            "the workbench is tested in Chromium, which is not installed: apt install chromium"
        )
    expect.set_options(timeout=SECONDS)
    with sync_playwright() as playwright:
        # The tests run as root in CI, where Chromium's own sandbox cannot.
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
        )
        yield browser
        browser.close()


class Desk:
    """A page of the workbench, and all that its console said."""

    def __init__(self, bench: Bench, context: BrowserContext) -> None:
        self.bench = bench
        self.page: Page = context.new_page()
        self.page.set_default_timeout(SECONDS)
        self.said: list[str] = []
        self.audits = 0
        self.faults = 0
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: dialog.accept())

    def open(self, place: str = "/") -> Page:
        """Load a place of the workbench anew."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.bench.url}/#{place}")
        return self.page

    def until(self, script: str) -> None:
        """Wait until a script is true; the page's policy forbids Playwright's own way to."""
        deadline = time.monotonic() + SECONDS / 1000
        while not self.page.evaluate(script):
            assert time.monotonic() < deadline, script
            time.sleep(0.1)

    def violations(self) -> list[str]:
        """Return what axe-core finds on the page as it is now."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE)
        found: list[dict[str, Any]] = self.page.evaluate(
            "axe.run({resultTypes: ['violations']}).then((said) => said.violations)"
        )
        return [
            f"{one['id']}: {node['target']} {node['html'][:120]}"
            for one in found
            for node in one["nodes"]
        ]

    def audit(self, name: str, *looks: str) -> None:
        """Check that a screen is for everybody: in the light, in the dark and on a phone.

        axe-core finds nothing, and nothing lies beside the screen. A picture of it is kept, and of
        the other `looks` that are named ("dark", "phone").
        """
        for size, colours in LOOKS:
            width, height = SIZES[size]
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.emulate_media(color_scheme=colours)
            self.until("document.querySelectorAll('.leaf:not(:has(img))').length === 0")
            found = self.violations()
            self.faults += len(found)
            assert found == [], f"{name}, {size}, {colours}"
            assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), size
            self.audits += 1
            look = "dark" if colours == "dark" else size
            if look == "desk" or look in looks:
                self.shoot(name if look == "desk" else f"{name}-{look}")

    def shoot(self, name: str) -> None:
        """Keep a picture of the screen where SCREENSHOTS names a folder for it."""
        if folder := os.environ.get("SCREENSHOTS"):
            # 256 colours are enough for a screen, and a quarter of the bytes.
            picture = Image.open(BytesIO(self.page.screenshot()))
            small = picture.convert("RGB").quantize(256, kmeans=2, dither=Image.Dither.NONE)
            small.save(Path(folder) / f"{name}.png", optimize=True)


@pytest.fixture
def make_desk(
    browser: Browser, bench: Bench, record_property: Callable[[str, object], None]
) -> Iterator[Callable[..., Desk]]:
    """Open a window of the workbench; its console must have stayed empty in the end."""
    with contextlib.ExitStack() as stack:
        desks: list[Desk] = []

        def make(
            on: Bench = bench,
        ) -> Desk:
            width, height = SIZES["desk"]
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="light",
                reduced_motion="reduce",
                locale="en-GB",
                accept_downloads=True,
            )
            stack.callback(context.close)
            desks.append(Desk(on, context))
            return desks[-1]

        yield make
        record_property("audits", sum(desk.audits for desk in desks))
        record_property("violations", sum(desk.faults for desk in desks))
        record_property("console_lines", sum(len(desk.said) for desk in desks))
        assert [said for desk in desks for said in desk.said] == []


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    """A window of usual size."""
    return make_desk()


def _environ(settings: Settings) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if "DOCVISION_" not in name}
    return plain | settings.to_env() | {"PYTHONPATH": str(ROOT)}


def _until_alive(bench: Bench, log: Path) -> None:
    deadline = time.monotonic() + SECONDS / 1000
    while True:
        with contextlib.suppress(httpx.TransportError):
            if bench.http.get("/healthz").is_success:
                return
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
