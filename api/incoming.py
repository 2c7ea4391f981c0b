"""One file on its way from a request into the blob store: counted, hashed, typed by its bytes."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable

from docvision.blobs.base import BlobStore, Writer
from docvision.documents.sniff import HEAD_BYTES
from docvision.errors import InvalidRequest, TooLarge
from docvision.jobs.model import Upload

FLUSH_BYTES = 512 * 1024

Place = Callable[[str], tuple[str, int]]
"""Says, by media type, under which key a file is stored and how many bytes it may have."""


class IncomingFile:
    """Takes a file's bytes. `flush` and `end` do I/O: call them from a thread.

    Args:
        blobs: The store.
        name: The name to be shown.
        sniffer: Tells a file's media type from its first bytes.
        place: Where it goes.
    """

    def __init__(
        self, blobs: BlobStore, name: str, sniffer: Callable[[bytes], str], place: Place
    ) -> None:
        self.name = name
        self._blobs = blobs
        self._sniffer = sniffer
        self._place = place
        self._size = 0
        self._hash = hashlib.sha256()
        self._pending = bytearray()
        self._media_type: str | None = None
        self._key = ""
        self._writer: Writer | None = None
        self._stack = contextlib.ExitStack()

    @property
    def is_full(self) -> bool:
        """Whether it is time to flush."""
        return len(self._pending) >= FLUSH_BYTES

    def add(self, data: bytes) -> None:
        """Take bytes; raises what the sniffer raises, and TooLarge."""
        self._size += len(data)
        self._pending += data
        if self._media_type is None and len(self._pending) >= HEAD_BYTES:
            self._find_place()
        if self._media_type is not None:
            self._check_size(self._media_type)

    def flush(self) -> None:
        """Write what is pending."""
        if self._writer is None:
            self._writer = self._stack.enter_context(self._blobs.writer(self._key))
        data = bytes(self._pending)
        self._pending.clear()
        self._hash.update(data)
        self._writer.write(data)

    def end(self) -> Upload:
        """Store the rest; raises what the sniffer raises, and TooLarge."""
        if self._media_type is None:
            self._check_size(self._find_place())
        self.flush()
        self._stack.close()
        return self.upload(self._hash.hexdigest())

    def upload(self, sha256: str = "") -> Upload:
        """Return what is known of the file; without its hash, it was not taken."""
        return Upload(
            name=self.name,
            media_type=self._media_type or "application/octet-stream",
            size=self._size,
            sha256=sha256,
            key=self._key,
        )

    def discard(self) -> None:
        """Drop what was written, by letting the writer see that it failed."""
        self._pending.clear()
        with contextlib.suppress(InvalidRequest), self._stack:
            raise InvalidRequest("The upload was refused.")

    def _find_place(self) -> str:
        self._media_type = self._sniffer(bytes(self._pending[:HEAD_BYTES]))
        self._key, self._allowed = self._place(self._media_type)
        return self._media_type

    def _check_size(self, media_type: str) -> None:
        if self._size > self._allowed:
            raise TooLarge(
                f"{self.name!r} has more than the {self._allowed} bytes that a file may have.",
                limit="file_bytes",
                allowed=self._allowed,
                found=self._size,
            )
