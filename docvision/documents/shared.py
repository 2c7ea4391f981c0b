"""Pixels in memory that a parent and its child share, so that a page is drawn where it is read.

The parent makes the memory at exactly the size that it expects and seals that size, so a child
cannot shrink it under the parent's feet. What a child writes into it are pixels, nothing else.
"""

from __future__ import annotations

import fcntl
import mmap
import os

import numpy as np

from docvision.documents.base import Pixels

CHANNELS = 3
_FLAGS = mmap.MAP_SHARED | mmap.MAP_POPULATE


def create(width: int, height: int) -> int:
    """Return a file descriptor of sealed memory for an RGB picture; the caller closes it."""
    fd = os.memfd_create("docvision-pixels", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        os.ftruncate(fd, width * height * CHANNELS)
        fcntl.fcntl(
            fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
        )
    except OSError:
        os.close(fd)
        raise
    return fd


def attach(fd: int, width: int, height: int) -> Pixels:
    """Return the memory behind `fd` as pixels, shape (height, width, 3); it lives on with them."""
    memory = mmap.mmap(fd, width * height * CHANNELS, flags=_FLAGS)
    return np.frombuffer(memory, dtype=np.uint8).reshape(height, width, CHANNELS)
