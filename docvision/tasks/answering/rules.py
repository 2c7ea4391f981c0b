"""Answers found by rules alone: fields and lists, labelled values, and what shows what it is."""

from __future__ import annotations

from collections.abc import Sequence

from docvision.results.model import Page
from docvision.tasks.answering.asked import asked_of
from docvision.tasks.answering.cells import Cell, cell_findings, cells_of
from docvision.tasks.answering.finding import Finding
from docvision.tasks.answering.opening import opening_findings
from docvision.tasks.answering.records import Records
from docvision.tasks.answering.typed import typed_findings
from docvision.tasks.base import Desk
from docvision.tasks.passage import Passage, passage_of

LEAST = 0.45
"""How sure what rules find must be at least to be an answer."""
_AGAINST = 0.15
"""How much surer a value must be than one that `extract` finds, to stand against it."""
_PAGES = 8
"""Pages that are looked at for one question at most."""


class Rules:
    """Searches the pages of one document; what is read of a page is kept for the next question."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._records = Records(desk)
        self._read: dict[int, tuple[Passage, Sequence[Cell]]] = {}

    def findings(self, question: str, pages: Sequence[Page]) -> list[Finding]:
        """Return what is found on the first of some pages, the surest first."""
        asked = asked_of(question)
        found = list(self._records.findings(asked, pages[:_PAGES]))
        most = max((one.sure for one in found), default=0.0)
        least = most + _AGAINST if most >= LEAST else 0.0
        for page in pages[:_PAGES]:
            passage, cells = self._cells(page)
            found += typed_findings(asked, page, passage)
            found += opening_findings(asked, passage)
            if {"payment", "weekday", "hours"} & asked.wants:
                continue  # Labels do not tell it, and many hold a word of it.
            found += (one for one in cell_findings(asked, passage, cells) if one.sure > least)
        kept = (one for one in found if not asked.refuses(one.text))
        return sorted(kept, key=lambda one: -one.sure)

    def _cells(self, page: Page) -> tuple[Passage, Sequence[Cell]]:
        """Return a page's words and values."""
        if page.number not in self._read:
            passage = passage_of([self._desk.page(page)])
            self._read[page.number] = (passage, cells_of(passage))
        return self._read[page.number]
