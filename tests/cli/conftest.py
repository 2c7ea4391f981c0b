"""The command line as its users run it: a process with an exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest


@pytest.fixture
def docvision() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `docvision` with arguments; keyword arguments are settings."""

    def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        plain = {name: value for name, value in os.environ.items() if "DOCVISION_" not in name}
        return subprocess.run(
            [sys.executable, "-m", "docvision.cli", *arguments],
            env=plain | settings,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run
