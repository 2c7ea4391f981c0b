"""SROIE (ICDAR 2019): scanned receipts with four fields, and all lines with their boxes.

Taken as the challenge gives it (pictures and lines in one folder, fields in another), or in
either of its usual re-packings (`img`, `box`, `entities`; `img`, `box`, `key`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from docvision.evaluation.cases import Case, Expected, Place
from docvision.evaluation.convert.common import (
    pictures,
    read_json,
    relative,
    share,
    size_of,
    some,
    text_schema,
)
from docvision.evaluation.text import one_spaced
from docvision.geometry import Box

FIELDS = {
    "company": "Name of the company that issued the receipt",
    "date": "Date of the receipt",
    "address": "Address of the company",
    "total": "Total amount paid",
}


class _Line(NamedTuple):
    text: str
    box: Box


def sroie(folder: Path, base: Path) -> Iterator[Case]:
    """Yield an `extract` case and an `ocr` case for each receipt, as far as its files are there."""
    found = pictures(folder)
    beside = [
        path for path in sorted(folder.rglob("*")) if path.suffix in (".txt", ".csv", ".json")
    ]
    fields = {path.stem: path for path in beside if _is_json(path)}
    lines = {path.stem: path for path in beside if not _is_json(path)}
    some({name: 1 for name in found if name in fields or name in lines}, folder, "SROIE")
    for name, picture in found.items():
        read = _lines(lines[name], size_of(picture)) if name in lines else []
        if name in fields:
            yield Case(
                id=f"{name}-extract",
                file=relative(picture, base),
                task="extract",
                options={"schema": text_schema(FIELDS)},
                expected=_fields(fields[name], read),
            )
        if read:
            text = "\n".join(line.text for line in read)
            file = relative(picture, base)
            yield Case(id=f"{name}-ocr", file=file, task="ocr", expected=Expected(text=text))


def _fields(path: Path, lines: list[_Line]) -> Expected:
    read = read_json(path)
    data = {name: read.get(name) or None for name in FIELDS}
    places = {}
    for name, value in data.items():
        same = [line for line in lines if value and one_spaced(line.text) == one_spaced(value)]
        if len(same) == 1:  # Only then is it sure which words are meant.
            places[f"/{name}"] = Place(bbox=same[0].box)
    return Expected(data=data, places=places)


def _lines(path: Path, size: tuple[int, int]) -> list[_Line]:
    """Return lines of `x0,y0,x1,y1,x2,y2,x3,y3,text`: corners in pixels, then the text."""
    found = []
    for line in path.read_text(encoding="utf-8-sig", errors="replace").splitlines():
        parts = line.split(",", 8)
        if len(parts) == 9:
            numbers = [float(part) for part in parts[:8]]
            across, down = numbers[0::2], numbers[1::2]
            box = share((min(across), min(down), max(across), max(down)), size)
            found.append(_Line(parts[8], box))
    return found


def _is_json(path: Path) -> bool:
    return path.read_bytes()[:16].lstrip(b"\xef\xbb\xbf \r\n").startswith(b"{")
