"""What a user gets from papers as bookkeeping programs lay them out, with a silent model."""

from __future__ import annotations

from decimal import Decimal

import pytest

from docvision.documents.base import PageInfo
from docvision.reading.layout import blocks_of, words_of_line
from docvision.results.model import Page, Source
from docvision.tasks.extraction.sums import figures_in
from docvision.tasks.normalise import Conventions
from docvision.tasks.passage import passage_of
from tests.tasks.papers import paper
from tests.tasks.test_extract_receipts import items, read

_PLACED = PageInfo(width=600, height=800, unit="px")


def _placed(*texts: tuple[str, float, float]) -> Page:
    """A page of texts, each with where it begins: from the left and from the top, 0 to 1."""
    words = [
        word
        for text, left, top in texts
        for word in words_of_line(text, (left, top, left + 0.009 * len(text), top + 0.015))
    ]
    blocks = blocks_of(words, page=_PLACED, source=Source.OCR)
    return Page(number=1, width=600, height=800, unit="px", blocks=blocks)


def test_a_british_address_ends_with_a_postal_code_of_its_own() -> None:
    got = read(
        paper(
            "Fernhill Signs Ltd",
            "18 Hadleigh Road",
            "IPSWICH",
            "Suffolk",
            "IP2 0HB",
            "Invoice number: INV-3064",
        ),
        "invoice",
    )
    assert got.data["seller_name"] == "Fernhill Signs Ltd"
    assert got.data["seller_address"] == "18 Hadleigh Road"


def test_a_firm_that_says_who_it_is_at_the_foot_is_who_writes() -> None:
    lines = ["Núria Ferrando Pascual", "C/ del Forn, 11", "43500 Tortosa", "Total  61,78 €"]
    foot = "Brisa Telecom, S.A.U. – Avda. de Aragón, 330, 28022 Madrid"
    got = read(paper(*lines, *["-"] * 13, foot), "invoice")

    assert got.data["seller_name"] == "Brisa Telecom, S.A.U."
    assert got.data["seller_address"] == "Avda. de Aragón, 330"


def test_a_firm_above_a_person_is_who_is_written_to() -> None:
    got = read(
        paper(
            "Lichtwerk e.K. · Gewerbepark 31 · 49808 Lingen",
            "Schützenverein Bawinkel e. V.",
            "Herrn Ludger Wübben",
            "Osterbrocker Straße 7",
            "49844 Bawinkel",
        ),
        "invoice",
    )
    assert got.data["buyer_name"] == "Schützenverein Bawinkel e. V."


def test_who_is_to_be_paid_is_not_who_is_written_to() -> None:
    got = read(
        paper(
            "Fernhill Signs Ltd",
            "18 Hadleigh Road",
            "Ipswich IP2 0HB",
            "Customer  Bexley Dental Practice",
            "To: Fernhill Signs Ltd",
        ),
        "invoice",
        '{"buyer_name": "Fernhill Signs Ltd"}',
        *["{}"] * 7,
    )
    assert got.data["buyer_name"] == "Bexley Dental Practice"


def test_values_stand_below_labels_between_the_lines_of_an_address() -> None:
    got = read(
        _placed(
            ("Invoice Date", 0.4, 0.10),
            ("Brackwell Heating Ltd", 0.7, 0.10),
            ("14 May 2025", 0.4, 0.12),
            ("38 Dyehouse Lane", 0.7, 0.12),
            ("STROUD", 0.7, 0.139),
            ("Invoice Number", 0.4, 0.148),
            ("GL5 3QT", 0.7, 0.158),
            ("INV-3064", 0.4, 0.168),
            ("UNITED KINGDOM", 0.7, 0.178),
            ("Account Number", 0.4, 0.20),
            ("T 01453 496 0218", 0.7, 0.22),
            ("BEX014", 0.4, 0.22),
            ("Total GBP", 0.4, 0.30),
            ("828.72", 0.7, 0.30),
        ),
        "invoice",
    )
    assert got.data["invoice_number"] == "INV-3064"
    assert got.data["customer_number"] == "BEX014"
    assert got.data["issue_date"] == "2025-05-14"


@pytest.mark.parametrize(
    ("line", "first", "last"),
    [
        ("01 April 2025 to 30 April 2025", "2025-04-01", "2025-04-30"),
        ("01.03.2025 bis 31.03.2025", "2025-03-01", "2025-03-31"),
    ],
)
def test_a_period_needs_no_label(line: str, first: str, last: str) -> None:
    got = read(paper("Larkhill Bank", line, "Balance on 30 April 2025  12.50"), "bank_statement")

    assert (got.data["period_start"], got.data["period_end"]) == (first, last)


def test_a_bank_writes_to_the_holder_of_the_account() -> None:
    got = read(
        paper(
            "▲ Cascade Valley Bank",
            "BIRCHWOOD CLINIC PLLC",
            "5512 Bridgeport Way",
            "Tacoma, WA 98467",
            "CUSTOMER SERVICE INFORMATION",
        ),
        "bank_statement",
    )
    assert got.data["bank"] == "Cascade Valley Bank"
    assert got.data["account_holder"] == "BIRCHWOOD CLINIC PLLC"


def test_a_heading_may_run_into_its_clause() -> None:
    got = read(
        paper(
            "1. Services. The Contractor shall plow all driveways of the Association",
            "whenever snow has reached a depth of two inches.",
            "2. Fees and Payment. The Association shall pay a fixed fee in six parts.",
            "3. Term. The services begin on 1 November 2026 and end on 15 April 2027.",
        ),
        "contract",
    )
    found = [(one["number"], one["heading"]) for one in got.data["clauses"]]
    assert found == [("1", "Services"), ("2", "Fees and Payment"), ("3", "Term")]
    assert got.data["effective_date"] == "2026-11-01"
    assert got.data["end_date"] == "2027-04-15"


def test_sums_above_a_list_of_movements_are_none_of_them() -> None:
    got = read(
        paper(
            "Statement of 30 April 2026",
            "INSTANCES  AMOUNT",
            "Deposits  3  9,655.20",
            "Checks paid  1  -950.00",
            "Fees  1  -15.00",
            "All of it is shown in detail below, as always.",
            "DATE  DESCRIPTION  AMOUNT  BALANCE",
            "04/01  Card receipts of the clinic  4,000.00  22,204.37",
            "04/03  Check 1042  -950.00  21,254.37",
            "04/30  Service fee  -15.00  21,239.37",
            "Tacoma, WA 98467",
        ),
        "bank_statement",
    )
    assert [one["date"] for one in got.data["transactions"]] == [
        "2026-04-01",
        "2026-04-03",
        "2026-04-30",
    ]


def test_the_number_of_an_article_is_no_part_of_its_name() -> None:
    got = read(
        _placed(
            *(
                (text, left, 0.1 + 0.03 * row)
                for row, cells in enumerate(
                    [
                        ("Menge", "Bezeichnung", "Einzelpreis", "Gesamtpreis"),
                        ("12,00", "Bühnenpodest 2 x 1 m Artikel-Nr. BP-2010", "21,50", "258,00"),
                        ("2,00", "Aktivlautsprecher", "84,00", "168,00"),
                        ("9,50", "Aufbau und Abbau", "48,00", "456,00"),
                    ]
                )
                for text, left in zip(cells, (0.1, 0.2, 0.65, 0.8), strict=True)
            )
        ),
        "invoice",
    )
    assert [item[0] for item in items(got)] == [
        "Bühnenpodest 2 x 1 m",
        "Aktivlautsprecher",
        "Aufbau und Abbau",
    ]


def test_a_remark_is_no_number() -> None:
    got = read(paper("Rechnung", "Projekt: Festzelt am Dorfplatz, 01.05.2026"), "invoice")

    assert got.data["invoice_number"] is None


def test_a_line_that_adds_up_to_the_total_tells_sum_and_tax() -> None:
    got = read(
        paper(
            "TVA FR10842117301",
            "TOTAL TTC  16,95 €",
            "TVA  HT  TVA  TTC",
            "5,50%  9,72  0,53  10,25",
            "10,00%  6,09  0,61  6,70",
            "Total  15,81  1,14  16,95",
        )
    )
    assert (got.data["subtotal"], got.data["tax"], got.data["total"]) == (15.81, 1.14, 16.95)


def test_lines_that_add_up_differently_tell_nothing() -> None:
    got = read(paper("TOTAL  10,00", "A  8,00  2,00  10,00", "B  9,00  1,00  10,00"))

    assert (got.data["subtotal"], got.data["tax"]) == (None, None)


def test_a_table_of_taxes_tells_the_sums_of_its_last_line() -> None:
    got = read(
        paper(
            "Satz  Netto  MwSt  Brutto",
            "19 %  1.627,30  309,19  1.936,49",
            "7 %  388,80  27,22  416,02",
            "Summe EUR  2.016,10  336,41  2.352,51",
        ),
        "invoice",
    )
    assert [got.data[key] for key in ("subtotal", "tax", "total")] == [2016.1, 336.41, 2352.51]


def test_a_total_may_be_rounded_on_its_line() -> None:
    got = read(
        paper(
            "Exkl. moms  Moms 25 %  Öresavrundning  ATT BETALA",
            "8648,50  2162,13  0,37  10811,00",
        ),
        "invoice",
    )
    assert [got.data[key] for key in ("subtotal", "tax", "total")] == [8648.5, 2162.13, 10811]


def test_a_bill_to_a_person_at_a_firm_is_the_firms() -> None:
    got = read(
        paper("Billed To", "Jonah Fairweather", "Copper Ridge Press LLC", "27 E Granite St"),
        "invoice",
    )
    assert got.data["buyer_name"] == "Copper Ridge Press LLC"


def test_who_writes_may_stand_at_the_foot_alone() -> None:
    buyer = ["Brf Tallkotten 3", "Skogsstigen 18", "121 33 ENSKEDEDALEN"]
    foot = ["Björkhagens Vatten AB", "Malmövägen 41", "121 53 JOHANNESHOV"]
    got = read(paper(*buyer, *["-"] * 13, *foot), "invoice")
    assert got.data["seller_name"] == "Björkhagens Vatten AB"
    assert got.data["buyer_name"] == "Brf Tallkotten 3"


def test_a_firm_over_who_runs_it_is_who_sells() -> None:
    got = read(
        paper("Bären-Apotheke KG", "Mag. Gerlinde Aichinger", "Herrenstraße 64, 4020 Linz"),
        "receipt",
    )
    assert got.data["seller_name"] == "Bären-Apotheke KG"


def test_thousands_may_stand_apart_in_what_rows_add_up_to() -> None:
    passage = passage_of([paper("Total HT  4 782,00", "Remise  12 345")])
    found = figures_in(passage.words, Conventions(decimal=","))
    assert Decimal("4782.00") in found
    assert Decimal(12345) in found


def test_clauses_may_be_counted_in_words() -> None:
    got = read(
        paper(
            "PRIMERA.- Objeto. La Empresa se obliga a conservar el ascensor.",
            "SEGUNDA.- Duración. Entra en vigor el 1 de febrero de 2026.",
            "TERCERA.- Resolución. Con un preaviso de noventa días.",
        ),
        "contract",
    )
    assert [list(one.values()) for one in got.data["clauses"]] == [
        ["PRIMERA", "Objeto"],
        ["SEGUNDA", "Duración"],
        ["TERCERA", "Resolución"],
    ]
    assert got.data["effective_date"] == "2026-02-01"
    assert got.data["notice_period"] == "noventa días"


def test_a_letter_to_a_lady_from_an_office() -> None:
    got = read(
        paper(
            "Gent.ma Sig.ra",
            "Donatella Ferraris",
            "Via dei Mulini 9",
            "12020 Roccaverde",
            "OGGETTO: accoglimento della richiesta di riduzione",
            "Gentile Signora,",
            "la richiesta è stata accolta.",
            "Distinti saluti",
            "Il Funzionario Responsabile",
            "dott. Aldo Bressan",
        ),
        "letter",
    )
    assert got.data["recipient_name"] == "Donatella Ferraris"
    assert got.data["subject"] == "accoglimento della richiesta di riduzione"
    assert got.data["signatory"] == "dott. Aldo Bressan"


def test_the_parts_of_a_total_may_stand_apart_from_it() -> None:
    got = read(
        paper("Aliquota  Importi", "22 %  796,40  175,21", "Scadenze", "Totale fattura: 971,61"),
        "invoice",
    )
    assert [got.data[key] for key in ("subtotal", "tax", "total")] == [796.4, 175.21, 971.61]


def test_a_contract_begins_when_it_says_and_not_when_it_was_made() -> None:
    got = read(
        paper(
            "This Agreement is made on 14 March 2025 between the parties.",
            "It shall commence on 1 May 2025 and last for years.",
            "The Customer shall pay the Supplier a total of GBP",
            "6,420,000.00, in quarterly instalments.",
            "It shall be governed by the laws of England and Wales.",
        ),
        "contract",
    )
    assert got.data["effective_date"] == "2025-05-01"
    assert got.data["amount"] == 6420000
    assert got.data["governing_law"] == "the laws of England and Wales"


def test_a_page_with_one_clause_of_several_parts_has_that_clause() -> None:
    got = read(
        paper("10. Equipment", "10.1 The Supplier shall keep it.", "10.2 It stays there."),
        "contract",
    )
    assert [list(one.values()) for one in got.data["clauses"]] == [["10", "Equipment"]]
