"""`fax.tiff`: a three-page order by fax, one bit a pixel, G4, 204 × 196 dots an inch."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import cv2
import numpy as np
from PIL import Image

from samples.make import camera
from samples.make.expected import Page, Sample, move
from samples.make.flow import Flow, Frame
from samples.make.fonts import Style
from samples.make.sheet import Sheet
from samples.make.values import money

BODY = Style(font="sans", size=11.5, color="#000000")
BOLD = Style(font="sans-bold", size=11.5, color="#000000")
TITLE = Style(font="sans-bold", size=26, color="#000000")
TYPED = Style(font="mono", size=11, color="#000000")
STRIP = Style(font="mono", size=8.5, color="#000000")
ACROSS, DOWN = 1728, 2292  # a fax line has 1,728 dots; fine mode has 7.7 lines to the millimetre
FROM, TO = "Pelham Street Bakery", "Quarrington Mill & Co."
COVER = {
    "To": f"{TO}, order desk",
    "Fax": "01632 960 118",
    "From": "Agnes Tolliver, purchasing",
    "Date": "2 December 2025",
    "Pages": "3 including this one",
    "Subject": "Standing order for December",
}
ORDER = (  # code, what, sacks, price of one
    ("F-101", "Wheat flour, strong white", 24, "18.40"),
    ("F-115", "Wheat flour, wholemeal", 16, "19.75"),
    ("F-204", "Rye flour, medium", 10, "17.20"),
    ("F-230", "Spelt flour, white", 6, "31.50"),
    ("S-018", "Sunflower seeds", 4, "27.90"),
    ("S-022", "Linseed, golden", 3, "24.60"),
    ("S-040", "Pumpkin seeds", 2, "58.35"),
    ("M-007", "Malt extract, dark", 5, "22.15"),
    ("Y-001", "Dried yeast, 10 kg", 8, "36.80"),
    ("N-009", "Sea salt, fine, 25 kg", 3, "9.95"),
)
TERMS = (
    "Deliver to the yard in Tanner's Row, not to the shop. The gate is open from 4:30 until 6:00.",
    "Every sack must carry its lot number and the date of milling. We return sacks without them.",
    "Pallets are exchanged one for one. The driver signs for each pallet that he takes back.",
    "If an item is short, deliver what you have and send the rest within five working days.",
    "Prices are those of your list of 1 October 2025, less 3 percent for standing orders.",
    "Invoices go to accounts by post, in duplicate, and name our order number PSB-2512.",
)


def make() -> Sample:
    """Type the three pages and send them."""
    sheet = Sheet(title="Fax", author=FROM)
    for number, draw in enumerate((_cover, _order, _terms), start=1):
        sheet.text(40, 20, "02-DEC-2025 08:47", STRIP, kind="header")
        sheet.text(230, 20, FROM.upper(), STRIP, kind="header")
        sheet.text(430, 20, "01632 960 552", STRIP, kind="header")
        sheet.text(560, 20, f"P.{number}/3", STRIP, kind="header", align="right")
        draw(sheet)
        sheet.end_page()
    pdf, pages = sheet.close()
    return _send(pdf, pages)


def values() -> dict[str, Any]:
    """Return what the order desk wants to know."""
    return {
        "order_number": "PSB-2512",
        "from": FROM,
        "to": TO,
        "date": "2025-12-02",
        "items": [
            {
                "code": code,
                "description": what,
                "quantity": sacks,
                "unit_price": price,
                "amount": str(Decimal(price) * sacks),
            }
            for code, what, sacks, price in ORDER
        ],
        "total": str(_total()),
    }


def _total() -> Decimal:
    return sum((Decimal(price) * sacks for _, _, sacks, price in ORDER), Decimal(0))


def _cover(sheet: Sheet) -> None:
    sheet.text(60, 96, FROM, TITLE, kind="heading")
    sheet.text(60, 118, "7 Pelham Street, Quarrington QN4 2HB", BODY)
    sheet.rule(60, 130, 535, 130, width=2)
    sheet.text(60, 176, "FAX", Style(font="sans-bold", size=34, color="#000000"), kind="heading")
    y = 218.0
    for name, value in COVER.items():
        sheet.text(60, y, f"{name}:", BOLD)
        sheet.text(150, y, value, BODY)
        y += 24
    sheet.rule(60, y, 535, y, width=1)
    flow = Flow(sheet, [Frame(page=0, x=60, top=y + 24, bottom=760, width=475)], lambda _: None)
    for text in (
        "Dear Mr Hargreave,",
        "please find on the next page our order for the four weeks from 8 December. The quantities "
        "are those of last year with one change: we bake more with spelt, so please send six sacks "
        "each week in place of four.",
        "Deliveries on Monday and Thursday suit us best. The week before Christmas we would like "
        "an additional delivery on Saturday 20 December, if your driver can manage it.",
        "Kindly confirm by telephone or by fax before noon on Thursday.",
        "With best regards,",
        "Agnes Tolliver",
    ):
        flow.paragraph(text, BODY, leading=1.4, justify=False)
        flow.y += 6


def _order(sheet: Sheet) -> None:
    sheet.text(
        60, 84, "Order PSB-2512", Style(font="sans-bold", size=18, color="#000000"), kind="heading"
    )
    sheet.text(60, 106, "Quantities per week, in sacks unless stated otherwise.", BODY)
    edges = (60, 120, 345, 395, 465, 540)
    top, step = 124.0, 27.0
    rows = [("Code", "Description", "Qty", "Price", "Amount")]
    rows += [
        (code, what, str(sacks), price, money(Decimal(price) * sacks))
        for code, what, sacks, price in ORDER
    ]
    for number, row in enumerate(rows):
        y = top + step * number + 18
        style = TYPED if number else BOLD
        for column, cell in enumerate(row):
            if column < 2:
                sheet.text(edges[column] + 6, y, cell, style, kind="table")
            else:
                sheet.text(edges[column + 1] - 6, y, cell, style, kind="table", align="right")
    bottom = top + step * len(rows)
    for number in range(len(rows) + 1):
        sheet.rule(edges[0], top + step * number, edges[-1], top + step * number, width=1.2)
    for edge in edges:
        sheet.rule(edge, top, edge, bottom, width=1.2)
    sheet.text(400, bottom + 22, "Total GBP", BOLD, kind="table", align="right")
    sheet.text(534, bottom + 22, money(_total()), BOLD, kind="table", align="right")
    sheet.text(60, bottom + 62, "Prices without VAT. Please quote the order number.", BODY)


def _terms(sheet: Sheet) -> None:
    title = Style(font="sans-bold", size=18, color="#000000")
    sheet.text(60, 84, "Conditions of delivery", title, kind="heading")
    flow = Flow(sheet, [Frame(page=2, x=60, top=98, bottom=760, width=475)], lambda _: None)
    for number, text in enumerate(TERMS, start=1):
        flow.item(f"{number}.", text, BODY, leading=1.4)
        flow.y += 4
    flow.y += 18
    flow.paragraph("Signed for Pelham Street Bakery, 2 December 2025", BODY)


def _send(pdf: bytes, pages: tuple[Page, ...]) -> Sample:
    frames, moved = [], []
    for number, page in enumerate(pages):
        rng = np.random.default_rng(90 + number)
        clean = camera.render(pdf, number, dpi=300)
        turn = cv2.getRotationMatrix2D((ACROSS / 2, DOWN / 2), (0.35, -0.25, 0.5)[number], 1.0)
        fit = np.diag([ACROSS / clean.shape[1], DOWN / clean.shape[0], 1.0])
        grey = cv2.warpAffine(
            camera.blur(cv2.cvtColor(clean, cv2.COLOR_RGB2GRAY), 1.0),
            turn @ fit,
            (ACROSS, DOWN),
            flags=cv2.INTER_AREA,
            borderValue=255,
        )
        ragged = camera.blur(rng.normal(0, 1, (DOWN, ACROSS)), 0.9) * 62
        ink = grey + ragged < 142
        ink |= rng.random(grey.shape) > 0.99985
        frames.append(Image.fromarray(~ink))
        moved.append(move(page, _map(turn), (ACROSS, DOWN)))
    stream = io.BytesIO()
    frames[0].save(
        stream,
        "TIFF",
        compression="group4",
        save_all=True,
        append_images=frames[1:],
        dpi=(204, 196),
    )
    return Sample(
        name="fax.tiff",
        media_type="image/tiff",
        look="scan",
        data=stream.getvalue(),
        pages=tuple(moved),
        values=values(),
    )


def _map(turn: camera.Affine) -> camera.Map:
    return camera.affine(turn, ACROSS, DOWN)
