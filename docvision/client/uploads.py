"""The files of a submission, opened anew for every attempt to send them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

Upload = tuple[str, tuple[str, BinaryIO, str]]


def opened(paths: Sequence[Path], until: ExitStack) -> list[Upload] | None:
    """Open files as multipart fields called `file`, to be closed with `until`; None without any.

    The server tells types by bytes, so all are sent as plain bytes.
    """
    if not paths:
        return None
    return [
        ("file", (path.name, until.enter_context(path.open("rb")), "application/octet-stream"))
        for path in paths
    ]
