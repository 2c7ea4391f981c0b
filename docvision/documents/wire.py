"""How a parent and its sandboxed child talk: a JSON header behind its length, and descriptors.

No pickle: a child that has parsed hostile bytes is not trusted, so what it says is read as plain
values and checked. Pixels do not pass through here; they lie in shared memory (see `shared`).
"""

from __future__ import annotations

import json
import os
import socket
import struct
import time
from collections.abc import Mapping, Sequence
from typing import Any

Header = dict[str, Any]

_LENGTH = struct.Struct(">I")
_MOST_BYTES = 64 * 1024 * 1024
"""Of one message; the words of the densest pages take a few MiB."""
_MOST_FDS = 2


class WireError(Exception):
    """The other side said something that is no message."""


class Hangup(Exception):
    """The other side is gone."""


def send(
    channel: socket.socket, header: Mapping[str, Any], fds: Sequence[int] = (), *, seconds: float
) -> None:
    """Send a message, with copies of open file descriptors.

    Raises:
        Hangup: The other side is gone.
        TimeoutError: It did not take the message in time.
    """
    body = json.dumps(header, separators=(",", ":")).encode()
    message = memoryview(_LENGTH.pack(len(body)) + body)
    channel.settimeout(seconds)
    try:
        sent = socket.send_fds(channel, [message], list(fds)) if fds else 0
        if sent < len(message):
            channel.sendall(message[sent:])
    except (BrokenPipeError, ConnectionResetError) as error:
        raise Hangup from error


def receive(channel: socket.socket, *, seconds: float | None) -> tuple[Header, list[int]]:
    """Return the next message and the file descriptors that came with it.

    Raises:
        Hangup: The other side is gone.
        TimeoutError: The message was not complete within `seconds`.
        WireError: It is no message.
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    channel.settimeout(seconds)
    fds: list[int] = []
    try:
        head, fds, _, _ = socket.recv_fds(channel, _LENGTH.size, _MOST_FDS, socket.MSG_CMSG_CLOEXEC)
        if not head:
            raise Hangup
        head += _exactly(channel, _LENGTH.size - len(head), deadline)
        (length,) = _LENGTH.unpack(head)
        if length > _MOST_BYTES:
            raise WireError(f"a message of {length} bytes")
        return _header(_exactly(channel, length, deadline)), fds
    except (Hangup, WireError, TimeoutError, ConnectionResetError) as error:
        for fd in fds:
            os.close(fd)
        if isinstance(error, ConnectionResetError):
            raise Hangup from error
        raise


def _header(body: bytearray) -> Header:
    try:
        header = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise WireError("not JSON") from error
    if not isinstance(header, dict):
        raise WireError("not an object")
    return header


def _exactly(channel: socket.socket, count: int, deadline: float | None) -> bytearray:
    data = bytearray(count)
    view = memoryview(data)
    while view:
        if deadline is not None:
            channel.settimeout(max(0.001, deadline - time.monotonic()))
        got = channel.recv_into(view)
        if got == 0:
            raise Hangup
        view = view[got:]
    return data
