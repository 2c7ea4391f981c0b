"""Archives that were damaged at random end in a verdict, and the next good one is read."""

from __future__ import annotations

from pathlib import Path

from benchmarks.hostile.seeds import mutated
from docvision.documents.sandbox import Sandbox
from docvision.errors import InputError
from docvision.settings import MIB, Limits
from tests.documents import archives

FILES = {"in/a.png": b"\x89PNG\r\n\x1a\n" + bytes(3000), "b.txt": b"text" * 500}


def test_damaged_archives_end_in_a_verdict_and_hurt_nobody(tmp_path: Path) -> None:
    # given archives of every kind, damaged in many ways
    seeds = {
        "zip": archives.zip_of(FILES),
        "tar": archives.tar_of(FILES),
        "tar.gz": archives.tar_of(FILES, "w:gz"),
        "tar.xz": archives.tar_of(FILES, "w:xz"),
        "tar.zst": archives.zst_of(FILES),
        "7z": archives.seven_zip_of(FILES),
    }
    path = tmp_path / "archive"
    verdicts: set[str] = set()
    with Sandbox(Limits(sandbox_memory_bytes=1024 * MIB), size=1) as sandbox:
        for _, data in mutated(seeds, 120, seed=3):
            path.write_bytes(data)
            # when each is read to its end
            try:
                with sandbox.open_archive(path) as archive:
                    for entry in archive:
                        assert ".." not in entry.name.split("/")
                        try:
                            list(entry.pieces())
                        except InputError as error:
                            verdicts.add(error.code)
                verdicts.add("read")
            except InputError as error:
                verdicts.add(error.code)
        # then each has a verdict, and a good one is still read
        path.write_bytes(seeds["7z"])
        with sandbox.open_archive(path) as archive:
            found = {entry.name: b"".join(entry.pieces()) for entry in archive}
    assert found == FILES
    assert {"read", "corrupt"} <= verdicts
    assert list(tmp_path.iterdir()) == [path]
