"""The real application over stores in memory, asked by two tenants at once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from docvision.access.keys import Scope, new_key
from docvision.access.stores import AccessStores, memory_stores
from docvision.blobs.local import LocalBlobs
from docvision.jobs import keys
from docvision.jobs.batch import BATCH
from docvision.jobs.deliveries import MemoryDeliveries
from docvision.jobs.events import MemoryEvents
from docvision.jobs.memory import MemoryLedger
from docvision.jobs.model import Job, Progress, State, Step, Upload, new_job_id
from docvision.jobs.once import MemoryOnce
from docvision.jobs.presence import MemoryPresence
from docvision.jobs.wire import Message
from docvision.settings import ApiSettings, Settings
from docvision.traces import NoTraces

CANARY = "CANARY-7f3a"
"""Stands in everything that is acme's; nothing that globex is answered may hold it."""
EVERYTHING = frozenset(Scope)


class NoWorkers:
    """A publisher to whom nobody listens; it keeps what was sent."""

    def __init__(self) -> None:
        self.sent: list[Message] = []

    def publish(self, message: Message) -> None:
        self.sent.append(message)

    def waiting(self) -> Mapping[Step, int]:
        return dict.fromkeys(Step, 0) | Counter(message.step for message in self.sent)


class CountingLedger(MemoryLedger):
    """Counts how often it is asked, by which a caller could tell one refusal from another."""

    asked = 0

    def get(self, job_id: str) -> Job:
        self.asked += 1
        return super().get(job_id)


@dataclass(frozen=True, kw_only=True)
class House:
    """The application, its stores and one key with every right for each tenant."""

    app: FastAPI
    settings: Settings
    ledger: CountingLedger
    blobs: LocalBlobs
    access: AccessStores
    publisher: NoWorkers
    http: TestClient

    def key(self, tenant: str, **known: object) -> str:
        token, key = new_key(tenant, tenant=tenant, **{"scopes": EVERYTHING, **known})
        self.access.book.add(key)
        return token

    def headers(self, tenant: str, **known: object) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key(tenant, **known)}"}

    def job(self, tenant: str, state: State = State.SUCCEEDED, text: str = CANARY) -> Job:
        """Enter a job with a file and, where it has succeeded, a result."""
        job_id = new_job_id()
        key = keys.upload_key(job_id, 0)
        self.blobs.put(key, text.encode())
        upload = Upload(name=f"{text}.pdf", media_type="text/plain", size=11, sha256="0", key=key)
        job = Job(id=job_id, task="ocr", uploads=(upload,), created=time.time(), tenant=tenant)
        self.ledger.create(job)
        if state is State.QUEUED:
            return job
        lease = self.ledger.claim(job_id, Step.PREPARE, owner="w", seconds=60)
        assert lease is not None
        self.blobs.put(keys.result_key(job_id, lease.token), f'"{text}"'.encode())
        whole = Progress(done=1, failed=0, total=1)
        return self.ledger.finish(lease, state, keep=3600, whole=whole)

    def batch(self, tenant: str) -> Job:
        """Enter a batch that waits for a worker."""
        batch = Job(
            id=new_job_id(),
            task=BATCH,
            options={"task": CANARY},
            uploads=(),
            created=time.time(),
            tenant=tenant,
        )
        self.ledger.create(batch)
        return batch


def make_house(folder: Path, settings: Settings) -> House:
    events, access, publisher = MemoryEvents(), memory_stores(), NoWorkers()
    events.ledger = ledger = CountingLedger(changed=events.ring)
    blobs = LocalBlobs(folder / "blobs")
    app = create_app(
        settings,
        ledger=ledger,
        events=events,
        blobs=blobs,
        publisher=publisher,
        presence=MemoryPresence(),
        access=access,
        deliveries=MemoryDeliveries(ledger),
        traces=NoTraces(),
        once=MemoryOnce(),
    )
    return House(
        app=app,
        settings=settings,
        ledger=ledger,
        blobs=blobs,
        access=access,
        publisher=publisher,
        http=TestClient(app, base_url="http://127.0.0.1", client=("192.0.2.7", 1)),
    )


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house that asks for keys."""
    settings = Settings(data_dir=tmp_path, api=ApiSettings(host="0.0.0.0"))
    house = make_house(tmp_path, settings)
    with house.http:
        yield house


@pytest.fixture(scope="session")
def png() -> bytes:
    from PIL import Image

    file = BytesIO()
    Image.new("RGB", (96, 64), "white").save(file, "PNG")
    return file.getvalue()
