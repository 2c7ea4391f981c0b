"""The documents' own commands, taken from their fenced blocks."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def blocks() -> Callable[[str, str], list[str]]:
    """Return the blocks of a language in a document, in order."""

    def find(document: str, language: str) -> list[str]:
        text = (ROOT / document).read_text(encoding="utf-8")
        return [body for name, body in FENCE.findall(text) if name == language]

    return find


@pytest.fixture
def workplace(tmp_path: Path) -> Path:
    """A folder in which the commands find `samples/`, and may leave what they like."""
    (tmp_path / "samples").mkdir()
    for sample in (ROOT / "samples").iterdir():
        if sample.is_file():
            shutil.copy(sample, tmp_path / "samples")
    shutil.copytree(ROOT / "samples/expected", tmp_path / "samples/expected")
    return tmp_path
