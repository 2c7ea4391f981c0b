"""`report.pdf`: three pages in two columns with a ruled table and a bar chart, all digital."""

from __future__ import annotations

from typing import Any

from samples.make.expected import Sample
from samples.make.flow import Flow, Frame
from samples.make.fonts import Style
from samples.make.prose import (
    ADVICE,
    CAUSES,
    FINDINGS,
    INTRODUCTION,
    LIMITS,
    METHOD,
    NOTES,
    OUTLOOK,
    REFERENCES,
)
from samples.make.sheet import Sheet

BODY = Style(font="serif", size=10.4)
LEAD = Style(font="serif-italic", size=10.5)
TITLE = Style(font="carlito-bold", size=25, color="#14344e")
HEADING = Style(font="carlito-bold", size=13.5, color="#14344e")
RUNNING = Style(font="carlito", size=8.5, color="#666666")
CELL = Style(font="carlito", size=9.5)
CELL_BOLD = Style(font="carlito-bold", size=9.5)
CAPTION = Style(font="carlito", size=8.8, color="#333333")
LABEL = Style(font="carlito", size=7.8, color="#333333")
LEFT, RIGHT, GAP = 54.0, 541.0, 22.0
COLUMN = (RIGHT - LEFT - GAP) / 2
TABLE = (
    ("Terminal", "Berths", "Calls 2024", "Calls 2025", "Mean stay (h)", "Share by rail"),
    ("Eastmoor", "6", "1,284", "1,367", "18.4", "41%"),
    ("Grindle Point", "4", "902", "948", "21.7", "36%"),
    ("Saltholm Basin", "3", "655", "611", "27.9", "22%"),
    ("Old Ferry Quay", "2", "318", "402", "12.6", "9%"),
    ("Northgate", "5", "1,107", "1,189", "19.2", "48%"),
    ("Total", "20", "4,266", "4,517", "20.1", "36%"),
)
WAITING = {  # hours between arrival and berth, by quarter
    "Q1": (5.8, 4.1),
    "Q2": (6.4, 3.9),
    "Q3": (7.9, 4.6),
    "Q4": (7.1, 3.7),
}
REASONS = (
    ("Reason", "Calls", "Share"),
    ("Berth taken", "143", "35.6%"),
    ("Cargo not ready", "79", "19.7%"),
    ("Crane out of order", "46", "11.4%"),
    ("Weather", "41", "10.2%"),
    ("Tug missing", "36", "9.0%"),
    ("Tide", "31", "7.7%"),
    ("Other or unknown", "26", "6.5%"),
)


def make() -> Sample:
    """Set the report."""
    sheet = Sheet(title="Turnaround at the Lethe ports 2025", author="Calloway Harbour Institute")
    flow = Flow(sheet, _columns(), lambda page: _furniture(sheet, page))
    for opening in (INTRODUCTION, METHOD, FINDINGS):
        _section(flow, opening)
    _chart(flow)
    for part in (OUTLOOK, CAUSES):
        _section(flow, part)
    _reasons(flow)
    _section(flow, LIMITS)
    flow.heading("7 Recommendations", HEADING)
    for text in ADVICE:
        flow.item("•", text, BODY)
    flow.heading("Notes", HEADING)
    for number, text in enumerate(NOTES, start=1):
        flow.item(f"{number}.", text, BODY)
    flow.heading("References", HEADING)
    for text in REFERENCES:
        flow.paragraph(text, BODY, justify=False)
    sheet.end_page()
    data, pages = sheet.close()
    return Sample(
        name="report.pdf",
        media_type="application/pdf",
        look="digital",
        data=data,
        pages=pages,
        values=values(),
    )


def values() -> dict[str, Any]:
    """Return the table and the chart of the report."""
    return {
        "title": "Turnaround at the Lethe ports 2025",
        "tables": [
            {"page": 2, "header_rows": 1, "rows": [list(row) for row in TABLE]},
            {"page": 3, "header_rows": 1, "rows": [list(row) for row in REASONS]},
        ],
        "chart": {
            "page": 2,
            "kind": "bar",
            "title": "Hours from arrival to berth",
            "categories": list(WAITING),
            "series": {
                "2024": [pair[0] for pair in WAITING.values()],
                "2025": [pair[1] for pair in WAITING.values()],
            },
        },
    }


def _columns() -> list[Frame]:
    right = LEFT + COLUMN + GAP
    heights = ((0, 172.0, 776.0), (1, 262.0, 776.0), (2, 74.0, 452.0))
    return [
        Frame(page=page, x=x, top=top, bottom=bottom, width=COLUMN)
        for page, top, bottom in heights
        for x in (LEFT, right)
    ]


def _section(flow: Flow, part: tuple[str, tuple[str, ...]]) -> None:
    title, paragraphs = part
    flow.heading(title, HEADING)
    for text in paragraphs:
        flow.paragraph(text, BODY)


def _furniture(sheet: Sheet, page: int) -> None:
    sheet.text(LEFT, 40, "Calloway Harbour Institute", RUNNING, kind="header")
    sheet.text(RIGHT, 40, "Working Paper 31", RUNNING, kind="header", align="right")
    sheet.rule(LEFT, 46, RIGHT, 46, color="#999999")
    sheet.rule(LEFT, 792, RIGHT, 792, color="#999999")
    sheet.text(LEFT, 804, "Turnaround at the Lethe ports 2025", RUNNING, kind="footer")
    sheet.text(RIGHT, 804, str(page + 1), RUNNING, kind="page_number", align="right")
    if page == 0:
        sheet.text(LEFT, 92, "Turnaround at the Lethe ports 2025", TITLE, kind="heading")
        sheet.text(LEFT, 116, "Ships stay shorter where the railway is near the berth", LEAD)
        byline = "Marguerite Oduya and Piet van Hallen · 9 February 2026"
        sheet.text(LEFT, 138, byline, CAPTION)
        sheet.rule(LEFT, 152, RIGHT, 152, color="#14344e", width=1.2)
    if page == 1:
        _table(sheet, 74)


def _table(sheet: Sheet, top: float) -> None:
    sheet.text(LEFT, top, "Table 1. Calls and stays at the five terminals", CAPTION, kind="caption")
    step, first, last = 20.0, top + 10, len(TABLE) - 1
    edges = [LEFT, 164.0, 224.0, 302.0, 380.0, 464.0, RIGHT]
    sheet.box(LEFT, first, RIGHT, first + step, fill="#dfe7ed")
    for row, cells in enumerate(TABLE):
        style = CELL_BOLD if row in (0, last) else CELL
        y = first + step * row + 13.5
        sheet.text(LEFT + 5, y, cells[0], style, kind="table")
        for column, cell in enumerate(cells[1:], start=1):
            sheet.text(edges[column + 1] - 5, y, cell, style, kind="table", align="right")
    bottom = first + step * len(TABLE)
    for row in range(len(TABLE) + 1):
        sheet.rule(LEFT, first + step * row, RIGHT, first + step * row, width=0.6)
    for edge in edges:
        sheet.rule(edge, first, edge, bottom, width=0.6)


def _reasons(flow: Flow) -> None:
    """Draw the small table in the column, ruled above, below and under its head only."""
    flow.room(190)
    sheet, x0, x1 = flow.sheet, flow.frame.x, flow.frame.x + flow.frame.width
    y = flow.y + 18
    sheet.text(x0, y, "Table 2. Reasons for waiting, fourth quarter", CAPTION, kind="caption")
    y += 8
    sheet.rule(x0, y, x1, y, width=1)
    for number, (reason, calls, share) in enumerate(REASONS):
        y += 16
        style = CELL if number else CELL_BOLD
        sheet.text(x0 + 2, y, reason, style, kind="table")
        sheet.text(x1 - 62, y, calls, style, kind="table", align="right")
        sheet.text(x1 - 2, y, share, style, kind="table", align="right")
        if number == 0:
            y += 5
            sheet.rule(x0, y, x1, y, width=0.5)
    sheet.rule(x0, y + 6, x1, y + 6, width=1)
    flow.y = y + 18


def _chart(flow: Flow) -> None:
    height = 196.0
    flow.room(height + 24)
    sheet, x0, y0 = flow.sheet, flow.frame.x, flow.y + 8
    x1, base, unit = x0 + flow.frame.width, y0 + height - 42, 15.0
    sheet.text(x0, y0 + 10, "Hours from arrival to berth", CELL_BOLD, kind="chart")
    for hours in range(0, 9, 2):
        y = base - hours * unit
        sheet.rule(x0 + 18, y, x1, y, width=0.4, color="#cccccc" if hours else "#333333")
        sheet.text(x0 + 12, y + 2.6, str(hours), LABEL, kind="chart", align="right")
    step = (x1 - x0 - 18) / len(WAITING)
    for number, (quarter, pair) in enumerate(WAITING.items()):
        middle = x0 + 18 + step * (number + 0.5)
        for side, (value, fill) in enumerate(zip(pair, ("#a9b8c4", "#14344e"), strict=True)):
            left = middle - 17 + 17 * side
            sheet.box(left, base - value * unit, left + 16, base, fill=fill)
            sheet.text(
                left + 8, base - value * unit - 3, f"{value}", LABEL, kind="chart", align="center"
            )
        sheet.text(middle, base + 12, quarter, LABEL, kind="chart", align="center")
    for number, (year, fill) in enumerate((("2024", "#a9b8c4"), ("2025", "#14344e"))):
        left = x0 + 18 + 56 * number
        sheet.box(left, base + 20, left + 8, base + 28, fill=fill)
        sheet.text(left + 12, base + 27, year, LABEL, kind="chart")
    caption = "Figure 1. Mean waiting time by quarter, all terminals"
    sheet.text(x0, base + 44, caption, CAPTION, kind="caption")
    flow.y = base + 52
