"""The command line against a server, as a user in a shell meets it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from docvision.settings import ApiSettings, EngineSettings, Settings, WorkerSettings
from docvision.stack import Stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

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
def broken(tmp_path: Path) -> Path:
    """A file that begins as a PDF and is none."""
    file = tmp_path / "broken.pdf"
    file.write_bytes(b"%PDF-1.7\nnothing of the kind")
    return file


def test_a_document_comes_back_as_markdown_on_standard_output(docvision, server):
    # when an invoice is submitted
    shown = docvision("submit", str(SAMPLES / "invoice.pdf"), "--server", server)

    # then its text is on standard output, and the progress is not
    assert shown.returncode == 0, shown.stderr
    assert "Brückner" in shown.stdout
    assert "succeeded" not in shown.stdout


def test_one_broken_document_does_not_stop_the_others(docvision, server, broken, tmp_path):
    # given a good and a broken document
    good = shutil.copy(SAMPLES / "invoice.pdf", tmp_path / "good.pdf")

    # when both are submitted
    out = tmp_path / "out"
    shown = docvision("submit", good, str(broken), "--server", server, "-o", str(out))

    # then the good one is there, the other is named with its reason, and the code says so
    assert shown.returncode == 1
    assert [file.name for file in out.iterdir()] == ["good.pdf.md"]
    assert f"{broken}: The job failed." in shown.stderr
    assert "Traceback" not in shown.stderr


def test_a_job_is_followed_by_its_id(docvision, server, tmp_path):
    # given a document that was sent without waiting
    sent = docvision("submit", str(SAMPLES / "invoice.pdf"), "--server", server, "--no-wait")
    job = sent.stdout.strip()

    # when it is waited for, listed, fetched and deleted by its id
    shown = docvision("jobs", "show", job, "--wait", "--server", server)
    listed = docvision("jobs", "list", "--server", server)
    fetched = docvision("jobs", "result", job, "--format", "json", "--server", server)
    deleted = docvision("jobs", "delete", job, "--server", server)
    gone = docvision("jobs", "show", job, "--server", server)

    # then each step shows what it should
    assert json.loads(shown.stdout)["state"] == "succeeded"
    assert job in listed.stdout
    assert json.loads(fetched.stdout)["documents"][0]["name"] == "invoice.pdf"
    assert deleted.returncode == 0
    assert gone.returncode == 2
    assert "[job_not_found]" in gone.stderr


def test_a_wrong_option_is_refused_before_anything_is_read(docvision, server):
    shown = docvision(
        "submit", str(SAMPLES / "invoice.pdf"), "--server", server, "--option", "pgaes=1"
    )
    assert shown.returncode == 2
    assert "'pgaes'" in shown.stderr
    assert shown.stderr.strip().endswith("[invalid_request]")


def test_ctrl_c_ends_a_wait_with_130(server):
    # given a document that takes a while, being waited for
    command = ["submit", str(SAMPLES / "slides.mp4"), "--server", server]
    with subprocess.Popen(
        [sys.executable, "-m", "docvision.cli", *command],
        env=os.environ | {"PYTHONUNBUFFERED": "1", "FORCE_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stderr is not None
        shown = b""
        while b"running" not in shown:
            shown += process.stderr.read1(4096)

        # when Ctrl-C is pressed
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()

    # then it ends at once
    assert process.returncode == 130
    assert b"Interrupted." in said
    assert b"Traceback" not in said
