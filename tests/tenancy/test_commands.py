"""Keys are made on the host, sent by clients, and asked for once others can reach the service."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from docvision.client import Client
from docvision.errors import RequestError
from docvision.settings import ApiSettings, EngineSettings, Settings
from docvision.stack import Stack

SAMPLE = Path(__file__).parents[2] / "samples/invoice.pdf"


@pytest.mark.slow
def test_from_a_service_without_a_key_to_a_first_document(tmp_path: Path) -> None:
    # given a service that asks for keys, of which there is none
    settings = Settings(
        data_dir=tmp_path,
        api=ApiSettings(port=0, keys="required"),
        engine=EngineSettings(model="none"),
    )
    environ = {k: v for k, v in os.environ.items() if not k.startswith("DOCVISION_")}

    def run(*words: str, **more: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "docvision.cli", *words],
            env=environ | more,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    keys: Callable[..., str] = lambda *words: run("keys", *words, "--data-dir", str(tmp_path))  # noqa: E731
    with Stack(settings) as stack:
        with Client(stack.url) as client, pytest.raises(RequestError) as refused:
            client.jobs()
        # then the refusal says how to get one
        assert "docvision keys create" in refused.value.message

        # when a key is made on the host, a client with it is served
        token = keys("create", "--name", "first")
        with Client(stack.url, key=token) as client:
            job = client.wait(client.submit(SAMPLE).id)
        assert job.state == "succeeded"
        assert job.id in run("jobs", "list", "--server", stack.url, DOCVISION_API_KEY=token)

        # then the list names it without showing it, and once revoked it is useless
        listed = keys("list")
        key_id = token.split("_")[1]
        assert key_id in listed
        assert token.split("_", 2)[2] not in listed
        keys("revoke", key_id)
        with Client(stack.url, key=token) as client, pytest.raises(RequestError):
            client.jobs()
        # then no log has the key in it
        logs = "".join(path.read_text(errors="replace") for path in stack.logs.glob("*.log"))
        assert token.split("_", 2)[2] not in logs
