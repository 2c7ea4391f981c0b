"""Taking a batch's files in: each streamed to its place, and a bad one noted, not refused."""

from __future__ import annotations

from dataclasses import dataclass

from anyio.to_thread import run_sync
from fastapi import Request

from docvision.blobs.base import BlobStore
from docvision.documents.names import shown_path
from docvision.documents.sniff import ARCHIVES, batch_type
from docvision.errors import InputError, InvalidRequest, TooLarge, TooManyFiles
from docvision.jobs import keys
from docvision.jobs.batch import Source, child_id, source_key
from docvision.jobs.model import Problem
from docvision.settings import Limits

from .incoming import IncomingFile
from .multipart import Begin, Data, form_events

FIELD_BYTES = 64 * 1024
MANIFEST_BYTES = 16 * 1024 * 1024
FIELDS = frozenset({"task", "options", "metadata", "priority", "webhook", "keep", "cache"})


@dataclass(frozen=True, kw_only=True)
class BatchForm:
    """What a request to enter a batch holds."""

    sources: tuple[Source, ...]
    fields: dict[str, str]
    manifest: str | None


async def receive_batch(
    request: Request, batch_id: str, blobs: BlobStore, limits: Limits
) -> BatchForm:
    """Store the form's files and return what was sent.

    Nothing of a request that is refused as a whole, or that breaks off, is left behind.

    Raises:
        InvalidRequest: The body is no multipart form, has no file or an unknown field.
        TooLarge: All files together have more bytes than allowed.
        TooManyFiles: There are more files than allowed.
    """
    intake = _Intake(batch_id, blobs, limits)
    try:
        async for event in form_events(request):
            if isinstance(event, Begin):
                intake.begin(event)
            elif isinstance(event, Data):
                intake.add(event.data)
                if intake.is_full:
                    await run_sync(intake.flush)
            else:
                await run_sync(intake.end)
        return intake.form()
    except BaseException:
        intake.discard()
        raise


class _Intake:
    """The part that is coming in now, and what came in before it."""

    def __init__(self, batch_id: str, blobs: BlobStore, limits: Limits) -> None:
        self._batch_id = batch_id
        self._blobs = blobs
        self._limits = limits
        self._sources: list[Source] = []
        self._fields: dict[str, str] = {}
        self._bytes = 0
        self._file: IncomingFile | None = None
        self._problem: Problem | None = None
        self._field = ""
        self._text = bytearray()

    @property
    def is_full(self) -> bool:
        return self._file is not None and self._problem is None and self._file.is_full

    def begin(self, part: Begin) -> None:
        if part.field == "file" and part.filename is not None:
            self._begin_file(part.path)
        elif part.field == "manifest" or (part.field in FIELDS and part.filename is None):
            self._field = part.field
        else:
            known = ", ".join(sorted(FIELDS))
            message = f"The form has files named 'file', a 'manifest', and the fields {known}."
            raise InvalidRequest(message, field=part.field)

    def add(self, data: bytes) -> None:
        if self._file is not None:
            self._add_to_file(self._file, data)
            return
        self._text += data
        if len(self._text) > (MANIFEST_BYTES if self._field == "manifest" else FIELD_BYTES):
            raise InvalidRequest(f"{self._field!r} is too long.", field=self._field)

    def flush(self) -> None:
        if self._file is not None:
            self._file.flush()

    def end(self) -> None:
        if self._file is None:
            self._fields[self._field] = self._text.decode(errors="replace")
            self._text.clear()
            return
        try:
            upload = self._file.upload() if self._problem else self._file.end()
        except InputError as error:
            self._refuse(self._file, error)
            upload = self._file.upload()
        self._sources.append(Source(upload=upload, problem=self._problem))
        self._file = self._problem = None

    def form(self) -> BatchForm:
        if not self._sources:
            message = "Send an archive or files, in parts named 'file'."
            raise InvalidRequest(message, field="file")
        manifest = self._fields.pop("manifest", None)
        return BatchForm(sources=tuple(self._sources), fields=self._fields, manifest=manifest)

    def discard(self) -> None:
        if self._file is not None:
            self._file.discard()
        self._blobs.delete_tree(keys.root(self._batch_id))
        for index in range(len(self._sources) + 1):
            self._blobs.delete_tree(keys.root(child_id(self._batch_id, index)))

    def _begin_file(self, name: str) -> None:
        index, allowed = len(self._sources), self._limits.batch_files
        if index >= allowed:
            raise TooManyFiles(
                f"A batch takes at most {allowed} files.",
                limit="batch_files",
                allowed=allowed,
                found=index + 1,
            )

        def place(media_type: str) -> tuple[str, int]:
            if media_type in ARCHIVES:
                return source_key(self._batch_id, index), self._limits.archive_bytes
            return keys.upload_key(child_id(self._batch_id, index), 0), self._limits.file_bytes

        self._file = IncomingFile(self._blobs, shown_path(name), batch_type, place)

    def _add_to_file(self, file: IncomingFile, data: bytes) -> None:
        self._bytes += len(data)
        if self._bytes > self._limits.batch_bytes:
            raise TooLarge(
                f"The files of a batch may have {self._limits.batch_bytes} bytes in all.",
                limit="batch_bytes",
                allowed=self._limits.batch_bytes,
                found=self._bytes,
            )
        if self._problem is not None:
            return
        try:
            file.add(data)
        except InputError as error:
            self._refuse(file, error)

    def _refuse(self, file: IncomingFile, error: InputError) -> None:
        """Note what is wrong with a file; the others go on."""
        self._problem = Problem(**error.to_wire())
        file.discard()
