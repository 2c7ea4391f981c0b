"""What the work on a job needs: the stores, the tools, and a shelf for open documents."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from pydantic import TypeAdapter

from docvision.access.meter import PageQuota
from docvision.blobs.base import BlobStore
from docvision.documents.archive import SandboxedArchive
from docvision.documents.base import Document, DocumentInfo
from docvision.jobs.keeper import LeaseKeeper
from docvision.jobs.ledger import Ledger
from docvision.jobs.model import Job, Lease, Problem, Step
from docvision.jobs.once import MemoryOnce, Once
from docvision.jobs.presence import Presence
from docvision.jobs.wire import Publisher
from docvision.run.isolation import Isolation
from docvision.run.pulse import Pulse
from docvision.settings import Settings
from docvision.tasks.base import Tools


class Opener(Protocol):
    """Opens untrusted files; `documents.sandbox.Sandbox` does."""

    def open(self, path: Path, *, password: str | None = None) -> AbstractContextManager[Document]:
        """Open a file; raises InputError."""

    def open_archive(self, path: Path) -> SandboxedArchive:
        """Open an archive; raises InputError."""


@dataclass(frozen=True, kw_only=True)
class Bench:
    """Everything that `run` works with; one per worker process, shared by its threads."""

    ledger: Ledger
    blobs: BlobStore
    publisher: Publisher
    presence: Presence
    keeper: LeaseKeeper
    sandbox: Opener
    tools: Tools
    settings: Settings
    quota: PageQuota
    owner: str
    once: Once = field(default_factory=MemoryOnce)
    pulse: Pulse = field(default_factory=Pulse)
    isolation: Isolation = field(default_factory=Isolation)
    """Keeps work under which a worker has died apart from all other work of this process."""

    @property
    def model(self) -> str:
        """The name of the checkpoint that is there to be asked, or `none`."""
        return self.tools.engine.profile.name if self.tools.engine else "none"

    def for_task(self, task: str) -> Bench:
        """Return the bench with the model that a task is to ask."""
        return replace(self, tools=self.tools.for_task(task))

    def claim(
        self, job_id: str, step: Step, unit: int | None = None, *, alone: bool = False
    ) -> Lease | None:
        """Take the right to do a step, in this worker's name; raises SuspectWork."""
        seconds = self.settings.worker.lease_seconds
        return self.ledger.claim(
            job_id, step, owner=self.owner, seconds=seconds, unit=unit, alone=alone
        )


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What was learned when a document was opened: what it is, or why it cannot be read."""

    info: DocumentInfo | None = None
    problem: Problem | None = None


class Shelf:
    """Lends a job's documents, one open at a time; a context manager."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._lent: tuple[str, Document] | None = None
        self._stack = contextlib.ExitStack()

    def open(self, job: Job, index: int) -> Document:
        """Return the document of an upload; the one lent before is closed. Raises InputError."""
        upload = job.uploads[index]
        if self._lent is not None and self._lent[0] == upload.key:
            return self._lent[1]
        self.close()
        path = self._stack.enter_context(self._bench.blobs.local(upload.key))
        opening = self._bench.sandbox.open(path, password=job.options.get("password"))
        document = self._stack.enter_context(opening)
        self._lent = (upload.key, document)
        return document

    def close(self) -> None:
        """Close the document that is open."""
        self._lent = None
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


_PLAN = TypeAdapter(tuple[Opened, ...])


def dump_plan(opened: Sequence[Opened]) -> bytes:
    """Return what was learned of the documents as JSON."""
    return _PLAN.dump_json(tuple(opened))


def load_plan(data: bytes) -> tuple[Opened, ...]:
    """Return what `dump_plan` was given."""
    return _PLAN.validate_json(data)
