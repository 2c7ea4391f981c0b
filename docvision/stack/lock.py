"""The lock that keeps two stacks from using one data folder."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from docvision.errors import StackError

PATIENCE = 5.0
"""Seconds to wait for a stack that is about to end: its Valkey holds the lock until it saved."""


class DataLock:
    """An exclusive lock on a data folder, which is made if need be.

    It is given back when every process that holds it has ended.

    Raises:
        StackError: Another stack holds it, or the folder cannot be written.
    """

    def __init__(self, folder: Path, patience: float = PATIENCE) -> None:
        self.descriptor = _opened(folder)
        until = time.monotonic() + patience
        while not self._taken():
            if time.monotonic() > until:
                os.close(self.descriptor)
                raise StackError(
                    f"Another `docvision up` uses the data in {folder}. Stop it first, or choose "
                    "another folder with --data-dir.",
                    data_dir=str(folder),
                )
            time.sleep(0.1)

    def release(self) -> None:
        """Give the lock back, as far as this process is concerned."""
        os.close(self.descriptor)

    def _taken(self) -> bool:
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _opened(folder: Path) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return os.open(folder / "stack.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StackError(
            f"The data folder {folder} cannot be written ({error.strerror}). Choose another with "
            "--data-dir.",
            data_dir=str(folder),
        ) from error
