"""Archives made for tests, the hostile ones included."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import warnings
import zipfile
import zlib
from collections.abc import Mapping

Files = Mapping[str, bytes]


def zip_of(files: Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def zip_of_pairs(pairs: list[tuple[str, bytes]]) -> bytes:
    """Make a ZIP in which a name may stand more than once."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, data in pairs:
            archive.writestr(name, data)
    return out.getvalue()


def tar_of(files: Files, mode: str = "w") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zst_of(files: Files) -> bytes:
    from backports import zstd

    return zstd.compress(tar_of(files))


def seven_zip_of(files: Files, password: str | None = None) -> bytes:
    import py7zr

    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", password=password) as archive:
        for name, data in files.items():
            archive.writestr(data, name)
    return out.getvalue()


def links() -> bytes:
    """Make a tar of a symbolic link, a hard link, a device and one file."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, kind in (("soft", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        info = tarfile.TarInfo("device")
        info.type = tarfile.CHRTYPE
        archive.addfile(info)
        info = tarfile.TarInfo("good.txt")
        info.size = 4
        archive.addfile(info, io.BytesIO(b"good"))
    return out.getvalue()


def zip_link() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return out.getvalue()


def with_wrong_crc(data: bytes) -> bytes:
    """Return a ZIP whose first entry has another checksum than its bytes, everywhere it stands."""
    at = data.index(b"PK\x03\x04") + 14
    right = data[at : at + 4]
    wrong = struct.pack("<I", struct.unpack("<I", right)[0] ^ 1)
    return data.replace(right, wrong)


def locked_zip(name: str, data: bytes) -> bytes:
    """Return a ZIP that says of its entry that it is encrypted (as every reader believes)."""
    plain = bytearray(zip_of({name: data}, zipfile.ZIP_STORED))
    plain[6] |= 1
    plain[plain.index(b"PK\x01\x02") + 8] |= 1
    return bytes(plain)


def overlapping_zip(copies: int, size: int) -> bytes:
    """Return a ZIP whose directory names the same compressed bytes again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    kernel = packer.compress(b"\0" * size) + packer.flush()
    crc = zlib.crc32(b"\0" * size)
    name = b"0"
    local = struct.pack(
        "<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(kernel), size, len(name), 0
    )
    entry = struct.pack(
        "<4sHHHHHHIIIHHHHHII",
        *(b"PK\x01\x02", 20, 20, 0, 8, 0, 0, crc, len(kernel), size, len(name), 0, 0, 0, 0, 0, 0),
    )
    directory = (entry + name) * copies
    body = local + name + kernel
    end = struct.pack(
        "<4sHHHHIIH", b"PK\x05\x06", 0, 0, copies, copies, len(directory), len(body), 0
    )
    return body + directory + end


def bomb(size: int) -> bytes:
    """Return a gzip of a tar with one file of so many zeros; it is never whole in memory."""
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=9) as packed:
        info = tarfile.TarInfo("zeros.bin")
        info.size = size
        packed.write(info.tobuf())
        zeros = bytes(1024 * 1024)
        for _ in range(size // len(zeros)):
            packed.write(zeros)
        packed.write(bytes(1024))
    return out.getvalue()
