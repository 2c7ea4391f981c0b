"""What is erased, or has expired, is nowhere any more: not a byte of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import httpx
import pytest

from docvision.jobs.redis import connect
from docvision.settings import ApiSettings, EngineSettings, Settings, WorkerSettings
from docvision.stack import Stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

CANARY = "xyzzyplugh"


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    for folder in ("tmp", "data"):
        (tmp_path / folder).mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    settings = Settings(
        data_dir=tmp_path / "data",
        api=ApiSettings(port=0),
        engine=EngineSettings(model="none"),
        worker=WorkerSettings(processes=1),
    )
    with Stack(settings) as running:
        yield running


def a_secret_pdf() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    file = BytesIO()
    canvas = Canvas(file, pagesize=(300, 200), pageCompression=0)
    for _ in range(3):
        canvas.drawString(40, 150, f"Nobody is to know of {CANARY} here.")
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def send(http: httpx.Client, **fields: str) -> str:
    answer = http.post(
        "/v1/jobs",
        files={"file": (f"{CANARY}.pdf", a_secret_pdf())},
        data={
            "options": f'{{"password": "{CANARY}", "searchable_pdf": true}}',
            "metadata": f'{{"note": "{CANARY}"}}',
            "webhook": f"http://127.0.0.1:9/{CANARY}",
            **fields,
        },
    )
    assert answer.status_code == 202, answer.text
    job: str = answer.json()["id"]
    return job


def done(http: httpx.Client, job: str) -> str:
    for _ in range(6):
        state: str = http.get(f"/v1/jobs/{job}", params={"wait": 20}).json()["state"]
        if state not in ("queued", "running"):
            break
    return state


def where(stack: Stack, folder: Path) -> list[str]:
    """Return the files that hold the canary, once the log holds only what the server holds."""
    assert stack.settings.redis_url is not None
    client = connect(stack.settings.redis_url)
    client.bgrewriteaof()
    eventually(lambda: not client.info("persistence")["aof_rewrite_in_progress"])
    eventually(lambda: not client.info("persistence")["aof_rewrite_scheduled"])
    client.close()
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [str(path) for path in files if CANARY.encode() in path.read_bytes()]


def eventually(true: Callable[[], bool], seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def test_of_an_erased_job_no_byte_is_left(stack: Stack, tmp_path: Path) -> None:
    # given a job whose file, name, options and metadata hold a word
    with httpx.Client(base_url=stack.url, timeout=60) as http:
        job = send(http)
        assert done(http, job) == "succeeded"
        assert CANARY in http.get(f"/v1/jobs/{job}/result").text
        assert where(stack, tmp_path)

        # when it is erased
        assert http.delete(f"/v1/jobs/{job}").status_code == 204
        assert http.get(f"/v1/jobs/{job}").status_code == 404

    # then the word is nowhere
    assert where(stack, tmp_path) == []


def test_of_an_expired_job_only_its_id_is_left(stack: Stack, tmp_path: Path) -> None:
    # given a job that is to be kept for a second
    with httpx.Client(base_url=stack.url, timeout=60) as http:
        job = send(http, keep="1")
        done(http, job)

        # when its time is over
        eventually(lambda: http.get(f"/v1/jobs/{job}").json()["state"] == "expired")
        eventually(lambda: where(stack, tmp_path) == [])

        # then it is known to have been there, and nothing more
        gone = http.get(f"/v1/jobs/{job}/result")
        assert (gone.status_code, gone.json()["code"]) == (410, "job_expired")
        assert http.get(f"/v1/jobs/{job}").json()["metadata"] == {}
