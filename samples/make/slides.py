"""`slides.mp4`: a recorded talk of six slides that fade into each other, with a moving cursor."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import av
import cv2
import numpy as np

from samples.make import camera
from samples.make.expected import Sample
from samples.make.fonts import Style
from samples.make.sheet import Sheet

WIDE, HIGH, FPS = 1280, 720, 25
SLIDE, FADE = 4.0, 0.6  # seconds that a slide lasts, the last of which it fades away in
INK, ACCENT, PALE = "#18242f", "#c2452d", "#5d6b78"
TITLE = Style(font="lato-bold", size=46, color=INK)
POINT = Style(font="lato", size=31, color=INK)
SMALL = Style(font="lato", size=19, color=PALE)
HUGE = Style(font="lato-bold", size=92, color=ACCENT)
RIDERSHIP = {"2021": 3.1, "2022": 3.8, "2023": 4.6, "2024": 5.2, "2025": 6.4}
FARES = (
    ("Ticket", "Adult", "Child"),
    ("Single crossing", "4.20", "2.10"),
    ("Day pass", "9.80", "4.90"),
    ("Ten crossings", "33.00", "16.50"),
    ("Monthly pass", "74.00", "37.00"),
)


def make() -> Sample:
    """Draw the slides and film them."""
    sheet = Sheet(title="Lakeside ferries 2025", author="Lakeside Ferries", size=(WIDE, HIGH))
    drawn = (_title, _points, _figure, _chart, _table, _close)
    for number, draw in enumerate(drawn, start=1):
        sheet.box(0, 0, WIDE, HIGH, fill="#fbfaf7")
        sheet.box(0, 0, 18, HIGH, fill=ACCENT)
        draw(sheet)
        if 1 < number < len(drawn):
            sheet.text(84, 684, "Lakeside Ferries · Annual review 2025", SMALL, kind="footer")
            sheet.text(1200, 684, str(number), SMALL, kind="page_number", align="right")
        sheet.end_page()
    pdf, pages = sheet.close()
    timed = tuple(
        replace(
            page, start=SLIDE * number, end=SLIDE * (number + 1) - FADE * (page is not pages[-1])
        )
        for number, page in enumerate(pages)
    )
    return Sample(
        name="slides.mp4",
        media_type="video/mp4",
        look="video",
        data=_film([camera.render(pdf, n, dpi=72) for n in range(len(pages))]),
        pages=timed,
        values=values(),
    )


def values() -> dict[str, Any]:
    """Return what the slides say in numbers, and the film's length."""
    return {
        "seconds": SLIDE * 6,
        "fps": FPS,
        "fade_seconds": FADE,
        "chart": {"title": "Passengers in millions", "kind": "bar", "series": RIDERSHIP},
        "table": [list(row) for row in FARES],
    }


def _title(sheet: Sheet) -> None:
    sheet.text(84, 300, "Lakeside Ferries", replace(TITLE, size=78), kind="heading")
    sheet.text(84, 372, "Annual review 2025", replace(POINT, size=44, color=ACCENT))
    sheet.text(84, 470, "Ingrid Castellan, head of operations", POINT)
    sheet.text(84, 516, "Board meeting, 12 January 2026", replace(POINT, color=PALE))


def _points(sheet: Sheet) -> None:
    sheet.text(84, 132, "What changed this year", TITLE, kind="heading")
    for row, text in enumerate(
        (
            "Two electric ships, Heron and Kingfisher, since April",
            "Night line between Arnwick and Stone Quay",
            "Tickets by telephone: 41 percent of all sales",
            "Piers rebuilt for wheelchairs in five towns",
            "Diesel use down from 2,140 to 1,310 tonnes",
        )
    ):
        y = 236 + 84 * row
        sheet.text(96, y, "•", replace(POINT, color=ACCENT), kind="list_item")
        sheet.text(130, y, text, POINT, kind="list_item")


def _figure(sheet: Sheet) -> None:
    sheet.text(84, 132, "On time, most of the time", TITLE, kind="heading")
    for column, (figure, text) in enumerate(
        (("97.3%", "departures on time"), ("11", "days without service"), ("4.6", "stars of five"))
    ):
        x = 84 + 390 * column
        sheet.text(x, 380, figure, HUGE)
        sheet.text(x, 436, text, replace(POINT, size=28))
    sheet.text(84, 580, "Source: harbour log, January to December 2025", SMALL, kind="caption")


def _chart(sheet: Sheet) -> None:
    sheet.text(84, 132, "Passengers in millions", TITLE, kind="heading")
    sheet.rule(150, 600, 1150, 600, width=2, color=INK)
    for column, (year, value) in enumerate(RIDERSHIP.items()):
        x, top = 260 + 190 * column, 600 - value * 60
        fill = ACCENT if year == "2025" else "#9aa7b2"
        sheet.box(x - 55, top, x + 55, 600, fill=fill)
        sheet.text(
            x, top - 14, f"{value:.1f}", replace(POINT, size=28), kind="chart", align="center"
        )
        sheet.text(x, 638, year, replace(POINT, size=26), kind="chart", align="center")


def _table(sheet: Sheet) -> None:
    sheet.text(84, 132, "Fares from March, in euros", TITLE, kind="heading")
    sheet.box(84, 186, 1196, 254, fill=INK)
    for row, cells in enumerate(FARES):
        y = 232 + 84 * row
        style = replace(POINT, font="lato-bold", color="#ffffff") if row == 0 else POINT
        sheet.text(110, y, cells[0], style, kind="table")
        sheet.text(900, y, cells[1], style, kind="table", align="right")
        sheet.text(1170, y, cells[2], style, kind="table", align="right")
        if row:
            sheet.rule(84, y + 32, 1196, y + 32, color="#b8c0c7", width=1.5)


def _close(sheet: Sheet) -> None:
    sheet.text(84, 330, "Thank you", replace(TITLE, size=84), kind="heading")
    sheet.text(84, 412, "Questions to review@lakeside-ferries.example", POINT)
    sheet.text(
        84, 466, "Next meeting: 20 April 2026, Arnwick town hall", replace(POINT, color=PALE)
    )


def _film(slides: list[camera.Pixels]) -> bytes:
    stream = io.BytesIO()
    with av.open(stream, "w", format="mp4", options={"fflags": "+bitexact"}) as film:
        track = film.add_stream("libx264", rate=FPS, options={"crf": "24", "threads": "1"})
        track.width, track.height, track.pix_fmt = WIDE, HIGH, "yuv420p"
        track.codec_context.gop_size = 2 * FPS
        for pixels in _frames(slides):
            film.mux(track.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        film.mux(track.encode())
    return stream.getvalue()


def _frames(slides: list[camera.Pixels]) -> Iterator[camera.Pixels]:
    for number in range(int(len(slides) * SLIDE * FPS)):
        seconds = number / FPS
        at = int(seconds // SLIDE)
        pixels = slides[at].copy()
        part = (seconds - SLIDE * (at + 1) + FADE) / FADE
        if part > 0 and at + 1 < len(slides):
            pixels[:] = cv2.addWeighted(slides[at + 1], part, pixels, 1 - part, 0)
        yield _cursor(pixels, seconds)


def _cursor(pixels: camera.Pixels, seconds: float) -> camera.Pixels:
    x = 820 + 330 * np.sin(0.55 * seconds) + 40 * np.sin(2.3 * seconds)
    y = 560 + 90 * np.cos(0.8 * seconds)
    arrow = np.array([[0, 0], [0, 25], [6, 20], [10, 29], [14, 27], [10, 18], [18, 18]])
    shape = [(arrow + np.array([x, y])).round().astype(np.int32)]
    cv2.fillPoly(pixels, shape, (255, 255, 255))
    cv2.polylines(pixels, shape, True, (20, 20, 20), 1, cv2.LINE_AA)
    return pixels
