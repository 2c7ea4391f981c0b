"""The shipped samples and what they are known to say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


@pytest.fixture(scope="session")
def folder() -> Path:
    return SAMPLES


@pytest.fixture(scope="session")
def expected() -> dict[str, dict[str, Any]]:
    found = {}
    for path in sorted((SAMPLES / "expected").glob("*.json")):
        found[path.stem] = json.loads(path.read_text(encoding="utf-8"))
    return found
