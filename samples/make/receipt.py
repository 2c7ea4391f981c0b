"""`receipt.jpg`: a supermarket's thermal receipt, crumpled, on a dark counter."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from samples.make import thermal
from samples.make.expected import Sample, move
from samples.make.fonts import Style
from samples.make.sheet import Sheet
from samples.make.values import money

POINTS_PER_MM = 72 / 25.4
WIDE, HIGH = 80 * POINTS_PER_MM, 148 * POINTS_PER_MM
BODY = Style(font="receipt", size=8.6, color="#000000")
BOLD = Style(font="receipt-bold", size=8.6, color="#000000")
BIG = Style(font="receipt-bold", size=14, color="#000000")
LEFT, RIGHT = 13.0, WIDE - 13.0
SHOP = ("TIDEWATER GROCERS", "14 Causeway Road, Port Ellery", "Tel. 01632 960 471")
GOODS = (  # name, quantity, unit price, tax group
    ("Rye bread 750 g", 1, "3.49", "A"),
    ("Butter unsalted", 2, "2.79", "A"),
    ("Tomatoes on the vine", 1, "2.15", "A"),
    ("Oat drink barista", 3, "1.95", "A"),
    ("Mature cheddar 200 g", 1, "4.25", "A"),
    ("Dish soap lemon", 1, "1.89", "B"),
    ("Kitchen roll 4 pack", 1, "3.99", "B"),
    ("Olive oil 500 ml", 1, "8.49", "A"),
    ("Bananas loose", 1, "1.62", "A"),
)
RATES = {"A": 7, "B": 19}
GIVEN = Decimal("40.00")


def make() -> Sample:
    """Print the receipt and photograph it."""
    sheet = Sheet(title="Receipt", author=SHOP[0].title(), size=(WIDE, HIGH))
    y = _head(sheet)
    y = _goods(sheet, y)
    y = _sums(sheet, y)
    _foot(sheet, y)
    sheet.end_page()
    pdf, pages = sheet.close()
    data, point, size = thermal.receipt(pdf, seed=23)
    return Sample(
        name="receipt.jpg",
        media_type="image/jpeg",
        look="photo",
        data=data,
        pages=(move(pages[0], point, size),),
        values=values(),
    )


def values() -> dict[str, Any]:
    """Return what a bookkeeper wants to know of the receipt."""
    return {
        "merchant": SHOP[0],
        "address": SHOP[1],
        "date": "2025-10-18",
        "time": "17:24",
        "receipt_number": "0047-118265",
        "currency": "EUR",
        "items": [
            {
                "description": name,
                "quantity": count,
                "unit_price": price,
                "tax_group": group,
                "amount": str(Decimal(price) * count),
            }
            for name, count, price, group in GOODS
        ],
        "total": str(total()),
        "cash": str(GIVEN),
        "change": str(GIVEN - total()),
        "tax": [
            {"group": group, "rate": RATES[group], "gross": str(gross), "tax": str(tax)}
            for group, gross, tax in taxes()
        ],
    }


def total() -> Decimal:
    """Return the sum to pay."""
    return sum((Decimal(price) * count for _, count, price, _ in GOODS), Decimal(0))


def taxes() -> list[tuple[str, Decimal, Decimal]]:
    """Return for each tax group the gross sum and the tax in it."""
    rows = []
    for group, rate in RATES.items():
        parts = [Decimal(price) * count for _, count, price, its in GOODS if its == group]
        gross = sum(parts, Decimal(0))
        rows.append((group, gross, (gross * rate / (100 + rate)).quantize(Decimal("0.01"))))
    return rows


def _pair(sheet: Sheet, y: float, name: str, amount: str, style: Style = BODY) -> float:
    sheet.text(LEFT, y, name, style, kind="table")
    sheet.text(RIGHT, y, amount, style, kind="table", align="right")
    return y + 12


def _dashes(sheet: Sheet, y: float) -> float:
    sheet.canvas.setDash(3, 2)
    sheet.rule(LEFT, y - 7, RIGHT, y - 7, width=0.7, color="#000000")
    sheet.canvas.setDash()
    return y + 6


def _head(sheet: Sheet) -> float:
    sheet.text(WIDE / 2, 30, SHOP[0], BIG, align="center", kind="heading")
    sheet.text(WIDE / 2, 45, SHOP[1], BODY, align="center")
    sheet.text(WIDE / 2, 57, SHOP[2], BODY, align="center")
    y = _pair(sheet, 78, "18.10.2025 17:24", "Till 4")
    y = _pair(sheet, y, "Receipt 0047-118265", "Sam P.")
    return _dashes(sheet, y)


def _goods(sheet: Sheet, y: float) -> float:
    sheet.text(RIGHT - 14, y, "EUR", BOLD, kind="table", align="right")
    y += 12
    for name, count, price, group in GOODS:
        amount = money(Decimal(price) * count)
        sheet.text(LEFT, y, name, BODY, kind="table")
        sheet.text(RIGHT - 14, y, amount, BODY, kind="table", align="right")
        sheet.text(RIGHT, y, group, BODY, kind="table", align="right")
        y += 12
        if count > 1:
            sheet.text(LEFT + 14, y, f"{count} x {price}", BODY, kind="table")
            y += 12
    return _dashes(sheet, y + 2)


def _sums(sheet: Sheet, y: float) -> float:
    y = _pair(sheet, y + 6, "TOTAL", money(total()), BIG) + 3
    y = _pair(sheet, y, "Cash", money(GIVEN))
    y = _pair(sheet, y, "Change", money(GIVEN - total()))
    y = _dashes(sheet, y + 2)
    for group, gross, tax in taxes():
        y = _pair(sheet, y, f"{group} {RATES[group]}% of {money(gross)}", f"tax {money(tax)}")
    return _dashes(sheet, y + 2)


def _foot(sheet: Sheet, y: float) -> None:
    sheet.text(WIDE / 2, y + 4, "You saved 1.20 with your card", BODY, align="center")
    sheet.text(WIDE / 2, y + 17, "THANK YOU FOR SHOPPING LOCALLY", BOLD, align="center")
    x = LEFT + 30
    for wide in (int(sign) for sign in "213121123111321213112312131121323112131"):
        sheet.box(x, y + 26, x + wide * 0.9, y + 50, fill="#000000")
        x += wide * 0.9 + 1.6
