"""What a user gets from `extract`: values that obey the schema, where they stand, and doubts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from docvision.errors import Cancelled, ModelNotFound
from docvision.results.model import Extraction, Page
from docvision.schemas.accept import accept
from docvision.schemas.library import get_schema
from docvision.tasks.base import Desk
from docvision.tasks.extract import needed_engine
from docvision.tasks.extraction.extractor import Extractor
from docvision.tasks.options import Mode
from tests.tasks.papers import Listening, desk, paper

TEXT = {"type": ["string", "null"]}
NUMBER = {"type": ["number", "null"]}
DATE = {"type": ["string", "null"], "format": "date"}


def extract(
    engine: Listening,
    schema: dict[str, Any],
    *pages: Page,
    mode: Mode = Mode.AUTO,
    threshold: float | None = 0.0,
    at: Desk | None = None,
) -> Extraction:
    extractor = Extractor(
        engine=engine, schema=accept(schema), mode=mode, threshold=threshold, max_tokens=512
    )
    return extractor.extract(pages, at or desk(engine))[0]


def fields(**properties: Any) -> dict[str, Any]:
    """Return a schema that is asked for as it stands, whatever its fields are called."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "x-docvision-like": False,
    }


def says(**values: Any) -> str:
    return json.dumps(values, ensure_ascii=False)


def codes(extraction: Extraction) -> dict[str, tuple[str, ...]]:
    return {reason.code: reason.fields for reason in extraction.review}


def test_a_value_is_normalised_and_its_evidence_is_just_its_words() -> None:
    page = paper("Invoice  No 17", "Issued  5 March 2024", "Total due  1.234,50 EUR")
    engine = Listening(says(date="5 March 2024", total="1.234,50 EUR"))
    got = extract(engine, fields(date=DATE, total=NUMBER), page)
    assert got.data == {"date": "2024-03-05", "total": 1234.5}
    date = got.evidence["/date"]
    assert (date.page, date.quote, date.verified) == (1, "5 March 2024", True)
    words = [word for block in page.blocks for line in block.lines for word in line.words]
    march = next(word for word in words if word.text == "March")
    assert date.bbox is not None
    assert date.bbox[0] < march.bbox[0] < march.bbox[2] < date.bbox[2]
    assert (date.bbox[1], date.bbox[3]) == (march.bbox[1], march.bbox[3])
    assert got.evidence["/total"].quote == "1.234,50 EUR"
    assert not got.review


def test_what_the_document_does_not_say_is_null_and_has_no_evidence() -> None:
    got = extract(Listening(says(name=None)), fields(name=TEXT), paper("Nothing of that kind"))
    assert got.data == {"name": None}
    assert not got.evidence


def test_a_value_that_stands_nowhere_is_never_passed_on_silently() -> None:
    got = extract(Listening(says(name="Mallory")), fields(name=TEXT), paper("Name  Alice"))
    assert codes(got) == {"unverified": ("/name",)}
    assert not got.evidence["/name"].verified


def test_words_that_are_not_what_is_asked_for_give_null_and_a_reason() -> None:
    got = extract(Listening(says(due="soon")), fields(due=DATE), paper("Due  soon"))
    assert got.data == {"due": None}
    assert codes(got) == {"unreadable": ("/due",)}


def test_of_two_places_the_one_beside_its_label_is_the_evidence() -> None:
    page = paper("Subtotal  12.50", "Tax  0.00", "Total due  12.50")
    engine = Listening(says(subtotal="12.50", total="12.50"))
    got = extract(engine, fields(subtotal=NUMBER, total=NUMBER), page)
    first, second = got.evidence["/subtotal"].bbox, got.evidence["/total"].bbox
    assert first is not None
    assert second is not None
    assert first[1] < second[1]


def test_nested_objects_come_back_nested() -> None:
    schema = fields(seller=fields(name=TEXT, address=fields(city=TEXT)))
    engine = Listening(says(seller_name="ACME", seller_address_city="Ghent"))
    got = extract(engine, schema, paper("ACME  Ghent"))
    assert got.data == {"seller": {"name": "ACME", "address": {"city": "Ghent"}}}
    assert set(got.evidence) == {"/seller/name", "/seller/address/city"}
    assert '"seller_name": string' in engine.prompts[0]


def test_where_the_schema_insists_the_smallest_value_stands_and_is_named() -> None:
    schema = fields(name={"type": "string"}, seats={"type": "integer", "minimum": 1})
    got = extract(Listening(says(name=None, seats=None)), schema, paper("Empty form"))
    assert got.data == {"name": "", "seats": 1}
    assert codes(got)["incomplete"] == ("/name", "/seats")
    assert not got.evidence


def test_a_failed_check_names_the_values_that_may_be_wrong() -> None:
    schema = fields(net=NUMBER, tax=NUMBER, total=NUMBER) | {
        "x-docvision-checks": [{"kind": "sum", "parts": ["/net", "/tax"], "equals": ["/total"]}]
    }
    page = paper("Net  10.00", "Tax  2.00", "Total  12.50")
    got = extract(Listening(says(net="10.00", tax="2.00", total="12.50")), schema, page)
    assert codes(got) == {"check_failed": ("/net", "/tax", "/total")}


def test_passing_a_check_makes_a_value_surer_and_failing_it_less_sure() -> None:
    account = {"type": ["string", "null"], "format": "iban"}
    right, wrong = "DE89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 01"
    sure, unsure = (
        extract(Listening(says(iban=text)), fields(iban=account), paper(f"IBAN  {text}"))
        for text in (right, wrong)
    )
    assert sure.data == {"iban": right.replace(" ", "")}
    assert sure.evidence["/iban"].confidence > unsure.evidence["/iban"].confidence
    assert codes(unsure) == {"check_failed": ("/iban",)}


def test_values_below_the_threshold_are_named_absent_ones_too() -> None:
    engine = Listening({"text": says(name="ACME", city=None), "logprob": -2.0})
    got = extract(engine, fields(name=TEXT, city=TEXT), paper("ACME"), threshold=0.95)
    assert codes(got) == {"uncertain": ("/name", "/city")}


def test_a_small_model_may_say_only_what_stands_there() -> None:
    engine = Listening(says(name="ACME"))
    extract(engine, fields(name=TEXT), paper("ACME Ltd"))
    (request,) = engine.requests
    assert request.schema is None
    assert request.grammar is not None
    assert "substring_chunks" in request.grammar


def test_a_large_model_speaks_freely_and_is_verified() -> None:
    engine = Listening(says(date="2024-03-05", name="Acme ltd"), reads="page")
    page = paper("ACME LTD", "Issued  5 March 2024")
    got = extract(engine, fields(date=DATE, name=TEXT), page)
    assert engine.requests[0].grammar is None
    assert engine.requests[0].schema is not None
    assert got.evidence["/date"].quote == "5 March 2024"
    assert got.evidence["/name"].quote == "ACME LTD"
    assert not got.review


def test_a_field_that_is_judged_is_not_looked_for() -> None:
    mood = {"type": ["string", "null"], "x-docvision-verbatim": False}
    engine = Listening({"when": "Answer as JSON", "text": says(mood="angry")})
    got = extract(engine, fields(mood=mood), paper("I shall never return."))
    assert got.data == {"mood": "angry"}
    assert not got.evidence["/mood"].verified
    assert not got.review


def test_values_are_found_on_whichever_page_they_stand() -> None:
    filler = [f"Clause {at} says nothing that matters here at all" for at in range(14)]
    pages = [paper(*filler, number=at) for at in (1, 2)] + [paper("Total  99.00", number=3)]
    engine = Listening(
        {"when": "Total  99.00", "text": says(total="99.00")},
        {"text": says(total=None)},
        prompt_tokens=200,
    )
    got = extract(engine, fields(total=NUMBER), *pages)
    assert got.data == {"total": 99}
    assert got.evidence["/total"].page == 3
    assert len(engine.requests) > 1


def test_a_list_that_is_no_table_is_put_together_over_windows_in_order() -> None:
    items = {"type": "array", "items": fields(name=TEXT)}
    pages = [
        paper("Guests", "Ada Lovelace", *("and so on and so forth " * 4,) * 11, number=1),
        paper("Alan Turing", *("and so on and so forth " * 4,) * 11, number=2),
    ]
    engine = Listening(
        {"when": "Lovelace", "text": says(guests=[{"name": "Ada Lovelace"}])},
        {"when": "Turing", "text": says(guests=[{"name": "Alan Turing"}, {"name": "Alan Turing"}])},
        {"text": says(guests=[])},
        prompt_tokens=512,
    )
    got = extract(engine, fields(guests=items), *pages)
    assert got.data == {"guests": [{"name": "Ada Lovelace"}, {"name": "Alan Turing"}]}
    assert got.evidence["/guests/1/name"].page == 2


def test_what_a_label_tells_on_the_last_of_many_pages_goes_before_a_guess_on_the_first() -> None:
    law = {**TEXT, "x-docvision-labels": ["Governing law"]}
    filler = ("and so on and so forth " * 4,) * 11
    pages = [
        paper("Brackenfell Ltd", *filler, number=1),
        *(paper(*filler, number=number) for number in range(2, 80)),
        paper("Governing law  Scotland", *filler, number=80),
    ]
    engine = Listening(
        {"when": "Brackenfell", "text": says(law="Brackenfell")},
        {"when": "Scotland", "text": says(law="Scotland")},
        *({"text": says(law=None)},) * 78,
        prompt_tokens=512,
    )
    got = extract(engine, fields(law=law), *pages)
    assert got.data == {"law": "Scotland"}
    assert got.evidence["/law"].page == 80


def test_a_list_whose_answer_breaks_off_is_asked_for_again_in_halves() -> None:
    names = [f"Guest{at}" for at in range(10)]
    engine = Listening(
        {"when": "Guest0\nGuest1\nGuest2\nGuest3\nGuest4\nGuest5", "finish": "length", "text": "{"},
        {"when": "Guest0", "text": says(guests=names[:5])},
        {"when": "Guest9", "text": says(guests=names[5:])},
    )
    schema = fields(guests={"type": "array", "items": {"type": "string"}})
    assert extract(engine, schema, paper(*names)).data == {"guests": names}


def test_pages_that_could_not_be_read_are_told() -> None:
    from docvision.jobs.model import Problem
    from docvision.tasks.base import unread_page

    gone = unread_page(2, Problem(code="corrupt", message="It is damaged."))
    got = extract(Listening(says(name="ACME")), fields(name=TEXT), paper("ACME"), gone)
    assert got.data == {"name": "ACME"}
    assert [reason.message for reason in got.review] == ["Pages could not be read: 2."]


def test_a_blank_document_asks_nothing_and_says_so() -> None:
    engine = Listening()
    got = extract(engine, fields(name=TEXT), paper())
    assert got.data == {"name": None}
    assert codes(got) == {"incomplete": ()}
    assert not engine.requests


@pytest.mark.parametrize("answer", ["", "no JSON", "[]", '{"name": {"a": 1}}', '{"name": ["x"]}'])
def test_whatever_the_model_says_the_data_obey_the_schema(answer: str) -> None:
    schema = fields(name={"type": "string", "minLength": 1}, tags={"type": "array", "items": TEXT})
    got = extract(Listening(answer), schema, paper("ACME"))
    assert accept(schema).is_valid(got.data)
    assert "incomplete" in codes(got)


def test_without_a_model_the_task_says_what_is_missing() -> None:
    with pytest.raises(ModelNotFound, match="has none"):
        needed_engine(Desk(tools=desk(None).tools).tools)


def test_a_cancelled_job_stops_between_two_questions() -> None:
    engine = Listening(says(name="ACME"))
    stopped = Desk(tools=desk(engine).tools, cancelled=lambda: True)
    with pytest.raises(Cancelled):
        extract(engine, fields(name=TEXT), paper("ACME"), at=stopped)


HEAD = ("Date", "Text", "Paid out", "Paid in", "Saldo")
ROWS: Sequence[Sequence[str]] = (
    ("02/01/2024", "Card payment", "12.00", "", "88.00"),
    ("13/01/2024", "Salary", "", "1,500.00", "1,588.00"),
    ("14/01/2024", "Rent", "900.00", "", "688.00"),
)
MOVEMENTS = {
    "type": "array",
    "items": fields(booked=DATE, text=TEXT, paid_out=NUMBER, paid_in=NUMBER, balance=NUMBER),
}


BANK = dict(get_schema("bank_statement").body)


def table(
    *rows: Sequence[str], number: int = 1, header: bool = True, head: Sequence[str] = HEAD
) -> Page:
    from docvision.results.model import Block, BlockKind, Cell, Line, Source, Table, Word

    shown = [head, *rows] if header else list(rows)
    cells, lines = [], []
    for row, texts in enumerate(shown):
        for column, text in enumerate(texts):
            box = (0.1 + 0.16 * column, 0.1 + 0.03 * row, 0.2 + 0.16 * column, 0.12 + 0.03 * row)
            if text:
                cells.append(Cell(row=row, column=column, text=text, bbox=box))
                lines.append(Line(words=(Word(text=text, bbox=box, confidence=0.9),), bbox=box))
    block = Block(
        kind=BlockKind.TABLE,
        bbox=(0.1, 0.1, 0.9, 0.9),
        text=" ".join(cell.text for cell in cells),
        lines=tuple(lines),
        table=Table(rows=len(shown), columns=5, header_rows=int(header), cells=tuple(cells)),
        source=Source.OCR,
    )
    return Page(number=number, width=600, height=800, unit="pt", blocks=(block,))


ROW_SAID = {
    "when": "Card payment",
    "text": says(
        booked="02/01/2024", text="Card payment", paid_out="12.00", paid_in=None, balance="88.00"
    ),
}


def test_the_rows_of_a_table_are_read_from_its_cells_after_one_look() -> None:
    engine = Listening(ROW_SAID, "{}")
    got = extract(engine, fields(movements=MOVEMENTS), table(*ROWS))
    assert got.data["movements"] == [
        {"booked": "2024-01-02", "text": "Card payment", "paid_out": 12, "paid_in": None,
         "balance": 88},
        {"booked": "2024-01-13", "text": "Salary", "paid_out": None, "paid_in": 1500,
         "balance": 1588},
        {"booked": "2024-01-14", "text": "Rent", "paid_out": 900, "paid_in": None, "balance": 688},
    ]  # fmt: skip
    salary = got.evidence["/movements/1/paid_in"]
    assert (salary.quote, salary.page, salary.verified) == ("1,500.00", 1, True)
    assert salary.bbox == pytest.approx((0.58, 0.16, 0.68, 0.18))
    assert all("Salary" not in prompt or "Card" not in prompt for prompt in engine.prompts)


def test_totals_and_what_is_carried_forward_are_no_rows() -> None:
    extra = (
        ("", "Balance brought forward", "", "", "100.00"),
        *ROWS,
        ("", "Total", "912.00", "1,500.00", ""),
        ("", "Balance carried forward", "", "", "688.00"),
    )
    got = extract(Listening(ROW_SAID, "{}"), fields(movements=MOVEMENTS), table(*extra))
    assert [row["text"] for row in got.data["movements"]] == ["Card payment", "Salary", "Rent"]


STATEMENT = fields(opening=NUMBER, closing=NUMBER, movements=MOVEMENTS) | {
    "x-docvision-checks": [
        {
            "kind": "running",
            "each": "/movements",
            "balance": "balance",
            "moves": [["paid_in", "-paid_out"]],
            "opening": "/opening",
            "closing": "/closing",
        }
    ]
}


def test_the_balances_at_both_ends_are_those_that_the_movements_tell() -> None:
    # given a model that knows neither, and a page that shows what was brought forward
    page = table(("", "Balance brought forward", "", "", "100.00"), *ROWS)
    got = extract(Listening(ROW_SAID, "{}"), STATEMENT, page, threshold=0.5)

    # then both are found, and the figures of the rows are confirmed
    assert (got.data["opening"], got.data["closing"]) == (100, 688)
    assert got.evidence["/opening"].quote == "100.00"
    assert codes(got) == {}


def test_a_sure_balance_that_the_movements_do_not_lead_to_is_for_a_person() -> None:
    engine = Listening(ROW_SAID, says(opening="12.00", closing=None))
    pages = (table(*ROWS), paper("Opening: 12.00", number=2))
    got = extract(engine, STATEMENT, *pages, threshold=0.1)
    assert got.data["opening"] == 12
    assert "/opening" in codes(got)["check_failed"]


def test_a_balance_that_is_carried_to_the_next_page_is_not_the_closing_one() -> None:
    more = ("15/01/2024", "Refund", "", "5.00", "693.00")
    pages = (table(*ROWS), table(more, number=2), paper("Closing: 688.00", number=3))
    engine = Listening(ROW_SAID, says(opening=None, closing="688.00"))
    got = extract(engine, STATEMENT, *pages, threshold=0.1)
    assert got.data["closing"] == 693
    assert "/closing" not in codes(got).get("check_failed", ())


def test_a_table_over_two_pages_is_one_list_without_its_repeated_header() -> None:
    more = ("15/01/2024", "Refund", "", "5.00", "693.00")
    pages = (table(*ROWS), table(more, more, number=2))
    got = extract(Listening(ROW_SAID, "{}"), fields(movements=MOVEMENTS), *pages)
    assert [row["text"] for row in got.data["movements"]] == [
        "Card payment", "Salary", "Rent", "Refund", "Refund",
    ]  # fmt: skip
    assert got.evidence["/movements/3/text"].page == 2


def test_a_text_that_runs_over_two_rows_is_one_record() -> None:
    wrapped = (*ROWS[:2], ("", "of December", "", "", ""), ROWS[2])
    got = extract(Listening(ROW_SAID, "{}"), fields(movements=MOVEMENTS), table(*wrapped))
    assert [row["text"] for row in got.data["movements"]] == [
        "Card payment", "Salary of December", "Rent",
    ]  # fmt: skip
    assert len(got.evidence["/movements/1/text"].boxes) == 2


def test_headings_alone_say_enough_where_the_model_is_of_no_help() -> None:
    got = extract(Listening("{}"), fields(movements=MOVEMENTS), table(*ROWS))
    assert [row["paid_in"] for row in got.data["movements"]] == [None, 1500, None]


def test_days_without_a_year_are_of_the_year_that_the_paper_names() -> None:
    rows = (("02.06.", "Card payment", "12,00", "", "88,00"),
            ("05.06.", "Salary", "", "1.500,00", "1.588,00"),
            ("10.06.", "Rent", "900,00", "", "688,00"))  # fmt: skip
    period = paper("Auszug 01.06.2025 bis 30.06.2025", number=2)
    said = {"when": "Card payment", "text": says(booked="02.06.", text="Card payment")}
    got = extract(Listening(said, "{}"), fields(movements=MOVEMENTS), table(*rows), period)
    days = [row["booked"] for row in got.data["movements"]]
    assert days == ["2025-06-02", "2025-06-05", "2025-06-10"]


def test_days_without_a_last_point_are_no_figures() -> None:
    rows = (("02.06", "Card payment", "12,00", "", "02.06"),
            ("05.06", "Salary", "", "1.500,00", "05.06"))  # fmt: skip
    period = paper("Auszug 01.06.2025 bis 30.06.2025", number=2)
    engine = Listening(*["{}"] * 6)
    head = ("Date", "Text", "Paid out", "Paid in", "Value")
    got = extract(engine, BANK, table(*rows, head=head), period)
    days = [(row["date"], row["balance"]) for row in got.data["transactions"]]
    assert days == [("2025-06-02", None), ("2025-06-05", None)]


def test_a_column_beside_a_sum_says_which_way_it_goes() -> None:
    rows = (("01-04-2026", "Huur", "1.650,00", "Af", ""), ("03-04-2026", "Factuur", "2.431,50",
            "Bij", ""), ("08-04-2026", "Omzetbelasting", "3.118,00", "Af", ""))  # fmt: skip
    head = ("Datum", "Omschrijving", "Bedrag", "Bij/Af", "")
    got = extract(Listening(*["{}"] * 6), BANK, table(*rows, head=head))
    assert [row["amount"] for row in got.data["transactions"]] == [-1650, 2431.5, -3118]
    assert got.evidence["/transactions/0/amount"].quote == "1.650,00 Af"


def test_a_balance_may_name_its_day_before_its_sum() -> None:
    page = paper(
        "SOLDE CRÉDITEUR AU 28/02/2026  6.418,27",
        "SOLDE CRÉDITEUR AU 31/03/2026  8.344,74",
    )
    got = extract(Listening(*["{}"] * 6), BANK, page)
    assert got.data["opening_balance"] == 6418.27


def test_a_number_of_an_article_is_not_what_it_is_called() -> None:
    head = ("Pos", "Article", "Article", "Qty", "Amount")
    rows = (
        ("10", "WSP-4410", "Cutting plate", "50", "760.00"),
        ("20", "BHM-085", "Drill 8.5 mm", "6", "230.00"),
        ("30", "KSS-20", "Cooling lubricant", "2", "640.00"),
    )
    engine = Listening("{}")
    got = extract(engine, dict(get_schema("invoice").body), table(*rows, head=head))
    items = [(item["description"], item["quantity"]) for item in got.data["line_items"]]
    assert items == [("Cutting plate", 50), ("Drill 8.5 mm", 6), ("Cooling lubricant", 2)]


def test_a_column_that_counts_the_rows_is_not_how_many_there_are() -> None:
    # given a model that takes the positions for quantities, and a heading whose first letter OCR
    # misread
    head = ("Lp.", "Nazwa", "llość", "Cena", "Wartość")
    rows = (
        ("1", "Ulotki", "2000", "0.38", "760.00"),
        ("2", "Wizytówki", "500", "0.46", "230.00"),
        ("3", "Projekt", "1", "640.00", "640.00"),
    )
    said = [
        {"when": name, "text": says(description=name, quantity=at, unit_price=price, amount=sum_)}
        for at, name, _, price, sum_ in rows
    ]
    engine = Listening(*said, "{}")
    got = extract(engine, dict(get_schema("invoice").body), table(*rows, head=head))
    assert [item["quantity"] for item in got.data["line_items"]] == [2000, 500, 1]


def test_a_receipts_items_without_headings_are_told_by_what_they_hold() -> None:
    rows = (
        ("", "Oat milk", "2", "1.50", "3.00"),
        ("", "Rye bread", "1", "4.20", "4.20"),
        ("", "Apples", "3", "0.50", "1.50"),
        ("", "Subtotal", "", "", "8.70"),
        ("", "Cash", "", "", "10.00"),
    )
    items = fields(what=TEXT, quantity=NUMBER, price=NUMBER, amount=NUMBER)
    product = {
        "kind": "product", "each": "/items", "factors": ["quantity", "price"], "equals": "amount",
    }  # fmt: skip
    schema = fields(items={"type": "array", "items": items}) | {"x-docvision-checks": [product]}
    got = extract(Listening(), schema, table(*rows, header=False))
    assert got.data["items"][0] == {"what": "Oat milk", "quantity": 2, "price": 1.5, "amount": 3}
    assert [item["what"] for item in got.data["items"]] == ["Oat milk", "Rye bread", "Apples"]


PRODUCT = {
    "kind": "product", "each": "/items", "factors": ["quantity", "price"], "equals": "amount",
}  # fmt: skip
PRICED = fields(
    items={
        "type": "array",
        "items": fields(what=TEXT, quantity=NUMBER, price=NUMBER, amount=NUMBER),
    }
) | {"x-docvision-checks": [PRODUCT]}


def test_the_priced_lines_of_a_receipt_are_its_items() -> None:
    page = paper(
        "Corner Shop",
        "Date 12/04/2024",
        "3 x Coffee beans  26.13",
        "1 x Rye bread  4.20",
        "Oat milk  2.50 A",
        "Apples  3  0.50  1.50",
        "Pears",
        "2 x 1.25  2.50",
        "Total net : 36.83",
        "Card  36.83",
    )
    engine = Listening()
    got = extract(engine, PRICED, page)
    assert [tuple(item.values()) for item in got.data["items"]] == [
        ("Coffee beans", 3, None, 26.13),
        ("Rye bread", 1, None, 4.2),
        ("Oat milk", None, None, 2.5),
        ("Apples", 3, 0.5, 1.5),
        ("Pears", 2, 1.25, 2.5),
    ]
    assert got.evidence["/items/4/what"].quote == "Pears"
    assert got.evidence["/items/0/amount"].confidence > 0.8
    assert not engine.requests
