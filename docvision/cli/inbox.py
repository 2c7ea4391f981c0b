"""Where a hot folder's files come from and go to: a folder here, or a prefix in S3.

Results are written before a file is moved away, so that whatever breaks in between is done again
and nothing is lost.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from docvision.errors import InvalidRequest, StorageError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

DONE, FAILED = "done", "failed"
_UNFINISHED = (".part", ".tmp", ".crdownload", ".partial", ".filepart")


@dataclass(frozen=True, kw_only=True)
class Item:
    """A file that waits: its name below the inbox, with `/`, and what tells two versions apart."""

    name: str
    version: str


class Inbox(Protocol):
    """Calls do I/O; call them from a thread."""

    def settled(self) -> list[Item]:
        """Return the files that nobody writes any more."""

    def local(self, item: Item) -> contextlib.AbstractContextManager[Path]:
        """Lend the file."""

    def finish(self, item: Item, into: str, results: Mapping[str, bytes]) -> None:
        """Write results (suffix of the file's name: bytes) into `done` or `failed`; move it there.

        A file that was replaced meanwhile stays where it is: it is a new one.
        """


def open_inbox(place: str, settle: float) -> Inbox:
    """Return the inbox at a path or an `s3://bucket/prefix`; raises InvalidRequest."""
    if place.startswith("s3://"):
        url = urlsplit(place)
        if not url.netloc:
            raise InvalidRequest("An S3 inbox is s3://bucket/prefix.", field="place")
        return S3Inbox(url.netloc, url.path)
    if not Path(place).is_dir():
        raise InvalidRequest(f"{place} is no folder.", field="place")
    return FolderInbox(Path(place), settle)


class FolderInbox:
    """A folder; its `done` and `failed` are made when they are needed.

    Args:
        root: The folder.
        settle: Seconds for which a file must not have changed.
    """

    def __init__(self, root: Path, settle: float) -> None:
        self._root = root.resolve()
        self._settle = settle
        self._seen: dict[str, tuple[str, float]] = {}

    @property
    def root(self) -> Path:
        """The folder."""
        return self._root

    def settled(self) -> list[Item]:
        """Return the files that have not changed for a while, here and on the clock."""
        found = dict(self._files())
        now = time.monotonic()
        self._seen = {
            name: self._seen[name]
            if name in self._seen and self._seen[name][0] == version
            else (version, now - self._age(name))
            for name, version in found.items()
        }
        return [
            Item(name=name, version=version)
            for name, (version, since) in sorted(self._seen.items())
            if now - since >= self._settle
        ]

    @contextlib.contextmanager
    def local(self, item: Item) -> Iterator[Path]:
        """Lend the file where it lies."""
        yield self._root / item.name

    def finish(self, item: Item, into: str, results: Mapping[str, bytes]) -> None:
        """Write results beside where the file goes, then move it."""
        source = self._root / item.name
        if _version(source) != item.version:
            return
        target = _free(self._root / into / item.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        for suffix, data in results.items():
            _write(target.with_name(target.name + suffix), data)
        source.replace(target)

    def _files(self) -> Iterator[tuple[str, str]]:
        for folder, folders, names in os.walk(self._root):
            here = Path(folder)
            top = here == self._root
            folders[:] = [
                name
                for name in folders
                if not name.startswith(".") and not (top and name in (DONE, FAILED))
            ]
            for name in names:
                path = here / name
                if _is_document(name) and not path.is_symlink() and (version := _version(path)):
                    yield path.relative_to(self._root).as_posix(), version

    def _age(self, name: str) -> float:
        """Return for how long a file is as it is, by the clock; what is old need not settle."""
        try:
            age = time.time() - (self._root / name).stat().st_mtime
        except FileNotFoundError:
            return 0.0
        return self._settle if age > max(60.0, 2 * self._settle) else 0.0


class S3Inbox:
    """A prefix of a bucket; objects are there as a whole, so they need not settle."""

    def __init__(self, bucket: str, prefix: str) -> None:
        import boto3  # noqa: PLC0415  heavy, and few inboxes are in S3

        self._client: S3Client = boto3.client("s3")
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    def settled(self) -> list[Item]:
        """Return the objects below the prefix."""
        pages = self._client.get_paginator("list_objects_v2")
        found: list[Item] = []
        with _s3():
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix):
                for entry in page.get("Contents", ()):
                    name = entry["Key"].removeprefix(self._prefix)
                    is_ours = name.split("/")[0] in (DONE, FAILED)
                    if not is_ours and _is_document(name.rpartition("/")[2]):
                        found.append(Item(name=name, version=entry["ETag"]))
        return found

    @contextlib.contextmanager
    def local(self, item: Item) -> Iterator[Path]:
        """Lend a copy."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / (Path(item.name).name or "file")
            with _s3():
                self._client.download_file(self._bucket, self._prefix + item.name, str(path))
            yield path

    def finish(self, item: Item, into: str, results: Mapping[str, bytes]) -> None:
        """Put results beside where the object goes, then move it."""
        source, target = self._prefix + item.name, f"{self._prefix}{into}/{item.name}"
        with _s3():
            head = self._client.head_object(Bucket=self._bucket, Key=source)
            if head["ETag"] != item.version:
                return
            for suffix, data in results.items():
                self._client.put_object(Bucket=self._bucket, Key=target + suffix, Body=data)
            place = {"Bucket": self._bucket, "Key": source}
            self._client.copy(place, self._bucket, target)  # type: ignore[arg-type]
            self._client.delete_object(Bucket=self._bucket, Key=source)


@contextlib.contextmanager
def _s3() -> Iterator[None]:
    import boto3.exceptions  # noqa: PLC0415  see S3Inbox
    import botocore.exceptions  # noqa: PLC0415

    known = (
        botocore.exceptions.ClientError,
        botocore.exceptions.BotoCoreError,
        boto3.exceptions.Boto3Error,
    )
    try:
        yield
    except known as error:
        raise StorageError("The S3 inbox failed.", reason=type(error).__name__) from error


def _is_document(name: str) -> bool:
    hidden = not name or name.startswith((".", "~$"))
    return not hidden and not name.lower().endswith(_UNFINISHED)


def _version(path: Path) -> str:
    """Return what changes when a file does, "" where it is gone."""
    try:
        known = path.stat()
    except FileNotFoundError:
        return ""
    return f"{known.st_ino}-{known.st_size}-{known.st_mtime_ns}"


def _free(path: Path) -> Path:
    """Return a path at which nothing lies."""
    number, chosen = 1, path
    while chosen.exists():
        number += 1
        chosen = path.with_name(f"{path.stem} ({number}){path.suffix}")
    return chosen


def _write(path: Path, data: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    part.replace(path)
