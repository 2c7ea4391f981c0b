"""A line of the log says what it is about, and never quotes a document or a secret."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from docvision import logs
from docvision.errors import Corrupt
from docvision.settings import Settings

CANARY = "CANARY-SALARY-5000"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.set_up(Settings(), stream)
    yield stream
    root.handlers[:], root.level = handlers, level


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_says_what_it_is_about(stream: io.StringIO) -> None:
    log = logging.getLogger("docvision.test")
    with logs.about(job="j1", tenant="acme", request=None):
        with logs.about(step="read"):
            log.info("%d pages", 3, extra={"fields": {"ms": 1.5}})
        log.warning("later\nwith a second line")
    first, second = lines(stream)
    assert first | {"time": ""} == {
        "time": "",
        "level": "info",
        "logger": "docvision.test",
        "message": "3 pages",
        "job": "j1",
        "tenant": "acme",
        "step": "read",
        "ms": 1.5,
    }
    assert second["message"] == "later\nwith a second line"
    assert "step" not in second


def test_an_exceptions_own_words_are_not_told(stream: io.StringIO) -> None:
    # given a parser that quotes what it choked on
    try:
        try:
            float(CANARY)
        except ValueError as error:
            raise Corrupt("The file is damaged.") from error
    except Corrupt:
        logging.getLogger("docvision.test").exception("a page could not be read")
    # then the line says what kind of error came from where, and our own sentence, and no more
    (line,) = lines(stream)
    assert (
        line["error"] == "docvision.errors.Corrupt: The file is damaged. from builtins.ValueError"
    )
    assert "test_logs.py" in line["at"][0]
    assert CANARY not in stream.getvalue()


def test_people_can_have_text(stream: io.StringIO) -> None:
    logs.set_up(Settings(log_format="text"), stream)
    try:
        int(CANARY)
    except ValueError:
        with logs.about(job="j1"):
            logging.getLogger("docvision.test").exception("it failed")
    text = stream.getvalue()
    assert "ERROR docvision.test: it failed job=j1 error=builtins.ValueError" in text
    assert CANARY not in text
