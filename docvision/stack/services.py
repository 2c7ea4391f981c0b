"""How the API and the workers are run as processes, in a checkout and where they are installed."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import docvision.settings
from docvision.settings import PREFIX, EngineSettings, Settings
from docvision.stack.child import Command

API_GRACE = 10.0
"""Seconds in which the API ends the answers that it has begun."""
WORKER_GRACE = 10.0
"""Seconds that a worker may take on top of what it is given to drain."""


def api_command(settings: Settings, logs: Path) -> Command:
    """Return the command of the API."""
    return _service("api", "api", settings, logs, API_GRACE)


def worker_commands(settings: Settings, logs: Path) -> list[Command]:
    """Return a command for each worker process."""
    grace = settings.worker.drain_seconds + WORKER_GRACE
    count = settings.worker.processes or _fitting_processes(settings.engine)
    return [
        _service(f"worker-{number}", "workers", settings, logs, grace)
        for number in range(1, count + 1)
    ]


def _fitting_processes(engine: EngineSettings) -> int:
    """Return two where the cores are there and the model is small, or runs elsewhere.

    Reading text layers is Python's own work, which one process does on one core.
    """
    small = engine.model in ("none", "nano") or engine.model.startswith("scripted:")
    if not (small or engine.remote_url):
        return 1
    return min(2, len(os.sched_getaffinity(0)))


def _service(name: str, package: str, settings: Settings, logs: Path, grace: float) -> Command:
    """Run a package with the same Python; `-P` keeps the user's folder out of its imports."""
    installed = importlib.util.find_spec(f"docvision.{package}") is not None
    module = f"docvision.{package}" if installed else package
    return Command(
        name=name,
        argv=[sys.executable, "-P", "-m", module],
        env=_environment(settings, installed=installed),
        log=logs / f"{name}.log",
        grace=grace,
    )


def _environment(settings: Settings, *, installed: bool) -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    env |= settings.to_env() | {"PYTHONUNBUFFERED": "1"}
    if not installed:  # a checkout: `api` and `workers` lie beside `docvision`
        checkout = str(Path(docvision.settings.__file__).parent.parent)
        env["PYTHONPATH"] = os.pathsep.join(filter(None, [checkout, env.get("PYTHONPATH")]))
    return env
