"""The first step of a batch: its archives are taken apart, and each file becomes a job.

It may be done twice, at the same time or after a crash: a file's job has the same id each time, and
one that is there already is passed over. A file that cannot be had becomes a job that has failed,
with its reason, and so does an archive that cannot be read to its end.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import time

from docvision.documents.archive import ArchiveEntry
from docvision.documents.sniff import ARCHIVES, HEAD_BYTES, UNKNOWN, batch_type
from docvision.errors import (
    Cancelled,
    InputError,
    JobConflict,
    JobNotFound,
    LeaseLost,
    LimitExceeded,
    TooLarge,
    TooManyFiles,
)
from docvision.jobs import keys
from docvision.jobs.batch import BatchSpec, child_id, source_key
from docvision.jobs.keeper import Held
from docvision.jobs.mending import enter, erase
from docvision.jobs.model import Job, Problem, State, Step, Upload
from docvision.jobs.wire import Message
from docvision.run.bench import Bench
from docvision.run.pulse import Beat
from docvision.run.settle import problem_of


class Expansion:
    """One walk over a batch's files, in an order that is always the same."""

    def __init__(self, bench: Bench, batch: Job, spec: BatchSpec, held: Held, beat: Beat) -> None:
        self._bench = bench
        self._batch = batch
        self._spec = spec
        self._held = held
        self._beat = beat
        self._index = len(spec.sources)
        self._files = sum(source.upload.media_type not in ARCHIVES for source in spec.sources)
        self._bytes = 0
        self._entered = 0

    def run(self) -> int:
        """Enter a job for each file; return how many files there are.

        Raises:
            Cancelled: The work is no longer wanted from here.
            LeaseLost: The batch was cancelled, or is done by somebody else.
        """
        for index, source in enumerate(self._spec.sources):
            self._go_on()
            if source.upload.media_type in ARCHIVES and source.problem is None:
                self._expand(index, source.upload, depth=1)
            else:
                self._enter(index, source.upload, source.problem)
        return self._entered

    def _expand(self, index: int, archive: Upload, depth: int) -> None:
        """Enter the files of an archive; where it breaks off, it counts as a file that failed."""
        try:
            with (
                self._bench.blobs.local(archive.key) as path,
                self._bench.sandbox.open_archive(path) as opened,
            ):
                for entry in opened:
                    self._index += 1
                    self._take(self._index - 1, entry, depth)
        except InputError as error:
            self._enter(index, archive, problem_of(error))

    def _take(self, index: int, entry: ArchiveEntry, depth: int) -> None:
        """Enter one file of an archive, or go into it where it is an archive itself."""
        known = self._known(index)
        if known is not None and _is_entered(known):
            self._go_on()
            self._count(sum(file.size for file in known.uploads))
            self._entered += 1
            if known.state is State.QUEUED:
                self._bench.publisher.publish(Message(job=known.id, step=Step.PREPARE))
            return
        upload, problem = self._store(index, entry)
        if problem is None and upload.media_type in ARCHIVES:
            self._nested(index, upload, depth + 1)
        else:
            self._count(upload.size)
            self._enter(index, upload, problem)

    def _nested(self, index: int, archive: Upload, depth: int) -> None:
        allowed = self._bench.settings.limits.archive_depth
        if depth <= allowed:
            self._expand(index, archive, depth)
            return
        too_deep = LimitExceeded(
            f"Archives may lie in one another {allowed} deep.",
            limit="archive_depth",
            allowed=allowed,
            found=depth,
        )
        self._enter(index, archive, problem_of(too_deep))

    def _store(self, index: int, entry: ArchiveEntry) -> tuple[Upload, Problem | None]:
        """Store a file's bytes under its job's key; return what it is, or why it cannot be had."""
        pieces, problem, media_type, key = entry.pieces(), None, UNKNOWN, ""
        size, digest = 0, hashlib.sha256()
        try:
            first = next(pieces, b"")
            media_type = batch_type(first[:HEAD_BYTES])
            key = self._key(index, media_type)
            with self._bench.blobs.writer(key) as writer:
                for piece in itertools.chain((first,), pieces):
                    self._go_on()
                    size += len(piece)
                    digest.update(piece)
                    writer.write(piece)
        except InputError as error:
            problem, media_type = problem_of(error), UNKNOWN
        sha256 = "" if problem else digest.hexdigest()
        return Upload(
            name=entry.name, media_type=media_type, size=size, sha256=sha256, key=key
        ), problem

    def _key(self, index: int, media_type: str) -> str:
        if media_type in ARCHIVES:
            return source_key(self._batch.id, index)
        return keys.upload_key(child_id(self._batch.id, index), 0)

    def _enter(self, index: int, upload: Upload, problem: Problem | None = None) -> None:
        """Write a file's job down and call the workers, or let it fail at once."""
        self._entered += 1
        order = self._spec.manifest.get(upload.name, self._spec.order)
        job = Job(
            id=child_id(self._batch.id, index),
            task=order.task,
            options=order.options,
            metadata=order.metadata,
            priority=order.priority,
            uploads=(upload,),
            tenant=self._batch.tenant,
            key_id=self._batch.key_id,
            batch=self._batch.id,
            cache=self._spec.cache,
            keep=self._batch.keep,
            created=time.time(),
        )
        with contextlib.suppress(JobConflict):
            enter(self._bench.ledger, self._bench.blobs, job)
        self._still_wanted(job)
        if problem is None:
            self._bench.publisher.publish(Message(job=job.id, step=Step.PREPARE))
        else:
            self._refuse(job, problem)

    def _refuse(self, job: Job, problem: Problem) -> None:
        lease = self._bench.claim(job.id, Step.PREPARE, alone=True)
        if lease is not None:
            keep = self._bench.settings.retention_seconds
            self._bench.ledger.finish(lease, State.FAILED, problem=problem, keep=keep)

    def _still_wanted(self, job: Job) -> None:
        """Take a job back that was entered after its batch had been cancelled or deleted."""
        try:
            seconds = self._bench.settings.worker.lease_seconds
            self._bench.ledger.renew(self._held.lease, seconds)
        except LeaseLost:
            if not self._bench.keeper.stopping.is_set() and self._is_over():
                with contextlib.suppress(JobNotFound):
                    erase(self._bench.ledger, self._bench.blobs, job.id)
            raise

    def _is_over(self) -> bool:
        try:
            return self._bench.ledger.get(self._batch.id).state.finished
        except JobNotFound:
            return True

    def _known(self, index: int) -> Job | None:
        try:
            return self._bench.ledger.get(child_id(self._batch.id, index))
        except JobNotFound:
            return None

    def _go_on(self) -> None:
        self._beat.beat()
        if self._held.lost:
            raise Cancelled("The batch is no longer wanted from here.")

    def _count(self, size: int) -> None:
        """Count a file of an archive and its bytes; raises TooManyFiles, TooLarge."""
        self._files += 1
        self._bytes += size
        limits = self._bench.settings.limits
        if self._files > limits.batch_files:
            raise TooManyFiles(
                f"A batch takes at most {limits.batch_files} files.",
                limit="batch_files",
                allowed=limits.batch_files,
                found=self._files,
            )
        if self._bytes > limits.batch_bytes:
            raise TooLarge(
                f"The files of a batch may have {limits.batch_bytes} bytes in all.",
                limit="batch_bytes",
                allowed=limits.batch_bytes,
                found=self._bytes,
            )


def _is_entered(job: Job) -> bool:
    """Whether a walk before this one was done with a file's job.

    An archive has to be walked again for what is in it, and a file that was to be refused (it has
    no hash) may still have to be.
    """
    if any(file.media_type in ARCHIVES for file in job.uploads):
        return False
    return job.state is not State.QUEUED or all(file.sha256 for file in job.uploads)
