"""Print the published JSON Schema of a result: `python -m docvision.results`."""

from __future__ import annotations

import json
import sys

from docvision.results.model import result_schema


def schema_text() -> str:
    """Return the schema as `docs/result.schema.json` holds it."""
    return json.dumps(result_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
