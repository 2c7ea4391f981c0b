"""The blob store that the settings ask for."""

from __future__ import annotations

from urllib.parse import urlsplit

from docvision.blobs.base import BlobStore
from docvision.blobs.local import LocalBlobs
from docvision.errors import SettingsError
from docvision.settings import Settings


def open_store(settings: Settings) -> BlobStore:
    """Return a folder in `data_dir`, or the bucket that `blob_url` names.

    Raises:
        SettingsError: `blob_url` is no `s3://bucket/prefix`.
    """
    if settings.blob_url is None:
        return LocalBlobs(settings.data_dir / "blobs")
    url = urlsplit(settings.blob_url)
    if url.scheme != "s3" or not url.netloc:
        raise SettingsError("DOCVISION_BLOB_URL has the form s3://bucket/prefix.", name="blob_url")
    from docvision.blobs.s3 import S3Blobs  # noqa: PLC0415  boto3 is heavy and often not needed

    return S3Blobs(url.netloc, url.path)
