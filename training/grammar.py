"""Grammars that accept only a document's own words as values (llguidance's Lark)."""

import json
from collections.abc import Mapping
from typing import Any


def words_grammar(words_text: str, schema: Mapping[str, Any]) -> str:
    """Return a Lark grammar: JSON in the schema's shape, each leaf null or words of the text.

    Objects carry all their properties in order; arrays hold any number of items. Every leaf
    is a string or null, since a value is copied as it stands.
    """
    words = json.dumps(" ".join(words_text.split()), ensure_ascii=False)[1:-1]
    rules = [f"start: {_rule(schema)}"]
    rules.append('value: "null" | "\\"" SPAN "\\""')
    rules.append(f"SPAN: %regex {json.dumps({'substring_words': words}, ensure_ascii=False)}")
    return "\n".join(rules)


def _rule(schema: Mapping[str, Any]) -> str:
    """Return the right-hand side for one schema."""
    if "properties" in schema:
        pieces = []
        for number, (name, field) in enumerate(schema["properties"].items()):
            lead = "{" if not number else ", "
            pieces.append(f"{_literal(f'{lead}{json.dumps(name, ensure_ascii=False)}: ')}")
            pieces.append(_rule(field))
        return " ".join([*pieces, _literal("}")])
    if schema.get("type") == "array":
        item = f"({_rule(schema['items'])})"
        return f'"[" ({item} (", " {item})*)? "]"'
    return "value"


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
