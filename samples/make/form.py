"""`form.pdf`: an application whose answers stand in form fields, ticks included, all digital."""

from __future__ import annotations

from typing import Any

from reportlab.lib.colors import HexColor, black, white

from samples.make.expected import Sample
from samples.make.fonts import Style
from samples.make.sheet import Sheet

LABEL = Style(font="lato", size=8.5, color="#444444")
BODY = Style(font="lato", size=9.5)
SECTION = Style(font="lato-bold", size=11, color="#ffffff")
TITLE = Style(font="lato-bold", size=20, color="#5a2a4f")
FILLED = Style(font="Helvetica", size=10.5, color="#000000")
LEFT, RIGHT = 54, 541
Fields = tuple[tuple[str, str, str, int, int], ...]  # name, label, value, x, width
APPLICANT: tuple[Fields, ...] = (
    (
        ("surname", "Surname", "Lindgren-Abara", 54, 238),
        ("given_names", "Given names", "Tobias Emeka", 303, 238),
    ),
    (
        ("born", "Date of birth", "23.04.1989", 54, 110),
        ("nationality", "Nationality", "Swedish", 175, 117),
        ("telephone", "Telephone", "01632 960 284", 303, 238),
    ),
    (
        ("street", "Street and number", "Glovers Lane 51", 54, 238),
        ("postcode", "Postcode", "PE7 4QX", 303, 80),
        ("town", "Town", "Port Ellery", 394, 147),
    ),
)
VEHICLE: tuple[Fields, ...] = (
    (
        ("plate", "Registration", "KX24 LDO", 54, 150),
        ("make", "Make and model", "Corvane Estate 1.6", 215, 326),
    ),
    (
        ("from", "Permit from", "01.01.2026", 54, 150),
        ("until", "Permit until", "31.12.2026", 215, 150),
        ("zone", "Zone", "C 14", 376, 165),
    ),
)
TICKS = (  # name, text, ticked
    ("resident", "I live in the zone and am registered there.", True),
    ("business", "I need the vehicle for my business.", False),
    ("second", "This is a second permit for the same household.", False),
    ("electric", "The vehicle is electric (reduced fee of 30.00).", True),
    ("consent", "I agree that the register of residents may be consulted.", True),
)


def make() -> Sample:
    """Print the form and fill it in."""
    sheet = Sheet(title="Application for a resident's parking permit", author="Port Ellery")
    sheet.text(LEFT, 46, "Town of Port Ellery · Traffic Office", LABEL, kind="header")
    sheet.text(RIGHT, 46, "Form TO-117 (edition 3)", LABEL, kind="header", align="right")
    sheet.text(LEFT, 86, "Application for a resident's parking permit", TITLE, kind="heading")
    sheet.text(LEFT, 108, "Please fill in all fields and hand in the form at the office.", BODY)
    y = _section(sheet, 134, "1 Applicant", APPLICANT)
    y = _section(sheet, y + 24, "2 Vehicle and period", VEHICLE)
    y = _ticks(sheet, y + 24)
    sheet.text(LEFT, y + 38, "Place and date", LABEL)
    _field(sheet, "signed", "Port Ellery, 4 December 2025", LEFT, y + 42, 238)
    sheet.rule(303, y + 62, RIGHT, y + 62)
    sheet.text(303, y + 74, "Signature", LABEL)
    sheet.text(LEFT, 800, "The fee is 60.00 a year. Keep a copy for your records.", LABEL)
    sheet.end_page()
    data, pages = sheet.close()
    return Sample(
        name="form.pdf",
        media_type="application/pdf",
        look="digital",
        data=data,
        pages=pages,
        values=values(),
    )


def values() -> dict[str, Any]:
    """Return the fields by name, and the ticks."""
    rows = (*APPLICANT, *VEHICLE)
    fields = {name: value for row in rows for name, _, value, _, _ in row}
    return {
        "form": "TO-117",
        "fields": fields | {"signed": "Port Ellery, 4 December 2025"},
        "ticks": {name: ticked for name, _, ticked in TICKS},
    }


def _section(sheet: Sheet, y: float, title: str, rows: tuple[Fields, ...]) -> float:
    _bar(sheet, y, title)
    y += 32
    for row in rows:
        for name, label, value, x, width in row:
            sheet.text(x, y, label, LABEL)
            _field(sheet, name, value, x, y + 4, width)
        y += 42
    return y - 10


def _ticks(sheet: Sheet, y: float) -> float:
    _bar(sheet, y, "3 Declarations")
    y += 34
    for name, text, ticked in TICKS:
        sheet.canvas.acroForm.checkbox(
            name=name,
            tooltip=text,
            checked=ticked,
            x=LEFT + 2,
            y=round(sheet.height - y - 2),
            size=12,
            buttonStyle="cross",
            borderWidth=1,
            borderColor=black,
            fillColor=white,
        )
        sheet.text(LEFT + 24, y, text, BODY)
        y += 21
    return y - 12


def _bar(sheet: Sheet, y: float, title: str) -> None:
    sheet.box(LEFT, y - 13, RIGHT, y + 5, fill="#5a2a4f")
    sheet.text(LEFT + 6, y, title, SECTION, kind="heading")


def _field(sheet: Sheet, name: str, value: str, x: int, y: float, width: int) -> None:
    """Place a text field below `y` with its answer, and note where the answer stands."""
    sheet.canvas.acroForm.textfield(
        name=name,
        value=value,
        x=x,
        y=round(sheet.height - y - 17),
        width=width,
        height=17,
        fontName=FILLED.font,
        fontSize=FILLED.size,
        borderWidth=1,
        borderColor=HexColor("#888888"),
        fillColor=HexColor("#f4f1f6"),
        textColor=black,
        forceBorder=True,
    )
    sheet.note(x + 4, y + 11.5, value, FILLED)
