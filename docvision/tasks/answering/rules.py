"""Answers found by rules alone: fields and lists, labelled values, and what shows what it is."""

from __future__ import annotations

from collections.abc import Sequence

from docvision.results.model import Page
from docvision.tasks.answering.asked import asked_of
from docvision.tasks.answering.backing import Sheet, is_backed, may_answer, sheet_of
from docvision.tasks.answering.finding import Finding
from docvision.tasks.answering.matching import cell_findings
from docvision.tasks.answering.opening import opening_findings
from docvision.tasks.answering.records import Records
from docvision.tasks.answering.typed import typed_findings
from docvision.tasks.answering.units import unit_findings
from docvision.tasks.base import Desk
from docvision.tasks.passage import passage_of

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
        self._read: dict[int, Sheet] = {}

    def findings(self, question: str, pages: Sequence[Page]) -> list[Finding]:
        """Return what is found on the first of some pages, the surest first."""
        asked = asked_of(question)
        found = list(self._records.findings(asked, pages[:_PAGES]))
        most = max((one.sure for one in found), default=0.0)
        least = most + _AGAINST if most >= LEAST else 0.0
        for page in pages[:_PAGES]:
            sheet = self.sheet(page)
            passage, cells = sheet.passage, sheet.cells
            found += typed_findings(asked, page, passage)
            found += opening_findings(asked, passage)
            found += unit_findings(asked, passage)
            if {"payment", "weekday", "hours"} & asked.wants:
                continue  # Labels do not tell it, and many hold a word of it.
            found += (one for one in cell_findings(asked, passage, cells) if one.sure > least)
        kept = (one for one in found if not asked.refuses(one.text))
        return sorted(kept, key=lambda one: -one.sure)

    def sheet(self, page: Page) -> Sheet:
        """Return a page, taken apart."""
        if page.number not in self._read:
            self._read[page.number] = sheet_of(passage_of([self._desk.page(page)]))
        return self._read[page.number]

    def may_answer(self, question: str, pages: Sequence[Page]) -> bool:
        """Whether one of the first pages may have an answer, though none was found."""
        asked = asked_of(question)
        return any(may_answer(asked, self.sheet(page)) for page in pages[:_PAGES])

    def is_backed(self, question: str, one: Finding, pages: Sequence[Page]) -> bool:
        """Whether the words of a question stand around an answer."""
        page = next((page for page in pages if page.number == one.evidence.page), None)
        return page is None or is_backed(asked_of(question), one, self.sheet(page))
