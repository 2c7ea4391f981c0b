"""`letter-scan.pdf`: a two-page business letter as an office scanner sends it, pictures only."""

from __future__ import annotations

import io

from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from samples.make import camera
from samples.make.expected import Page, Sample, move
from samples.make.flow import Flow, Frame
from samples.make.fonts import Style
from samples.make.sheet import A4, Sheet

BODY = Style(font="serif", size=11.5)
BOLD = Style(font="serif-bold", size=11.5)
SMALL = Style(font="sans", size=8.5, color="#333333")
SENDER = "Wendelin Marlow Property Management"
DPI = 200
OPENING = (
    "thank you for your visit on 3 September. As agreed, we have reviewed the condition of the "
    "building together with the surveyor, Mrs Okonkwo-Reyes, and can now confirm the schedule "
    "for the works on the ground floor and in the stairwell.",
    "The water damage behind the wall of the pantry is older than we had assumed. The surveyor "
    "measured a moisture content of 22 percent at a height of 40 centimetres; anything above 6 "
    "percent has to be dried before new plaster is applied. Drying will take between three and "
    "four weeks, and the two fans will run day and night. Their use of electricity, about 310 "
    "kilowatt hours, is at our expense and will be credited with the statement for the fourth "
    "quarter.",
    "We therefore propose the following order of work:",
)
STEPS = (
    "Removal of the skirting and the plaster in the pantry, 15 to 17 September.",
    "Drying, with a weekly measurement every Tuesday at 8:30 a.m., until 14 October.",
    "New plaster and paint, 20 to 24 October, by Fenwick & Daughters.",
    "Renewal of the handrail and of the lighting in the stairwell, 27 October.",
)
LATER = (
    "During the first three days the workers will need access to the kitchen between 7:30 and "
    "16:00. Please move the refrigerator away from the wall and cover what must stay dry. If "
    "nobody can be at home, a key may be left with the caretaker, Mr Lindqvist (telephone 0461 "
    "555 0139, flat 2B).",
    "For the duration of the works you may reduce the rent by 15 percent, that is by 138.75 "
    "euros a month from 920.00 euros plus the share for the garage. You need not apply for this; "
    "we have already changed the standing order on our side. Should the drying take longer than "
    "planned, the reduction continues until the day on which the plaster is finished.",
    "One point remains open. The surveyor recommends a second waste pipe for the washing "
    "machine, because the present one has no trap. The costs of 640 euros would be shared "
    "equally. Please tell us by 12 September whether you agree; without an answer we will leave "
    "the pipe as it is.",
    "We know that building works are a burden, and we thank you for your patience. If you have "
    "any questions, you can reach me directly on 0461 555 0172 or at "
    "works@marlow-property.example.",
)


def make() -> Sample:
    """Type the letter, print it and scan it."""
    sheet = Sheet(title="Letter", author=SENDER)
    flow = Flow(
        sheet,
        [
            Frame(page=0, x=71, top=322, bottom=752, width=453),
            Frame(page=1, x=71, top=88, bottom=752, width=453),
        ],
        lambda page: _head(sheet, page),
    )
    flow.paragraph("Dear Ms Adeyemi-Sørensen,", BODY, leading=1.35)
    flow.y += 6
    for text in OPENING:
        _paragraph(flow, text)
    for number, text in enumerate(STEPS, start=1):
        flow.item(f"{number}.", text, BODY, leading=1.35)
    flow.y += 6
    for text in LATER:
        _paragraph(flow, text)
    _sign(flow)
    sheet.end_page()
    data, pages = sheet.close()
    return _scan(data, pages)


def _paragraph(flow: Flow, text: str) -> None:
    flow.paragraph(text, BODY, leading=1.35, justify=False)
    flow.y += 6


def _head(sheet: Sheet, page: int) -> None:
    if page:
        sheet.text(71, 60, SENDER, SMALL, kind="header")
        sheet.text(524, 60, "Page 2 of 2", SMALL, kind="header", align="right")
        return
    sheet.text(71, 72, SENDER, Style(font="caladea-bold", size=17))
    sheet.rule(71, 80, 524, 80, width=1.2)
    sheet.text(71, 93, "Norderhofenden 27 · 24937 Flensburg · Telephone 0461 555 0170", SMALL)
    for row, line in enumerate(
        ("Ms Ifeoma Adeyemi-Sørensen", "Ballastkai 9, flat 4A", "24937 Flensburg")
    ):
        sheet.text(71, 158 + 15 * row, line, BODY)
    sheet.text(524, 230, "Flensburg, 5 September 2025", BODY, align="right")
    sheet.text(71, 262, "Our reference: WM/4A/2025-118", BODY)
    sheet.text(71, 296, "Works in your flat and in the stairwell", BOLD, kind="heading")


def _sign(flow: Flow) -> None:
    flow.y += 8
    flow.paragraph("Yours sincerely,", BODY)
    sheet, y = flow.sheet, flow.y + 34
    path = sheet.canvas.beginPath()
    path.moveTo(78, sheet.height - y)
    for x, rise in ((92, 26), (98, -14), (112, 18), (121, -6), (136, 12), (150, -9), (186, 6)):
        path.curveTo(
            x - 9,
            sheet.height - y + rise,
            x - 3,
            sheet.height - y - rise,
            x,
            sheet.height - y + rise / 3,
        )
    sheet.canvas.setStrokeColorRGB(0.1, 0.15, 0.45)
    sheet.canvas.setLineWidth(1.3)
    sheet.canvas.drawPath(path)
    flow.y = y + 14
    flow.paragraph("Theodora Wendelin-Marlow", BODY)
    flow.paragraph("Head of building works", BODY)
    flow.y += 12
    flow.paragraph("Enclosure: report of the surveyor (6 pages)", Style(font="serif", size=10.5))


def _scan(pdf: bytes, pages: tuple[Page, ...]) -> Sample:
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4, invariant=1)
    canvas.setCreator("Ostara ScanStation 4200")
    moved = []
    for number, (page, degrees) in enumerate(zip(pages, (1.1, -0.8), strict=True)):
        pixels, point = camera.scan(
            camera.render(pdf, number, dpi=DPI), seed=40 + number, degrees=degrees
        )
        picture = io.BytesIO(camera.jpeg(pixels, quality=62, dpi=DPI))
        canvas.drawImage(ImageReader(picture), 0, 0, *A4)
        canvas.showPage()
        moved.append(move(page, point, (page.width, page.height)))
    canvas.save()
    return Sample(
        name="letter-scan.pdf",
        media_type="application/pdf",
        look="scan",
        data=stream.getvalue(),
        pages=tuple(moved),
        values={},
    )
