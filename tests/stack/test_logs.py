"""Logs of `docvision up` do not fill the disk, and nothing is lost on the way."""

from __future__ import annotations

from pathlib import Path

from docvision.stack.logs import Follower, rotate


def test_a_log_that_has_grown_is_begun_anew_and_a_few_are_kept(tmp_path: Path) -> None:
    # given a child that appends to its log, which is looked at after each line
    path = tmp_path / "api.log"
    with path.open("ab", buffering=0) as log:
        for number in range(6):
            log.write(b"line %d\n" % number)
            rotate(tmp_path, largest=5, kept=3)
    # then the latest are there, each under its number, and the child writes on at the start
    assert path.read_bytes() == b""
    found = {file.name: file.read_text() for file in tmp_path.glob("*.log.*")}
    assert found == {"api.log.1": "line 5\n", "api.log.2": "line 4\n", "api.log.3": "line 3\n"}


def test_a_log_that_is_small_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "api.log").write_text("line\n")
    rotate(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["api.log"]


def test_who_follows_a_log_goes_on_after_it_was_begun_anew(tmp_path: Path) -> None:
    said: list[str] = []
    path = tmp_path / "api.log"
    path.touch()
    follower = Follower(tmp_path, said.append)
    with path.open("ab", buffering=0) as log:
        log.write(b"a long first line\n")
        follower.look()
        rotate(tmp_path, largest=5)
        log.write(b"second\n")
        follower.look()
    assert [line.partition("| ")[2] for line in said] == ["a long first line", "second"]
