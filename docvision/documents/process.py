"""A child process as its parent sees it: started, called, timed, ended, and its death explained."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from docvision.documents.wire import Hangup, Header, Message, WireError, receive, send
from docvision.errors import (
    Cancelled,
    Corrupt,
    DocvisionError,
    InputError,
    RequestError,
    SettingsError,
    Timeout,
    TooLarge,
)
from docvision.settings import Limits

_log = logging.getLogger(__name__)

_START_SECONDS = 60.0
_MODULE = "docvision.documents.child"
_ROOT = str(Path(__file__).resolve().parents[2])
_STARVED = frozenset({signal.SIGABRT, signal.SIGKILL})
"""How pdfium and the C++ runtime end when memory is refused, and how the kernel ends a process."""
_MESSAGE_CHARACTERS = 300


class ParserProcess:
    """One child. Called by one thread at a time; `end` may come from any."""

    def __init__(self, limits: Limits) -> None:
        """Start the child; it gets ready on its own (see `wait_ready`)."""
        self._limits = limits
        self._lock = threading.RLock()
        self._is_ready = False
        self._was_ended = False
        self.calls = 0
        self._channel, theirs = socket.socketpair()
        with theirs:
            self._popen = subprocess.Popen(
                _command(theirs.fileno(), limits.sandbox_memory_bytes),
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=_environment(),
                # A group of its own, so that a renderer which it started ends with it.
                start_new_session=True,
            )
        self.pid = self._popen.pid

    @property
    def is_alive(self) -> bool:
        """Whether the child has neither been ended nor been found dead."""
        return self._popen.returncode is None

    def has_died(self) -> bool:
        """Ask the kernel whether the child is dead, while nobody calls it."""
        return self._popen.poll() is not None

    def wait_ready(self) -> None:
        """Wait until the child has loaded; raises SettingsError if it does not start."""
        with self._lock:
            if self._is_ready:
                return
            try:
                receive(self._channel, seconds=_START_SECONDS)
            except (Hangup, TimeoutError, WireError, OSError) as error:
                self._bury()
                raise SettingsError(
                    "The parser process does not start. Is DOCVISION_LIMITS_SANDBOX_MEMORY_BYTES "
                    f"({self._limits.sandbox_memory_bytes}) too small?"
                ) from error
            self._is_ready = True

    def call(
        self, name: str, arguments: Mapping[str, Any], fds: Sequence[int] = (), *, seconds: float
    ) -> Message:
        """Make one call and return its answer. After an error see `is_alive`.

        Raises:
            Timeout: The answer took longer than `seconds`; the child was ended.
            TooLarge, Corrupt: The child died, or said so.
            Cancelled: Another thread ended the child.
            InputError, RequestError: What else the child answered.
        """
        with self._lock:
            self.calls += 1
            try:
                call = Message(header={"call": name, **arguments}, fds=fds)
                send(self._channel, call, seconds=seconds)
                answer = self._receive(seconds)
            except TimeoutError as error:
                self._bury()
                raise Timeout(
                    f"Reading took longer than {seconds:g} seconds.",
                    limit="sandbox_seconds",
                    allowed=seconds,
                ) from error
            except (Hangup, OSError) as error:
                raise self._explain_death() from error
            except WireError as error:
                self._bury()
                raise Corrupt("The file's parser gave no sensible answer.") from error
        if "error" in answer.header:
            raise _error_of(answer.header)
        return answer

    def end(self) -> None:
        """Kill the child and whatever it started, and wait for it. Harmless when it is dead."""
        self._was_ended = True
        self._popen.kill()  # wakes a thread that waits for an answer and holds the lock
        with self._lock:
            self._bury()

    def resident_bytes(self) -> int:
        """Return how much memory the child takes, from the kernel; 0 where it is gone."""
        try:
            pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        except (OSError, IndexError, ValueError):
            return 0
        return pages * os.sysconf("SC_PAGE_SIZE")

    def _receive(self, seconds: float) -> Message:
        answer = receive(self._channel, seconds=seconds)
        for fd in answer.fds:  # a child has none to give
            os.close(fd)
        return answer

    def _bury(self) -> None:
        if self.is_alive:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self._popen.wait()
        self._channel.close()

    def _explain_death(self) -> DocvisionError:
        self._bury()
        if self._was_ended:
            return Cancelled("The sandbox was closed.")
        code = self._popen.returncode or 0
        _log.warning("parser process %d died with %d", self.pid, code)
        return _cause_of_death(-code, self._limits)


def _command(channel: int, memory_bytes: int) -> list[str]:
    # -P and PYTHONPATH: docvision is found where this one is, whatever the working folder.
    return [
        sys.executable,
        "-P",
        "-s",
        "-m",
        _MODULE,
        str(channel),
        str(memory_bytes),
        str(os.getpid()),
    ]


def _environment() -> dict[str, str]:
    """Return the little that a child needs; no secret of this process is in it."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": _ROOT,
        "LC_ALL": "C.UTF-8",
        # Address space is limited: no thread pools, no arena for each thread.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }


def _cause_of_death(number: int, limits: Limits) -> DocvisionError:
    if number == signal.SIGXCPU:
        return Timeout(
            f"Reading took more than {limits.sandbox_cpu_seconds} seconds of computing.",
            limit="sandbox_cpu_seconds",
            allowed=limits.sandbox_cpu_seconds,
        )
    if number in _STARVED:
        return TooLarge(
            "Reading the file takes more memory than allowed.",
            limit="sandbox_memory_bytes",
            allowed=limits.sandbox_memory_bytes,
            found=limits.sandbox_memory_bytes,
        )
    return Corrupt("The file is damaged: it makes its parser fail.")


def _error_of(answer: Header) -> DocvisionError:
    wire = answer["error"]
    if not isinstance(wire, dict) or not isinstance(wire.get("detail"), dict):
        return Corrupt("The file's parser gave no sensible answer.")
    if "trace" in answer:
        _log.info("a parser raised:\n%s", str(answer["trace"])[:8000])
    error = DocvisionError.from_wire(
        {**wire, "message": str(wire["message"])[:_MESSAGE_CHARACTERS]}
    )
    if isinstance(error, InputError | RequestError):
        return error
    return Corrupt("The file's parser gave no sensible answer.")
