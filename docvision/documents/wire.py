"""How a parent and its sandboxed child talk: a JSON header, raw bytes behind it, descriptors.

No pickle: a child that has parsed hostile bytes is not trusted, so what it says is read as plain
values and checked. Pixels do not pass through here; they lie in shared memory (see `shared`).
"""

from __future__ import annotations

import json
import os
import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Header = dict[str, Any]

_LENGTHS = struct.Struct(">II")
_MOST_BYTES = 64 * 1024 * 1024
"""Of either part of a message; the words of the densest pages take a few MiB."""
_MOST_FDS = 2


@dataclass(frozen=True, kw_only=True)
class Message:
    """A header, the bytes that it speaks of, and open file descriptors (the receiver's now)."""

    header: Header
    raw: bytes | bytearray = b""
    fds: Sequence[int] = ()


class WireError(Exception):
    """The other side said something that is no message."""


class Hangup(Exception):
    """The other side is gone."""


def send(channel: socket.socket, message: Message, *, seconds: float) -> None:
    """Send a message, with copies of its file descriptors.

    Raises:
        Hangup: The other side is gone.
        TimeoutError: It did not take the message in time.
    """
    body = json.dumps(message.header, separators=(",", ":")).encode()
    data = memoryview(_LENGTHS.pack(len(body), len(message.raw)) + body + message.raw)
    channel.settimeout(seconds)
    try:
        sent = socket.send_fds(channel, [data], list(message.fds)) if message.fds else 0
        if sent < len(data):
            channel.sendall(data[sent:])
    except (BrokenPipeError, ConnectionResetError) as error:
        raise Hangup from error


def receive(channel: socket.socket, *, seconds: float | None) -> Message:
    """Return the next message.

    Raises:
        Hangup: The other side is gone.
        TimeoutError: The message was not complete within `seconds`.
        WireError: It is no message.
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    channel.settimeout(seconds)
    fds: list[int] = []
    try:
        head, fds, _, _ = socket.recv_fds(
            channel, _LENGTHS.size, _MOST_FDS, socket.MSG_CMSG_CLOEXEC
        )
        if not head:
            raise Hangup
        head += _exactly(channel, _LENGTHS.size - len(head), deadline)
        lengths = _LENGTHS.unpack(head)
        if max(lengths) > _MOST_BYTES:
            raise WireError(f"a message of {max(lengths)} bytes")
        header = _header(_exactly(channel, lengths[0], deadline))
        return Message(header=header, raw=_exactly(channel, lengths[1], deadline), fds=fds)
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
