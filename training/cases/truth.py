"""What should be extracted from a sheet: its marked values under a schema's names, normalised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from docvision.evaluation.cases import Expected, Place
from docvision.evaluation.values import meaning
from docvision.geometry import Box
from docvision.schemas.library import get_schema
from training.documents import CONCEPTS
from training.sheet import Mark, Sheet

Path = tuple[str | int, ...]
Boxes = Mapping[Path, Box]

SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP"}


class Seen(NamedTuple):
    """A value as it stands on the page, and the box of its words."""

    text: str
    box: Box


def seen_values(sheet: Sheet, boxes: Boxes) -> dict[Path, Seen]:
    """Return the marked values that lie on the page, by their paths."""
    found = {
        mark.path: Seen(_text(sheet, mark), boxes[mark.path])
        for mark in sheet.marks
        if boxes[mark.path][3] > boxes[mark.path][1]
    }
    return {path: seen for path, seen in found.items() if seen.text}


def by_schema(schema: str, seen: Mapping[Path, Seen]) -> Expected:
    """Return what the built-in schema asks for; what the page does not say is null."""
    properties = get_schema(schema).body["properties"]
    names = {name: _key(name, properties) for name in CONCEPTS}
    data: dict[str, Any] = {
        key: [] if form.get("type") == "array" else None for key, form in properties.items()
    }
    places: dict[str, Place] = {}
    for path, one in seen.items():
        key = names.get(str(path[0])) if len(path) == 1 else None
        if key:
            data[key] = normal(one.text, properties[key])
            places[f"/{key}"] = Place(bbox=one.box)
    if "line_items" in data:
        columns = properties["line_items"]["items"]["properties"]
        data["line_items"] = _items(seen, columns, places)
    if "currency" in data and ("total",) in seen:
        data["currency"] = _currency(seen[("total",)].text)
    return Expected(data=data, places=places, ignore=_unsure(schema))


def normal(text: str, form: Mapping[str, Any]) -> Any:
    """Return a value as the product gives it: a number, an ISO date, or its text.

    A date that can be read in two ways stays as it is: either is then right.
    """
    read = meaning(text)
    if "number" in form.get("type", ()):
        (number,) = read.numbers
        return float(number)
    if form.get("format") == "date" and len(read.moments) == 1:
        return next(iter(read.moments))
    return text


def _items(
    seen: Mapping[Path, Seen], columns: Mapping[str, Any], places: dict[str, Place]
) -> list[dict[str, Any]]:
    numbers = sorted({int(path[1]) for path in seen if path[0] == "line_items"})
    items = []
    for index, number in enumerate(numbers):
        item: dict[str, Any] = dict.fromkeys(columns)
        for column in columns:
            one = seen.get(("line_items", number, column))
            if one:
                item[column] = normal(one.text, columns[column])
                places[f"/line_items/{index}/{column}"] = Place(bbox=one.box)
        items.append(item)
    return items


def _currency(amount: str) -> str | None:
    letters = "".join(letter for letter in amount if letter.isalpha())
    return letters or next((SYMBOLS[letter] for letter in amount if letter in SYMBOLS), None)


def _unsure(schema: str) -> tuple[str, ...]:
    """Return what nobody could tell: whether the company or the person who signs has written."""
    return ("/sender_name",) if schema == "letter" else ()


def _key(concept: str, properties: Mapping[str, Any]) -> str | None:
    return next((key for key in CONCEPTS[concept].keys if key in properties), None)


def _text(sheet: Sheet, mark: Mark) -> str:
    return sheet.items[mark.item].text[mark.start : mark.end]
