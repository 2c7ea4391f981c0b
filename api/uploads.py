"""Taking a job's files in: streamed into the blob store, counted, hashed, and typed by content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from anyio.to_thread import run_sync
from fastapi import Request

from docvision.blobs.base import BlobStore
from docvision.documents.sniff import sniff
from docvision.errors import InvalidRequest, TooLarge, TooManyFiles
from docvision.jobs import keys
from docvision.jobs.model import Upload
from docvision.net import Outbound, name_of, parse_url
from docvision.settings import Limits

from .incoming import IncomingFile
from .multipart import Begin, Data, form_events

FIELD_BYTES = 64 * 1024
FIELDS = frozenset({"task", "options", "url", "metadata", "priority", "webhook", "keep", "cache"})


@dataclass(frozen=True, kw_only=True)
class Form:
    """What a request to enter a job holds."""

    uploads: tuple[Upload, ...]
    fields: dict[str, str]


async def receive(
    request: Request,
    job_id: str,
    blobs: BlobStore,
    limits: Limits,
    outbound: Outbound,
    type_of: Callable[[bytes], str] = sniff,
) -> Form:
    """Store the form's files, and what its URLs lead to, under the job's keys.

    Nothing of a request that is refused, or that breaks off, is left behind. `type_of` tells a
    file's media type from its first bytes, or refuses it.

    Raises:
        InvalidRequest: The body is no multipart form, has no file or an unknown field.
        TooLarge: A file has more bytes than allowed.
        TooManyFiles: There are more files than allowed.
        UnsupportedType: A file is of no type that can be read.
        Empty: A file has no bytes.
        UrlRefused: A URL may not be reached.
        FetchFailed: A URL's server does not answer, or not with the document.
    """
    intake = _Intake(job_id, blobs, limits, type_of)
    try:
        async for event in form_events(request):
            if isinstance(event, Begin):
                intake.begin(event)
            elif isinstance(event, Data):
                intake.add(event.data)
                if intake.is_full:
                    await run_sync(intake.flush)
            else:
                await run_sync(intake.end) if intake.in_file else intake.end()
        for url in intake.urls:
            await intake.fetch(url, outbound)
        return intake.form()
    except BaseException:
        intake.discard()
        raise


def check_length(announced: int, limits: Limits) -> None:
    """Refuse a body that no allowed form of files can have; raises TooLarge."""
    allowed = limits.files * (limits.file_bytes + FIELD_BYTES) + len(FIELDS) * FIELD_BYTES
    if announced > allowed:
        raise TooLarge(
            f"The request has {announced} bytes; {limits.files} files of {limits.file_bytes} bytes "
            "are allowed.",
            limit="file_bytes",
            allowed=limits.file_bytes,
            found=announced,
        )


class _Intake:
    """The part that is coming in now, and what came in before it."""

    def __init__(
        self, job_id: str, blobs: BlobStore, limits: Limits, type_of: Callable[[bytes], str]
    ) -> None:
        self._job_id = job_id
        self._blobs = blobs
        self._limits = limits
        self._type_of = type_of
        self._uploads: list[Upload] = []
        self._fields: dict[str, str] = {}
        self.urls: list[str] = []
        self._file: IncomingFile | None = None
        self._field = ""
        self._text = bytearray()

    @property
    def in_file(self) -> bool:
        return self._file is not None

    @property
    def is_full(self) -> bool:
        return self._file is not None and self._file.is_full

    def begin(self, part: Begin) -> None:
        if part.field == "file" and part.filename is not None:
            self._begin_file(part.filename)
        elif part.field in FIELDS and part.filename is None:
            self._field = part.field
        else:
            known = ", ".join(sorted(FIELDS))
            message = f"The form has files named 'file' and the fields {known}."
            raise InvalidRequest(message, field=part.field)

    def _begin_file(self, name: str) -> None:
        index = len(self._uploads)
        self._check_count(index + 1)
        place = keys.upload_key(self._job_id, index), self._limits.file_bytes
        self._file = IncomingFile(self._blobs, name, self._type_of, lambda media_type: place)

    def _check_count(self, count: int) -> None:
        if count > self._limits.files:
            raise TooManyFiles(
                f"A job takes at most {self._limits.files} files.",
                limit="files",
                allowed=self._limits.files,
                found=count,
            )

    async def fetch(self, url: str, outbound: Outbound) -> None:
        """Take in what a URL leads to."""
        self._begin_file(name_of(parse_url(url)))

        async def sink(data: bytes) -> None:
            self.add(data)
            if self.is_full:
                await run_sync(self.flush)

        await outbound.fetch(url, sink, max_bytes=self._limits.file_bytes)
        await run_sync(self.end)

    def add(self, data: bytes) -> None:
        if self._file is not None:
            self._file.add(data)
            return
        self._text += data
        if len(self._text) > FIELD_BYTES:
            raise InvalidRequest(f"{self._field!r} is too long.", field=self._field)

    def flush(self) -> None:
        if self._file is not None:
            self._file.flush()

    def end(self) -> None:
        if self._file is not None:
            self._uploads.append(self._file.end())
            self._file = None
            return
        text = self._text.decode(errors="replace")
        self._text.clear()
        if self._field == "url":
            self._check_count(len(self._uploads) + len(self.urls) + 1)
            self.urls.append(text.strip())
        else:
            self._fields[self._field] = text

    def form(self) -> Form:
        if not self._uploads:
            message = "Send at least one document: a part named 'file', or a part named 'url'."
            raise InvalidRequest(message, field="file")
        return Form(uploads=tuple(self._uploads), fields=self._fields)

    def discard(self) -> None:
        if self._file is not None:
            self._file.discard()
        self._blobs.delete_tree(keys.root(self._job_id))
