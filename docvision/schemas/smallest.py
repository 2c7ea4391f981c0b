"""The smallest value that a schema takes: what stands where the document says nothing.

It never looks like something that was read: null where that is allowed, else nothing, an empty
text, zero, an empty list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from docvision.schemas.expand import simplify, type_of
from docvision.schemas.validity import is_valid

_TEXTS = ("", "-", "0", "00", "000", "A", "AA", "AAA", "a", "?", "0000-00-00", "0.00", "A0", "A-0")
_NUMBERS = (0, 1, -1, 0.5)


def smallest(node: Any) -> Any:
    """Return a value for an expanded schema; it may be invalid where the schema is contrary."""
    return next((value for value in _candidates(node) if is_valid(node, value)), None)


def _candidates(node: Any) -> Iterator[Any]:
    yield None
    if not isinstance(node, Mapping):
        return
    plain = simplify(node)
    yield from (node["const"],) if "const" in node else ()
    yield from node.get("enum", plain.get("enum", ()))
    yield from _of_type(plain, type_of(plain))
    # A form that was not chosen for reading may still be the one that takes something.
    for keyword in ("anyOf", "oneOf"):
        for form in node.get(keyword, ()):
            yield from _candidates(form)


def _of_type(node: Mapping[str, Any], kind: str) -> Iterator[Any]:
    if kind == "object":
        yield _object(node)
    elif kind == "array":
        yield _array(node)
    elif kind == "boolean":
        yield from (False, True)
    elif kind in ("number", "integer"):
        yield from _numbers(node)
    else:
        yield from _texts(node)


def _object(node: Mapping[str, Any]) -> dict[str, Any]:
    properties = node.get("properties", {})
    return {name: smallest(properties.get(name, {})) for name in node.get("required", ())}


def _array(node: Mapping[str, Any]) -> list[Any]:
    least, first = int(node.get("minItems", 0)), node.get("prefixItems", [])
    forms = [*first, *[node.get("items", {})] * max(0, least - len(first))]
    return [smallest(form) for form in forms[:least]]


def _numbers(node: Mapping[str, Any]) -> Iterator[float]:
    yield from _NUMBERS
    for bound in ("minimum", "maximum"):
        if bound in node:
            yield node[bound]
    if "exclusiveMinimum" in node:
        yield node["exclusiveMinimum"] + 1
    if "exclusiveMaximum" in node:
        yield node["exclusiveMaximum"] - 1
    if step := node.get("multipleOf"):
        least = node.get("minimum", node.get("exclusiveMinimum", 0))
        yield from (step, (least // step) * step, (least // step + 1) * step)


def _texts(node: Mapping[str, Any]) -> Iterator[str]:
    yield from _TEXTS
    least = min(int(node.get("minLength", 0)), 10_000)
    yield from (mark * least for mark in "-0Aa" if least)
