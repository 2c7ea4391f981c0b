"""A schema that docvision has accepted: sound, within limits, with something that obeys it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import regex
from jsonschema import Draft202012Validator, SchemaError
from pydantic import ValidationError

from docvision.errors import InvalidSchema
from docvision.schemas.checks import Check, parse_checks
from docvision.schemas.expand import MAX_DEPTH, Node, expand
from docvision.schemas.shape import Record, shape_of
from docvision.schemas.smallest import smallest
from docvision.schemas.validity import validator

MAX_BYTES = 256 * 1024
"""Of a schema as JSON."""

CHECKS = "x-docvision-checks"
CUES = "x-docvision-cues"
NAMES = (
    "invoice",
    "receipt",
    "purchase_order",
    "contract",
    "bank_statement",
    "payslip",
    "letter",
    "form",
    "identity_document",
)
"""The built-in schemas (`library.py`)."""
LIKE = "x-docvision-like"
"""In a user's schema: the built-in one that it is like, or false where it is like none."""


@dataclass(frozen=True, kw_only=True)
class Schema:
    """A schema to extract.

    Attributes:
        name: The built-in one's, None for a user's.
        title: In words.
        body: As it was given; what the data obeys.
        node: The same without references.
        shape: What to ask for.
        checks: What must hold among the values.
        cues: Words that stand on documents of this kind.
    """

    name: str | None
    title: str
    body: Mapping[str, Any]
    node: Node
    shape: Record
    checks: tuple[Check, ...] = ()
    cues: tuple[str, ...] = ()

    @cached_property
    def validator(self) -> Any:
        """A jsonschema validator of data."""
        return validator(self.node)

    @cached_property
    def empty(self) -> Any:
        """The smallest data that obey the schema."""
        return smallest(self.node)

    def is_valid(self, data: Any) -> bool:
        """Whether data obey the schema."""
        return bool(self.validator.is_valid(data))


def accept(raw: Any, *, name: str | None = None) -> Schema:
    """Return a schema that can be worked with, and for which some data exist.

    Raises:
        InvalidSchema: It is no JSON Schema (draft 2020-12), too large or too deep, refers to
            something outside or to itself, asks for nothing, or nothing obeys it.
    """
    _check_size(raw)
    _check_form(raw)
    _check_like(raw)
    node = expand(raw)
    schema = Schema(
        name=name,
        title=str(raw.get("title") or name or "Schema"),
        body=raw,
        node=node,
        shape=shape_of(node),
        checks=_checks(raw),
        cues=_cues(raw),
    )
    if not schema.shape.leaves and not schema.shape.lists:
        raise InvalidSchema("The schema names no value to extract; give it `properties`.")
    if not schema.is_valid(schema.empty):
        raise InvalidSchema(
            "docvision finds no data that obey the schema where a document says nothing. "
            "Let the values be null that may be absent."
        )
    return schema


def _check_size(raw: Any) -> None:
    if not isinstance(raw, Mapping):
        raise InvalidSchema("A schema is a JSON object.")
    if _depth(raw) > 4 * MAX_DEPTH:
        raise InvalidSchema(f"The schema is too deep: at most {MAX_DEPTH} levels.", depth=MAX_DEPTH)
    try:
        size = len(json.dumps(raw, ensure_ascii=False, allow_nan=False).encode())
    except (TypeError, ValueError) as error:
        raise InvalidSchema(f"The schema is no JSON: {error}.") from error
    if size > MAX_BYTES:
        raise InvalidSchema(
            f"The schema has {size} bytes; at most {MAX_BYTES} are taken.", bytes=MAX_BYTES
        )


def _depth(raw: Any) -> int:
    """Return how deep a value is nested, without recursion; no more than is too deep."""
    level, depth = [raw], 0
    while level and depth <= 4 * MAX_DEPTH:
        depth += 1
        level = [inner for one in level for inner in _inside(one)]
    return depth


def _inside(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return [one for one in value.values() if isinstance(one, Mapping | list)]
    return [one for one in value if isinstance(one, Mapping | list)]


def _check_form(raw: Mapping[str, Any]) -> None:
    try:
        Draft202012Validator.check_schema(raw)
    except SchemaError as error:
        place = "/".join(map(str, error.absolute_path)) or "its top"
        raise InvalidSchema(
            f"The schema is no JSON Schema (draft 2020-12): at {place}, {error.message}.", at=place
        ) from error
    for pattern in _patterns(raw):
        try:
            regex.compile(pattern)
        except regex.error as error:
            raise InvalidSchema(
                f"A pattern of the schema is no regular expression: {error}."
            ) from error


def _check_like(raw: Mapping[str, Any]) -> None:
    said = raw.get(LIKE, False)
    if said is not False and said not in NAMES:
        raise InvalidSchema(
            f"{LIKE} is false or a built-in schema: {', '.join(NAMES)}.", at=LIKE, name=str(said)
        )


def _patterns(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "pattern" and isinstance(inner, str):
                yield inner
            if key == "patternProperties" and isinstance(inner, Mapping):
                yield from inner
            yield from _patterns(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _patterns(inner)


def _checks(raw: Mapping[str, Any]) -> tuple[Check, ...]:
    try:
        return parse_checks(raw.get(CHECKS, ()))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise InvalidSchema(f"{CHECKS} at {place}: {first['msg']}.", at=place) from error


def _cues(raw: Mapping[str, Any]) -> tuple[str, ...]:
    cues = raw.get(CUES, ())
    return tuple(str(cue) for cue in cues) if isinstance(cues, list | tuple) else ()
