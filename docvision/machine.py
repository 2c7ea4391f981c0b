"""What this machine, or the container, has left: memory and disk."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")
PROC = Path("/proc")


def free_memory(cgroup: Path = CGROUP, proc: Path = PROC) -> int | None:
    """Return the bytes that can be used before memory runs out, None where nobody tells.

    That of the machine, or of the container where it has less. A file's pages in memory count as
    free: they are dropped when the room is needed.
    """
    known = [left for left in (_of_machine(proc), _of_container(cgroup)) if left is not None]
    return min(known, default=None)


def used_memory(proc: Path = PROC) -> int:
    """Return the bytes of memory that this process has in use, 0 where nobody tells."""
    with contextlib.suppress(OSError):
        return _rows(proc / "self/status").get("VmRSS:", 0) * 1024
    return 0


def free_disk(folder: Path) -> int:
    """Return the bytes that can still be written where this folder is, or will be."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _of_machine(proc: Path) -> int | None:
    try:
        return _rows(proc / "meminfo")["MemAvailable:"] * 1024
    except (OSError, KeyError):
        return None


def _of_container(cgroup: Path) -> int | None:
    """Return what is left under the limit of version 2 of the kernel's control groups."""
    try:
        limit = int((cgroup / "memory.max").read_text())
        used = int((cgroup / "memory.current").read_text())
        return limit - used + _rows(cgroup / "memory.stat").get("inactive_file", 0)
    except (OSError, ValueError):  # none, or no limit ("max")
        return None


def _rows(path: Path) -> dict[str, int]:
    """Return the lines of `name number`; others are left out."""
    rows = (line.split() for line in path.read_text().splitlines())
    return {row[0]: int(row[1]) for row in rows if len(row) > 1 and row[1].isdigit()}
