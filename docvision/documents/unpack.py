"""Archives in the process that opens them: entry by entry, in the order in which they lie there.

Nothing is written anywhere and no entry's name is ever a path: an entry is a name to be shown and
a stream of bytes. Folders are passed over; what is neither file nor folder (links, devices) is an
entry with a problem.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, BinaryIO, Protocol, cast

from docvision.documents import sniff
from docvision.errors import Corrupt, Encrypted, InputError, UnsupportedType

READ_BYTES = 1024 * 1024
"""At most so many bytes of an entry are given at once."""
_NO_PASSWORD = "The file is locked with a password; archives are opened without one."
_NO_FILE = "This entry of the archive is no file but a link or a device."
_NOISE = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
_LOCAL_HEADER = 30
"""Bytes that stand before an entry's name in a ZIP (APPNOTE 4.3.7)."""
_ENCRYPTED = 0x1


@dataclass(frozen=True, kw_only=True)
class EntryHead:
    """An entry as its archive tells of it; `problem` says why its bytes cannot be had."""

    name: str
    problem: InputError | None = None


class Unpacker(Protocol):
    """An open archive in the process that parses it."""

    @property
    def count(self) -> int | None:
        """How many files there are, None where only reading to the end would tell."""

    def next(self) -> EntryHead | None:
        """Go on to the next file, None after the last; raises for an archive that is damaged."""

    def read(self) -> bytes:
        """Return the next bytes of the present file, none at its end; raises where damaged."""

    def close(self) -> None:
        """Let go of the archive."""


def open_unpacker(fd: int, media_type: str) -> Unpacker:
    """Open the archive behind a file descriptor; it is one of `sniff.ARCHIVES`."""
    file = os.fdopen(os.dup(fd), "rb")
    file.seek(0)
    if media_type == sniff.ZIP:
        return ZipUnpacker(file)
    if media_type == sniff.SEVEN_ZIP:
        # Few archives are 7z, and its codecs take a while to load.
        from docvision.documents.unpack_7z import SevenZipUnpacker  # noqa: PLC0415

        return SevenZipUnpacker(file)
    return TarUnpacker(file, media_type)


def is_noise(name: str) -> bool:
    """Whether an entry is what an operating system leaves behind, and nobody's document."""
    parts = name.replace("\\", "/").lower().split("/")
    return "__macosx" in parts[:-1] or parts[-1] in _NOISE


class ZipUnpacker:
    """A ZIP, by its central directory."""

    def __init__(self, file: BinaryIO) -> None:
        """Read the directory.

        Raises:
            zipfile.BadZipFile: There is none, or it makes no sense.
            Corrupt: Entries share bytes, as only bombs do.
        """
        self._file = file
        self._zip = zipfile.ZipFile(file)
        infos = [info for info in self._zip.infolist() if not info.is_dir()]
        _refuse_overlaps(self._zip.infolist(), self._zip.start_dir)
        self._infos = [info for info in infos if not is_noise(info.filename)]
        self._left: Iterator[zipfile.ZipInfo] = iter(self._infos)
        self._entry: IO[bytes] | None = None

    @property
    def count(self) -> int | None:
        """How many files there are."""
        return len(self._infos)

    def next(self) -> EntryHead | None:
        """Go on to the next file."""
        self._end_entry()
        info = next(self._left, None)
        if info is None:
            return None
        mode = info.external_attr >> 16
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            return EntryHead(name=info.filename, problem=UnsupportedType(_NO_FILE))
        if info.flag_bits & _ENCRYPTED:
            return EntryHead(name=info.filename, problem=Encrypted(_NO_PASSWORD))
        try:
            self._entry = self._zip.open(info)
        except NotImplementedError:
            unknown = UnsupportedType("The file is compressed by a method that is not known here.")
            return EntryHead(name=info.filename, problem=unknown)
        except zipfile.BadZipFile:
            return EntryHead(name=info.filename, problem=_damaged())
        return EntryHead(name=info.filename)

    def read(self) -> bytes:
        """Return the next bytes of the present file."""
        return b"" if self._entry is None else self._entry.read(READ_BYTES)

    def close(self) -> None:
        """Let go of the archive."""
        self._end_entry()
        self._zip.close()
        self._file.close()

    def _end_entry(self) -> None:
        if self._entry is not None:
            self._entry.close()
            self._entry = None


class TarUnpacker:
    """A tar, compressed or not, read once from its beginning to its end."""

    def __init__(self, file: BinaryIO, media_type: str) -> None:
        """Begin to read.

        Raises:
            UnsupportedType: What was compressed is no tar.
            OSError, EOFError: It cannot be decompressed.
        """
        self._plain = _decompressed(file, media_type)
        try:
            self._tar = tarfile.open(fileobj=self._plain, mode="r|")  # noqa: SIM115  held open
        except tarfile.ReadError as error:
            raise UnsupportedType("This is a compressed file, but not of a tar archive.") from error
        self._entry: IO[bytes] | None = None

    @property
    def count(self) -> int | None:
        """Only reading to the end would tell."""
        return None

    def next(self) -> EntryHead | None:
        """Go on to the next file."""
        self._entry = None
        while (member := self._tar.next()) is not None:
            self._tar.members.clear()  # type: ignore[attr-defined]  # it would remember them all
            if member.isdir() or is_noise(member.name):
                continue
            if not member.isreg():
                return EntryHead(name=member.name, problem=UnsupportedType(_NO_FILE))
            self._entry = self._tar.extractfile(member)
            return EntryHead(name=member.name)
        return None

    def read(self) -> bytes:
        """Return the next bytes of the present file."""
        return b"" if self._entry is None else self._entry.read(READ_BYTES)

    def close(self) -> None:
        """Let go of the archive."""
        self._tar.close()
        self._plain.close()


def _decompressed(file: BinaryIO, media_type: str) -> BinaryIO:
    if media_type == sniff.GZIP:
        return cast(BinaryIO, gzip.GzipFile(fileobj=file))
    if media_type == sniff.BZIP2:
        return cast(BinaryIO, bz2.BZ2File(file))
    if media_type == sniff.XZ:
        return cast(BinaryIO, lzma.LZMAFile(file))
    if media_type == sniff.ZSTD:
        from backports.zstd import ZstdFile  # noqa: PLC0415  few archives are of this kind

        return cast(BinaryIO, ZstdFile(file))
    return file


def _refuse_overlaps(infos: list[zipfile.ZipInfo], end: int) -> None:
    """Raise Corrupt where two entries share bytes.

    That is how a small ZIP holds petabytes (D. Fifield, "A better zip bomb", WOOT 2019).
    """
    places = sorted((info.header_offset, info.compress_size) for info in infos)
    ends = [start + _LOCAL_HEADER + size for start, size in places]
    starts = [start for start, _ in places[1:]] + [end]
    if any(here > following for here, following in zip(ends, starts, strict=False)):
        raise Corrupt("The archive is damaged, or a bomb: its entries lie over one another.")


def _damaged() -> Corrupt:
    return Corrupt("The file is damaged in its archive.")
