"""Documents that are not trusted, opened in child processes under limits.

    with Sandbox(limits, size=2) as sandbox, sandbox.open(path) as document:
        pixels = document.render(0, 1024, 1448)

The parent opens the file and hands over the descriptor: the child needs no path, and the file may
be moved or deleted meanwhile. If a page ends its child, the document goes on in a new one.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Self

from docvision.documents.archive import SandboxedArchive
from docvision.documents.handle import SandboxedDocument
from docvision.documents.pool import Pool
from docvision.documents.sniff import HEAD_BYTES, archive_type, sniff
from docvision.errors import TooLarge, UnsupportedType
from docvision.settings import Limits


class Sandbox:
    """A pool of warm children that open documents. Thread-safe; close it to end them."""

    def __init__(self, limits: Limits, *, size: int) -> None:
        """Start `size` children; more come where more documents are open at once."""
        self._limits = limits
        self._pool = Pool(limits, size=size)

    def open(self, path: Path, *, password: str | None = None) -> SandboxedDocument:
        """Open a document of any type that docvision reads.

        Raises:
            Empty, UnsupportedType: By its first bytes.
            TooLarge, TooManyPages, TooManyPixels, TooLong: A limit is exceeded.
            Encrypted: A password is needed, or this one is wrong.
            Corrupt, Timeout: It cannot be read, or not in time.
            Cancelled: The sandbox was closed.
        """
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            _check_size(os.fstat(fd).st_size, self._limits.file_bytes, "file_bytes")
            media_type = sniff(os.pread(fd, HEAD_BYTES, 0))
        except BaseException:
            os.close(fd)
            raise
        return SandboxedDocument(
            self._pool, self._limits, fd, media_type=media_type, password=password
        )

    def open_archive(self, path: Path) -> SandboxedArchive:
        """Open a ZIP, a 7z, or a tar, compressed or not.

        Raises:
            UnsupportedType: It is no such archive.
            TooLarge, TooManyFiles: A limit is exceeded.
            Encrypted, Corrupt, Timeout: It cannot be read, or not in time.
            Cancelled: The sandbox was closed.
        """
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            _check_size(os.fstat(fd).st_size, self._limits.archive_bytes, "archive_bytes")
            media_type = archive_type(os.pread(fd, HEAD_BYTES, 0))
            if media_type is None:
                raise UnsupportedType("The file is no archive that docvision opens.")
        except BaseException:
            os.close(fd)
            raise
        return SandboxedArchive(self._pool, self._limits, fd, media_type=media_type)

    def close(self) -> None:
        """End all children; a document that is still open raises Cancelled from then on."""
        self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _check_size(size: int, allowed: int, limit: str) -> None:
    if size > allowed:
        message = f"The file has {size} bytes; {allowed} are allowed."
        raise TooLarge(message, limit=limit, allowed=allowed, found=size)
