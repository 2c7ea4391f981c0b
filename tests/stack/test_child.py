"""Children of the supervisor, as real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from docvision.errors import StackError
from docvision.stack.child import Child, Command, RestartPolicy

QUICK = RestartPolicy(first_delay=0.05, longest_delay=0.1, stable_after=0.5, attempts=3)


@pytest.fixture
def child(tmp_path: Path):
    """Make a child that runs a Python program, and stop it at the end."""
    made: list[Child] = []

    def make(program: str, *, grace: float = 5.0) -> tuple[Child, list[str]]:
        said: list[str] = []
        command = Command(
            name="part",
            argv=[sys.executable, "-c", program],
            env=os.environ,
            log=tmp_path / "part.log",
            grace=grace,
        )
        made.append(Child(command, said.append, QUICK))
        return made[-1], said

    yield make
    for each in made:
        each.ask_to_stop()
        each.await_end()


def tend_until(child: Child, done: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it did not happen in time"
        child.tend()
        time.sleep(0.01)


def test_a_child_that_is_killed_comes_back(child):
    # given a child that runs
    part, said = child("import time; time.sleep(60)")
    part.start()
    first = part.pid

    # when something kills it
    os.kill(first, signal.SIGKILL)
    tend_until(part, lambda: part.pid not in (first, None))

    # then another runs in its place, and that was told
    assert psutil.Process(part.pid).is_running()
    assert said == ["part was ended by SIGKILL; it is restarted in 0.05 s."]


def test_a_child_that_cannot_start_is_given_up_with_the_end_of_its_log(child):
    # given a program that fails at once
    part, _ = child("raise SystemExit('no such model')")
    part.start()

    # when it is tended
    with pytest.raises(StackError) as caught:
        tend_until(part, lambda: False)

    # then the error says what its log says
    assert "cannot be started" in caught.value.message
    assert "no such model" in caught.value.message


def test_a_child_that_once_was_stable_is_never_given_up(child, tmp_path):
    # given a program that lives for a while the first time only
    flag = tmp_path / "flag"
    part, said = child(
        f"import pathlib, time; f = pathlib.Path({str(flag)!r}); first = not f.exists()\n"
        "f.touch(); time.sleep(0.6 if first else 0)"
    )
    part.start()

    # when it has died more often than a child may that never was stable
    tend_until(part, lambda: len(said) > QUICK.attempts + 1)

    # then it still is restarted
    tend_until(part, lambda: part.pid is not None)


def test_a_child_ends_in_its_own_time(child, tmp_path):
    # given a child that has something to finish
    ready, done = tmp_path / "ready", tmp_path / "done"
    part, _ = child(
        "import pathlib, signal, sys, time\n"
        f"def end(*_): time.sleep(0.3); pathlib.Path({str(done)!r}).touch(); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        f"pathlib.Path({str(ready)!r}).touch(); time.sleep(60)"
    )
    part.start()
    tend_until(part, ready.exists)

    # when it is stopped
    part.ask_to_stop()
    part.await_end()

    # then it has finished
    assert done.exists()


def test_a_child_that_will_not_end_is_killed_with_its_own_children(child, tmp_path):
    # given a child that ignores SIGTERM and has a child of its own
    note = tmp_path / "grandchild"
    part, said = child(
        "import pathlib, signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "other = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"pathlib.Path({str(note)!r}).write_text(str(other.pid)); time.sleep(60)",
        grace=0.3,
    )
    part.start()
    tend_until(part, lambda: note.exists() and note.read_text() != "")
    grandchild = psutil.Process(int(note.read_text()))

    # when it is stopped
    part.ask_to_stop()
    part.await_end()

    # then both are gone
    assert said == ["part did not stop in time and is killed."]
    grandchild.wait(timeout=5)


def test_children_do_not_outlive_a_supervisor_that_is_killed(tmp_path):
    # given a supervisor in a process of its own
    program = (
        "import os, sys, time, pathlib\n"
        "from docvision.stack.child import Child, Command, RestartPolicy\n"
        "command = Command(name='part', argv=[sys.executable, '-c', 'import time; time.sleep(60)'],"
        f" env=os.environ, log=pathlib.Path({str(tmp_path / 'part.log')!r}), grace=5)\n"
        "child = Child(command, print, RestartPolicy())\n"
        "child.start(); print(child.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    ) as supervisor:
        assert supervisor.stdout is not None
        part = psutil.Process(int(supervisor.stdout.readline()))

        # when it is killed without a chance to stop anything
        supervisor.kill()

        # then its child ends too
        part.wait(timeout=5)
