from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from docvision.access.book import MemoryKeyBook
from docvision.access.meter import MemoryMeter, PageQuota
from docvision.blobs.base import BlobStore
from docvision.blobs.local import LocalBlobs
from docvision.documents.sandbox import Sandbox
from docvision.jobs import keys
from docvision.jobs.keeper import LeaseKeeper
from docvision.jobs.ledger import Ledger
from docvision.jobs.memory import MemoryLedger
from docvision.jobs.model import Job, Step, Upload, new_job_id
from docvision.jobs.presence import MemoryPresence
from docvision.jobs.wire import Message
from docvision.reading.ocr import Ocr
from docvision.run import Bench
from docvision.settings import EngineSettings, Limits, Settings, WorkerSettings
from docvision.tasks.base import Tools


class Outbox:
    """A publisher that keeps what was sent, for the test to carry."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def publish(self, message: Message) -> None:
        if message not in self.messages:
            self.messages.append(message)

    def remind(self) -> None:
        """There are no tickets here."""

    def waiting(self) -> Mapping[Step, int]:
        return {step: sum(one.step is step for one in self.messages) for step in Step}

    def take(self) -> list[Message]:
        taken, self.messages = self.messages, []
        return taken


class Works:
    """A bench without a network, and a way to send jobs to it."""

    def __init__(self, bench: Bench, outbox: Outbox) -> None:
        self.bench = bench
        self.outbox = outbox

    @property
    def ledger(self) -> Ledger:
        return self.bench.ledger

    @property
    def blobs(self) -> BlobStore:
        return self.bench.blobs

    def send(self, *files: bytes, **options: object) -> str:
        """Enter a job of these files and return its id."""
        job_id = new_job_id()
        uploads = []
        for index, data in enumerate(files):
            key = keys.upload_key(job_id, index)
            self.blobs.put(key, data)
            kind = "application/pdf"
            uploads.append(
                Upload(name=f"{index}.pdf", media_type=kind, size=len(data), sha256="", key=key)
            )
        job = Job(
            id=job_id, task="ocr", options=options, uploads=tuple(uploads), created=time.time()
        )
        self.ledger.create(job)
        return job_id


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Limits(), size=1) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def tools() -> Iterator[Tools]:
    ocr = Ocr()
    yield Tools(engine=None, ocr=ocr, engine_settings=EngineSettings(), limits=Limits())
    ocr.close()


@pytest.fixture
def make_works(tmp_path: Path, sandbox: Sandbox, tools: Tools) -> Iterator[Callable[..., Works]]:
    keepers: list[LeaseKeeper] = []

    def make(blobs: Callable[[Ledger, BlobStore], BlobStore] | None = None) -> Works:
        ledger, outbox = MemoryLedger(), Outbox()
        keepers.append(LeaseKeeper(ledger, 0.3))
        store: BlobStore = LocalBlobs(tmp_path / "blobs")
        bench = Bench(
            ledger=ledger,
            blobs=blobs(ledger, store) if blobs else store,
            publisher=outbox,
            presence=MemoryPresence(),
            keeper=keepers[-1],
            sandbox=sandbox,
            tools=tools,
            settings=Settings(worker=WorkerSettings(pages_per_message=4, lease_seconds=0.3)),
            quota=PageQuota(MemoryKeyBook(), MemoryMeter()),
            owner="worker-1",
        )
        return Works(bench, outbox)

    yield make
    for keeper in keepers:
        keeper.close()


@pytest.fixture
def works(make_works: Callable[..., Works]) -> Works:
    return make_works()


@pytest.fixture(scope="session")
def pdf() -> Callable[..., bytes]:
    """Make a digital PDF of so many pages, each saying its number."""
    from io import BytesIO

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
