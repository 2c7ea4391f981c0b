"""A user's own schema is served by what is known of the built-in one that it is like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docvision.results.model import Extraction, Page
from docvision.schemas.accept import accept
from docvision.tasks.extraction.extractor import Extractor
from docvision.tasks.options import Mode
from tests.tasks.papers import Listening, desk, paper
from tests.tasks.test_extract import table

TEXT, NUMBER = {"type": ["string", "null"]}, {"type": ["number", "null"]}
PAPER = paper(
    "#Marktkauf Lehr",
    "Detmolder Str. 4",
    "33102 Paderborn",
    "Rechnung",
    "Rechnungsnummer: R-7731",
    "Rechnungsdatum: 03.05.2026",
    "Kostenstelle: 4400",
    "2 x Milch  2,38",
    "3 x Butter  7,50",
    "Zwischensumme  9,88",
    "MwSt  0,69",
    "Gesamtbetrag  10,57",
)


def read(
    page: Page, *answers: str, like: Any = None, more: Sequence[Page] = (), **properties: Any
) -> Extraction:
    """What is read under a schema of these fields by a model that says nothing more."""
    engine = Listening(*answers, *["{}"] * 12)
    raw = {"type": "object", "properties": properties}
    schema = accept(raw if like is None else raw | {"x-docvision-like": like})
    extractor = Extractor(
        engine=engine, schema=schema, mode=Mode.VERBATIM, threshold=0.8, max_tokens=512
    )
    return extractor.extract([page, *more], desk(engine))[0]


def rows(**item: Any) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "object", "properties": item}}


def test_fields_of_other_names_are_found_in_other_languages() -> None:
    got = read(
        PAPER,
        vendor=TEXT,
        bill={"type": "object", "properties": {"no": TEXT, "issued": TEXT}},
        grand_total=NUMBER,
    )
    assert got.data["vendor"] == "Marktkauf Lehr"
    assert got.data["bill"] == {"no": "R-7731", "issued": "2026-05-03"}
    assert got.data["grand_total"] == 10.57
    assert got.evidence["/grand_total"].quote == "10,57"
    assert got.evidence["/bill/no"].quote == "R-7731"
    assert set(got.evidence) == {"/vendor", "/bill/no", "/bill/issued", "/grand_total"}


def test_rows_keep_the_users_names_and_only_what_is_asked_for() -> None:
    got = read(PAPER, shop=TEXT, articles=rows(name=TEXT, sum=NUMBER))
    assert got.data["articles"] == [
        {"name": "Milch", "sum": 2.38},
        {"name": "Butter", "sum": 7.5},
    ]
    assert got.evidence["/articles/1/sum"].quote == "7,50"


def test_what_the_built_in_schema_does_not_know_is_asked_for_besides() -> None:
    got = read(PAPER, vendor=TEXT, total=NUMBER, kostenstelle=TEXT)
    assert got.data["kostenstelle"] == "4400"
    assert got.data["total"] == 10.57


def test_a_sum_that_is_wanted_as_a_text_has_its_printed_words() -> None:
    got = read(PAPER, vendor=TEXT, total=TEXT)
    assert got.data["total"] == "10,57"


def test_what_does_not_add_up_is_told_by_the_users_names() -> None:
    wrong = paper(
        "#Marktkauf Lehr", "Rechnung", "Zwischensumme  9,88", "MwSt  0,69", "Gesamtbetrag  10,75"
    )
    got = read(wrong, vendor=TEXT, net=NUMBER, vat=NUMBER, gross=NUMBER)
    (failed,) = [reason for reason in got.review if reason.code == "check_failed"]
    assert set(failed.fields) == {"/net", "/vat", "/gross"}


def test_a_schema_that_is_like_none_is_asked_as_it_stands() -> None:
    got = read(PAPER, '{"vendor": "Milch"}', like=False, vendor=TEXT, total=NUMBER)
    assert got.data["vendor"] == "Milch"


def test_a_large_model_is_asked_what_the_user_asks() -> None:
    engine = Listening('{"vendor": "Marktkauf Lehr"}', reads="page")
    raw = {"type": "object", "properties": {"vendor": TEXT, "gross": NUMBER}}
    extractor = Extractor(
        engine=engine, schema=accept(raw), mode=Mode.PREFER, threshold=0.8, max_tokens=512
    )
    got, _ = extractor.extract([PAPER], desk(engine))
    assert got.data == {"vendor": "Marktkauf Lehr", "gross": None}
    assert "seller_name" not in engine.prompts[0]


def test_a_field_that_no_built_in_schema_has_is_found_by_what_its_label_means() -> None:
    slip = paper(
        "RECIBO DE VENCIMENTO",
        "Trabalhador: Ricardo Tavares  N.º Seg. Social  11204417736",
        "Data de pagamento: 28/08/2026",
        "Líquido a receber: 1.178,19",
    )
    date = {"type": ["string", "null"], "format": "date"}
    got = read(slip, like=False, employee=TEXT, payment_date=date, net_pay=NUMBER)
    assert got.data == {
        "employee": "Ricardo Tavares",
        "payment_date": "2026-08-28",
        "net_pay": 1178.19,
    }
    (unsure,) = [reason for reason in got.review if reason.code == "uncertain"]
    assert "/employee" in unsure.fields  # nobody said that this is its label


def test_one_column_of_movements_is_made_of_money_in_and_money_out() -> None:
    head = ("Date", "Details", "Paid out", "Paid in", "Value")
    moves = (
        ("02.03", "Transfer", "", "2.880,00", "03.03"),
        ("04.03", "Rent", "214,63", "", "04.03"),
    )
    date = {"type": ["string", "null"], "format": "date"}
    got = read(
        table(*moves, head=head),
        bank=TEXT,
        period={"type": "object", "properties": {"start": date, "end": date}},
        entries=rows(booking_date=date, text=TEXT, amount=NUMBER),
        more=[paper("Kontoauszug 01.03.2026 bis 31.03.2026", number=2)],
    )
    assert got.data["entries"] == [
        {"booking_date": "2026-03-02", "text": "Transfer", "amount": 2880},
        {"booking_date": "2026-03-04", "text": "Rent", "amount": -214.63},
    ]
