"""Batches and hot folders from the command line, against a real server."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from docvision.cli.inbox import FolderInbox
from docvision.settings import ApiSettings, EngineSettings, Settings, WorkerSettings
from docvision.stack import Stack

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("data"),
        api=ApiSettings(port=0),
        engine=EngineSettings(model="none"),
        worker=WorkerSettings(drain_seconds=1),
    )
    with Stack(settings, print) as stack:
        yield stack.url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of two documents and one file that is none."""
    root = tmp_path / "invoices"
    (root / "old").mkdir(parents=True)
    shutil.copy(SAMPLES / "invoice.pdf", root / "new.pdf")
    shutil.copy(SAMPLES / "invoice.pdf", root / "old" / "a.pdf")
    (root / "notes.txt").write_text("no document")
    return root


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_folder_is_read_as_a_batch_and_the_bad_file_is_named(
    docvision: Any, server: str, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    arguments = ("batch", str(folder), "--server", server, "-o", str(out), "--format", "md")
    # when the folder is sent
    shown = docvision(*arguments, "--table", "csv")
    # then the good files' results lie there as the files do, and the bad one has its reason
    assert shown.returncode == 1, shown.stderr
    assert "notes.txt" in shown.stderr
    assert "unsupported_type" in shown.stderr
    assert "Brückner" in (out / "new.pdf.md").read_text()
    assert "Brückner" in (out / "old" / "a.pdf.md").read_text()
    with (out / "all.csv").open() as table:
        assert {row["file"] for row in csv.DictReader(table)} == {"new.pdf", "old/a.pdf"}
    # and when the command is run again, it goes on with the same batch
    before = json.loads((out / ".docvision-batch.json").read_text())["batch"]
    (out / "new.pdf.md").unlink()
    docvision(*arguments)
    assert json.loads((out / ".docvision-batch.json").read_text())["batch"] == before
    assert (out / "new.pdf.md").exists()


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_what_is_put_into_a_hot_folder_is_read_and_moved(
    docvision: Any, server: str, folder: Path
) -> None:
    # given a file that is still being written
    (folder / "half.pdf.part").write_bytes(b"%PDF-")
    # when the folder is done once
    shown = docvision("watch", str(folder), "--server", server, "--once", "--settle", "0.1")
    # then what was read, and what was not, lie apart, each with its result or its reason
    assert shown.returncode == 0, shown.stderr
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert found == {
        "done/new.pdf",
        "done/new.pdf.json",
        "done/old/a.pdf",
        "done/old/a.pdf.json",
        "failed/notes.txt",
        "failed/notes.txt.problem.json",
        "half.pdf.part",
    }
    reason = json.loads((folder / "failed" / "notes.txt.problem.json").read_text())
    assert reason["code"] == "unsupported_type"


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_watch_goes_on_until_it_is_interrupted_and_starts_again(
    server: str, folder: Path
) -> None:
    command = [sys.executable, "-m", "docvision.cli", "watch", str(folder), "--server", server]

    def until_done(name: str) -> None:
        process = subprocess.Popen([*command, "--settle", "0.2", "--every", "1"])
        try:
            deadline = time.monotonic() + 60
            while not (folder / "done" / name).exists():
                assert time.monotonic() < deadline
                time.sleep(0.1)
        finally:
            os.kill(process.pid, signal.SIGINT)
            assert process.wait(30) == 130

    until_done("new.pdf")
    shutil.copy(SAMPLES / "invoice.pdf", folder / "later.pdf")
    until_done("later.pdf")


def test_a_file_has_settled_when_it_has_not_changed_for_a_while(tmp_path: Path) -> None:
    inbox = FolderInbox(tmp_path, settle=0.3)
    file = tmp_path / "a.pdf"
    # given a file that grows
    file.write_bytes(b"1")
    assert inbox.settled() == []
    time.sleep(0.35)
    file.write_bytes(b"12")
    assert inbox.settled() == []
    # then it has settled only once it stays as it is
    time.sleep(0.35)
    assert [item.name for item in inbox.settled()] == ["a.pdf"]


def test_what_is_old_need_not_settle(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(b"1")
    os.utime(file, (time.time() - 3600,) * 2)
    assert [item.name for item in FolderInbox(tmp_path, settle=5).settled()] == ["a.pdf"]


def test_a_file_that_was_replaced_meanwhile_stays(tmp_path: Path) -> None:
    inbox = FolderInbox(tmp_path, settle=0)
    file = tmp_path / "a.pdf"
    file.write_bytes(b"1")
    (item,) = inbox.settled()
    file.write_bytes(b"another")
    inbox.finish(item, "done", {".json": b"{}"})
    assert file.read_bytes() == b"another"
    assert not (tmp_path / "done").exists()


def test_a_name_that_is_taken_in_done_is_not_overwritten(tmp_path: Path) -> None:
    inbox = FolderInbox(tmp_path, settle=0)
    for content in (b"1", b"2"):
        (tmp_path / "a.pdf").write_bytes(content)
        inbox.finish(inbox.settled()[0], "done", {".json": content})
    done = {path.name: path.read_bytes() for path in (tmp_path / "done").iterdir()}
    assert done == {"a.pdf": b"1", "a.pdf.json": b"1", "a (2).pdf": b"2", "a (2).pdf.json": b"2"}
