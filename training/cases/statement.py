"""Cases of `extract` on bank statements that run over many pages, its heads on each of them."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from docvision.evaluation.cases import Case, Expected, Place
from docvision.schemas.library import get_schema
from training import text
from training.documents import COLUMNS
from training.model import seeded

ROWS = (40, 400)
_WIDTH, _HEIGHT = A4
_FONT = "Helvetica"
_EDGES = {"booked": 45.0, "description": 115.0, "debit": 385.0, "credit": 460.0, "balance": 550.0}
_RIGHT = frozenset({"debit", "credit", "balance"})
_KEYS = {"booked": "date"}
_DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d %b %Y")


@dataclass(kw_only=True)
class _Statement:
    """A statement being written: its canvas, its look, and where its values stand."""

    canvas: Canvas
    size: float
    style: str
    dates: str
    heads: dict[str, str]
    page: int = 0
    y: float = 0.0
    places: dict[str, Place] = field(default_factory=dict)


def statement(folder: Path, numbers: Sequence[int], rows: int | None = None) -> Iterator[Case]:
    """Yield statements of `rows` movements each, or of 40 to 400."""
    for number in numbers:
        rng = seeded("cases", "statement", number)
        file = f"statement-{number:04}.pdf"
        pdf, expected = draw_statement(rng, rows or rng.randint(*ROWS))
        (folder / file).write_bytes(pdf)
        yield Case(
            id=f"statement-{number:04}",
            file=file,
            task="extract",
            options={"schema": "bank_statement"},
            expected=expected,
        )


def draw_statement(rng: random.Random, rows: int) -> tuple[bytes, Expected]:
    """Return a statement as a PDF with a text layer, and what should be extracted from it."""
    out = io.BytesIO()
    paper = _Statement(
        canvas=Canvas(out, pagesize=A4, invariant=True),
        size=rng.choice((8.0, 9.0)),
        style=rng.choice(("us", "eu")),
        dates=rng.choice(_DATES),
        heads={name: rng.choice(COLUMNS[name].labels) for name in _EDGES},
    )
    properties = get_schema("bank_statement").body["properties"]
    data: dict[str, Any] = dict.fromkeys(properties)
    data |= _top(paper, rng)
    data["opening_balance"] = balance = round(rng.uniform(100, 9000), 2)
    _amount_line(paper, "Opening balance", "/opening_balance", balance)
    _heads(paper)
    data["transactions"] = []
    day = date(rng.randint(2015, 2025), rng.randint(1, 12), 1)
    for number in range(rows):
        day += timedelta(days=rng.choice((0, 0, 0, 1)))
        row, balance = _movement(rng, day, balance)
        _row(paper, number, row)
        data["transactions"].append(row)
    data["closing_balance"] = balance
    _amount_line(paper, "Closing balance", "/closing_balance", balance)
    paper.canvas.save()
    return out.getvalue(), Expected(data=data, places=paper.places)


def _top(paper: _Statement, rng: random.Random) -> dict[str, Any]:
    """Write the first page's head and return its values."""
    _turn(paper)
    found = {"bank": text.company(rng), "account_holder": text.name(rng), "iban": text.iban(rng)}
    _write(paper, 45, found["bank"], "/bank", size=14)
    paper.y -= 30
    for key, label in (("account_holder", "Account holder"), ("iban", "IBAN")):
        _write(paper, 45, f"{label}:")
        _write(paper, 140, found[key], f"/{key}")
        paper.y -= 16
    return found


def _movement(rng: random.Random, day: date, balance: float) -> tuple[dict[str, Any], float]:
    amount = round(rng.uniform(1, 900), 2)
    out = rng.random() < 0.6
    balance = round(balance - amount if out else balance + amount, 2)
    row: dict[str, Any] = dict.fromkeys(
        get_schema("bank_statement").body["properties"]["transactions"]["items"]["properties"]
    )
    row |= {
        "date": day.isoformat(),
        "description": text.phrase(rng, 1, 5).capitalize(),
        "debit" if out else "credit": amount,
        "balance": balance,
    }
    return row, balance


def _row(paper: _Statement, number: int, row: dict[str, Any]) -> None:
    if paper.y < 70:
        _turn(paper)
        _heads(paper)
    for name, edge in _EDGES.items():
        key = _KEYS.get(name, name)
        value = row[key]
        if value is not None:
            shown = _shown(paper, value, day=name == "booked")
            _write(paper, edge, shown, f"/transactions/{number}/{key}", right=name in _RIGHT)
    paper.y -= paper.size * 1.45


def _shown(paper: _Statement, value: Any, *, day: bool) -> str:
    if day:
        return date.fromisoformat(value).strftime(paper.dates)
    if isinstance(value, float):
        return text.money(value, paper.style)
    return str(value)


def _amount_line(paper: _Statement, label: str, pointer: str, value: float) -> None:
    paper.y -= 10
    _write(paper, _EDGES["description"], label)
    _write(paper, _EDGES["balance"], text.money(value, paper.style), pointer, right=True)
    paper.y -= 24


def _heads(paper: _Statement) -> None:
    for name, edge in _EDGES.items():
        _write(paper, edge, paper.heads[name], right=name in _RIGHT)
    paper.canvas.line(45, paper.y - 3, 550, paper.y - 3)
    paper.y -= paper.size * 1.8


def _turn(paper: _Statement) -> None:
    """Begin a page."""
    if paper.page:
        paper.canvas.showPage()
    paper.page += 1
    paper.y = _HEIGHT - 60
    paper.canvas.setFont(_FONT, 7)
    paper.canvas.drawCentredString(_WIDTH / 2, 30, f"Page {paper.page}")


def _write(
    paper: _Statement,
    x: float,
    shown: str,
    pointer: str | None = None,
    *,
    right: bool = False,
    size: float | None = None,
) -> None:
    """Write a text at the y of now, and remember its place where it is a value."""
    size = size or paper.size
    width = stringWidth(shown, _FONT, size)
    left = x - width if right else x
    paper.canvas.setFont(_FONT, size)
    paper.canvas.drawString(left, paper.y, shown)
    if pointer:
        top, bottom = paper.y + size * 0.75, paper.y - size * 0.22
        box = (left / _WIDTH, 1 - top / _HEIGHT, (left + width) / _WIDTH, 1 - bottom / _HEIGHT)
        paper.places[pointer] = Place(page=paper.page, bbox=box)
