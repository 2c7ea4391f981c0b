"""Shows on the terminal what children append to their logs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


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
            with path.open("rb") as log:
                log.seek(self._seen.get(path, 0))
                new = log.read()
            whole = new[: new.rfind(b"\n") + 1]
            self._seen[path] = self._seen.get(path, 0) + len(whole)
            for line in whole.decode(errors="replace").splitlines():
                self._say(f"{path.stem:>9} | {line}")

    def _logs(self) -> list[Path]:
        return sorted(self._folder.glob("*.log"))
