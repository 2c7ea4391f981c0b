"""An archive that is open in a child process: its files as streams of counted bytes.

    with sandbox.open_archive(path) as archive:
        for entry in archive:
            for piece in entry.pieces():
                ...

The child only decompresses. What it says is counted here, on the side that is trusted, and an
entry's name is for people: nothing is ever opened or written under it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from docvision.documents.names import shown_path
from docvision.documents.pool import Pool
from docvision.documents.process import ParserProcess
from docvision.documents.wire import Header, Message
from docvision.errors import Corrupt, DocvisionError, InputError, TooLarge, TooManyFiles
from docvision.settings import MIB, Limits

FLOOR_BYTES = 64 * MIB
"""Below so many bytes no ratio is a bomb: a blank scan, stored plain, packs a thousandfold."""
_CLOSE_SECONDS = 5.0


class ArchiveEntry:
    """A file of an archive; to be read before the next one is asked for.

    Attributes:
        name: The name in the archive, made fit to be shown: folders with `/` between, nothing
            that leads upwards, no control characters, at most 255 characters.
        problem: Why its bytes cannot be had, None where they can be tried.
    """

    def __init__(self, archive: SandboxedArchive, name: str, problem: InputError | None) -> None:
        self._archive = archive
        self.name = name
        self.problem = problem

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes, a piece at a time.

        Raises:
            Encrypted, UnsupportedType, Corrupt: They cannot be had.
            TooLarge: The file, or the archive with it, holds more than allowed.
        """
        if self.problem is not None:
            raise self.problem
        size = 0
        while piece := self._archive.read_piece():
            size += len(piece)
            self._archive.check_file(size)
            yield piece


class SandboxedArchive:
    """An archive whose bytes are parsed in a child; iterate over it once.

    An error while one entry is read is that entry's. An error of the iteration ends it: what
    follows in the archive cannot be had.
    """

    def __init__(self, pool: Pool, limits: Limits, fd: int, *, media_type: str) -> None:
        """Open the archive behind `fd`, which from here on is closed with this object."""
        self._limits = limits
        self._fd = fd
        self._packed = os.fstat(fd).st_size
        self._unpacked = 0
        self._bomb: TooLarge | None = None
        self._pool = pool
        self._process: ParserProcess | None = None
        try:
            self._process = pool.take()
            opening = {"media_type": media_type, "cpu_seconds": limits.sandbox_cpu_seconds}
            count = self._call("open_archive", opening, fds=(fd,)).header.get("count")
            self._check_count(count if isinstance(count, int) else 0)
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Iterator[ArchiveEntry]:
        """Yield the files in the order in which they lie in the archive.

        Raises:
            Corrupt, Timeout: The rest of the archive cannot be read.
            TooManyFiles: There are more than `batch_files`.
        """
        count = 0
        while (wire := self._call("next").header).get("name") is not None:
            if self._bomb is not None:
                raise self._bomb
            count += 1
            self._check_count(count)
            yield ArchiveEntry(self, shown_path(str(wire["name"])), _problem(wire))

    def read_piece(self) -> bytes:
        """Return the next bytes of the present entry, none at its end; raises InputError."""
        piece = bytes(self._call("read").raw)
        self._unpacked += len(piece)
        allowed = max(FLOOR_BYTES, self._packed * self._limits.archive_ratio)
        if self._unpacked > allowed:
            self._bomb = TooLarge(
                "The archive holds far more than its own size; it counts as a bomb.",
                limit="archive_ratio",
                allowed=self._limits.archive_ratio,
                found=round(self._unpacked / max(1, self._packed), 1),
            )
            raise self._bomb
        return piece

    def check_file(self, size: int) -> None:
        """Raise TooLarge where one file has more bytes than allowed."""
        if size > self._limits.file_bytes:
            raise TooLarge(
                f"The file has more than the {self._limits.file_bytes} bytes that a file may have.",
                limit="file_bytes",
                allowed=self._limits.file_bytes,
                found=size,
            )

    def close(self) -> None:
        """Let go of the archive; its child goes back to the pool. Closing twice is harmless."""
        if self._fd < 0:
            return
        os.close(self._fd)
        self._fd = -1
        if self._process is None:
            return
        if self._process.is_alive:
            try:
                self._process.call("close", {}, seconds=_CLOSE_SECONDS)
            except DocvisionError:
                self._process.end()
        self._pool.give_back(self._process)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _call(
        self, name: str, arguments: Header | None = None, fds: tuple[int, ...] = ()
    ) -> Message:
        if self._process is None or not self._process.is_alive:
            raise Corrupt("The archive is damaged: it made its parser fail.")
        seconds = self._limits.sandbox_seconds
        return self._process.call(name, arguments or {}, fds, seconds=seconds)

    def _check_count(self, found: int) -> None:
        if found > self._limits.batch_files:
            raise TooManyFiles(
                f"The archive has more than the {self._limits.batch_files} files that are allowed.",
                limit="batch_files",
                allowed=self._limits.batch_files,
                found=found,
            )


def _problem(wire: Header) -> InputError | None:
    if not wire.get("problem"):
        return None
    error = DocvisionError.from_wire(wire["problem"])
    return error if isinstance(error, InputError) else Corrupt("The file cannot be read.")
