"""The built-in schemas: JSON files beside this one, to use by name or to copy and change."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

from docvision.errors import InvalidSchema
from docvision.schemas.accept import NAMES as NAMES
from docvision.schemas.accept import Schema, accept


@cache
def get_schema(name: str) -> Schema:
    """Return a built-in schema; raises InvalidSchema where none has this name."""
    if name not in NAMES:
        raise InvalidSchema(
            f"No built-in schema is called {name!r}. There is: {', '.join(NAMES)}.", name=name
        )
    file = resources.files("docvision.schemas") / "builtin" / f"{name}.json"
    return accept(json.loads(file.read_text("utf-8")), name=name)


def list_schemas() -> tuple[Schema, ...]:
    """Return all built-in schemas."""
    return tuple(get_schema(name) for name in NAMES)
