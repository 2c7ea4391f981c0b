"""Archives come out entry by entry, and a hostile one costs nobody anything."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from docvision.documents.names import shown_path
from docvision.documents.sandbox import Sandbox
from docvision.documents.sniff import archive_type
from docvision.errors import (
    Corrupt,
    Encrypted,
    InputError,
    TooLarge,
    TooManyFiles,
    UnsupportedType,
)
from docvision.settings import MIB, Limits
from tests.documents import archives

FILES = {"a.txt": b"alpha", "folder/b.bin": bytes(range(256)) * 9000, "empty": b""}
LIMITS = Limits(batch_files=50, file_bytes=80 * MIB, archive_ratio=20)

Read = Callable[[bytes], dict[str, bytes | str]]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(LIMITS, size=1) as sandbox:
        yield sandbox


@pytest.fixture
def read(sandbox: Sandbox, tmp_path: Path) -> Read:
    """Read an archive to its end: the bytes of each file by name, or the code of its problem."""

    def read(data: bytes) -> dict[str, bytes | str]:
        path = tmp_path / "archive"
        path.write_bytes(data)
        found: dict[str, bytes | str] = {}
        with sandbox.open_archive(path) as archive:
            for entry in archive:
                try:
                    found[entry.name] = b"".join(entry.pieces())
                except InputError as error:
                    found[entry.name] = error.code
        return found

    return read


@pytest.mark.parametrize(
    "pack",
    [
        archives.zip_of,
        archives.tar_of,
        lambda files: archives.tar_of(files, "w:gz"),
        lambda files: archives.tar_of(files, "w:bz2"),
        lambda files: archives.tar_of(files, "w:xz"),
        archives.zst_of,
        archives.seven_zip_of,
    ],
    ids=["zip", "tar", "tar.gz", "tar.bz2", "tar.xz", "tar.zst", "7z"],
)
def test_every_kind_gives_its_files_byte_by_byte(
    read: Read, pack: Callable[[archives.Files], bytes]
) -> None:
    assert read(pack(FILES)) == FILES


def test_names_are_shown_without_a_way_out_of_their_folder(read: Read) -> None:
    # given names that climb, are absolute, are of Windows, or hide control characters
    files = {
        "../../etc/passwd": b"1",
        "/root/.ssh/id": b"2",
        "C:\\Windows\\x.dll": b"3",
        "a/\x1b[31mred": b"4",
    }
    # when they are read
    found = read(archives.tar_of(files))
    # then none can be taken for a path, and all bytes are there
    assert found == {
        "etc/passwd": b"1",
        "root/.ssh/id": b"2",
        "C:/Windows/x.dll": b"3",
        "a/[31mred": b"4",
    }


def test_a_name_of_nothing_but_dots_and_slashes_is_still_a_name() -> None:
    assert shown_path("../..//") == "file"
    assert len(shown_path("x/" * 900 + "end.pdf")) <= 255


def test_links_and_devices_are_refused_alone(read: Read) -> None:
    found = read(archives.links())
    assert found == {
        "soft": "unsupported_type",
        "hard": "unsupported_type",
        "device": "unsupported_type",
        "good.txt": b"good",
    }
    assert read(archives.zip_link()) == {"link": "unsupported_type"}


def test_what_an_operating_system_leaves_behind_is_no_file(read: Read) -> None:
    files = {"__MACOSX/._a.txt": b"x", "sub/.DS_Store": b"x", "Thumbs.db": b"x", "a.txt": b"a"}
    assert read(archives.zip_of(files)) == {"a.txt": b"a"}


def test_the_same_name_twice_is_two_files(sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "twice.zip"
    path.write_bytes(archives.zip_of_pairs([("a", b"1"), ("a", b"2")]))
    with sandbox.open_archive(path) as archive:
        assert [(entry.name, len(list(entry.pieces()))) for entry in archive] == [("a", 1)] * 2


def test_a_locked_file_is_named_and_the_archive_goes_on(read: Read) -> None:
    assert read(archives.locked_zip("secret.pdf", b"words")) == {"secret.pdf": "encrypted"}
    assert read(archives.seven_zip_of({"secret": b"words"}, "pass")) == {"secret": "encrypted"}


def test_a_wrong_checksum_costs_that_file_only(read: Read) -> None:
    broken = archives.with_wrong_crc(archives.zip_of({"a": b"alpha", "b": b"beta"}))
    assert read(broken) == {"a": "corrupt", "b": b"beta"}


def test_entries_that_share_bytes_are_refused_before_any_is_read(read: Read) -> None:
    with pytest.raises(Corrupt, match="bomb"):
        read(archives.overlapping_zip(copies=40, size=20_000_000))


def test_a_bomb_ends_at_the_ratio_and_says_so(read: Read) -> None:
    # given 70 MiB of zeros in some 70 KB
    found = read(archives.bomb(70 * MIB))
    # then its file is refused by name of the limit
    assert found == {"zeros.bin": "too_large"}


def test_after_a_bomb_nothing_more_of_the_archive_is_given(read: Read) -> None:
    files = {"zeros": bytes(70 * MIB), "more": b"x"}
    with pytest.raises(TooLarge) as caught:
        read(archives.zip_of(files))
    assert caught.value.detail["limit"] == "archive_ratio"


def test_a_file_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "big.zip"
    path.write_bytes(archives.zip_of({"big": bytes(3 * MIB), "small": b"s"}))
    with (
        Sandbox(Limits(file_bytes=2 * MIB), size=1) as sandbox,
        sandbox.open_archive(path) as archive,
    ):
        first, second = iter(archive), None
        with pytest.raises(TooLarge) as caught:
            list(next(first).pieces())
        second = next(first)
        assert caught.value.detail["limit"] == "file_bytes"
        assert list(second.pieces()) == [b"s"]


@pytest.mark.parametrize("pack", [archives.zip_of, archives.tar_of, archives.seven_zip_of])
def test_too_many_files_are_refused_by_name_of_the_limit(
    read: Read, pack: Callable[[archives.Files], bytes]
) -> None:
    with pytest.raises(TooManyFiles) as caught:
        read(pack({f"{number}.txt": b"x" for number in range(51)}))
    assert caught.value.detail["limit"] == "batch_files"
    assert caught.value.detail["allowed"] == 50


@pytest.mark.parametrize(
    "data",
    [b"", b"%PDF-1.7 and a ZIP behind it PK\x03\x04", b"no archive at all", b"Rar!\x1a\x07\x01"],
    ids=["nothing", "polyglot", "text", "rar"],
)
def test_what_is_no_archive_is_refused(read: Read, data: bytes) -> None:
    with pytest.raises(UnsupportedType):
        read(data)


def test_a_compressed_file_that_is_no_tar_is_refused(read: Read) -> None:
    import gzip

    with pytest.raises(UnsupportedType, match="tar"):
        read(gzip.compress(b"just a text of some length, and not a tar at all" * 20))


def test_office_documents_are_not_taken_apart() -> None:
    assert archive_type(archives.zip_of({"[Content_Types].xml": b"<x/>"})) is None
    assert archive_type(archives.zip_of({"letter.pdf": b"%PDF-"})) == "application/zip"


def test_a_locked_directory_is_told(read: Read, tmp_path: Path) -> None:
    import py7zr

    path = tmp_path / "locked.7z"
    with py7zr.SevenZipFile(path, "w", password="p", header_encryption=True) as archive:
        archive.writestr(b"words", "secret")
    with pytest.raises(Encrypted):
        read(path.read_bytes())


@pytest.mark.parametrize("kind", ["zip", "tar.gz", "tar.zst", "7z"])
def test_a_truncated_archive_gives_what_it_has_or_says_that_it_is_damaged(
    read: Read, kind: str
) -> None:
    # given an archive of several files, cut at many places
    import os

    files = {f"{number}.bin": os.urandom(2000) for number in range(6)}
    pack = {
        "zip": archives.zip_of,
        "tar.gz": lambda files: archives.tar_of(files, "w:gz"),
        "tar.zst": archives.zst_of,
        "7z": archives.seven_zip_of,
    }[kind]
    whole = pack(files)
    for length in range(1, len(whole), len(whole) // 12):
        # when it is read
        try:
            found = read(whole[:length])
        except InputError:
            continue
        # then whatever came out as bytes is right
        assert all(data in (files[name], "corrupt") for name, data in found.items())


def test_two_archives_can_be_read_at_the_same_time(sandbox: Sandbox, tmp_path: Path) -> None:
    results: list[int] = []

    def work(number: int) -> None:
        path = tmp_path / f"{number}.zip"
        path.write_bytes(archives.zip_of({"a": bytes([number]) * 100_000}))
        with sandbox.open_archive(path) as archive:
            results.append(sum(len(piece) for entry in archive for piece in entry.pieces()))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [100_000] * 3
