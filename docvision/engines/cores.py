"""Lets torch share a machine's cores with others."""

from __future__ import annotations

import os


def share_cores() -> None:
    """Let torch's idle threads sleep instead of spin; call before torch is first imported.

    Spinning wins microseconds on an idle machine. On one with other work on it (an OCR reader, a
    second worker) each small operation then waits for a turn of every thread: preparing a small
    picture was measured at 60–150 ms spinning and 3–4 ms sleeping on two busy cores. What the
    operator has set already stays.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
