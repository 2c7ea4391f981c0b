"""Cases of `ask`: questions after values of a PDF of several pages, one in five without."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from docvision.evaluation.cases import Case, Expected, Place
from training.cases.pages import write_pdf, write_scans
from training.cases.truth import Seen, seen_values
from training.documents import CONCEPTS, MAKERS, template_of
from training.extraction import KIND_FIELDS, question_about
from training.model import seeded

PAGES = ("invoice", "form", "letter", "receipt")
UNANSWERED = 0.2
QUESTIONS = 4
"""Questions over a document: reading a scan takes longer than asking it."""


def ask(folder: Path, numbers: Sequence[int], *, scanned: bool = False) -> Iterator[Case]:
    """Yield a few questions over each document of two to four different pages.

    The pages have a text layer, or are worn scans.
    """
    for number in numbers:
        rng = seeded("cases", "ask", number)
        kinds = rng.sample(PAGES, rng.randint(2, 4))
        sheets = [MAKERS[kind](rng, template_of(rng, held_out=True)) for kind in kinds]
        file = f"ask-{number:04}.pdf"
        write = partial(write_scans, rng) if scanned else write_pdf
        boxes = write(sheets, folder / file)
        pages = [seen_values(sheet, box) for sheet, box in zip(sheets, boxes, strict=True)]
        drawn = dict(draw_question(rng, kinds, pages) for _ in range(QUESTIONS))
        for at, (question, expected) in enumerate(drawn.items()):
            yield Case(
                id=f"ask-{number:04}-{at}",
                file=file,
                task="ask",
                options={"questions": [question]},
                expected=expected,
            )


ask_scans = partial(ask, scanned=True)


def draw_question(
    rng: random.Random, kinds: list[str], pages: list[dict[tuple[str | int, ...], Seen]]
) -> tuple[str, Expected]:
    """Return a question that has one answer at most, and that answer."""
    there = [
        (page, str(path[0]))
        for page, values in enumerate(pages)
        for path in values
        if len(path) == 1 and _single(str(path[0]), pages)
    ]
    if rng.random() < UNANSWERED:
        absent = [
            (page, name)
            for page, kind in enumerate(kinds)
            if kind in KIND_FIELDS
            for name in KIND_FIELDS[kind]
            if not _others(name, pages)
        ]
        if absent:
            page, name = rng.choice(absent)
            return question_about(rng, name, kinds[page]), Expected(answers=())
    page, name = rng.choice(there)
    one = pages[page][(name,)]
    return question_about(rng, name, kinds[page]), Expected(
        answers=(one.text,), place=Place(page=page + 1, bbox=one.box)
    )


def _single(name: str, pages: list[dict[tuple[str | int, ...], Seen]]) -> bool:
    """Whether a question after this value can mean no other."""
    return _others(name, pages) == 1


def _others(name: str, pages: list[dict[tuple[str | int, ...], Seen]]) -> int:
    """Return how many values of all pages go by a wording that this one goes by too."""
    wordings = _wordings(name)
    return sum(
        len(path) == 1 and bool(_wordings(str(path[0])) & wordings)
        for values in pages
        for path in values
    )


def _wordings(name: str) -> set[str]:
    """Return what a value is called in questions."""
    concept = CONCEPTS.get(name)
    labels = {*concept.labels, concept.note} if concept else {name}
    return {label.casefold() for label in labels if label}
