"""Blobs as objects of an S3 bucket (or anything that speaks its protocol), through boto3."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import boto3
import botocore.exceptions

from docvision.blobs.base import Writer, check_key
from docvision.errors import BlobMissing, StorageError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SPOOL_BYTES = 8 * 1024 * 1024
_ABSENT = frozenset({"NoSuchKey", "404"})


class S3Blobs:
    """Implements `base.BlobStore`.

    Credentials, region and endpoint come from where boto3 looks for them (`AWS_*` variables,
    `AWS_ENDPOINT_URL_S3` for another server). A put is atomic by S3's own promise.
    """

    def __init__(self, bucket: str, prefix: str = "") -> None:
        self._client: S3Client = boto3.client("s3")
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    def put(self, key: str, data: bytes) -> None:
        """Store `data` under `key`, in place of what was there."""
        with _storage():
            self._client.put_object(Bucket=self._bucket, Key=self._name(key), Body=data)

    def put_file(self, key: str, path: Path) -> None:
        """Store a local file's bytes under `key`, in parts where it is large."""
        with _storage():
            self._client.upload_file(str(path), self._bucket, self._name(key))

    @contextlib.contextmanager
    def writer(self, key: str) -> Iterator[Writer]:
        """Take a blob piece by piece, on local disk, and send it when the block ends."""
        name = self._name(key)
        with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as spool:
            yield cast(Writer, spool)
            spool.seek(0)
            with _storage():
                self._client.upload_fileobj(spool, self._bucket, name)

    def get(self, key: str) -> bytes:
        """Return the bytes under `key`; raises BlobMissing where there are none."""
        with contextlib.closing(self.open(key)) as stream:
            return stream.read()

    def open(self, key: str) -> BinaryIO:
        """Open the bytes under `key` for reading as a stream."""
        with _storage():
            answer = self._client.get_object(Bucket=self._bucket, Key=self._name(key))
        return cast(BinaryIO, answer["Body"])

    def part(self, key: str, start: int, length: int) -> bytes:
        """Return up to `length` bytes from byte `start`."""
        span = f"bytes={start}-{start + length - 1}"
        with _storage():
            answer = self._client.get_object(Bucket=self._bucket, Key=self._name(key), Range=span)
            return answer["Body"].read()

    @contextlib.contextmanager
    def local(self, key: str) -> Iterator[Path]:
        """Lend a local copy of the bytes."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "blob"
            with _storage():
                self._client.download_file(self._bucket, self._name(key), str(path))
            yield path

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield the keys below `prefix`, in order."""
        pages = self._client.get_paginator("list_objects_v2")
        with _storage():
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._name(prefix) + "/"):
                for entry in page.get("Contents", ()):
                    yield entry["Key"].removeprefix(self._prefix)

    def folders(self, prefix: str) -> Iterator[str]:
        """Yield the names of the folders directly below `prefix`, in no order."""
        below = self._name(prefix) + "/"
        pages = self._client.get_paginator("list_objects_v2")
        with _storage():
            for page in pages.paginate(Bucket=self._bucket, Prefix=below, Delimiter="/"):
                for found in page.get("CommonPrefixes", ()):
                    yield found["Prefix"].removeprefix(below).rstrip("/")

    def sweep(self, seconds: float) -> None:
        """Nothing is left of an object that was not completed, but for the parts of a large one.

        Those a rule of the bucket erases (`AbortIncompleteMultipartUpload`).
        """

    def delete_tree(self, prefix: str) -> None:
        """Delete everything below `prefix`; nothing there is no error."""
        with _storage():
            for key in list(self.keys(prefix)):
                self._client.delete_object(Bucket=self._bucket, Key=self._name(key))

    def _name(self, key: str) -> str:
        return self._prefix + check_key(key)


@contextlib.contextmanager
def _storage() -> Iterator[None]:
    """Turn boto3's errors into the typed one; names of buckets stay in the log."""
    try:
        yield
    except botocore.exceptions.ClientError as error:
        code = error.response.get("Error", {}).get("Code", "unknown")
        if code in _ABSENT:
            raise BlobMissing("The blob store holds nothing under this key.") from error
        raise StorageError("The blob store refused.", reason=code) from error
    except (botocore.exceptions.BotoCoreError, boto3.exceptions.Boto3Error) as error:
        raise StorageError("The blob store failed.", reason=type(error).__name__) from error
