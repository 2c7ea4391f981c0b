"""CORD: photographed receipts, every word with its meaning and its four corners.

Layout: `train`, `dev` and `test`, each with `image/*.png` and `json/*.json`, numbered from 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docvision.evaluation.cases import Case, Expected, Place
from docvision.evaluation.convert.common import annotated, read_json, relative, share
from docvision.geometry import Box, union

Line = dict[str, Any]

GROUPS: dict[str, dict[str, str]] = {
    "menu": {
        "nm": "Name of the item",
        "cnt": "Quantity",
        "unitprice": "Price of one",
        "price": "Price of the line",
    },
    "sub_total": {
        "subtotal_price": "Sum before tax, service and discounts",
        "discount_price": "Discount on the sum",
        "service_price": "Service charge",
        "tax_price": "Tax",
    },
    "total": {
        "total_price": "Total amount to pay",
        "cashprice": "Cash that was given",
        "changeprice": "Change that was given back",
        "creditcardprice": "Amount paid by card",
    },
}


def cord(folder: Path, base: Path) -> Iterator[Case]:
    """Yield an `extract` case and an `ocr` case for each receipt."""
    for picture, notes in annotated(folder, "json", "CORD").items():
        read = read_json(notes)
        size = (read["meta"]["image_size"]["width"], read["meta"]["image_size"]["height"])
        file = relative(picture, base)
        name = f"{picture.parent.parent.name}-{picture.stem}"
        yield Case(
            id=f"{name}-extract",
            file=file,
            task="extract",
            options={"schema": _schema()},
            expected=_fields(read["valid_line"], size),
        )
        text = "\n".join(_text(line) for line in read["valid_line"])
        yield Case(id=f"{name}-ocr", file=file, task="ocr", expected=Expected(text=text))


def _fields(lines: list[Line], size: tuple[int, int]) -> Expected:
    groups: dict[int, list[Line]] = {}
    for line in lines:
        if line["category"].startswith("menu."):
            groups.setdefault(line["group_id"], []).append(line)
    items = [
        group for group in groups.values() if any(line["category"] == "menu.nm" for line in group)
    ]
    data: dict[str, Any] = {"menu": []}
    places: dict[str, Place] = {}
    for number, item in enumerate(items):
        data["menu"].append(_group(item, "menu", f"/menu/{number}", size, places))
    for name in ("sub_total", "total"):
        data[name] = _group(lines, name, f"/{name}", size, places)
    return Expected(data=data, places=places)


def _group(
    lines: list[Line], group: str, at: str, size: tuple[int, int], places: dict[str, Place]
) -> dict[str, str | None]:
    """Return the fields of a group of lines, and put their boxes into `places`."""
    found: dict[str, str | None] = dict.fromkeys(GROUPS[group])
    for field in found:
        words = [
            word
            for line in lines
            if line["category"] == f"{group}.{field}"
            for word in line["words"]
            if not word["is_key"]
        ]
        if words:
            found[field] = " ".join(word["text"] for word in words)
            places[f"{at}/{field}"] = Place(bbox=union(_box(word, size) for word in words))
    return found


def _box(word: dict[str, Any], size: tuple[int, int]) -> Box:
    quad = word["quad"]
    across = [quad[f"x{corner}"] for corner in range(1, 5)]
    down = [quad[f"y{corner}"] for corner in range(1, 5)]
    return share((min(across), min(down), max(across), max(down)), size)


def _text(line: Line) -> str:
    return " ".join(word["text"] for word in line["words"])


def _schema() -> dict[str, Any]:
    def of(group: str) -> dict[str, Any]:
        fields = {
            name: {"type": ["string", "null"], "description": note}
            for name, note in GROUPS[group].items()
        }
        return {"type": "object", "properties": fields, "required": list(fields)}

    properties = {
        "menu": {"type": "array", "items": of("menu"), "description": "The items bought"},
        "sub_total": of("sub_total"),
        "total": of("total"),
    }
    return {"type": "object", "properties": properties, "required": list(properties)}
