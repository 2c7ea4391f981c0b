"""Whether a value obeys a schema (draft 2020-12), at a price that no schema can drive up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import regex
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

_PATTERN_SECONDS = 0.2
"""A pattern that takes longer on a value does not match it: some take years."""


def is_valid(schema: Any, value: Any) -> bool:
    """Whether a value obeys a schema; formats are notes, not rules (as draft 2020-12 has it)."""
    return bool(validator(schema).is_valid(value))


def validator(schema: Any) -> Any:
    """Return a jsonschema validator for a schema."""
    return _Validator(schema)


def _matches(pattern: str, text: str) -> bool:
    try:
        return bool(regex.search(pattern, text, timeout=_PATTERN_SECONDS))
    except TimeoutError:
        return False


def _pattern(
    _validator: Any, pattern: str, value: Any, _schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    if isinstance(value, str) and not _matches(pattern, value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def _pattern_properties(
    validator: Any, forms: Mapping[str, Any], value: Any, _schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    if not isinstance(value, Mapping):
        return
    for pattern, form in forms.items():
        for name, inner in value.items():
            if _matches(pattern, name):
                yield from validator.descend(inner, form, path=name, schema_path=pattern)


_Validator: Any = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {"pattern": _pattern, "patternProperties": _pattern_properties},
)
