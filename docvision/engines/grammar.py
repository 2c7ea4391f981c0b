"""Grammars that accept only a document's own words as values (llguidance's Lark).

So a value under such a grammar cannot be invented: it is null, or a contiguous run of what
stands on the page. A run starts and ends at whole words or numbers: of `A-12` or `12.50` no
part is accepted, while `€` or a bracket that sticks to a number may be left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

MAX_ITEMS = 256
"""Items of a list that does not say how many it may have."""

# A number, a code or a word as one piece: letters and digits, held together by marks inside.
_PIECE = re.compile(r"\s+|\w+(?:[.,'’\-/&@+]+\w+)*|[^\w\s]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")


def words_grammar(words_text: str, schema: Mapping[str, Any]) -> str:
    """Return a Lark grammar: JSON in the schema's shape, each leaf null or words of the text.

    Objects carry all their properties in order; arrays hold up to `maxItems` (or `MAX_ITEMS`)
    items. Enumerations (an empty one too) and booleans are chosen, or null; every other leaf is a
    string or null, since a value is copied as it stands. JSON is written as Python writes it.
    """
    pieces = [json.dumps(piece, ensure_ascii=False)[1:-1] for piece in pieces_of(words_text)]
    names: dict[tuple[str, ...], str] = {}
    rules = [f"start: {_rule(schema, names)}"]
    rules += [f"{name}: {' | '.join(choices)}" for choices, name in names.items()]
    if pieces:
        rules.append('value: "null" | "\\"" SPAN "\\""')
        rules.append(f"SPAN: %regex {json.dumps({'substring_chunks': pieces}, ensure_ascii=False)}")
    else:
        rules.append('value: "null"')
    return "\n".join(rules)


def pieces_of(words_text: str) -> list[str]:
    """Return what a run may start and end with: words, numbers, marks, and single spaces."""
    return [
        " " if piece.isspace() else piece
        for piece in _PIECE.findall(_CONTROL.sub("", words_text).strip())
    ]


def _rule(schema: Mapping[str, Any], names: dict[tuple[str, ...], str]) -> str:
    """Return the right-hand side for one schema; `names` collects the rules of choices."""
    if "properties" in schema:
        return _object(schema["properties"], names)
    if schema.get("type") == "array":
        item, most = f"({_rule(schema['items'], names)})", int(schema.get("maxItems", MAX_ITEMS))
        more = f' (", " {item}){{0,{most - 1}}}' if most > 1 else ""
        return f'"[" ({item}{more})? "]"' if most > 0 else '"[]"'
    choices = tuple(_choices(schema))
    return names.setdefault(choices, f"choice{len(names)}") if choices else "value"


def _object(properties: Mapping[str, Mapping[str, Any]], names: dict[tuple[str, ...], str]) -> str:
    if not properties:
        return '"{}"'
    pieces = []
    for number, (name, field) in enumerate(properties.items()):
        lead = ", " if number else "{"
        pieces.append(_literal(f"{lead}{json.dumps(name, ensure_ascii=False)}: "))
        pieces.append(f"({_rule(field, names)})")
    return " ".join([*pieces, _literal("}")])


def _choices(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield what may be chosen where a leaf is not copied."""
    if "enum" not in schema and schema.get("type") != "boolean":
        return
    choices = schema.get("enum", (True, False))
    yield '"null"'
    for choice in choices:
        if choice is not None:
            yield _literal(json.dumps(choice, ensure_ascii=False))


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
