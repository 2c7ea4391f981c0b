"""`invoice.pdf`: an EU invoice on one page; `invoice-photo.jpg` is a phone's picture of it."""

from __future__ import annotations

from typing import Any

from samples.make import camera
from samples.make.expected import Page, Sample, move
from samples.make.fonts import Style
from samples.make.sheet import Sheet
from samples.make.values import BUYER, ITEMS, SELLER, SELLER_IBAN, money, totals

BODY = Style(font="carlito", size=10)
BOLD = Style(font="carlito-bold", size=10)
SMALL = Style(font="carlito", size=8, color="#555555")
HEAD = Style(font="carlito-bold", size=9.5, color="#ffffff")
TITLE = Style(font="carlito-bold", size=22, color="#123c5a")
LEFT, RIGHT = 56.0, 539.0
COLUMNS = (  # title, where, how
    ("Pos", LEFT + 6, "left"),
    ("Article", LEFT + 34, "left"),
    ("Description", LEFT + 92, "left"),
    ("Qty", LEFT + 300, "right"),
    ("Unit", LEFT + 308, "left"),
    ("Unit price", LEFT + 388, "right"),
    ("VAT", LEFT + 420, "right"),
    ("Net EUR", RIGHT - 6, "right"),
)
FACTS = {
    "Invoice number": "2025-04817",
    "Invoice date": "14 November 2025",
    "Date of supply": "11 November 2025",
    "Customer number": "K-30922",
    "Your order": "PO 7731/HMR",
    "Due date": "14 December 2025",
}
SELLER_LINES = ("Am Alten Speicher 14", "24103 Kiel, Germany")
BUYER_LINES = (BUYER, "Accounts payable", "Handelskade 81", "9934 AA Delfzijl", "Netherlands")
BIC = "BKVADE2KXXX"
SELLER_VAT, BUYER_VAT = "DE399201744", "NL859912334B01"


def make() -> Sample:
    """Print the invoice."""
    data, pages = _drawn()
    return Sample(
        name="invoice.pdf",
        media_type="application/pdf",
        look="digital",
        data=data,
        pages=pages,
        values=values(),
    )


def make_photo() -> Sample:
    """Photograph the invoice."""
    pdf, (page,) = _drawn()
    data, point, size = camera.photograph(camera.render(pdf, 0, dpi=190), seed=7)
    return Sample(
        name="invoice-photo.jpg",
        media_type="image/jpeg",
        look="photo",
        data=data,
        pages=(move(page, point, size),),
        values=values(),
    )


def values() -> dict[str, Any]:
    """Return what a back office wants to know of the invoice."""
    sums = totals()
    return {
        "invoice_number": "2025-04817",
        "invoice_date": "2025-11-14",
        "supply_date": "2025-11-11",
        "due_date": "2025-12-14",
        "customer_number": "K-30922",
        "order_number": "PO 7731/HMR",
        "seller": {"name": SELLER, "vat_id": SELLER_VAT},
        "buyer": {"name": BUYER, "vat_id": BUYER_VAT},
        "iban": SELLER_IBAN,
        "bic": BIC,
        "currency": "EUR",
        "items": [item.to_json() for item in ITEMS],
        "net_total": str(sums["net"]),
        "vat": [{"rate": rate, "amount": str(amount)} for rate, amount in sums["vat"].items()],
        "gross_total": str(sums["gross"]),
    }


def _drawn() -> tuple[bytes, tuple[Page, ...]]:
    sheet = Sheet(title="Invoice 2025-04817", author=SELLER)
    _head(sheet)
    y = _table(sheet, 336)
    _totals(sheet, y)
    _foot(sheet)
    sheet.end_page()
    return sheet.close()


def _head(sheet: Sheet) -> None:
    sheet.box(LEFT, 46, LEFT + 30, 76, fill="#123c5a")
    sheet.box(LEFT + 8, 58, LEFT + 38, 88, fill="#e0892f")
    sheet.text(RIGHT, 62, SELLER, Style(font="carlito-bold", size=13), align="right")
    for number, line in enumerate(SELLER_LINES):
        sheet.text(RIGHT, 76 + 12 * number, line, BODY, align="right")
    sheet.text(LEFT, 136, f"{SELLER} · {' · '.join(SELLER_LINES)}", SMALL)
    sheet.rule(LEFT, 140, LEFT + 270, 140, color="#999999")
    for number, line in enumerate(BUYER_LINES):
        sheet.text(LEFT, 156 + 13 * number, line, BOLD if number == 0 else BODY)
    for number, (name, value) in enumerate(FACTS.items()):
        sheet.text(360, 156 + 14 * number, name, BODY)
        sheet.text(RIGHT, 156 + 14 * number, value, BOLD, align="right")
    sheet.text(LEFT, 278, "Invoice", TITLE, kind="heading")
    sheet.text(
        LEFT,
        306,
        "Thank you for your order. We invoice the goods and services below as agreed.",
        BODY,
    )


def _table(sheet: Sheet, y: float) -> float:
    sheet.box(LEFT, y - 14, RIGHT, y + 5, fill="#123c5a")
    _row(sheet, y, [title for title, _, _ in COLUMNS], HEAD)
    for item in ITEMS:
        y += 21
        if item.position % 2 == 0:
            sheet.box(LEFT, y - 14, RIGHT, y + 7, fill="#eef2f5")
        cells = [
            str(item.position),
            item.article,
            item.description,
            str(item.quantity),
            item.unit,
            money(item.price),
            f"{item.vat}%",
            money(item.net),
        ]
        _row(sheet, y, cells, BODY)
    sheet.rule(LEFT, y + 8, RIGHT, y + 8, width=1)
    return y + 8


def _row(sheet: Sheet, y: float, cells: list[str], style: Style) -> None:
    for (_, x, align), cell in zip(COLUMNS, cells, strict=True):
        sheet.text(x, y, cell, style, kind="table", align="right" if align == "right" else "left")


def _totals(sheet: Sheet, y: float) -> None:
    sums = totals()
    rows = [("Net total", sums["net"])]
    rows += [(f"VAT {rate}%", amount) for rate, amount in sums["vat"].items()]
    for name, amount in rows:
        y += 17
        sheet.text(LEFT + 330, y, name, BODY, kind="table")
        sheet.text(RIGHT - 6, y, money(amount), BODY, kind="table", align="right")
    sheet.rule(LEFT + 324, y + 7, RIGHT, y + 7)
    y += 24
    strong = Style(font="carlito-bold", size=12)
    sheet.text(LEFT + 330, y, "Total EUR", strong, kind="table")
    sheet.text(RIGHT - 6, y, money(sums["gross"]), strong, kind="table", align="right")
    sheet.rule(LEFT + 324, y + 7, RIGHT, y + 7, width=1.5)
    y += 44
    for line in (
        "Please pay within 30 days without deduction and quote the invoice number.",
        "Goods remain our property until they are paid in full (retention of title).",
    ):
        sheet.text(LEFT, y, line, BODY)
        y += 14


def _foot(sheet: Sheet) -> None:
    sheet.rule(LEFT, 762, RIGHT, 762, color="#999999")
    columns = (
        (SELLER, *SELLER_LINES),
        ("Commercial register Kiel HRB 90417", f"VAT ID {SELLER_VAT}", f"Your VAT ID {BUYER_VAT}"),
        (f"IBAN {SELLER_IBAN}", f"BIC {BIC}", "Küstenbank Nord eG"),
    )
    for number, lines in enumerate(columns):
        for row, line in enumerate(lines):
            sheet.text((LEFT, 222, 378)[number], 776 + 11 * row, line, SMALL, kind="footer")
