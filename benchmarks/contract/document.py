"""A contract of some forty pages as a PDF, and what it says on which page."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate

from benchmarks.contract.prose import OPENING, SENTENCES, TERMS, TITLE, TOPICS

_BODY = ParagraphStyle(
    "body", fontName="Times-Roman", fontSize=12, leading=18, spaceAfter=8, alignment=TA_JUSTIFY
)
_HEADING = ParagraphStyle(
    "heading", parent=_BODY, fontName="Times-Bold", spaceBefore=10, keepWithNext=1
)
_TITLE = ParagraphStyle("title", parent=_HEADING, fontSize=17, leading=30, alignment=1)


@dataclass(frozen=True, kw_only=True)
class Clause:
    """A numbered clause: its heading and its numbered paragraphs."""

    number: int
    heading: str
    paragraphs: Sequence[str]


class _Marked(Paragraph):
    """A paragraph that notes the page on which it begins."""

    note: tuple[str, dict[str, int]] | None = None

    def split(self, width: float, height: float) -> list[Flowable]:
        """Part it over two pages; the first part has the note."""
        parts = super().split(width, height)
        if parts and isinstance(parts[0], _Marked):
            parts[0].note = self.note
        return parts

    def draw(self) -> None:
        """Draw it, and note the page."""
        if self.note:
            name, pages = self.note
            pages.setdefault(name, self.canv.getPageNumber())
        super().draw()


def _marked(text: str, style: ParagraphStyle, name: str, pages: dict[str, int]) -> _Marked:
    paragraph = _Marked(text, style)
    paragraph.note = (name, pages)
    return paragraph


def clauses(seed: int, each: int) -> Iterator[Clause]:
    """Yield the clauses in order; `each` is about how many paragraphs one has."""
    rng = random.Random(seed)
    topics = iter(TOPICS)
    for number in range(1, len(TOPICS) + len(TERMS) + 1):
        heading, term = TERMS.get(number) or (next(topics), None)
        count = max(1, each + rng.randint(-1, 1) - (term is not None))
        said = [
            " ".join(rng.sample(SENTENCES, rng.randint(2, 3))).format(topic=heading.lower())
            for _ in range(count)
        ]
        if term:
            said.insert(rng.randint(0, min(1, len(said))), term)
        yield Clause(number=number, heading=heading, paragraphs=said)


def write_contract(path: Path, seed: int, each: int = 3) -> Mapping[str, int]:
    """Write the contract; return the page, from 1, on which each clause and term begins.

    Its keys are `clause N` for the heading of a clause, `term N` for the sentence of `TERMS`.
    """
    pages: dict[str, int] = {}
    story: list[Flowable] = [
        Paragraph(TITLE, _TITLE),
        *(Paragraph(text, _BODY) for text in OPENING),
    ]
    for clause in clauses(seed, each):
        title = f"{clause.number}. {clause.heading}"
        story.append(_marked(title, _HEADING, f"clause {clause.number}", pages))
        for at, text in enumerate(clause.paragraphs, start=1):
            numbered = f"{clause.number}.{at} {text}"
            is_term = text == TERMS.get(clause.number, ("", None))[1]
            name = f"{'term' if is_term else 'text'} {clause.number}"
            story.append(_marked(numbered, _BODY, name, pages))
    SimpleDocTemplate(str(path), pagesize=A4, leftMargin=72, rightMargin=72).build(
        story, onFirstPage=_furniture, onLaterPages=_furniture
    )
    return pages


def _furniture(canvas: Canvas, template: SimpleDocTemplate) -> None:
    canvas.setFont("Times-Italic", 9)
    canvas.drawString(72, A4[1] - 45, "Master Services Agreement - Brackenfell / Ostrava")
    canvas.drawRightString(A4[0] - 72, 40, f"Page {template.page}")
