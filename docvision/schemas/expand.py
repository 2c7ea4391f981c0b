"""A JSON Schema without references, in the one form that docvision reads.

Only references within the schema are followed; nothing is ever fetched.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from docvision.errors import InvalidSchema

Node = dict[str, Any]

MAX_NODES = 4_000
"""Schemas within a schema, once its references are followed."""
MAX_DEPTH = 24
"""How deep they may lie within one another."""

_NAMED = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_LISTED = ("allOf", "anyOf", "oneOf", "prefixItems")
_SINGLE = (
    "items",
    "additionalProperties",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contains",
    "propertyNames",
    "not",
    "if",
    "then",
    "else",
)
_UNKNOWN_REFERENCES = ("$dynamicRef", "$recursiveRef")


def expand(schema: Mapping[str, Any]) -> Node:
    """Return the schema with its references put in place and its `$defs` left out.

    What stands beside a `$ref` (a description, say) is added to what it refers to.

    Raises:
        InvalidSchema: A reference leads outside, nowhere, or back to where it came from, or the
            schema is too deep or too large.
    """
    resource = DRAFT202012.create_resource(schema)
    registry: Registry[Any] = Registry().with_resource("", resource)
    found: Node = _Expansion(registry.resolver()).node(schema, (), 0)
    return found


class _Expansion:
    def __init__(self, resolver: Any) -> None:
        self._resolver = resolver
        self._count = 0

    def node(self, schema: Any, trail: tuple[str, ...], depth: int) -> Any:
        """Return one schema expanded; `trail` has the references that led here."""
        self._count += 1
        if depth > MAX_DEPTH or self._count > MAX_NODES:
            raise InvalidSchema(
                f"The schema is too deep or too large: at most {MAX_DEPTH} levels and "
                f"{MAX_NODES} schemas, once its references are followed.",
                depth=MAX_DEPTH,
                nodes=MAX_NODES,
            )
        if not isinstance(schema, Mapping):
            return schema
        for keyword in _UNKNOWN_REFERENCES:
            if keyword in schema:
                raise InvalidSchema(f"{keyword} is not supported; use $ref.", keyword=keyword)
        inner = {key: self._inner(key, value, trail, depth) for key, value in schema.items()}
        inner = {key: value for key, value in inner.items() if key not in ("$defs", "definitions")}
        reference = inner.pop("$ref", None)
        if not isinstance(reference, str):
            return inner
        target = self._target(reference, trail, depth)
        return {**inner, "allOf": [target, *inner.get("allOf", ())]} if inner else target

    def _target(self, reference: str, trail: tuple[str, ...], depth: int) -> Any:
        if not reference.startswith("#"):
            raise InvalidSchema(
                "A $ref must lead to a place within the schema, such as '#/$defs/address'; "
                "nothing is fetched.",
                ref=reference,
            )
        if reference in trail:
            raise InvalidSchema("A schema must not contain itself.", ref=reference)
        try:
            target = self._resolver.lookup(reference).contents
        except Unresolvable as error:
            raise InvalidSchema("A $ref leads nowhere.", ref=reference) from error
        return self.node(target, (*trail, reference), depth + 1)

    def _inner(self, key: str, value: Any, trail: tuple[str, ...], depth: int) -> Any:
        if key in ("$defs", "definitions"):
            return None  # Expanded where they are referred to.
        if key in _NAMED and isinstance(value, Mapping):
            return {name: self.node(one, trail, depth + 1) for name, one in value.items()}
        if key in _LISTED and isinstance(value, list):
            return [self.node(one, trail, depth + 1) for one in value]
        return self.node(value, trail, depth + 1) if key in _SINGLE else value


def simplify(node: Any) -> Node:
    """Return what to read for an expanded schema: `allOf` merged, one of several forms chosen.

    Of `anyOf` and `oneOf` the first form that is more than null is taken. The result says what to
    ask for; whether a value is valid is for the schema itself to say.
    """
    if not isinstance(node, Mapping):
        return {}
    found: Node = {key: value for key, value in node.items() if key not in _CHOICES}
    for part in (*map(simplify, node.get("allOf", ())), *_chosen(node)):
        found = _merged(found, part)
    return found


_CHOICES = ("allOf", "anyOf", "oneOf")


def _chosen(node: Mapping[str, Any]) -> list[Node]:
    chosen = []
    for keyword in ("anyOf", "oneOf"):
        forms = [simplify(form) for form in node.get(keyword, ())]
        real = [form for form in forms if form and type_of(form) != "null"]
        chosen += real[:1]
    return chosen


def _merged(one: Node, other: Node) -> Node:
    """Return both; what both say, the first says, save that properties are put together."""
    both = {**other, **one}
    if "properties" in one and "properties" in other:
        both["properties"] = {**other["properties"], **one["properties"]}
    if "required" in one and "required" in other:
        both["required"] = [*one["required"], *other["required"]]
    return both


def type_of(node: Mapping[str, Any]) -> str:
    """Return the one type that a schema is read as; null only where it takes nothing else."""
    kind = node.get("type")
    kinds = [kind] if isinstance(kind, str) else list(kind or ())
    real = [one for one in kinds if one != "null"]
    if real:
        return str(real[0])
    if kinds:
        return "null"
    if "properties" in node:
        return "object"
    if "items" in node or "prefixItems" in node:
        return "array"
    return "string"
