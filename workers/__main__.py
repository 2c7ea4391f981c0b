"""The worker process: `python -m workers`, or `docvision-worker` where it is installed."""

from __future__ import annotations

import logging
import os
import sys

from docvision.errors import EngineError, SettingsError
from docvision.settings import Settings

from .lifecycle import serve


def main() -> None:
    """Work until SIGTERM or SIGINT; settings come from the environment."""
    try:
        settings = Settings.from_env(os.environ)
        _set_up_logging(settings.log_level.upper())
        serve(settings)
    except (SettingsError, EngineError) as error:
        sys.exit(error.message)


def _set_up_logging(level: str) -> None:
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=level, format=form)
    if level != "DEBUG":
        # Two lines for each message say nothing that the ledger does not.
        for name in ("celery.worker.strategy", "celery.app.trace"):
            logging.getLogger(name).setLevel(logging.WARNING)


if __name__ == "__main__":
    main()
