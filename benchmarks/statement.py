"""Does a long statement come back whole? A made-up PDF, its rows known, through `extract`.

    python -m benchmarks.statement [--pages 60] [--rows 1500] [--model nano]

prints how many of the rows came back, how many rows that came back are right, and what it cost.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from docvision.local import Reader
from docvision.settings import EngineSettings, Settings

WORDS = [
    "Card", "payment", "Direct", "debit", "Standing", "order", "Transfer", "Salary", "Rent",
    "Refund",
    "Grocery", "Pharmacy", "Station", "Bakery", "Insurance", "Mobile", "Water", "Energy", "Books",
    "Garden", "Cinema", "Airline", "Hotel", "Taxi", "Parking", "Market",
]  # fmt: skip
COLUMNS = {"date": 45, "description": 115, "debit": 400, "credit": 470, "balance": 550}
"""Left edges in points; those of amounts are right edges."""


@dataclass(frozen=True, kw_only=True)
class Movement:
    """A row of a statement: amounts in cents, one of debit and credit."""

    day: date
    text: str
    debit: int | None
    credit: int | None
    balance: int


def movements(count: int, seed: int) -> Iterator[Movement]:
    """Yield the rows of a statement, from a balance of 5,000.00."""
    rng = random.Random(seed)
    day, balance = date(2024, 1, 2), 500_000
    for _ in range(count):
        day += timedelta(days=rng.random() < 0.2)
        amount = rng.randint(100, 90_000)
        paid_in = balance < 100_000 or rng.random() < 0.35
        balance += amount if paid_in else -amount
        text = " ".join(rng.sample(WORDS, rng.randint(1, 4))) + f" {rng.randint(1000, 99999)}"
        yield Movement(
            day=day,
            text=text,
            debit=None if paid_in else amount,
            credit=amount if paid_in else None,
            balance=balance,
        )


def write_statement(path: Path, rows: list[Movement], pages: int) -> None:
    """Write a PDF: a heading, the table in pages with its header and sums on each."""
    canvas = Canvas(str(path), pagesize=A4)
    each = -(-len(rows) // pages)
    for number in range(pages):
        some = rows[number * each : (number + 1) * each]
        _heading(canvas, number, pages)
        y = _row(canvas, 720, ("Date", "Description", "Debit", "Credit", "Balance"), bold=True)
        before = some[0].balance - (some[0].credit or 0) + (some[0].debit or 0)
        y = _row(canvas, y, ("", "Balance brought forward", "", "", money(before)))
        for row in some:
            shown = (row.day.strftime("%d/%m/%Y"), row.text, money(row.debit), money(row.credit))
            y = _row(canvas, y, (*shown, money(row.balance)))
        _row(canvas, y, ("", "Balance carried forward", "", "", money(some[-1].balance)))
        canvas.showPage()
    canvas.save()


def money(cents: int | None) -> str:
    """Return cents as 1,234.50, nothing as nothing."""
    return "" if cents is None else f"{cents / 100:,.2f}"


def score(rows: list[Movement], data: list[dict[str, object]]) -> tuple[float, float]:
    """Return (recall, precision) of rows, right in every value."""
    wanted = Counter(
        (row.day.isoformat(), row.text, _cents(row.debit), _cents(row.credit), _cents(row.balance))
        for row in rows
    )
    found = Counter(
        tuple(item.get(key) for key in ("date", "description", "debit", "credit", "balance"))
        for item in data
    )
    right = sum((wanted & found).values())
    return right / max(1, wanted.total()), right / max(1, found.total())


def _cents(value: int | None) -> float | None:
    return None if value is None else value / 100


def _heading(canvas: Canvas, number: int, pages: int) -> None:
    canvas.setFont("Helvetica-Bold", 13)
    canvas.drawString(45, 800, "Harbour Bank")
    canvas.setFont("Helvetica", 9)
    canvas.drawString(45, 780, "Account holder: Mara Lindqvist")
    canvas.drawString(45, 766, "Account number: 0042 7781 90")
    canvas.drawString(330, 780, "Statement period: 02/01/2024 to 31/12/2024")
    canvas.drawRightString(550, 30, f"Page {number + 1} of {pages}")


def _row(canvas: Canvas, y: float, cells: tuple[str, ...], *, bold: bool = False) -> float:
    canvas.setFont("Helvetica-Bold" if bold else "Helvetica", 9)
    for at, (text, x) in enumerate(zip(cells, COLUMNS.values(), strict=True)):
        (canvas.drawString if at < 2 else canvas.drawRightString)(x, y, text)
    return y - 21


def main() -> None:
    """Make a statement, read it, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--rows", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", default="nano")
    asked = parser.parse_args()
    rows = list(movements(asked.rows, asked.seed))
    settings = Settings(engine=EngineSettings(model=asked.model))
    with tempfile.TemporaryDirectory() as folder, Reader(settings) as reader:
        path = Path(folder) / "statement.pdf"
        write_statement(path, rows, asked.pages)
        started = time.process_time()
        result = reader.read(path, task="extract", schema="bank_statement")
        seconds = time.process_time() - started
    extraction = result.documents[0].extraction
    assert extraction is not None
    recall, precision = score(rows, extraction.data["transactions"])
    print(
        f"rows {len(rows)} on {asked.pages} pages: recall {recall:.4f}, precision {precision:.4f}"
    )
    print(f"processor seconds {seconds:.1f}, usage {result.usage}")
    print({key: value for key, value in extraction.data.items() if key != "transactions"})
    for reason in extraction.review:
        print(f"review: {reason.code}: {reason.message} ({len(reason.fields)} values)")


if __name__ == "__main__":
    main()
