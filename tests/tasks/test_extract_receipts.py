"""What a user gets from receipts and invoices of any shop, with a model that knows none of them."""

from __future__ import annotations

from typing import Any

import pytest

from docvision.results.model import Extraction, Page
from docvision.schemas.library import get_schema
from docvision.tasks.extraction.extractor import Extractor
from docvision.tasks.options import Mode
from tests.tasks.papers import Listening, desk, paper

SILENT = "{}"


def read(page: Page, schema: str = "receipt", *answers: Any) -> Extraction:
    """What is read from a page by a model that says nothing, or what it is told to."""
    engine = Listening(*(answers or (SILENT,) * 8))
    extractor = Extractor(
        engine=engine,
        schema=get_schema(schema),
        mode=Mode.VERBATIM,
        threshold=0.8,
        max_tokens=512,
    )
    return extractor.extract([page], desk(engine))[0]


def items(got: Extraction) -> list[list[Any]]:
    return [list(item.values()) for item in got.data["line_items"]]


def flagged(got: Extraction) -> set[str]:
    return {field for reason in got.review for field in reason.fields}


def test_a_german_receipt_is_read_by_its_labels() -> None:
    got = read(
        paper(
            "Marktkauf Lehr",
            "Detmolder Str. 4",
            "33102 Paderborn",
            "Tel. 05251 / 180420",
            "VODKA 0,7L  9,99 C",
            "LEERGUT MINUS  -1,00*C",
            "SUMME EUR  8,99",
            "BAR  EUR  10,00",
            "28.02.20 09:58 0000545",
        )
    )
    data = got.data
    assert (data["seller_name"], data["seller_address"]) == ("Marktkauf Lehr", "Detmolder Str. 4")
    assert (data["total"], data["paid"], data["currency"]) == (8.99, 10.0, "EUR")
    assert (data["date"], data["time"]) == ("2020-02-28", "09:58:00")
    assert items(got) == [["VODKA 0,7L", None, None, 9.99], ["LEERGUT MINUS", None, None, -1.0]]
    assert "/total" not in flagged(got)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Kiwi Gold  0,59 x 4  2,36 A"], ["Kiwi Gold", 4, 0.59, 2.36]),
        (["2 x  0,75", "MOUTHWASH  1,50 C"], ["MOUTHWASH", 2, 0.75, 1.5]),
        (["1 TOMATE RAMA", "0,845 kg  1,99 €/kg  1,68"], ["TOMATE RAMA", 0.845, 1.99, 1.68]),
        (["CHATEAU SAHNE/CARAMEL  1,39 B"], ["CHATEAU SAHNE/CARAMEL", None, None, 1.39]),
        (
            ["Day units 512 kWh at 24.5p  125.44"],
            ["Day units 512 kWh at 24.5p", None, None, 125.44],
        ),
        (["BANANAS  0,29 B", "0,144 kg x  1,99 EUR/kg"], ["BANANAS", 0.144, 1.99, 0.29]),
        (["Themselves", "1@83.19  83.19"], ["Themselves", 1, 83.19, 83.19]),
        (["2349811  59,99 b", "SANDISK"], ["SANDISK", None, None, 59.99]),
        (["Good bin phone  12,00"], ["Good bin phone", None, None, 12.0]),
        (["Chocolate bar  12,00"], ["Chocolate bar", None, None, 12.0]),
    ],
)
def test_priced_lines_of_many_shops(lines: list[str], expected: list[Any]) -> None:
    got = read(paper("Corner Shop", *lines, "Total  99,00"))
    assert items(got) == [expected]


def test_a_count_before_a_name_is_no_part_of_it_below_headings_either() -> None:
    got = read(
        paper(
            "Descripción  P. Unit  Importe",
            "6 LECHE ENTERA  0,92  5,52",
            "1 PAN DE MOLDE    1,35",
            "TOTAL (€)    6,87",
        )
    )
    assert items(got) == [["LECHE ENTERA", 6, 0.92, 5.52], ["PAN DE MOLDE", 1, None, 1.35]]
    assert got.data["currency"] == "EUR"


def test_what_was_bought_is_told_from_what_it_comes_to() -> None:
    got = read(paper("Shop", "Rye bread  4.20", "Milk  1.10", "Goods:  5.30", "Total:  6.36"))
    assert [item[0] for item in items(got)] == ["Rye bread", "Milk"]
    assert (got.data["subtotal"], got.data["total"]) == (5.3, 6.36)


def test_a_row_of_numbers_and_dates_is_no_heading_of_the_items() -> None:
    got = read(
        paper(
            "Receipt 9249/P  16 Oct 2010  05:33:33",
            "1  Example  33.18",
            "2  Discuss  9.92",
            "1  Treatment  15.30",
            "Amount due  $58.40",
        )
    )
    assert items(got)[1] == ["Discuss", 2, None, 9.92]
    assert got.data["receipt_number"] == "9249/P"
    assert (got.data["date"], got.data["total"]) == ("2010-10-16", 58.4)


def test_items_that_add_up_to_the_total_less_its_tax_are_right() -> None:
    got = read(paper("Shop", "Bread  4.00", "Milk  6.00", "VAT 20%:  2.00", "Total:  12.00"))
    assert not {at for at in flagged(got) if "line_items" in at}


def test_a_label_without_its_value_is_named() -> None:
    got = read(paper("Shop", "Bread  4.00", "Total  4.00", "Cashier:"))
    missing = {at for one in got.review if one.code == "incomplete" for at in one.fields}
    assert "/cashier" in missing


def test_a_quantity_that_was_not_read_is_named() -> None:
    got = read(paper("Shop", "Kiwi  0,59 x  2,36", "Milk  1,10 x 2  2,20", "Total  4,56"))
    assert items(got)[0] == ["Kiwi", None, 0.59, 2.36]
    assert "/line_items/0/quantity" in flagged(got)


def test_the_afternoon_belongs_to_the_time() -> None:
    got = read(paper("Shop", "Time: 5:16 PM", "Bread  4.00"))
    assert got.data["time"] == "17:16:00"
    assert got.evidence["/time"].quote == "5:16 PM"


def test_dates_that_were_swapped_are_put_right_by_their_labels() -> None:
    page = paper("Invoice No: A-17", "Date: 3 March 2024", "Due date: 2 April 2024")
    swapped = '{"invoice_number": "A-17", "issue_date": "2 April 2024", "due_date": "3 March 2024"}'
    got = read(page, "invoice", swapped, SILENT)
    assert (got.data["issue_date"], got.data["due_date"]) == ("2024-03-03", "2024-04-02")


def test_a_name_ends_where_the_label_beside_it_begins() -> None:
    page = paper("Suggest No LLC Inv. No: AZK/36")
    got = read(page, "invoice", '{"seller_name": "Suggest No LLC Inv. No: AZK/36"}', SILENT)
    assert (got.data["seller_name"], got.data["invoice_number"]) == ("Suggest No LLC", "AZK/36")


def test_of_two_totals_that_is_taken_to_which_the_items_add_up() -> None:
    page = paper("Shop", "Bread  4.00", "Milk  6.00", "Balance  3.00", "Total  10.00")
    assert read(page).data["total"] == 10.0


def test_no_currency_is_seen_in_a_tax_number() -> None:
    got = read(paper("Shop", "VAT No: FR19 123", "Bread  4.00", "Total  4.00"))
    assert got.data["currency"] is None


def test_two_fields_with_the_same_words_are_both_to_be_looked_at() -> None:
    said = '{"seller_name": "Some Team", "seller_address": "Some Team"}'
    got = read(paper("Some Team", "Bread  4.00", "Total  4.00"), "receipt", said, SILENT)
    assert {"/seller_name", "/seller_address"} <= flagged(got)


def test_the_number_of_a_receipt_ends_before_the_time() -> None:
    got = read(paper("Receipt No:#28094022 3:53 AM", "Bread  4.00", "Total  4.00"))
    assert (got.data["receipt_number"], got.data["time"]) == ("#28094022", "03:53:00")


def test_a_number_of_a_card_is_not_what_was_paid() -> None:
    got = read(paper("Shop", "Bread  4.00", "Total  4.00", "Credit card  4.00", "Karte 0"))
    assert got.data["paid"] == 4.0


def test_a_name_that_begins_with_a_stroke_may_have_swallowed_a_one() -> None:
    got = read(paper("Corner Shop", "I Bravo  2.50", "2 Tea  3.00", "Total  5.50"))
    assert "/line_items/0/description" in flagged(got)


def test_a_table_of_taxes_that_adds_up_to_the_total_is_not_the_list_of_items() -> None:
    got = read(
        paper(
            "Aldi GmbH",
            "RUM 40%VOL.  5,69  D",
            "BIO HONIG  3,29  C",
            "KINDER RIEGEL  1,99  C",
            "ZU ZAHLEN EURO  10,97",
            "MWST  Netto  MWST-BETRAG  BRUTTO",
            "C 7,00%  4,93  0,35  5,28",
            "D 19,00%  4,78  0,91  5,69",
        )
    )
    assert [one[0] for one in items(got)] == ["RUM 40%VOL.", "BIO HONIG", "KINDER RIEGEL"]
    assert [one[-1] for one in items(got)] == [5.69, 3.29, 1.99]


def test_a_quantity_that_is_misread_does_not_turn_names_to_their_neighbours() -> None:
    # given names above their figures, of which the first quantity is glued to its sign
    got = read(
        paper(
            "Maybe Fue B.V.",
            "Manager essen",
            "1@ 1,40  1,40",
            "Consumer",
            "1 @ 365,31  365,31",
            "Page",
            "3 @ 72,31  216,93",
            "Total amount:  583,64",
        )
    )
    assert [one[0] for one in items(got)] == ["Manager essen", "Consumer", "Page"]
    assert [one[-1] for one in items(got)] == [1.4, 365.31, 216.93]


def test_factors_are_read_in_the_ways_that_tills_write_them() -> None:
    got = read(
        paper(
            "Delikatesy Marczak",
            "CHLEB ZYTNI  1 x5,49  5,49 C",
            "2 x Rezeptgebühr  à 7,55  15,10 A",
            "Poutine × 2  31,00",
            "15,50 each",
            "ZIEMNIAKI",
            "2,135 kg x2,49  5,32 C",
            "SPRZEDAZ OPODATKOWANA A  56,91",
            "SUMA  56,91",
        )
    )
    assert items(got) == [
        ["CHLEB ZYTNI", 1, 5.49, 5.49],
        ["Rezeptgebühr", 2, 7.55, 15.1],
        ["Poutine", 2, 15.5, 31],
        ["ZIEMNIAKI", 2.135, 2.49, 5.32],
    ]


def test_fuel_is_priced_by_a_unit_to_a_tenth_of_a_cent() -> None:
    got = read(
        paper("PRAIRIE STOP", "11.482 GAL @ $3.299/GAL", "FUEL SALE  37.88", "TOTAL  $37.88")
    )
    assert items(got) == [["FUEL SALE", 11.482, 3.299, 37.88]]


def test_dollars_are_those_that_the_paper_names() -> None:
    lines = ("Wapiti Grill", "Elk Burger  $24.00", "Cider  $9.50")
    assert read(paper(*lines, "Total (CAD)  $33.50")).data["currency"] == "CAD"
    assert read(paper(*lines, "Total  $33.50")).data["currency"] == "USD"
