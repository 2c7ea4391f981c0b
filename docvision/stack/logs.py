"""The children's logs: kept from growing for ever, and shown on the terminal."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

LARGEST = 20 * 1024 * 1024
KEPT = 5


def rotate(folder: Path, largest: int = LARGEST, kept: int = KEPT) -> None:
    """Begin each log anew that has grown too large; NAME.log.1 is the latest of those kept.

    The children hold their logs open to append, so the bytes are copied and the file is cut: a
    line that is written between the two is lost.
    """
    for path in sorted(folder.glob("*.log")):
        if path.stat().st_size <= largest:
            continue
        for number in range(kept - 1, 0, -1):
            older = path.with_name(f"{path.name}.{number}")
            if older.exists():
                older.replace(path.with_name(f"{path.name}.{number + 1}"))
        shutil.copyfile(path, path.with_name(f"{path.name}.1"))
        os.truncate(path, 0)


class Follower:
    """Reads on where each log of a folder ended when the follower was made.

    Args:
        folder: The folder of the logs; a log that appears later is read from its start.
        say: Told each new line, with the log's name before it.
    """

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self._folder = folder
        self._say = say
        self._seen = {path: path.stat().st_size for path in self._logs()}

    def look(self) -> None:
        """Tell the whole lines that are new since the last look."""
        for path in self._logs():
            if path.stat().st_size < self._seen.get(path, 0):
                self._seen[path] = 0  # it was begun anew
            with path.open("rb") as log:
                log.seek(self._seen.get(path, 0))
                new = log.read()
            whole = new[: new.rfind(b"\n") + 1]
            self._seen[path] = self._seen.get(path, 0) + len(whole)
            for line in whole.decode(errors="replace").splitlines():
                self._say(f"{path.stem:>9} | {line}")

    def _logs(self) -> list[Path]:
        return sorted(self._folder.glob("*.log"))
