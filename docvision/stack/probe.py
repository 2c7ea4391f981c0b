"""Health checks for containers: `python -m docvision.stack.probe URL`, or `… worker`.

The first asks a URL; the second asks whether the worker of this host has lately shown itself in
the ledger. The exit code is 0 for healthy and 1 for not.
"""

from __future__ import annotations

import os
import socket
import sys

import httpx

from docvision.errors import DocvisionError, SettingsError
from docvision.jobs.presence import RedisPresence
from docvision.jobs.redis import connect
from docvision.settings import Settings


def main() -> None:
    """Probe what the first argument names."""
    what = sys.argv[1] if len(sys.argv) > 1 else "worker"
    try:
        healthy = _worker_is_seen() if what == "worker" else _url_is_good(what)
    except DocvisionError as error:
        sys.exit(error.message)
    sys.exit(0 if healthy else f"{what} is not healthy")


def _url_is_good(url: str) -> bool:
    try:
        return httpx.get(url, timeout=4.0, trust_env=False).is_success
    except httpx.TransportError:
        return False


def _worker_is_seen() -> bool:
    settings = Settings.from_env(os.environ)
    if settings.redis_url is None:
        raise SettingsError("Set DOCVISION_REDIS_URL.", name="redis_url")
    cards = RedisPresence(connect(settings.redis_url)).seen()
    return any(card.host == socket.gethostname() for card in cards)


if __name__ == "__main__":
    main()
