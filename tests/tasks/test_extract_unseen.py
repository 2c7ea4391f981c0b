"""What a user gets from papers of many kinds and countries, with a model that knows none."""

from __future__ import annotations

import pytest

from tests.tasks.papers import paper
from tests.tasks.test_extract_receipts import flagged, items, read


def test_who_writes_and_to_whom_is_told_by_the_addresses() -> None:
    got = read(
        paper(
            "Holzwerk Tannert · Lindenstraße 18a · 99423 Weimar",
            "Annegret Sommerlatte",
            "Am Kirschberg 3",
            "99425 Weimar",
            "Rechnungs-Nr.: R24-0391",
        ),
        "invoice",
    )
    assert got.data["seller_name"] == "Holzwerk Tannert"
    assert got.data["seller_address"] == "Lindenstraße 18a"
    assert got.data["buyer_name"] == "Annegret Sommerlatte"


def test_a_label_is_never_the_value_of_another_field() -> None:
    said = '{"seller_name": "Please pay by", "total": null}'
    got = read(paper("Please pay by  8 January 2025", "Total  12.50"), "invoice", *[said] * 8)
    assert got.data["seller_name"] is None
    assert "/seller_name" in flagged(got)


def test_a_line_of_labels_stands_over_its_values() -> None:
    got = read(
        paper(
            "Factuurnummer  Factuurdatum  Vervaldatum",
            "20250733  21-05-2025  20-06-2025",
        ),
        "invoice",
    )
    assert got.data["issue_date"] == "2025-05-21"
    assert got.data["due_date"] == "2025-06-20"


def test_amounts_in_groups_are_one_number() -> None:
    got = read(
        paper("Total HT  1 358,50 €", "TVA 20 %  271,70 €", "Total TTC  1 630,20 €"), "invoice"
    )
    assert (got.data["subtotal"], got.data["tax"], got.data["total"]) == (1358.5, 271.7, 1630.2)


def test_a_polish_invoice_is_read_by_its_labels() -> None:
    got = read(
        paper(
            "Katowice, dnia 12.06.2025",
            "FAKTURA VAT nr FV/118/06/2025",
            "Sprzedawca",
            "Drukarnia Pod Wieżą",
            "ul. Gliwicka 84",
            "40-853 Katowice",
            "Do zapłaty: 2 039,96 PLN",
            "Termin płatności: 26 czerwca 2025",
            "Nr rachunku: PL61 1090 1014 0000 0712 1981 2874",
        ),
        "invoice",
    )
    data = got.data
    assert data["invoice_number"] == "FV/118/06/2025"
    assert (data["issue_date"], data["due_date"]) == ("2025-06-12", "2025-06-26")
    assert (data["seller_name"], data["seller_address"]) == (
        "Drukarnia Pod Wieżą",
        "ul. Gliwicka 84",
    )
    assert (data["total"], data["currency"]) == (2039.96, "PLN")
    assert data["iban"] == "PL61109010140000071219812874"


def test_a_day_of_issue_that_something_tells_is_not_the_day_to_pay_by_as_well() -> None:
    said = '{"due_date": "3 October 2025", "issue_date": null}'
    got = read(paper("Erstfeld, 3 October 2025", "Invoice No. 25-0941"), "invoice", *[said] * 8)
    assert (got.data["issue_date"], got.data["due_date"]) == ("2025-10-03", None)


def test_an_account_in_many_groups_is_told_by_its_check_digits() -> None:
    got = read(paper("Payable to", "CH93 0076 2011 6238 5295 7", "Zürich"), "invoice")
    assert got.data["iban"] == "CH9300762011623852957"


def test_of_two_numbers_that_is_the_tax_number_whose_check_digits_are_right() -> None:
    got = read(paper("USt-IdNr. DE 136695976", "Steuer-Nr. 162/245/08317"), "invoice")
    assert got.data["vat_id"] == "DE136695976"


def test_headings_tell_what_an_item_is_from_its_day() -> None:
    got = read(
        paper(
            "Date  Description  Amount",
            "03 Jun  Accommodation  142.00",
            "04 Jun  Laundry  17.00",
            "Total  159.00",
        ),
        "invoice",
    )
    assert items(got) == [
        ["Accommodation", None, None, 142],
        ["Laundry", None, None, 17],
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Statement period 1 March 2025 to 31 March 2025",
        "Zeitraum: 01.03.2025 - 31.03.2025",
        "Desde 01/03/2025 hasta 31/03/2025",
    ],
)
def test_a_period_has_a_first_and_a_last_day(line: str) -> None:
    got = read(paper("Larkhill Bank", line), "bank_statement")
    assert (got.data["period_start"], got.data["period_end"]) == ("2025-03-01", "2025-03-31")


def test_a_letter_is_read_by_where_its_parts_stand() -> None:
    got = read(
        paper(
            "Mrs Eleanor Whitlock",
            "14 January 2025",
            "Our ref: FD/EW/4471",
            "Dear Mrs Whitlock",
            "Sale of 22 Priory Close",
            "We write further to our telephone conversation of 9 January 2025.",
            "Yours sincerely",
            "Marcus Fairweather",
        ),
        "letter",
    )
    assert got.data["date"] == "2025-01-14"
    assert got.data["reference"] == "FD/EW/4471"
    assert got.data["subject"] == "Sale of 22 Priory Close"
    assert got.data["signatory"] == "Marcus Fairweather"


def test_an_address_may_name_a_flat_and_its_dots_may_touch_the_words() -> None:
    got = read(
        paper(
            "Wendelin Marlow Property Management",
            "Norderhofenden 27 ·24937 Flensburg · Telephone 0461 55 0170",
            "Ms Ifeoma Adeyemi",
            "Ballastkai 9, flat 4A",
            "24937 Flensburg",
            "Dear Ms Adeyemi",
            "They come every Tuesday at 8:30 a.m., until 14 October.",
        ),
        "letter",
    )
    assert got.data["sender_name"] == "Wendelin Marlow Property Management"
    assert got.data["recipient_name"] == "Ms Ifeoma Adeyemi"


def test_a_form_gives_its_fields_and_a_contract_its_clauses() -> None:
    form = read(paper("Vorname: Wiebke", "Kennzeichen: SL-WP 88"), "form")
    assert form.data["fields"] == [
        {"label": "Vorname", "value": "Wiebke"},
        {"label": "Kennzeichen", "value": "SL-WP 88"},
    ]
    contract = read(
        paper(
            "#Mietvertrag",
            "§ 1 Mietgegenstand",
            "Vermietet werden die Räume.",
            "§ 2 Mietzeit",
            "Es beginnt am 01.10.2025 und endet am 30.09.2030.",
        ),
        "contract",
    )
    assert contract.data["title"] == "Mietvertrag"
    assert [one["heading"] for one in contract.data["clauses"]] == ["Mietgegenstand", "Mietzeit"]
    assert contract.data["effective_date"] == "2025-10-01"
    assert contract.data["end_date"] == "2030-09-30"


def test_the_month_stands_first_on_american_papers() -> None:
    got = read(paper("Mabel's Grill", "2280 N Lincoln Ave", "Chicago, IL 60614", "02/09/2025"))
    assert got.data["date"] == "2025-02-09"


def test_the_label_of_a_field_may_begin_its_value() -> None:
    got = read(paper("Customer number  K-30922", "Your order  PO 7731/HMR"), "invoice")
    assert got.data["order_number"] == "PO 7731/HMR"


def test_a_tax_number_of_somebody_else_does_not_win_by_its_check_digits() -> None:
    got = read(
        paper(
            "Kiel, Germany  VAT ID DE399201744  BIC BKVADE2KXXX",
            "24103 Kiel  Your VAT ID NL859912334B01  Nord eG",
        ),
        "invoice",
    )
    assert got.data["vat_id"] == "DE399201744"
    assert "/vat_id" in flagged(got)


def test_a_currency_over_a_column_of_amounts_is_that_of_the_receipt() -> None:
    got = read(paper("Tidewater Grocers", "Items  EUR", "Total  9.07", "Cash:  9.07"))
    assert got.data["currency"] == "EUR"


def test_what_is_no_bic_is_no_value_of_one() -> None:
    got = read(paper("Larkhill Bank", "BIC: 4OF"), "bank_statement", *['{"bic": "4OF"}'] * 8)
    assert got.data["bic"] is None
    assert read(paper("BIC: LARKGB2LXXX"), "bank_statement").data["bic"] == "LARKGB2LXXX"


def test_the_address_of_who_is_to_pay_is_not_the_senders() -> None:
    bill = paper("Mr Tobias Oyelaran", "Wharf House 6", "Leeds LS10 1JE", "Bill number: 8841")
    got = read(bill, "invoice")
    assert (got.data["seller_name"], got.data["seller_address"]) == (None, None)
    assert got.data["buyer_name"] == "Mr Tobias Oyelaran"
    labelled = paper("Billed to:", "Training Ltd", "rue Schneider 4", "07013 Saint Sébastien")
    assert read(labelled, "invoice").data["seller_name"] is None


def test_a_bank_is_named_at_the_head_of_its_statement() -> None:
    got = read(paper("Volksbank Oberweser eG", "Kontoauszug 4/2025"), "bank_statement")
    assert got.data["bank"] == "Volksbank Oberweser eG"


def test_a_number_ends_where_something_else_stands_behind_it() -> None:
    got = read(paper("Epicerie", "Ticket N° 004417 CAISSE 2"))
    assert got.data["receipt_number"] == "004417"


def test_a_rate_between_a_label_and_its_amount_is_skipped() -> None:
    got = read(paper("Total before VAT  £178.67", "VAT at 5%  £8.95"), "invoice")
    assert got.data["tax"] == 8.95


@pytest.mark.parametrize(
    ("schema", "field", "said"),
    [
        ("invoice", "payment_terms", "05 Jun 2025"),
        ("contract", "term", "H. Brandt"),
        ("letter", "signatory", "We write further to the talk that we had on Monday last week"),
    ],
)
def test_what_a_field_cannot_be_is_not_taken_from_a_model(
    schema: str, field: str, said: str
) -> None:
    got = read(paper("Notice", said, "end"), schema, *[f'{{"{field}": "{said}"}}'] * 8)
    assert got.data[field] is None
    assert f"/{field}" in flagged(got)


def test_a_model_that_is_unsure_of_another_value_does_not_shake_a_label() -> None:
    page = paper("Due date: 3 June 2025", "It was last seen here on 1 May 2025")
    for logprob, shaken in ((-1.0, False), (-0.001, True)):
        said = {"text": '{"due_date": "1 May 2025"}', "logprob": logprob}
        got = read(page, "invoice", *[said] * 8)
        assert got.data["due_date"] == "2025-06-03"
        assert ("/due_date" in flagged(got)) == shaken


def test_a_date_may_go_on_in_the_next_line() -> None:
    lines = ("The consultancy is to be ending on 30 November", "2026, unless terminated earlier.")
    assert read(paper(*lines), "contract").data["end_date"] == "2026-11-30"


def test_a_period_may_stand_below_its_label_and_begin_before_it() -> None:
    got = read(
        paper("Larkhill Bank  Statement period", "1 March 2025 to 31 March 2025"), "bank_statement"
    )
    assert (got.data["period_start"], got.data["period_end"]) == ("2025-03-01", "2025-03-31")


def test_a_long_name_goes_on_below_and_prices_stand_in_their_column() -> None:
    got = read(
        paper(
            "Pos  Artikel  Preis  Menge  Betrag",
            "001  Besteck  18,90  6  102,06",
            "002  Becher,  54,50  3  163,50",
            "     weiß",
            "Gesamt  265,56",
        ),
        "invoice",
    )
    assert items(got) == [["Besteck", 6, 18.9, 102.06], ["Becher, weiß", 3, 54.5, 163.5]]


def test_the_number_of_an_article_is_no_part_of_its_name() -> None:
    got = read(paper("Store", "887480011203 DECK SCREW  9.99", "Total  9.99"))
    assert items(got) == [["DECK SCREW", None, None, 9.99]]


def test_a_name_in_large_print_stands_over_a_trade_and_a_street() -> None:
    page = paper("#Tanner Ridge", "Decks, porches", "2290 County Road 14", "Fort Collins, CO 80524")
    assert read(page, "invoice").data["seller_name"] == "Tanner Ridge"


@pytest.mark.parametrize(
    ("line", "phone"),
    [
        ("Boise, ID 83702  (208) 555-0139", "(208) 555-0139"),
        ("Service clients 04 76 98 41 07", "04 76 98 41 07"),
        ("Tel: 239 555 074 (chamada nacional)", "239 555 074"),
        ("Tel: 71 555 02 36, biuro@wolt.example", "71 555 02 36"),
    ],
)
def test_a_telephone_number_is_told_by_its_looks_and_ends_where_it_ends(
    line: str, phone: str
) -> None:
    assert read(paper("Shop", line), "receipt").data["phone"] == phone


def test_a_number_is_read_without_what_says_that_it_is_one() -> None:
    assert read(paper("Avoir  N° AV250087"), "invoice").data["invoice_number"] == "AV250087"


def test_a_label_that_qualifies_another_takes_no_value_from_the_next_column() -> None:
    got = read(paper("Partita IVA cliente  Codice destinatario SDI"), "invoice")
    assert got.data["buyer_name"] is None
