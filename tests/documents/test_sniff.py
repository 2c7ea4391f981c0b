from __future__ import annotations

import contextlib
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docvision.documents import sniff
from docvision.errors import Empty, UnsupportedType


def _ftyp(major: bytes, *compatible: bytes) -> bytes:
    brands = major + bytes(4) + b"".join(compatible)
    return (8 + len(brands)).to_bytes(4, "big") + b"ftyp" + brands


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\xef\xbb\xbf\r\n" + b" " * 900 + b"%PDF-1.4", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"II*\x00\x08", "image/tiff"),
        (b"MM\x00*", "image/tiff"),
        (b"BM" + bytes(12) + b"\x28\x00\x00\x00", "image/bmp"),
        (b"GIF89a", "image/gif"),
        (_ftyp(b"heic", b"mif1"), "image/heic"),
        (_ftyp(b"avif", b"mif1"), "image/avif"),
        (_ftyp(b"mif1", b"miaf", b"avif"), "image/avif"),
        (_ftyp(b"mif1", b"heic"), "image/heic"),
        (_ftyp(b"isom", b"iso2", b"avc1"), "video/mp4"),
        (_ftyp(b"qt  "), "video/quicktime"),
        (b"\x00\x00\x00\x08wide\x00\x00", "video/quicktime"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm", "video/webm"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska", "video/x-matroska"),
    ],
)
def test_the_type_is_told_from_the_first_bytes(head: bytes, media_type: str) -> None:
    # when a file begins with these bytes
    found = sniff.sniff(head)

    # then its type is known, and is one that docvision reads
    assert found == media_type
    assert found in sniff.SUPPORTED


def test_a_file_without_bytes_is_empty() -> None:
    with pytest.raises(Empty):
        sniff.sniff(b"")


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"PK\x03\x04\x14", "ZIP"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"a.txt" + bytes(252) + b"ustar\x0000", "tar"),
    ],
)
def test_an_archive_is_refused_as_an_archive(head: bytes, name: str) -> None:
    with pytest.raises(UnsupportedType, match=name) as caught:
        sniff.sniff(head)

    assert caught.value.detail["found"] == name


@pytest.mark.parametrize(
    "head", [b"<!doctype html><title>a.pdf</title>", b"#EXTM3U\n", b"BMW is a car", b"{}", b"\x00"]
)
def test_other_files_are_refused_whatever_they_are_called(head: bytes) -> None:
    with pytest.raises(UnsupportedType):
        sniff.sniff(head)


@given(st.binary(max_size=2048))
def test_any_bytes_give_a_type_or_a_typed_error(head: bytes) -> None:
    with contextlib.suppress(Empty, UnsupportedType):
        assert sniff.sniff(head) in sniff.SUPPORTED


def test_the_api_can_sniff_without_loading_a_parser() -> None:
    # given a fresh interpreter, as the API's
    code = (
        "import sys, docvision.documents.sniff;"
        "heavy = {'numpy', 'PIL', 'av', 'torch', 'pypdfium2', 'pydantic'} & set(sys.modules);"
        "assert not heavy, heavy"
    )

    # then sniffing loads nothing heavy
    subprocess.run([sys.executable, "-c", code], check=True)
