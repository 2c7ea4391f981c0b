"""7z archives through py7zr, in the process that opens them."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

import py7zr
from py7zr.exceptions import PasswordRequired, UnsupportedCompressionMethodError

from docvision.documents.unpack import READ_BYTES, EntryHead, is_noise
from docvision.errors import Corrupt, Encrypted, UnsupportedType

_LOCKED = "The file is locked with a password; archives are opened without one."


class SevenZipUnpacker:
    """A 7z. Its files are compressed together in folders, so that reading one reads those before.

    py7zr itself writes files out or holds them in memory; here its decompressors are asked for one
    piece at a time.
    """

    def __init__(self, file: BinaryIO) -> None:
        """Read the directory.

        Raises:
            Encrypted: The directory itself is locked.
            py7zr.Bad7zFile: It makes no sense.
        """
        self._file = file
        try:
            self._archive: Any = py7zr.SevenZipFile(file)
        except PasswordRequired as error:
            raise Encrypted("The archive is locked with a password.") from error
        self._files = [one for one in self._archive.files if _is_wanted(one)]
        self._left: Iterator[Any] = iter(self._archive.files)
        self._present: Any = None
        self._rest = 0
        self._crc = 0
        self._folder: Any = None
        self._decoder: Any = None

    @property
    def count(self) -> int | None:
        """How many files there are."""
        return len(self._files)

    def next(self) -> EntryHead | None:
        """Go on to the next file; what is left of the present one is decompressed for nothing."""
        while self._rest:
            self._piece()
        for entry in self._left:
            problem = self._begin(entry)
            if _is_wanted(entry):
                return EntryHead(name=entry.filename, problem=problem)
            while self._rest:
                self._piece()
        return None

    def read(self) -> bytes:
        """Return the next bytes of the present file."""
        if not self._rest:
            return b""
        piece = self._piece()
        if not self._rest and self._present.crc32 not in (None, self._crc):
            raise Corrupt("The file is damaged in its archive.")
        return piece

    def close(self) -> None:
        """Let go of the archive."""
        self._archive.close()
        self._file.close()

    def _begin(self, entry: Any) -> Encrypted | UnsupportedType | None:
        self._present, self._rest, self._crc = entry, 0, 0
        if entry.is_symlink or entry.is_junction or entry.is_socket:
            problem = UnsupportedType("This entry of the archive is no file but a link.")
        else:
            problem = None
        if entry.emptystream:
            return problem
        try:
            self._turn_to(entry)
        except PasswordRequired:
            return Encrypted(_LOCKED)
        except UnsupportedCompressionMethodError:
            return UnsupportedType("The file is compressed by a method that is not known here.")
        self._rest = entry.uncompressed
        return problem

    def _turn_to(self, entry: Any) -> None:
        """Point the file at the entry's folder where that is not the one being read."""
        if entry.folder is self._folder:
            self._decoder = self._folder.get_decompressor(entry.compressed)
            return
        streams = self._archive.header.main_streams
        number = next(
            number for number, one in enumerate(streams.unpackinfo.folders) if one is entry.folder
        )
        self._folder = entry.folder
        self._file.seek(self._archive.afterheader + streams.packinfo.packpositions[number])
        self._decoder = entry.folder.get_decompressor(entry.compressed)

    def _piece(self) -> bytes:
        """Decompress the next bytes of the present file.

        Raises:
            Corrupt: There are fewer than the directory says.
        """
        piece = b""
        while not piece:
            before = self._file.tell()
            piece = bytes(self._decoder.decompress(self._file, min(self._rest, READ_BYTES)))
            if not piece and self._file.tell() == before:
                self._rest = 0
                raise Corrupt("The archive is damaged: it ends before its files do.")
        self._rest -= len(piece)
        self._crc = zlib.crc32(piece, self._crc)
        return piece


def _is_wanted(entry: Any) -> bool:
    return not entry.is_directory and not is_noise(entry.filename)
