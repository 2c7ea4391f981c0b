"""Blobs as files below one folder that only its owner can read."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from docvision.blobs.base import Writer, check_key
from docvision.errors import BlobMissing, StorageError

COPY_BYTES = 1024 * 1024
DELETE_ATTEMPTS = 5
"""A tree is not empty when somebody writes into it while it is deleted."""
_INCOMING = ".incoming"


class LocalBlobs:
    """Implements `base.BlobStore`.

    A blob is written to a temporary file, forced to disk and renamed into place.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._incoming = self._root / _INCOMING
        with _storage():
            _make_folder(self._incoming)

    def put(self, key: str, data: bytes) -> None:
        """Store `data` under `key`, in place of what was there."""
        with self.writer(key) as writer:
            writer.write(data)

    def put_file(self, key: str, path: Path) -> None:
        """Store a local file's bytes under `key`."""
        with self.writer(key) as writer, path.open("rb") as source:
            while piece := source.read(COPY_BYTES):
                writer.write(piece)

    @contextlib.contextmanager
    def writer(self, key: str) -> Iterator[Writer]:
        """Take a blob piece by piece; it is there when the block ends, and not if it raises."""
        target = self._path(key)
        with _storage():
            descriptor, name = tempfile.mkstemp(dir=self._incoming)
        try:
            with open(descriptor, "wb", buffering=0) as file:
                yield _FileWriter(file)
                with _storage():
                    os.fsync(descriptor)
            self._place(Path(name), target)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)
            raise

    def get(self, key: str) -> bytes:
        """Return the bytes under `key`; raises BlobMissing where there are none."""
        with _storage():
            return self._path(key).read_bytes()

    def open(self, key: str) -> BinaryIO:
        """Open the bytes under `key` for reading as a stream."""
        with _storage():
            return self._path(key).open("rb")

    def part(self, key: str, start: int, length: int) -> bytes:
        """Return up to `length` bytes from byte `start`."""
        with self.open(key) as file, _storage():
            file.seek(start)
            return file.read(length)

    @contextlib.contextmanager
    def local(self, key: str) -> Iterator[Path]:
        """Lend the file that holds the bytes; it is not to be changed."""
        path = self._path(key)
        if not path.is_file():
            raise _absent()
        yield path

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield the keys below `prefix`, in order."""
        below = self._path(prefix)
        found = (path for path in below.rglob("*") if path.is_file())
        yield from sorted(path.relative_to(self._root).as_posix() for path in found)

    def folders(self, prefix: str) -> Iterator[str]:
        """Yield the names of the folders directly below `prefix`, in no order."""
        below = self._path(prefix)
        if below.is_dir():
            with _storage():
                yield from (entry.name for entry in os.scandir(below) if entry.is_dir())

    def sweep(self, seconds: float) -> None:
        """Delete what a process left that died while it took a blob, once it is so old."""
        before = time.time() - seconds
        with _storage():
            for entry in os.scandir(self._incoming):
                if entry.stat().st_mtime < before:
                    Path(entry.path).unlink(missing_ok=True)

    def delete_tree(self, prefix: str) -> None:
        """Delete everything below `prefix`; nothing there is no error."""
        tree = self._path(prefix)
        with _storage():
            for _ in range(DELETE_ATTEMPTS):
                shutil.rmtree(tree, ignore_errors=True)
                if not tree.exists():
                    return
            shutil.rmtree(tree)

    def _path(self, key: str) -> Path:
        return self._root / check_key(key)

    def _place(self, source: Path, target: Path) -> None:
        with _storage():
            _make_folder(target.parent)
            source.replace(target)
            _sync_folder(target.parent)


class _FileWriter:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, data: bytes) -> None:
        with _storage():
            left = memoryview(data)
            while left:
                left = left[self._file.write(left) :]


@contextlib.contextmanager
def _storage() -> Iterator[None]:
    """Turn the system's errors into the typed one; paths stay in the log."""
    try:
        yield
    except FileNotFoundError as error:
        raise _absent() from error
    except OSError as error:
        raise StorageError(
            "The blob store failed.", reason=os.strerror(error.errno or 0)
        ) from error


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it for the owner only (mkdir's mode is the last one's)."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _sync_folder(folder: Path) -> None:
    """Force a rename to disk; POSIX promises it only once the folder itself is synced."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _absent() -> BlobMissing:
    return BlobMissing("The blob store holds nothing under this key.")
