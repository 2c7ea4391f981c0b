"""The files of a submission, read anew for every attempt to send them."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

Upload = tuple[str, tuple[str, BinaryIO, str]]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A file of a form: where it lies, its field, and the name that it is sent under."""

    path: Path
    field: str = "file"
    name: str | None = None


def opened(parts: Sequence[Part], until: ExitStack) -> list[Upload] | None:
    """Return files as multipart fields, to be closed with `until`; None without any.

    The server tells types by bytes, so all are sent as plain bytes.
    """
    if not parts:
        return None
    return [
        (
            part.field,
            (
                part.name or part.path.name,
                until.enter_context(_lazy(part.path)),
                "application/octet-stream",
            ),
        )
        for part in parts
    ]


class _LazyFile(io.RawIOBase):
    """A file that is open only while it is read: a batch has more files than may be open at once.

    Raises:
        OSError: There is no such file; at once, not when it is read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._size = os.stat(path).st_size
        self._at = 0
        self._file: BinaryIO | None = None

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = base + offset
        self._close()
        return self._at

    def read(self, size: int = -1) -> bytes:
        if self._file is None:
            self._file = self._path.open("rb")
            self._file.seek(self._at)
        data = self._file.read(size)
        self._at += len(data)
        if not data:
            self._close()
        return data

    def close(self) -> None:
        self._close()
        super().close()

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _lazy(path: Path) -> BinaryIO:
    return cast(BinaryIO, _LazyFile(path))
