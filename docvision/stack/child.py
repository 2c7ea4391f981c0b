"""A child process that is restarted when it dies and that never outlives its parent."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from docvision.errors import StackError

PR_SET_PDEATHSIG = 1
"""prctl(2): the signal that a process gets when its parent dies. Linux only."""

_LIBC = ctypes.CDLL(None)


@dataclass(frozen=True, kw_only=True)
class Command:
    """What to run, and how it is told to stop.

    Attributes:
        name: Names the log and the messages, such as `worker-1`.
        argv: The program and its arguments.
        env: The whole environment of the process.
        log: The file to which its output is appended.
        grace: Seconds that it may take to end after SIGTERM, before its group is killed.
        orphan_signal: What it gets when this process dies without stopping it.
        keep_open: File descriptors that it inherits.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    log: Path
    grace: float
    orphan_signal: signal.Signals = signal.SIGKILL
    keep_open: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RestartPolicy:
    """How soon a process that died is started again, and when to give up.

    A process that has once lived for `stable_after` seconds is restarted for ever. One that
    never has, and dies `attempts` times, cannot start here at all.
    """

    first_delay: float = 0.5
    longest_delay: float = 15.0
    stable_after: float = 30.0
    attempts: int = 4

    def delay(self, deaths: int) -> float:
        """Return the seconds before the next start after so many deaths in a row."""
        return min(self.first_delay * 2.0 ** (deaths - 1), self.longest_delay)


class Child:
    """Runs a command and keeps it running. Not safe for threads: one thread owns it."""

    def __init__(self, command: Command, say: Callable[[str], None], policy: RestartPolicy) -> None:
        self.name = command.name
        self._command = command
        self._say = say
        self._policy = policy
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._restart_at: float | None = None
        self._deadline = 0.0
        self._deaths = 0
        self._proven = False

    @property
    def pid(self) -> int | None:
        """The process's id, None while it is not running."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the process in a group of its own, so that the terminal's Ctrl-C is not its."""
        self._restart_at = None
        self._started = time.monotonic()
        with self._command.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command.argv,
                env=dict(self._command.env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=self._command.keep_open,
                preexec_fn=_die_with_parent(self._command.orphan_signal),
            )

    def tend(self) -> None:
        """Notice a death, and restart when it is time.

        Raises:
            StackError: The process cannot be started; the end of its log is in the message.
        """
        if self._process is not None and self._process.poll() is not None:
            self._bury(self._process)
        elif self._restart_at is not None and time.monotonic() >= self._restart_at:
            self.start()

    def kill(self) -> None:
        """Kill a process that no longer answers; `tend` restarts it."""
        if self._process is not None and self._process.poll() is None:
            self._say(f"{self.name} no longer answers and is killed.")
            _kill_group(self._process)

    def ask_to_stop(self) -> None:
        """Send SIGTERM; from now on its grace runs."""
        self._restart_at = None
        self._deadline = time.monotonic() + self._command.grace
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def await_end(self, hurry: Callable[[], bool] = lambda: False) -> None:
        """Wait until the process has ended; kill its group when its grace, or patience, is over."""
        process, self._process = self._process, None
        if process is None:
            return
        while process.poll() is None and time.monotonic() < self._deadline and not hurry():
            time.sleep(0.02)
        if process.poll() is None:
            self._say(f"{self.name} did not stop in time and is killed.")
        _kill_group(process)

    def _bury(self, process: subprocess.Popen[bytes]) -> None:
        _kill_group(process)
        self._process = None
        if time.monotonic() - self._started >= self._policy.stable_after:
            self._proven, self._deaths = True, 0
        self._deaths += 1
        how = _ending(process.returncode)
        if not self._proven and self._deaths >= self._policy.attempts:
            raise StackError(
                f"{self.name} cannot be started: it {how} {self._deaths} times. "
                f"The end of {self._command.log}:\n{tail(self._command.log)}",
                part=self.name,
            )
        delay = self._policy.delay(self._deaths)
        self._restart_at = time.monotonic() + delay
        self._say(f"{self.name} {how}; it is restarted in {delay:g} s.")


def tail(path: Path, lines: int = 15) -> str:
    """Return the last lines of a log, indented."""
    text = path.read_bytes()[-8192:].decode(errors="replace") if path.exists() else ""
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])


def _ending(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with code {code}"


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and what it left behind, such as its parsers' children."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _die_with_parent(number: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()

    def prepare() -> None:
        if sys.platform == "linux":
            _LIBC.prctl(PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:
            os._exit(1)  # the parent died before the line above could take effect

    return prepare
