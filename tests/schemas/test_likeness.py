"""What a user's own fields are in the built-in schemas, whatever they are called."""

from __future__ import annotations

from typing import Any

import pytest

from docvision.errors import InvalidSchema
from docvision.schemas.accept import accept
from docvision.schemas.library import get_schema
from docvision.schemas.likeness import likenesses

TEXT, NUMBER = {"type": "string"}, {"type": "number"}


def schema(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def known(raw: dict[str, Any]) -> dict[str, str]:
    return dict(likenesses(accept(raw))[0].places)


def test_fields_are_known_by_other_names() -> None:
    got = known(
        schema(vendor=TEXT, inv_no=TEXT, purchaseDate=TEXT, vat_amount=NUMBER, gross=NUMBER)
    )
    assert got == {
        "/vendor": "/seller_name",
        "/inv_no": "/invoice_number",
        "/purchaseDate": "/issue_date",
        "/vat_amount": "/tax",
        "/gross": "/total",
    }


def test_fields_may_lie_in_parts_of_the_schema() -> None:
    got = known(
        schema(
            supplier=schema(name=TEXT, vatNumber=TEXT),
            customer=schema(name=TEXT, vatNumber=TEXT),
            invoice=schema(number=TEXT, date=TEXT),
            totals=schema(net=NUMBER, gross=NUMBER),
        )
    )
    assert got["/supplier/vatNumber"] == "/vat_id"
    assert got["/totals/net"] == "/subtotal"
    # the number of whom an invoice is sent to is none that the built-in schema knows
    assert "/customer/vatNumber" not in got


def test_fields_are_known_by_what_papers_call_them_in_other_languages() -> None:
    got = known(schema(Rechnungsnummer=TEXT, Rechnungsdatum=TEXT, Gesamtbetrag=NUMBER))
    assert got["/Rechnungsnummer"] == "/invoice_number"
    assert got["/Gesamtbetrag"] == "/total"


@pytest.mark.parametrize(
    ("item", "amount"),
    [
        ({"name": TEXT, "price": NUMBER}, "price"),
        ({"article": TEXT, "qty": NUMBER, "price": NUMBER, "sum": NUMBER}, "sum"),
    ],
)
def test_lists_are_known_by_their_items(item: dict[str, Any], amount: str) -> None:
    got = known(schema(store=TEXT, bought={"type": "array", "items": schema(**item)}))
    assert got["/bought"] == "/line_items"
    assert got[f"/bought/*/{amount}"] == "/line_items/*/amount"


def test_a_number_is_no_name() -> None:
    assert "/seller" not in known(schema(seller=NUMBER, total=NUMBER, tax=NUMBER))


@pytest.mark.parametrize(
    "raw",
    [
        schema(pet=TEXT, breed=TEXT, weight=NUMBER),
        schema(vendor=TEXT, total=NUMBER) | {"x-docvision-like": False},
        schema(vendor=TEXT | {"x-docvision-labels": ["Shop"]}, total=NUMBER),
        dict(get_schema("invoice").body),
    ],
)
def test_what_is_unlike_or_says_itself_what_it_is_stays_as_it_is(raw: dict[str, Any]) -> None:
    assert likenesses(accept(raw)) == []


def test_a_schema_may_name_what_it_is_like() -> None:
    raw = schema(who=TEXT, total=NUMBER) | {"x-docvision-like": "receipt"}
    (only,) = likenesses(accept(raw))
    assert (only.base.name, dict(only.places)) == ("receipt", {"/total": "/total"})
    with pytest.raises(InvalidSchema, match="false or a built-in schema"):
        accept(raw | {"x-docvision-like": "notice"})


@pytest.mark.parametrize(("kind", "known_as"), [("receipt", "amount"), ("invoice", "unit_price")])
def test_a_price_is_that_of_the_line_where_a_till_prints_it(kind: str, known_as: str) -> None:
    item = schema(name=TEXT, qty=NUMBER, price=NUMBER)
    raw = schema(store=TEXT, items={"type": "array", "items": item}) | {"x-docvision-like": kind}
    assert known(raw)["/items/*/price"] == f"/line_items/*/{known_as}"


def test_lists_whose_items_are_alike_are_told_by_their_names() -> None:
    item = {"type": "array", "items": schema(Bezeichnung=TEXT, Betrag=NUMBER)}
    raw = schema(Arbeitgeber=TEXT, Nettolohn=NUMBER, Abzuege=item, Bezuege=item, Sonstiges=item)
    got = known(raw)
    assert (got["/Bezuege"], got["/Abzuege"]) == ("/earnings", "/deductions")
    assert got["/Bezuege/*/Betrag"] == "/earnings/*/amount"
    assert "/Sonstiges" not in got
