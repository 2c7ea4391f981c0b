"""`statement.pdf`: a bank statement whose one table runs over four pages, all digital."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from samples.make.expected import Sample
from samples.make.fonts import Style
from samples.make.sheet import Sheet
from samples.make.values import iban, money

BODY = Style(font="sans", size=9)
BOLD = Style(font="sans-bold", size=9)
SMALL = Style(font="sans", size=7.5, color="#555555")
TITLE = Style(font="sans-bold", size=17, color="#0b4f4a")
LEFT, RIGHT = 50.0, 545.0
BANK, OWNER = "Meridian Lane Savings Bank", "Orchard & Quill Bookshop Ltd"
IBAN = iban("IE", "MLSB99020100731846")
OPENING = Decimal("8412.37")
COLUMNS = (("Date", LEFT), ("Reference", 106.0), ("Details", 168.0))
AMOUNTS = (("Paid out", 412.0), ("Paid in", 478.0), ("Balance", RIGHT))
PAYMENTS = (  # details, lowest and highest amount in cents, paid in
    ("Card takings, terminal 02", 18_000, 92_000, True),
    ("Card takings, terminal 01", 25_000, 140_000, True),
    ("Harrow Wholesale Books, invoice", 20_000, 260_000, False),
    ("Cash paid in, branch Mill Road", 8_000, 60_000, True),
    ("Rowan Press, consignment", 9_000, 75_000, False),
    ("Parcel service, collection", 1_150, 6_400, False),
    ("Bluebell Paper and Cards", 3_000, 42_000, False),
    ("School order, St Brannoc's", 12_000, 88_000, True),
    ("Refund to customer", 599, 4_995, False),
    ("City Water, instalment", 4_200, 5_600, False),
    ("Telephone and internet", 3_900, 4_700, False),
)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of the statement; `amount` is negative for a payment out."""

    day: date
    reference: str
    details: str
    amount: Decimal
    balance: Decimal


def entries() -> list[Entry]:
    """Return the 118 entries of the quarter."""
    chance = random.Random(20251001)
    day, balance, found = date(2025, 7, 1), OPENING, []
    for number in range(118):
        day += timedelta(days=chance.choice((0, 0, 1, 1, 1)))
        details, low, high, paid_in = chance.choice(PAYMENTS)
        amount = Decimal(chance.randint(low, high)) / 100
        amount = amount if paid_in else -amount
        balance += amount
        found.append(
            Entry(
                day=day,
                reference=f"{chance.randint(100000, 999999)}-{number % 10}",
                details=details,
                amount=amount,
                balance=balance,
            )
        )
    return found


def make() -> Sample:
    """Print the statement."""
    sheet = Sheet(title="Account statement", author=BANK)
    rows = entries()
    parts: list[list[Entry]] = []
    while rows:
        count = 28 if not parts else 36
        parts.append(rows[:count])
        rows = rows[count:]
    carried = OPENING
    for number, part in enumerate(parts, start=1):
        y = _head(sheet, number, len(parts))
        y = _balance(sheet, y, "Opening balance" if number == 1 else "Brought forward", carried)
        for entry in part:
            y = _entry(sheet, y, entry)
        carried = part[-1].balance
        last = number == len(parts)
        _balance(sheet, y, "Closing balance" if last else "Carried forward", carried)
        sheet.end_page()
    data, pages = sheet.close()
    return Sample(
        name="statement.pdf",
        media_type="application/pdf",
        look="digital",
        data=data,
        pages=pages,
        values=values(),
    )


def values() -> dict[str, Any]:
    """Return the whole list, as it should come back."""
    found = entries()
    return {
        "bank": BANK,
        "owner": OWNER,
        "iban": IBAN,
        "currency": "EUR",
        "opening_balance": str(OPENING),
        "closing_balance": str(found[-1].balance),
        "entries": [
            {
                "date": entry.day.isoformat(),
                "reference": entry.reference,
                "details": entry.details,
                "amount": str(entry.amount),
                "balance": str(entry.balance),
            }
            for entry in found
        ],
    }


def _head(sheet: Sheet, number: int, count: int) -> float:
    sheet.text(LEFT, 38, BANK, SMALL, kind="header")
    sheet.text(RIGHT, 38, f"Page {number} of {count}", SMALL, kind="page_number", align="right")
    sheet.text(
        LEFT, 815, "Meridian Lane Savings Bank is a made-up bank for tests.", SMALL, kind="footer"
    )
    y = 66.0
    if number == 1:
        sheet.text(LEFT, 82, "Account statement", TITLE, kind="heading")
        sheet.text(LEFT, 108, OWNER, BOLD)
        sheet.text(LEFT, 121, "27 Mill Road, Ballincarrow", BODY)
        for row, (name, value) in enumerate(
            (("Account", IBAN), ("Period", "1 July to 30 September 2025"), ("Currency", "EUR"))
        ):
            sheet.text(320, 95 + 13 * row, name, BODY)
            sheet.text(RIGHT, 95 + 13 * row, value, BOLD, align="right")
        y = 158.0
    sheet.rule(LEFT, y - 12, RIGHT, y - 12, width=1)
    for title, x in COLUMNS:
        sheet.text(x, y, title, BOLD, kind="table")
    for title, x in AMOUNTS:
        sheet.text(x, y, title, BOLD, kind="table", align="right")
    sheet.rule(LEFT, y + 5, RIGHT, y + 5, width=1)
    return y + 19


def _balance(sheet: Sheet, y: float, name: str, amount: Decimal) -> float:
    sheet.text(COLUMNS[2][1], y, name, BOLD, kind="table")
    sheet.text(RIGHT, y, money(amount), BOLD, kind="table", align="right")
    return y + 19


def _entry(sheet: Sheet, y: float, entry: Entry) -> float:
    cells = (entry.day.strftime("%d %b %Y"), entry.reference, entry.details)
    for (_, x), cell in zip(COLUMNS, cells, strict=True):
        sheet.text(x, y, cell, BODY, kind="table")
    side = AMOUNTS[0] if entry.amount < 0 else AMOUNTS[1]
    sheet.text(side[1], y, money(abs(entry.amount)), BODY, kind="table", align="right")
    sheet.text(RIGHT, y, money(entry.balance), BODY, kind="table", align="right")
    sheet.rule(LEFT, y + 5.5, RIGHT, y + 5.5, width=0.3, color="#bbbbbb")
    return y + 19
