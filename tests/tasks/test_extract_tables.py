"""Which rows of a table are items, and which column holds what, whatever the headings say."""

from __future__ import annotations

from docvision.results.model import Page
from tests.tasks.papers import paper
from tests.tasks.test_extract import table
from tests.tasks.test_extract_layouts import _placed
from tests.tasks.test_extract_likened import NUMBER, TEXT, rows
from tests.tasks.test_extract_likened import read as read_own
from tests.tasks.test_extract_receipts import flagged, items, read

STATEMENT = (
    ("31.05.2026", "Saldo overført", "", "", "100,00"),
    ("04.06.2026", "Husleje", "04.06.2026", "-60,00", "40,00"),
    ("05.06.2026", "Løn fra Herlev", "05.06.2026", "500,00", "540,00"),
    ("08.06.2026", "Bageren", "08.06.2026", "-12,50", "527,50"),
    ("09.06.2026", "Boghandel", "09.06.2026", "-27,50", "500,00"),
)


def test_a_running_balance_proves_the_columns_of_headings_that_nobody_knows() -> None:
    head = ("Qvo", "Xyl", "Zut", "Vrb", "Wst")
    got = read(table(*STATEMENT, head=head), "bank_statement")
    moved = [
        (one["date"], one["description"], one["amount"], one["balance"])
        for one in got.data["transactions"]
    ]
    assert moved == [
        ("2026-06-04", "Husleje", -60.0, 40.0),
        ("2026-06-05", "Løn fra Herlev", 500.0, 540.0),
        ("2026-06-08", "Bageren", -12.5, 527.5),
        ("2026-06-09", "Boghandel", -27.5, 500.0),
    ]


def test_a_balance_with_its_day_is_no_movement() -> None:
    head = ("Data", "Valuta", "Descrizione", "Dare", "Avere")
    got = read(
        table(
            ("31/08/26", "", "SALDO INIZIALE", "", "2.946,71"),
            ("01/09/26", "01/09/26", "BONIFICO ENOTECA", "", "1.464,00"),
            ("03/09/26", "03/09/26", "ADDEBITO SDD", "387,26", ""),
            ("30/09/26", "", "SALDO FINALE", "", "4.023,45"),
            head=head,
        ),
        "bank_statement",
    )
    told = [(one["description"], one["debit"], one["credit"]) for one in got.data["transactions"]]
    assert told == [("BONIFICO ENOTECA", None, 1464.0), ("ADDEBITO SDD", 387.26, None)]


def test_a_table_of_taxes_is_no_list_of_items() -> None:
    taxes = table(
        ("25", "626,90", "156,72", "783,62", ""),
        ("12", "70,54", "8,46", "79,00", ""),
        ("Tot.", "697,44", "165,18", "862,62", ""),
        head=("Moms%", "Netto", "Moms", "Brutto", ""),
    )
    assert items(read(taxes)) == []


def test_a_lump_sum_among_counted_items_is_one_and_sums_below_are_none() -> None:
    got = read(
        table(
            ("Boards", "", "3", "40.00", "120.00"),
            ("Fuel surcharge", "", "", "", "14.50"),
            ("Delivery", "", "2", "21.00", "42.00"),
            ("Total net", "", "", "", "176.50"),
            ("Grant (50 %)", "", "", "", "-88.25"),
            head=("Description", "", "Quantity", "Unit price", "Amount"),
        ),
        "invoice",
    )
    assert items(got) == [
        ["Boards", 3, 40.0, 120.0],
        ["Fuel surcharge", None, None, 14.5],
        ["Delivery", 2, 21.0, 42.0],
    ]


def test_a_label_among_the_figures_begins_no_item() -> None:
    got = read(
        table(
            ("Boards", "", "3", "40.00", "120.00"),
            ("Nails", "", "2", "21.00", "42.00"),
            ("", "", "Sales", "Tax -", "6.72"),
            head=("Description", "", "Quantity", "Unit price", "Amount"),
        ),
        "invoice",
    )
    assert [item["description"] for item in got.data["line_items"]] == ["Boards", "Nails"]


def _own(page: Page) -> list[list[object]]:
    item = {"tjanst": TEXT, "antal": NUMBER, "enhet": TEXT, "a_pris": NUMBER, "summa": NUMBER}
    got = read_own(page, rader=rows(**item), fakturanummer=TEXT, att_betala=NUMBER, moms=NUMBER)
    return [list(one.values()) for one in got.data["rader"]]


def test_units_stand_behind_the_figures_or_in_a_column_of_their_own() -> None:
    behind = table(
        ("Hemstädning", "", "9 tim", "392,00", "3528,00"),
        ("Fönsterputs", "", "14 st", "68,00", "952,00"),
        head=("Tjänst", "", "Antal", "À-pris", "Belopp"),
    )
    apart = table(
        ("Hemstädning", "9", "tim", "392,00", "3528,00"),
        ("Fönsterputs", "14", "st", "68,00", "952,00"),
        head=("Tjänst", "Antal", "Enh.", "À-pris", "Belopp"),
    )
    items_ = [["Hemstädning", 9, "tim", 392.0, 3528.0], ["Fönsterputs", 14, "st", 68.0, 952.0]]
    assert _own(behind) == items_
    assert _own(apart) == items_


def test_figures_may_stand_on_the_last_line_of_a_long_name() -> None:
    top, pitch, lead = 0.3, 0.04, 0.018
    cells: list[tuple[str, float, float]] = [
        ("Beskrivelse", 0.1, top), ("Antal", 0.6, top), ("Pris", 0.7, top), ("Beløb", 0.8, top),
    ]  # fmt: skip
    at = top
    for first, last, *figures in (
        (
            "Udskiftning af fire vinduer mod have,",
            "inkl. fuger og gerigter",
            "2",
            "150,00",
            "300,00",
        ),
        ("", "Arbejdsløn uge 18", "4", "85,00", "340,00"),
        ("Materialer ifølge bilag: træ,", "rustfri skruer", "1", "60,00", "60,00"),
        ("", "Servicebil", "4", "25,00", "100,00"),
    ):
        at += pitch
        if first:
            cells.append((first, 0.1, at))
            at += lead
        cells += [(last, 0.1, at), *zip(figures, (0.6, 0.7, 0.8), (at, at, at), strict=True)]
    got = read(_placed(*cells), "invoice")
    assert [item["description"] for item in got.data["line_items"]] == [
        "Udskiftning af fire vinduer mod have, inkl. fuger og gerigter",
        "Arbejdsløn uge 18",
        "Materialer ifølge bilag: træ, rustfri skruer",
        "Servicebil",
    ]


def test_factors_of_a_line_of_their_own_may_be_measured() -> None:
    wool = paper(
        "DK MERINO TEAL",
        "2 @ 8.95  17.90",
        "CIRC NEEDLE  7.25",
        "CANVAS 12CT",
        "0.5 m @ 14.60  7.30",
        "TO PAY  32.45",
    )
    assert items(read(wool)) == [
        ["DK MERINO TEAL", 2, 8.95, 17.9],
        ["CIRC NEEDLE", None, None, 7.25],
        ["CANVAS 12CT", 0.5, 14.6, 7.3],
    ]
    fuel = paper(
        "Euro95 E10",
        "Pomp 5  38,20 L",
        "à € 1,985/L  75,83 H",
        "2 Broodje kroket  7,50 L",
        "Te betalen EUR  83,33",
    )
    assert items(read(fuel))[0] == ["Euro95 E10", 38.2, 1.985, 75.83]


def test_the_count_before_a_name_is_priced_where_its_unit_was_misread() -> None:
    got = read(paper("3 Radler 0,5 1  4,60  13,80", "2 Espresso  2,70  5,40", "Gesamt EUR  19,20"))
    assert items(got) == [["Radler 0,5 1", 3, 4.6, 13.8], ["Espresso", 2, 2.7, 5.4]]


def test_what_was_paid_before_is_off_what_is_to_pay() -> None:
    lines = (
        "I alt ekskl. moms  41.137,25",
        "Moms 25 %  10.284,31",
        "I alt inkl. moms  51.421,56",
        "Aconto betalt  -20.000,00",
        "At betale  31.421,56",
    )
    got = read(paper("Faktura", *lines), "invoice")
    assert got.data["total"] == 31421.56
    assert "/total" in flagged(got)  # Net and tax come to more.


def test_a_field_called_as_a_label_of_the_paper_is_what_stands_beside_that() -> None:
    page = paper(
        "Faktura", "Fakturanummer: 5108", "Moms 25 %  1177,50", "Summa inkl. moms  5887,50",
        "Preliminärt avdrag  -2799,50", "Att betala  3088,00",
    )  # fmt: skip
    got = read_own(page, fakturanummer=TEXT, moms=NUMBER, att_betala=NUMBER)
    assert got.data["att_betala"] == 3088.0


def test_a_number_of_a_foreign_name_has_digits() -> None:
    said = '{"nip_nabywcy": "EUR"}'
    got = read_own(paper("Szkółka", "Waluta  EUR"), *[said] * 4, nip_nabywcy=TEXT)
    assert got.data["nip_nabywcy"] is None


def test_labels_may_follow_a_dash_and_hold_a_number() -> None:
    got = read(
        paper("Fattura n. 7", "Belvedere S.r.l. - Cap. soc. 40.000 – P.IVA 02847190366 – REA VB"),
        "invoice",
    )
    assert got.data["vat_id"] == "02847190366"


def test_the_last_label_of_a_grid_has_its_value_beside() -> None:
    got = read(
        paper(
            "Bestelldatum  11.08.2026",
            "Zahlungsbedingungen  30 Tage netto",
            "Ihre Offerte  OF 4471",
            "",
            "Wir bestellen wie folgt.",
        ),
        "purchase_order",
    )
    assert got.data["payment_terms"] == "30 Tage netto"


def test_a_shop_is_not_who_runs_it() -> None:
    got = read(
        paper(
            "SUPERMERCATO IL PAIOLO",
            "di Brambilla Giuseppe",
            "Via Roma 12",
            "13019 Varallo (VC)",
            "P.IVA 02217750028",
            "LATTE INTERO  1,49",
            "TOTALE COMPLESSIVO  1,49",
        )
    )
    assert got.data["seller_name"] == "SUPERMERCATO IL PAIOLO"


def test_own_columns_are_told_by_what_their_headings_mean() -> None:
    item = {"article_no": TEXT, "description": TEXT, "unit": TEXT, "ordered": NUMBER}
    page = table(
        ("K-118", "Kalverbrok", "", "zak", "12"),
        ("K-204", "Likblok", "", "stuk", "6"),
        head=("Artikel", "Omschrijving", "", "Eenheid", "Aantal"),
    )
    got = read_own(page, lines=rows(**item))
    assert [list(one.values()) for one in got.data["lines"]] == [
        ["K-118", "Kalverbrok", "zak", 12],
        ["K-204", "Likblok", "stuk", 6],
    ]


def test_a_firm_at_the_foot_may_have_its_street_beside_it() -> None:
    page = _placed(
        ("Magdalena Unterberger", 0.1, 0.1),
        ("Feldgasse 7", 0.1, 0.12),
        ("6020 Innsbruck", 0.1, 0.14),
        ("Honorarnote Nr. 2026-118", 0.1, 0.3),
        ("Haselsteiner GmbH", 0.1, 0.92),
        ("Maria-Theresien-Straße 18", 0.5, 0.92),
        ("6020 Innsbruck", 0.5, 0.94),
    )
    got = read(page, "invoice")
    assert got.data["seller_name"] == "Haselsteiner GmbH"
    assert got.data["buyer_name"] == "Magdalena Unterberger"


def test_a_name_without_umlauts_labels_a_figure_behind_a_remark() -> None:
    number = {"type": ["number", "null"], "description": "Kosten der Prüfung"}
    page = paper(
        "Prüfbericht", "Geprüfte Felder  132", "Prüfkosten laut Angebot 25-311 (netto): 486,00 €"
    )
    assert read_own(page, pruefkosten=number).data["pruefkosten"] == 486.0


def test_items_beside_their_rate_of_tax_are_no_table_of_taxes() -> None:
    item = {"artikelnummer": TEXT, "omschrijving": TEXT, "aantal": NUMBER, "bedrag": NUMBER}
    page = table(
        ("12", "4410-2", "Aardappelen", "142,20", "9"),
        ("8", "2087-0", "Halfvolle melk", "76,80", "9"),
        head=("Aantal", "Art.nr.", "Omschrijving", "Bedrag", "Btw %"),
    )
    got = read_own(page, regels=rows(**item))
    assert [list(one.values()) for one in got.data["regels"]] == [
        ["4410-2", "Aardappelen", 12, 142.2],
        ["2087-0", "Halfvolle melk", 8, 76.8],
    ]


def test_small_letters_close_below_go_on_with_a_name() -> None:
    page = _placed(
        ("Clear-span marquee with ivory pleated", 0.1, 0.3), ("2,940.00", 0.8, 0.3),
        ("lining, erected and struck", 0.1, 0.32),
        ("Round tables", 0.1, 0.36), ("12 @ £9.50", 0.6, 0.36), ("114.00", 0.8, 0.36),
        ("Hire charges", 0.6, 0.45), ("3,054.00", 0.8, 0.45),
    )  # fmt: skip
    got = read(page, "invoice")
    assert [item["description"] for item in got.data["line_items"]] == [
        "Clear-span marquee with ivory pleated lining, erected and struck",
        "Round tables",
    ]


def test_days_of_a_list_may_lack_their_year() -> None:
    got = read(
        paper(
            "Período  01-10-2026 a 31-10-2026",
            "Data mov.  Descrição  Débito  Crédito  Saldo",
            "01-10  TRF MOAGENS  1.264,30  -  2.154,62",
            "02-10  DEPOSITO NUMERARIO  -  880,00  3.034,62",
            "06-10  DD AGUAS  74,18  -  2.960,44",
        ),
        "bank_statement",
    )
    days = [one["date"] for one in got.data["transactions"]]
    assert days == ["2026-10-01", "2026-10-02", "2026-10-06"]


def test_a_sign_alone_stands_before_the_price_of_one() -> None:
    got = read(
        paper("2 Friet groot  8,40", "à  4,20", "1 Stoofvleessaus  3,50", "TOTAAL EUR  11,90")
    )
    assert items(got)[0] == ["Friet groot", 2, 4.2, 8.4]
