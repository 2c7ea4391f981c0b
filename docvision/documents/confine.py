"""What a child gives up before it looks at a byte: memory, files, privileges, a place to be.

Linux: prctl(2) numbers are those of <linux/prctl.h>.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import tempfile

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_OPEN_FILES = 64
_LEAST_BYTES = 128 * 1024 * 1024
"""Of memory beyond what the child takes to begin with; with less nothing can be opened."""


def confine(*, memory_bytes: int, parent: int) -> None:
    """Put this process under limits that it cannot lift again; ends it if the parent is gone."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    if os.getppid() != parent:
        raise SystemExit("the parent is gone")
    if _address_space() + _LEAST_BYTES > memory_bytes:
        raise SystemExit("the memory limit is too small")
    _go_nowhere()
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_AS, memory_bytes),
    ):
        _, hard = resource.getrlimit(kind)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))


def allow_cpu(seconds: int) -> None:
    """Let this process use so many more seconds of CPU; after them the kernel sends SIGXCPU."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime) + 1 + seconds
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (most, hard))


def _address_space() -> int:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()


def _go_nowhere() -> None:
    # A folder that is deleted already: empty for good, nothing can be put there or left behind.
    try:
        nowhere = tempfile.mkdtemp()
    except FileNotFoundError:  # a file system that is read-only throughout
        os.chdir("/")
        return
    os.chdir(nowhere)
    os.rmdir(nowhere)


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
