"""The remote engine against real HTTP servers on loopback."""

import json
import math
import os
import socket
import subprocess
import sys
import threading
import time

import httpx
import pytest
from jsonschema import validate

from docvision.engines.profile import BoxConvention, Reads
from docvision.engines.registry import load_engine
from docvision.engines.remote_wire import profile_of_server
from docvision.errors import ContextExceeded, EngineFailed, EngineUnavailable, ModelNotFound
from docvision.settings import EngineSettings
from tests.engines.conftest import ask, film, picture
from tests.engines.server import Server, running


@pytest.fixture
def server(engines):
    return Server(engines["qwen3_vl"])


@pytest.fixture
def remote(server):
    with running(server.app) as url:
        engine = load_engine(EngineSettings(model="tiny", remote_url=url))
        yield engine
        engine.close()


def test_a_server_says_what_the_checkpoint_says_here(remote, engines):
    # given pictures, words and both
    asked = [
        ask("Hello", max_tokens=12),
        ask(picture(64, 96), "Read.", max_tokens=12),
        ask(picture(96, 32), picture(32, 32), "Compare.", max_tokens=12),
    ]

    # when both are asked
    there = remote.generate(asked)
    here = engines["qwen3_vl"].generate(asked)

    # then texts, scores, counts and reasons are the same
    for one, other in zip(there, here, strict=True):
        assert one.text == other.text
        assert one.finish == other.finish
        assert one.usage.prompt_tokens == other.usage.prompt_tokens
        assert one.usage.answer_tokens == other.usage.answer_tokens
        assert [token.logprob for token in one.tokens] == pytest.approx(
            [token.logprob for token in other.tokens], abs=1e-3
        )


def test_what_is_known_of_the_model_comes_from_the_server(remote):
    assert remote.profile.context == 4096
    assert remote.profile.reads is Reads.PAGE


def test_frames_are_sent_with_their_times(remote, server):
    remote.generate([ask(film((0.0, 12.54), 64, 64), "What happens?", max_tokens=3)])

    content = server.bodies[-1]["messages"][0]["content"]
    assert [piece.get("text") or piece["type"] for piece in content] == [
        "<0.0 seconds>", "image_url", "<12.5 seconds>", "image_url", "What happens?",
    ]  # fmt: skip
    assert content[1]["image_url"]["url"].startswith("data:image/png;base64,")


def test_a_schema_and_a_grammar_are_asked_of_the_server(remote):
    schema = {"type": "object", "properties": {"n": {"type": "integer", "maximum": 9}}}
    schema |= {"required": ["n"], "additionalProperties": False}

    obeying, worded = remote.generate(
        [ask("Go", schema=schema, max_tokens=60), ask("Go", grammar="start: /(yes|no)/")]
    )

    validate(json.loads(obeying.text), schema)
    assert worded.text in ("yes", "no")


def test_a_server_that_refuses_extras_is_asked_without_them(server):
    # given a server that knows no log-probabilities
    server.refuses = ("logprobs", "repetition_penalty")
    with running(server.app) as url:
        engine = load_engine(EngineSettings(model="tiny", remote_url=url))

        # when it is asked twice
        first, second = (engine.generate([ask("Hello", max_tokens=4)])[0] for _ in range(2))
        engine.close()

    # then it answers, without scores, and the second time it is asked rightly at once
    assert first.text == second.text != ""
    assert first.tokens == ()
    assert len(server.bodies) == 4
    assert not any(math.isnan(token.logprob) for token in second.tokens)


def test_a_hiccup_is_tried_again(remote, server):
    server.faults = [(503, "busy"), (429, "slow down")]

    (answer,) = remote.generate([ask("Hello", max_tokens=4)])

    assert answer.text
    assert len(server.bodies) == 3


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (400, "This model's maximum context length is 4096 tokens.", ContextExceeded),
        (404, "The model does not exist.", ModelNotFound),
        (401, "Incorrect API key.", EngineFailed),
    ],
)
def test_errors_are_typed(remote, server, status, message, kind):
    server.faults = [(status, message)]

    with pytest.raises(kind):
        remote.generate([ask("Hello"), ask("World", max_tokens=3)])


def test_a_wrong_name_is_answered_with_the_right_ones(server):
    with running(server.app) as url, pytest.raises(ModelNotFound, match="it serves tiny"):
        load_engine(EngineSettings(model="huge", remote_url=url))


def test_a_server_that_is_not_there_is_unavailable():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"

        with pytest.raises(EngineUnavailable) as caught:
            load_engine(EngineSettings(model="tiny", remote_url=url))

    assert caught.value.retryable


def test_cancelling_closes_the_connection(remote, server):
    # given a slow answer
    server.pause = 0.1
    given_up = threading.Event()
    threading.Timer(0.8, given_up.set).start()

    # when the caller gives up
    started = time.monotonic()
    (answer,) = remote.generate([ask("Hello", max_tokens=200, cancelled=given_up.is_set)])

    # then it is free at once, keeps what was said, and the server notices
    assert answer.finish == "cancelled"
    assert time.monotonic() - started < 5
    assert server.cut.wait(5)


def test_no_more_requests_are_in_flight_than_allowed(server):
    # given a server that counts, and room for two
    most, now, lock = [0], [0], threading.Lock()
    answer = server._answer

    def counted(body):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.05)
        try:
            return answer(body)
        finally:
            with lock:
                now[0] -= 1

    server._answer = counted
    with running(server.app) as url:
        settings = EngineSettings(model="tiny", remote_url=url, remote_concurrency=2)
        engine = load_engine(settings)
        engine.generate([ask(f"Number {n}", max_tokens=2) for n in range(8)])
        engine.close()

    assert most[0] == 2


@pytest.mark.parametrize(
    ("name", "family", "factor", "boxes"),
    [
        ("Qwen/Qwen2-VL-7B-Instruct", "qwen2_vl", 28, BoxConvention.RESIZED_PIXELS),
        ("Qwen/Qwen2.5-VL-7B-Instruct", "qwen2_5_vl", 28, BoxConvention.RESIZED_PIXELS),
        ("allenai/olmOCR-2-7B-1025", "qwen2_5_vl", 28, BoxConvention.RESIZED_PIXELS),
        ("Qwen/Qwen3-VL-8B-Instruct", "qwen3_vl", 32, BoxConvention.PER_MILLE),
        ("Qwen/Qwen3.5-4B", "qwen3_5", 32, BoxConvention.PER_MILLE),
    ],
)
def test_the_family_is_known_by_the_models_name(name, family, factor, boxes):
    profile = profile_of_server(name, {"max_model_len": 32_000})

    assert (profile.family, profile.factor, profile.boxes) == (family, factor, boxes)
    assert profile.context == 32_000


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_transformers_serve_answers_as_the_checkpoint_does_here(checkpoints, engines, tmp_path):
    # given transformers' own server with the tiny checkpoint
    folder = checkpoints["qwen3_vl"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = (
        "from docvision.engines.vision_import import allow_torchvision; allow_torchvision();"
        "from transformers.cli.transformers import main; main()"
    )
    options = ["--host", "127.0.0.1", "--port", str(port), "--device", "cpu", "--dtype", "float32"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", code, "serve", *options, str(folder)],
            stdout=log,
            stderr=log,
            env=os.environ | {"HF_HUB_OFFLINE": "1", "OMP_WAIT_POLICY": "PASSIVE"},
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/health", process)

        # when it is asked in words (its pictures need torchvision's own decoder)
        settings = EngineSettings(model=str(folder), remote_url=f"http://127.0.0.1:{port}/v1")
        engine = load_engine(settings)
        (there,) = engine.generate([ask("Hello", max_tokens=8)])
        engine.close()
    finally:
        process.terminate()
        process.wait()

    # then it continues as the engine does, special tokens aside
    (here,) = engines["qwen3_vl"].generate([ask("Hello", max_tokens=8)])
    assert there.usage.prompt_tokens == here.usage.prompt_tokens
    assert there.text.replace("<|quad_start|>", "").startswith(here.text[:3])


def _wait_for(url: str, process: subprocess.Popen) -> None:
    for _ in range(400):
        assert process.poll() is None, "the server ended"
        try:
            if httpx.get(url, timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    raise AssertionError("the server did not start")
