"""The published schema is the one that the model has."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import jsonschema

from docvision.results.model import result_schema

PUBLISHED = Path(__file__).parents[2] / "docs" / "result.schema.json"


def test_the_published_schema_is_current() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "docvision.results"], capture_output=True, text=True, check=True
    ).stdout

    assert PUBLISHED.read_text(encoding="utf-8") == printed


def test_it_is_a_valid_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(result_schema())
