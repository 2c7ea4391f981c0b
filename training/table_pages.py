"""PDF pages with a table between other text, in many styles, and pages that only tempt."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from docvision.results.model import Cell, Table
from training import text

WIDTH, HEIGHT = A4


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column: its head, how its cells are made, and whether they stand to the right."""

    head: str
    make: Callable[[random.Random], str]
    right: bool
    share: float


@dataclass(frozen=True, kw_only=True)
class Style:
    """How a table is set."""

    ruled: bool
    font: str
    size: float
    lead: float
    header: bool
    bold_header: bool
    underline: bool
    shaded: bool
    right: bool


def _money(rng: random.Random) -> str:
    return text.money(rng.uniform(1, 9000), rng.choice(("us", "eu", "plain")))


def _columns(rng: random.Random) -> list[Column]:
    words = Column(
        head=rng.choice(("Description", "Item", "Details", "Booking text", "Service")),
        make=lambda r: text.phrase(r, 1, 5).capitalize(),
        right=False,
        share=3.0,
    )
    others = [
        Column(head="Date", make=text.date, right=False, share=1.5),
        Column(head="Pos", make=lambda r: str(r.randint(1, 40)), right=False, share=0.6),
        Column(head="Code", make=text.code, right=False, share=1.5),
        Column(head="Qty", make=lambda r: str(r.randint(1, 40)), right=True, share=0.8),
        Column(head="Unit price", make=_money, right=True, share=1.2),
        Column(head="VAT", make=lambda r: f"{r.choice((7, 19, 20))}%", right=True, share=0.7),
        Column(head="Name", make=text.name, right=False, share=1.8),
        Column(head="City", make=text.city, right=False, share=1.5),
        Column(head="Company", make=text.company, right=False, share=2.0),
    ]
    last = [
        Column(head=rng.choice(("Amount", "Total", "Balance")), make=_money, right=True, share=1.3)
    ]
    some = [words, *rng.sample(others, rng.randint(1, 4))]
    rng.shuffle(some)
    return some + (last if rng.random() < 0.8 else [])


def _style(rng: random.Random, ruled: bool) -> Style:
    size = rng.choice((8, 9, 10, 11))
    return Style(
        ruled=ruled,
        font=rng.choice(("Helvetica", "Helvetica", "Times-Roman", "Courier")),
        size=size,
        lead=size * rng.uniform(1.25, 2.2),
        header=rng.random() < 0.85,
        bold_header=rng.random() < 0.6,
        underline=not ruled and rng.random() < 0.3,
        shaded=rng.random() < 0.15,
        right=rng.random() < 0.85,
    )


def _rows(rng: random.Random, columns: Sequence[Column], header: bool) -> list[list[str]]:
    rows = [[column.head for column in columns]] if header else []
    gaps = rng.random() < 0.3
    for _ in range(rng.randint(3, 16)):
        row = [column.make(rng) for column in columns]
        if gaps and rng.random() < 0.4:
            row[rng.randrange(1, len(columns))] = ""
        rows.append(row)
    if columns[-1].right and rng.random() < 0.3:
        rows.append(["Total", *[""] * (len(columns) - 2), columns[-1].make(rng)])
    return rows


def draw_table(canvas: Canvas, rng: random.Random, y: float, *, ruled: bool) -> tuple[float, Table]:
    """Draw a table from `y` down; return where it ends and what it holds."""
    columns, style = _columns(rng), _style(rng, ruled)
    rows = _rows(rng, columns, style.header)
    left, width = rng.uniform(45, 80), rng.uniform(400, 470)
    whole = sum(column.share for column in columns)
    edges = [left]
    for column in columns:
        edges.append(edges[-1] + width * column.share / whole)
    pad = 4.0 if ruled else 6.0
    tops = [y]
    for at, row in enumerate(rows):
        bold = at == 0 and style.header and style.bold_header
        height = _draw_row(canvas, style, columns, edges, row, tops[-1], pad, bold=bold)
        if at == 0 and style.underline:
            canvas.line(left, tops[-1] - height, edges[-1], tops[-1] - height)
        tops.append(tops[-1] - height)
    if ruled:
        for top in tops:
            canvas.line(left, top, edges[-1], top)
        for edge in edges:
            canvas.line(edge, y, edge, tops[-1])
    return tops[-1], _truth(rows, header=style.header)


def _draw_row(
    canvas: Canvas,
    style: Style,
    columns: Sequence[Column],
    edges: Sequence[float],
    row: Sequence[str],
    top: float,
    pad: float,
    *,
    bold: bool,
) -> float:
    font = _bold(style.font) if bold else style.font
    cells = [
        simpleSplit(cell, font, style.size, edges[at + 1] - edges[at] - 2 * pad)
        for at, cell in enumerate(row)
    ]
    lines = max(map(len, cells))
    height = style.lead + (lines - 1) * style.size * 1.15
    if style.shaded:
        canvas.setFillGray(0.92)
        canvas.rect(edges[0], top - height, edges[-1] - edges[0], height, stroke=0, fill=1)
        canvas.setFillGray(0)
    canvas.setFont(font, style.size)
    base = top - style.lead / 2 - style.size * 0.35
    for at, cell in enumerate(cells):
        for number, line in enumerate(cell):
            x = edges[at] + pad
            if columns[at].right and style.right:
                x = edges[at + 1] - pad - stringWidth(line, font, style.size)
            canvas.drawString(x, base - number * style.size * 1.15, line)
    return height


def _bold(font: str) -> str:
    return "Times-Bold" if font == "Times-Roman" else f"{font}-Bold"


def _truth(rows: Sequence[Sequence[str]], *, header: bool) -> Table:
    cells = tuple(
        Cell(row=at, column=column, text=cell, bbox=(0, 0, 0, 0))
        for at, row in enumerate(rows)
        for column, cell in enumerate(row)
    )
    return Table(rows=len(rows), columns=len(rows[0]), header_rows=int(header), cells=cells)


def _prose(canvas: Canvas, rng: random.Random, x: float, y: float, width: float) -> float:
    canvas.setFont("Helvetica", 10)
    said = " ".join(text.sentence(rng) for _ in range(rng.randint(2, 5)))
    for line in simpleSplit(said, "Helvetica", 10, width)[:9]:
        canvas.drawString(x, y, line)
        y -= 12.5
    return y


def table_page(rng: random.Random, *, ruled: bool) -> tuple[bytes, Table]:
    """Return a PDF page with a table between other text, and the table."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    y = HEIGHT - 60.0
    if rng.random() < 0.5:
        canvas.setFont("Helvetica-Bold", 16)
        canvas.drawString(60, y, text.phrase(rng, 1, 3).title())
        y -= 30
    if rng.random() < 0.4:
        y = _pairs(canvas, rng, 60, y) - 10
    if rng.random() < 0.6:
        y = _prose(canvas, rng, 60, y, 470)
    y, table = draw_table(canvas, rng, y - rng.uniform(18, 40), ruled=ruled)
    if rng.random() < 0.6:
        _prose(canvas, rng, 60, y - rng.uniform(25, 40), 470)
    canvas.save()
    return out.getvalue(), table


def _pairs(canvas: Canvas, rng: random.Random, x: float, y: float, joint: str = ":") -> float:
    canvas.setFont("Helvetica", 10)
    makers = (
        ("Customer", text.name),
        ("Date", text.date),
        ("Reference", text.code),
        ("Telephone", text.phone),
        ("E-mail", text.email),
        ("Street", text.street),
        ("Town", text.city),
    )
    for label, make in rng.sample(makers, rng.randint(3, 6)):
        canvas.drawString(x, y, label + joint)
        canvas.drawString(x + 90, y, make(rng))
        y -= 14
    return y


def plain_page(rng: random.Random) -> bytes:
    """Return a PDF page without a table that tempts one to see some."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    joint = rng.choice((":", ""))
    _pairs(canvas, rng, 60, HEIGHT - 60, joint)
    way = rng.randrange(4)
    if way == 0:
        _prose(canvas, rng, 60, HEIGHT - 250, 225)
        _prose(canvas, rng, 310, HEIGHT - 250, 225)
    elif way == 1:
        _pairs(canvas, rng, 60, HEIGHT - 250, joint)
        _pairs(canvas, rng, 330, HEIGHT - 250, joint)
    elif way == 2:
        for x in (60, 230, 400):
            for line, make in enumerate((text.company, text.street, text.city)):
                canvas.drawString(x, HEIGHT - 250 - 13 * line, make(rng))
    else:
        for x in (50, 220, 390):
            _prose(canvas, rng, x, HEIGHT - 250, 150)
    canvas.save()
    return out.getvalue()
