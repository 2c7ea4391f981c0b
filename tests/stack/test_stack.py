"""The whole stack, as real processes: it comes up, mends itself and goes down."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil
import pytest

from docvision.client import Client
from docvision.errors import StackError
from docvision.jobs.model import State
from docvision.jobs.redis import RedisLedger, connect
from docvision.settings import ApiSettings, EngineSettings, Settings, WorkerSettings
from docvision.stack import Stack, watchman
from docvision.stack.child import RestartPolicy

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


def small(data: Path, **changes: object) -> Settings:
    """Settings of a stack without a model, on a free port, that soon takes up dropped work."""
    settings = Settings(
        data_dir=data,
        api=ApiSettings(port=0),
        engine=EngineSettings(model="none"),
        worker=WorkerSettings(lease_seconds=5, processes=1),
    )
    return settings.model_copy(update=changes)


def eventually(true: Callable[[], bool], seconds: float = 40.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=5).is_success
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory):
    data = tmp_path_factory.mktemp("data")
    with Stack(small(data), print, RestartPolicy(first_delay=0.1)) as running:
        yield running


def test_a_stack_is_ready_when_it_says_so(stack):
    with Client(stack.url) as client:
        assert client.jobs() == []
        assert "ocr" in [task["name"] for task in client.tasks()]
    assert {"valkey", "worker-1", "api"} == set(stack.pids)


@pytest.mark.parametrize("part", ["api", "worker-1", "valkey"])
def test_a_part_that_is_killed_comes_back_and_the_stack_is_ready_again(stack, part):
    # given a stack that runs
    eventually(lambda: is_ready(stack.url))
    before = stack.pids[part]

    # when one of its parts is killed
    os.kill(before, signal.SIGKILL)

    # then another takes its place, and all is well again
    eventually(lambda: stack.pids.get(part, before) != before)
    eventually(lambda: is_ready(stack.url))


@pytest.mark.parametrize("part", ["api", "worker-1", "valkey"])
def test_a_part_that_stands_still_is_replaced(tmp_path, monkeypatch, part):
    # given a stack whose patience is short
    monkeypatch.setattr(watchman.Watchman.__init__, "__defaults__", (12.0, 1.0))
    with Stack(small(tmp_path), print, RestartPolicy(first_delay=0.1)) as stack:
        eventually(lambda: is_ready(stack.url))
        time.sleep(3)
        before = stack.pids[part]

        # when one of its parts neither works nor dies
        os.kill(before, signal.SIGSTOP)

        # then another takes its place
        eventually(lambda: stack.pids.get(part, before) != before, 80)
        eventually(lambda: is_ready(stack.url), 80)


def test_parts_are_not_in_the_terminals_group(stack):
    # then Ctrl-C reaches the supervisor alone, which stops the parts in order
    assert all(os.getpgid(pid) != os.getpgid(0) for pid in stack.pids.values())


def test_a_port_in_use_is_told_before_anything_is_started(tmp_path):
    # given a port that somebody listens on
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        # when a stack is to listen there
        with pytest.raises(StackError, match="--port 0"):
            Stack(small(tmp_path, api=ApiSettings(port=port))).start()

    # then nothing was started
    assert not (tmp_path / "valkey").exists()


def test_a_stack_that_cannot_start_says_why_and_leaves_nothing_running(tmp_path):
    # given a model that is nowhere
    settings = small(tmp_path, engine=EngineSettings(model=str(tmp_path / "no-such-folder")))
    stack = Stack(settings, policy=RestartPolicy(first_delay=0.1, attempts=2))

    # when the stack is started
    with pytest.raises(StackError, match=r"worker-1 cannot be started"):
        stack.start()

    # then nothing is left
    assert stack.pids == {}
    assert not (tmp_path / "valkey" / "valkey.sock").exists()


def test_a_redis_of_ones_own_is_used_and_left_running(stack, tmp_path):
    # given a Redis that somebody else runs
    url = stack.settings.redis_url
    eventually(lambda: is_ready(stack.url))

    # when a stack is told of it
    with Stack(small(tmp_path, redis_url=url)) as other:
        assert "valkey" not in other.pids
        assert is_ready(other.url)

    # then it is still there afterwards
    assert RedisLedger(connect(url)).counts() is not None


def test_a_redis_that_is_not_there_is_named_without_its_password(tmp_path):
    with pytest.raises(StackError, match="does not answer") as caught:
        Stack(small(tmp_path, redis_url="redis://:s3cret@127.0.0.1:1/0")).start()
    assert "s3cret" not in caught.value.message


def up(data: Path, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "docvision.cli", "up", "--port", "0", "--data-dir", data, *more],
        env=os.environ | small(data).to_env(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_up_says_where_it_is_and_ends_with_0_on_ctrl_c(tmp_path):
    # given `docvision up`, whose first line ends with the address
    with up(tmp_path) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        assert is_ready(url)
        children = psutil.Process(process.pid).children(recursive=True)

        # when it gets Ctrl-C
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)

    # then everything ended, and well
    assert process.returncode == 0
    assert said.splitlines()[-1] == "Stopped."
    assert psutil.wait_procs(children, timeout=5)[1] == []


def test_a_second_up_on_the_same_data_is_refused(stack):
    # when another `up` wants the data of a stack that runs
    with up(stack.settings.data_dir) as process:
        _, said = process.communicate(timeout=60)

    # then it says so and touches nothing
    assert process.returncode == 3
    assert "Another `docvision up` uses the data in" in said
    eventually(lambda: is_ready(stack.url))


def test_nothing_outlives_an_up_that_is_killed_and_nothing_is_lost(tmp_path):
    # given `docvision up` that has just taken a job
    with up(tmp_path) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        job = httpx.post(f"{url}/v1/jobs", files={"file": ("a.png", a_picture())}).json()
        children = psutil.Process(process.pid).children(recursive=True)

        # when it is killed
        process.kill()

    # then its children end too
    assert len(children) >= 3
    assert psutil.wait_procs(children, timeout=10)[1] == []

    # and the next one on its data does the job
    with Stack(small(tmp_path)) as stack, Client(stack.url) as client:
        assert client.wait(job["id"], timeout=90).state is State.SUCCEEDED


def a_picture() -> bytes:
    """A white PNG."""
    from io import BytesIO

    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (64, 64), "white").save(out, "PNG")
    return out.getvalue()
