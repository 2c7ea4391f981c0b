"""The worker process: `python -m workers`, or `docvision-worker` where it is installed."""

from __future__ import annotations

import os
import sys

from docvision import logs
from docvision.errors import EngineError, SettingsError
from docvision.settings import Settings

from .lifecycle import serve


def main() -> None:
    """Work until SIGTERM or SIGINT; settings come from the environment."""
    try:
        settings = Settings.from_env(os.environ)
        logs.set_up(settings)
        serve(settings)
    except (SettingsError, EngineError) as error:
        sys.exit(error.message)


if __name__ == "__main__":
    main()
