"""The API process: `python -m api`, or `docvision-api` where it is installed."""

from __future__ import annotations

import os
import resource
import sys
from types import FrameType

import uvicorn
from fastapi import FastAPI

from docvision import logs
from docvision.access.stores import redis_stores
from docvision.blobs.opening import open_store
from docvision.errors import SettingsError
from docvision.jobs.deliveries import RedisDeliveries
from docvision.jobs.events import RedisEvents
from docvision.jobs.once import RedisOnce
from docvision.jobs.presence import RedisPresence
from docvision.jobs.redis import RedisLedger, connect
from docvision.settings import Settings
from docvision.traces import open_traces

from .app import create_app
from .patience import patient_protocol
from .publish import open_publisher

BACKLOG = 2048
MOST_FILES = 65_536
GRACE_SECONDS = 5
"""How long a stop waits for answers that have begun, such as uploads."""


class Server(uvicorn.Server):
    """A server that answers its long polls at once when it is asked to stop."""

    def __init__(self, config: uvicorn.Config, events: RedisEvents) -> None:
        super().__init__(config)
        self._events = events

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; uvicorn calls this on SIGTERM and SIGINT, on the event loop."""
        self._events.hush()
        super().handle_exit(sig, frame)


def server_of(settings: Settings) -> Server:
    """Return a server on the stores that the settings name; raises SettingsError."""
    if settings.redis_url is None:
        raise SettingsError("Set DOCVISION_REDIS_URL, or run `docvision up`.", name="redis_url")
    client = connect(settings.redis_url)
    events = RedisEvents(settings.redis_url)
    app = create_app(
        settings,
        ledger=RedisLedger(client),
        events=events,
        blobs=open_store(settings),
        publisher=open_publisher(settings.redis_url, client),
        presence=RedisPresence(client),
        access=redis_stores(client),
        traces=open_traces(settings, "docvision-api"),
        deliveries=RedisDeliveries(client),
        once=RedisOnce(client),
    )
    return Server(_config(app, settings), events)


def main() -> None:
    """Serve until SIGTERM or SIGINT; settings come from the environment."""
    try:
        settings = Settings.from_env(os.environ)
        logs.set_up(settings)
        server = server_of(settings)
    except SettingsError as error:
        sys.exit(error.message)
    _raise_file_limit()
    server.run()


def _raise_file_limit() -> None:
    """Let as many connections be open as the system allows; what it gives unasked is often 1024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))


def _config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=settings.api.host,
        port=settings.api.port,
        log_config=None,
        access_log=False,
        backlog=BACKLOG,
        loop="uvloop",
        http=patient_protocol(settings.admission),
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


if __name__ == "__main__":
    main()
