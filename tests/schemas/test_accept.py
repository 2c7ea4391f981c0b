"""Which schemas are taken, and what is said of those that are not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from pydantic import BaseModel

from docvision.errors import InvalidSchema
from docvision.schemas.accept import accept
from docvision.schemas.library import get_schema, list_schemas
from docvision.schemas.shape import Kind, leaves_of
from tests.schemas.strategies import schemas


def test_nested_objects_are_asked_for_under_one_key_each() -> None:
    schema = accept(
        {
            "type": "object",
            "properties": {
                "seller": {
                    "type": "object",
                    "properties": {"name": {"type": "string"}, "name ": {"type": "string"}},
                },
                "lines": {
                    "type": "array",
                    "items": {"properties": {"unit price": {"type": "number"}}},
                },
            },
        }
    )
    assert [leaf.key for leaf in schema.shape.leaves] == ["seller_name", "seller_name_2"]
    assert [at for at, _ in leaves_of(schema.shape)] == [
        "/seller/name",
        "/seller/name ",
        "/lines/*/unit price",
    ]


def test_references_within_the_schema_are_followed() -> None:
    class Address(BaseModel):
        street: str
        city: str | None = None

    class Person(BaseModel):
        name: str
        home: Address
        others: list[Address] = []

    schema = accept(Person.model_json_schema())
    assert {at for at, _ in leaves_of(schema.shape)} == {
        "/name",
        "/home/street",
        "/home/city",
        "/others/*/street",
        "/others/*/city",
    }


def test_a_description_beside_a_reference_is_kept() -> None:
    schema = accept(
        {
            "properties": {"due": {"$ref": "#/$defs/day", "description": "when to pay"}},
            "$defs": {"day": {"type": "string", "format": "date"}},
        }
    )
    (leaf,) = schema.shape.leaves
    assert (leaf.kind, leaf.about) == (Kind.DATE, "when to pay")


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ([], "JSON object"),
        ({"type": "objekt"}, "no JSON Schema"),
        ({"properties": {"a": {"$ref": "https://example.com/a.json"}}}, "nothing is fetched"),
        ({"properties": {"a": {"$ref": "#/$defs/b"}}}, "leads nowhere"),
        ({"properties": {"a": {"$ref": "#"}}}, "contain itself"),
        ({"properties": {"a": {"pattern": "("}}}, "regular expression|regex"),
        ({"type": "object"}, "names no value"),
        ({"properties": {"a": False}, "required": ["a"], "type": "object"}, "no value|no data"),
        (
            {
                "type": "object",
                "properties": {"a": {"type": "string", "pattern": "^never 7{9}$"}},
                "required": ["a"],
            },
            "no data",
        ),
        ({"properties": {"a": {}}, "x-docvision-checks": [{"kind": "magic"}]}, "checks"),
        ({"properties": {"a": {"description": "x" * 300_000}}}, "bytes"),
    ],
)
def test_a_schema_that_cannot_be_worked_with_is_refused_with_its_reason(
    bad: Any, said: str
) -> None:
    with pytest.raises(InvalidSchema, match=said):
        accept(bad)


def test_a_bottomless_schema_is_refused() -> None:
    deep: dict[str, Any] = {"type": "string"}
    for _ in range(2_000):
        deep = {"type": "object", "properties": {"a": deep}}
    with pytest.raises(InvalidSchema, match="too deep"):
        accept(deep)


def test_references_that_multiply_are_refused_before_they_fill_the_memory() -> None:
    definitions: dict[str, Any] = {"d0": {"type": "string"}}
    for level in range(1, 20):
        same = {"$ref": f"#/$defs/d{level - 1}"}
        definitions[f"d{level}"] = {"properties": {"a": same, "b": same, "c": same}}
    with pytest.raises(InvalidSchema, match="too large"):
        accept({"properties": {"a": {"$ref": "#/$defs/d19"}}, "$defs": definitions})


def test_a_pattern_that_takes_years_costs_a_moment() -> None:
    schema = accept(
        {"properties": {"a": {"type": ["string", "null"], "pattern": "^(a+)+$"}}, "type": "object"}
    )
    assert not schema.is_valid({"a": "a" * 60 + "!"})


@given(schemas())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_accepted_schema_has_data_for_a_document_that_says_nothing(
    raw: dict[str, Any],
) -> None:
    try:
        schema = accept(raw)
    except InvalidSchema:
        return
    assert schema.is_valid(schema.empty)


@pytest.mark.parametrize("schema", list_schemas(), ids=lambda schema: schema.name)
def test_built_in_schemas_describe_their_fields_and_take_null(schema: Any) -> None:
    assert all(leaf.about for _, leaf in leaves_of(schema.shape))
    assert set(schema.empty) == set(schema.body["properties"])
    assert all(value in (None, []) for value in schema.empty.values())
    assert schema.cues


def test_an_unknown_name_is_told_the_known_ones() -> None:
    with pytest.raises(InvalidSchema, match="invoice"):
        get_schema("invoices")
