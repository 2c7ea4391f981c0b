"""What the converters share: finding pictures, sizes, paths, schemas of texts."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from docvision.errors import InvalidRequest
from docvision.geometry import Box, clip

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff"})


def pictures(folder: Path) -> dict[str, Path]:
    """Return all pictures in and under a folder by their names without suffix, which are unique."""
    return {path.stem: path for path in _all_pictures(folder)}


def annotated(folder: Path, notes: str, layout: str) -> dict[Path, Path]:
    """Return all pictures with the JSON files about them, which lie in a folder beside theirs.

    Raises:
        InvalidRequest: There are none.
    """
    found = {
        picture: about
        for picture in _all_pictures(folder)
        if (about := picture.parent.parent / notes / f"{picture.stem}.json").exists()
    }
    some([str(one) for one in found], folder, layout)
    return found


def _all_pictures(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in PICTURES)


def some(found: Mapping[str, Any] | list[Any], folder: Path, layout: str) -> None:
    """Raise InvalidRequest where a folder holds nothing of a layout."""
    if not found:
        message = f"{folder.name} does not look like {layout}: see docs/howto/eval.md."
        raise InvalidRequest(message, field="folder")


def read_json(path: Path) -> Any:
    """Return the content of a JSON file.

    Raises:
        InvalidRequest: It is no JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InvalidRequest(f"{path.name} is no JSON.", field="folder") from error


def size_of(picture: Path) -> tuple[int, int]:
    """Return the width and the height of a picture in pixels, from its header."""
    with Image.open(picture) as opened:
        return opened.size


def share(box: Iterable[float], size: tuple[int, int]) -> Box:
    """Return a box in pixels, (x0, y0, x1, y1), as fractions of the page."""
    x0, y0, x1, y1 = box
    width, height = size
    return clip((x0 / width, y0 / height, x1 / width, y1 / height))


def relative(file: Path, base: Path) -> str:
    """Return a file's path from the folder of the dataset."""
    return os.path.relpath(file.resolve(), base.resolve())


def text_schema(fields: Mapping[str, str]) -> dict[str, Any]:
    """Return a schema of nullable texts by their descriptions."""
    return {
        "type": "object",
        "properties": {
            name: {"type": ["string", "null"], **({"description": note} if note else {})}
            for name, note in fields.items()
        },
        "required": list(fields),
        "additionalProperties": False,
    }
