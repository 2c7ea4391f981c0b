"""The API process: `python -m api`, or `docvision-api` where it is installed."""

from __future__ import annotations

import os
import sys

import uvicorn
from fastapi import FastAPI

from docvision.blobs.opening import open_store
from docvision.errors import SettingsError
from docvision.jobs.events import RedisEvents
from docvision.jobs.presence import RedisPresence
from docvision.jobs.redis import RedisLedger, connect
from docvision.settings import Settings

from .app import create_app
from .publish import CeleryPublisher

BACKLOG = 2048


def app_of(settings: Settings) -> FastAPI:
    """Return the application on the stores that the settings name; raises SettingsError."""
    if settings.redis_url is None:
        raise SettingsError("Set DOCVISION_REDIS_URL, or run `docvision up`.", name="redis_url")
    client = connect(settings.redis_url)
    return create_app(
        settings,
        ledger=RedisLedger(client),
        events=RedisEvents(settings.redis_url),
        blobs=open_store(settings),
        publisher=CeleryPublisher(settings.redis_url, client),
        presence=RedisPresence(client),
    )


def main() -> None:
    """Serve until SIGTERM or SIGINT; settings come from the environment."""
    try:
        settings = Settings.from_env(os.environ)
        app = app_of(settings)
    except SettingsError as error:
        sys.exit(error.message)
    uvicorn.run(
        app,
        host=settings.api.host,
        port=settings.api.port,
        log_level=settings.log_level,
        access_log=settings.log_level == "debug",
        backlog=BACKLOG,
        loop="uvloop",
        http="httptools",
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
