"""One suite for every blob store: whole blobs or none, and nothing outside."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from docvision.blobs.base import BlobStore
from docvision.blobs.local import LocalBlobs
from docvision.blobs.opening import open_store
from docvision.errors import SettingsError, StorageError
from docvision.settings import Settings

BUCKET = "documents"


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3_blobs(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> BlobStore:
    import boto3

    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3_server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    blobs = open_store(Settings(blob_url=f"s3://{BUCKET}/here"))
    blobs.delete_tree("jobs")
    return blobs


@pytest.fixture(params=["local", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    if request.param == "local":
        return open_store(Settings(data_dir=tmp_path))
    store: BlobStore = request.getfixturevalue("s3_blobs")
    return store


def test_what_was_put_is_what_is_got(blobs: BlobStore, tmp_path: Path) -> None:
    blobs.put("jobs/a/result.json", b"first")
    blobs.put("jobs/a/result.json", b"second")
    assert blobs.get("jobs/a/result.json") == b"second"
    with blobs.open("jobs/a/result.json") as stream:
        assert stream.read(3) == b"sec"
    with blobs.local("jobs/a/result.json") as path:
        assert path.read_bytes() == b"second"


def test_a_part_of_a_blob_can_be_had(blobs: BlobStore) -> None:
    blobs.put("jobs/a/input/0", b"0123456789")
    assert blobs.part("jobs/a/input/0", 3, 4) == b"3456"
    assert blobs.part("jobs/a/input/0", 8, 100) == b"89"


def test_a_file_can_be_put(blobs: BlobStore, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(bytes(3_000_000))
    blobs.put_file("jobs/a/input/0", source)
    assert len(blobs.get("jobs/a/input/0")) == 3_000_000


def test_a_blob_written_piece_by_piece_is_there_in_the_end(blobs: BlobStore) -> None:
    with blobs.writer("jobs/a/input/0") as writer:
        writer.write(b"one ")
        assert list(blobs.keys("jobs/a")) == []
        writer.write(b"two")
    assert blobs.get("jobs/a/input/0") == b"one two"


def test_a_writer_that_fails_leaves_nothing(blobs: BlobStore) -> None:
    with pytest.raises(ZeroDivisionError), blobs.writer("jobs/a/input/0") as writer:
        writer.write(bytes(1 // 0))
    assert list(blobs.keys("jobs/a")) == []


def test_keys_are_listed_below_a_prefix_only(blobs: BlobStore) -> None:
    for key in ("jobs/a/units/1.json", "jobs/a/input/0", "jobs/ab/input/0"):
        blobs.put(key, b"x")
    assert list(blobs.keys("jobs/a")) == ["jobs/a/input/0", "jobs/a/units/1.json"]


def test_a_deleted_tree_is_gone_and_its_neighbours_stay(blobs: BlobStore) -> None:
    for key in ("jobs/a/input/0", "jobs/a/result.json", "jobs/ab/input/0"):
        blobs.put(key, b"x")
    blobs.delete_tree("jobs/a")
    blobs.delete_tree("jobs/a")
    assert list(blobs.keys("jobs")) == ["jobs/ab/input/0"]


def test_a_blob_that_is_not_there_is_a_storage_error(blobs: BlobStore) -> None:
    with pytest.raises(StorageError):
        blobs.get("jobs/none")
    with pytest.raises(StorageError), blobs.local("jobs/none"):
        pass


@pytest.mark.parametrize(
    "key", ["../x", "/etc/passwd", "a/../b", "a//b", "", ".", "a/.", "a/./b", "a\0b", "a\n", ".x"]
)
def test_a_key_cannot_leave_the_store(blobs: BlobStore, key: str) -> None:
    for attempt in (
        lambda: blobs.put(key, b"x"),
        lambda: blobs.get(key),
        lambda: blobs.delete_tree(key),
        lambda: list(blobs.keys(key)),
    ):
        with pytest.raises(StorageError):
            attempt()


def test_local_blobs_can_be_read_by_their_owner_only(tmp_path: Path) -> None:
    root = tmp_path / "blobs"
    LocalBlobs(root).put("jobs/a/input/0", b"x")
    for path in (root, root / "jobs", root / "jobs/a", root / "jobs/a/input"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700, path
    assert stat.S_IMODE((root / "jobs/a/input/0").stat().st_mode) == 0o600


def test_a_failed_write_leaves_no_temporary_file(tmp_path: Path) -> None:
    blobs = LocalBlobs(tmp_path)
    with pytest.raises(ZeroDivisionError), blobs.writer("jobs/a") as writer:
        writer.write(bytes(1 // 0))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_an_absent_bucket_is_a_storage_error(s3_blobs: BlobStore) -> None:
    blobs = open_store(Settings(blob_url="s3://no-such-bucket"))
    with pytest.raises(StorageError):
        blobs.put("jobs/a", b"x")
    with pytest.raises(StorageError), blobs.writer("jobs/a") as writer:
        writer.write(b"x")


@pytest.mark.parametrize("url", ["http://example.org/x", "s3:///prefix", "nonsense"])
def test_a_blob_url_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(SettingsError):
        open_store(Settings(blob_url=url))
