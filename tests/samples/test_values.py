"""The values beside the samples agree with each other, as those of real papers should."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

Expected = dict[str, dict[str, Any]]


def added(amounts: list[str]) -> Decimal:
    return sum(map(Decimal, amounts), Decimal(0))


def test_the_invoice_adds_up(expected: Expected) -> None:
    values = expected["invoice.pdf"]["values"]

    for item in values["items"]:
        assert Decimal(item["unit_price"]) * item["quantity"] == Decimal(item["net"])
    assert added([item["net"] for item in values["items"]]) == Decimal(values["net_total"])
    for vat in values["vat"]:
        base = added([item["net"] for item in values["items"] if item["vat_rate"] == vat["rate"]])
        assert abs(base * vat["rate"] / 100 - Decimal(vat["amount"])) <= Decimal("0.005")
    taxed = added([values["net_total"], *(vat["amount"] for vat in values["vat"])])
    assert taxed == Decimal(values["gross_total"])


@pytest.mark.parametrize("name", ["invoice.pdf", "statement.pdf"])
def test_the_iban_passes_its_checksum_and_stands_on_the_page(name: str, expected: Expected) -> None:
    iban = expected[name]["values"]["iban"]
    bare = iban.replace(" ", "")

    assert int("".join(str(int(sign, 36)) for sign in bare[4:] + bare[:4])) % 97 == 1
    page = expected[name]["pages"][0]
    assert any(iban in line["text"] for line in [*page["lines"], *page["furniture"]])


def test_the_photo_is_of_the_same_invoice(expected: Expected) -> None:
    photo, digital = expected["invoice-photo.jpg"], expected["invoice.pdf"]

    assert photo["values"] == digital["values"]
    texts = [[line["text"] for line in each["pages"][0]["lines"]] for each in (photo, digital)]
    assert texts[0] == texts[1]


def test_the_receipt_adds_up(expected: Expected) -> None:
    values = expected["receipt.jpg"]["values"]

    assert added([item["amount"] for item in values["items"]]) == Decimal(values["total"])
    assert added([tax["gross"] for tax in values["tax"]]) == Decimal(values["total"])
    assert Decimal(values["cash"]) - Decimal(values["change"]) == Decimal(values["total"])


def test_the_balance_of_the_statement_follows_its_entries(expected: Expected) -> None:
    values = expected["statement.pdf"]["values"]
    entries = values["entries"]

    balances = [values["opening_balance"], *(entry["balance"] for entry in entries)]
    for (before, after), entry in zip(pairwise(balances), entries, strict=True):
        assert Decimal(before) + Decimal(entry["amount"]) == Decimal(after)
    assert balances[-1] == values["closing_balance"]


def test_every_entry_of_the_statement_stands_on_a_page(expected: Expected) -> None:
    content = expected["statement.pdf"]
    texts = {line["text"] for page in content["pages"] for line in page["lines"]}

    assert len({entry["reference"] for entry in content["values"]["entries"]}) == 118
    assert all(entry["reference"] in texts for entry in content["values"]["entries"])


def test_the_tables_of_the_report_add_up(expected: Expected) -> None:
    for table in expected["report.pdf"]["values"]["tables"]:
        assert len({len(row) for row in table["rows"]}) == 1
    terminals = expected["report.pdf"]["values"]["tables"][0]["rows"]

    for column in (1, 2, 3):
        numbers = [int(row[column].replace(",", "")) for row in terminals[1:]]
        assert sum(numbers[:-1]) == numbers[-1]


def test_boxes_lie_on_their_pages(expected: Expected) -> None:
    for content in expected.values():
        for page in content["pages"]:
            for line in [*page["lines"], *page["furniture"]]:
                for _, x0, y0, x1, y1 in line["words"]:
                    assert 0 <= x0 < x1 <= 1
                    assert 0 <= y0 < y1 <= 1
