"""Hearing at once that a job was cancelled or deleted, to stop the work on it."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator

import redis

from docvision.jobs.redis import PREFIX

_log = logging.getLogger(__name__)
LISTEN_SECONDS = 1.0
RECONNECT_SECONDS = 0.5


@contextlib.contextmanager
def listening(
    client: redis.Redis, tell: Callable[[str], None], prefix: str = PREFIX
) -> Iterator[None]:
    """Tell, from a thread of its own, the id of each job that is cancelled or deleted.

    What happens while the connection is away is not heard: the next renewal of the job's lease
    fails instead.
    """
    over = threading.Event()

    def listen() -> None:
        while not over.is_set():
            try:
                _follow(client, prefix, tell, over)
            except redis.RedisError as error:
                _log.warning("dropped jobs: the connection is away: %s", type(error).__name__)
                over.wait(RECONNECT_SECONDS)

    thread = threading.Thread(target=listen, name="dropped-jobs", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _follow(
    client: redis.Redis, prefix: str, tell: Callable[[str], None], over: threading.Event
) -> None:
    with client.pubsub(ignore_subscribe_messages=True) as channel:  # type: ignore[no-untyped-call]
        channel.subscribe(f"{prefix}dropped")
        while not over.is_set():
            message = channel.get_message(timeout=LISTEN_SECONDS)
            if message is not None:
                tell(message["data"])
