"""Bytes under keys: uploads, the answers of units, results.

Keys look like `jobs/<id>/input/0`; `delete_tree("jobs/<id>")` leaves nothing of a job behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol

from docvision.errors import StorageError

_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")


class Writer(Protocol):
    """Takes the bytes of one blob, piece by piece."""

    def write(self, data: bytes) -> None:
        """Add bytes at the end."""


class BlobStore(Protocol):
    """A store of bytes. Writes are atomic: a reader sees all of a blob or none of it.

    Every call raises StorageError where the store does not answer or a key is malformed.
    """

    def put(self, key: str, data: bytes) -> None:
        """Store `data` under `key`, in place of what was there."""

    def put_file(self, key: str, path: Path) -> None:
        """Store a local file's bytes under `key`; the file may be moved away."""

    def writer(self, key: str) -> AbstractContextManager[Writer]:
        """Take a blob piece by piece; it is there when the block ends, and not if it raises."""

    def get(self, key: str) -> bytes:
        """Return the bytes under `key`; raises BlobMissing where there are none."""

    def open(self, key: str) -> BinaryIO:
        """Open the bytes under `key` for reading as a stream."""

    def part(self, key: str, start: int, length: int) -> bytes:
        """Return up to `length` bytes (at least 1) from byte `start`, which the blob must have."""

    def local(self, key: str) -> AbstractContextManager[Path]:
        """Lend a local file that holds the bytes (a copy where the store is remote)."""

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield the keys below `prefix`, in order."""

    def folders(self, prefix: str) -> Iterator[str]:
        """Yield the names of the folders directly below `prefix`, in no order."""

    def sweep(self, seconds: float) -> None:
        """Delete what is left of blobs that were not completed, once it is so old."""

    def delete_tree(self, prefix: str) -> None:
        """Delete everything below `prefix`; nothing there is no error."""


def check_key(key: str) -> str:
    """Return the key if it is a relative path of plain names; raises StorageError if not."""
    if not _KEY.fullmatch(key):
        raise StorageError("A blob's key has a form that is not allowed.")
    return key
