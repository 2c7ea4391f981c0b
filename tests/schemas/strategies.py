"""Random JSON Schemas, sound ones and contrary ones."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

NAMES = st.sampled_from(
    [
        "total",
        "due_date",
        "name",
        "vatId",
        "a/b",
        "x~y",
        "größe",
        "line items",
        'say "hi"',
        "0",
        "*",
    ]
)


def schemas() -> st.SearchStrategy[dict[str, Any]]:
    """Objects of random fields, some through a reference."""
    return st.builds(_whole, objects(_node(3)), st.booleans())


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    def build(properties: dict[str, Any], required: list[str], extra: dict[str, Any]) -> Any:
        named = [name for name in required if name in properties]
        return {"type": "object", "properties": properties, "required": named, **extra}

    extras = st.sampled_from(
        [{}, {}, {"additionalProperties": False}, {"minProperties": 1}, {"description": "A thing"}]
    )
    fields = st.dictionaries(NAMES, inner, min_size=1, max_size=4)
    return st.builds(build, fields, st.lists(NAMES, max_size=4, unique=True), extras)


def _whole(schema: dict[str, Any], through_reference: bool) -> dict[str, Any]:
    if not through_reference:
        return schema
    properties = dict(schema["properties"])
    name = next(iter(properties))
    moved = properties[name]
    return {
        **schema,
        "$defs": {"moved": moved},
        "properties": {**properties, name: {"$ref": "#/$defs/moved", "description": "Moved"}},
    }


def _node(depth: int) -> st.SearchStrategy[Any]:
    if not depth:
        return _leaf()
    return st.one_of(
        _leaf(), _leaf(), objects(st.deferred(lambda: _node(depth - 1))), _list(depth - 1)
    )


def _list(depth: int) -> st.SearchStrategy[dict[str, Any]]:
    bounds = st.sampled_from(
        [{}, {}, {"maxItems": 2}, {"minItems": 1}, {"uniqueItems": True}, {"minItems": 3}]
    )
    items = st.deferred(lambda: _node(depth))
    return st.builds(lambda inner, more: {"type": "array", "items": inner, **more}, items, bounds)


def _leaf() -> st.SearchStrategy[Any]:
    texts = st.sampled_from(
        [
            {"type": "string"},
            {"type": "string", "format": "date"},
            {"type": "string", "format": "currency"},
            {"type": "string", "format": "iban"},
            {"type": "string", "pattern": "^[A-Z]{2}\\d+$"},
            {"type": "string", "minLength": 3, "maxLength": 8},
            {"type": "number"},
            {"type": "number", "minimum": 5, "exclusiveMaximum": 100},
            {"type": "integer", "multipleOf": 7},
            {"type": "boolean"},
            {"enum": ["paid", "open", 3]},
            {"const": "fixed"},
            {"type": ["string", "number"]},
            {"type": "object"},
            {"type": "array"},
            {},
            True,
        ]
    )
    return st.one_of(texts, texts.map(_or_null), texts.map(_any_of_null))


def _or_null(node: Any) -> Any:
    if not isinstance(node, dict) or not isinstance(node.get("type"), str):
        return node
    return {**node, "type": [node["type"], "null"]}


def _any_of_null(node: Any) -> Any:
    return {"anyOf": [node, {"type": "null"}]}
