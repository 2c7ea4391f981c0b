"""One document, many questions: pages are chosen, windows asked, the best answer is cited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from docvision.engines.base import Engine
from docvision.engines.profile import Reads
from docvision.results.model import Answer, Evidence, Page, ReviewReason, Usage
from docvision.tasks.answering.asked import asked_of
from docvision.tasks.answering.cells import Cell, cell_findings, cells_of
from docvision.tasks.answering.choosing import WINDOWS, PageChooser
from docvision.tasks.answering.copied import Candidate, by_labels, candidates, same_text
from docvision.tasks.answering.fields import FieldReader
from docvision.tasks.answering.finding import Finding
from docvision.tasks.answering.lexical import LexicalIndex
from docvision.tasks.answering.records import Records
from docvision.tasks.answering.said import Reply, ranked, replies
from docvision.tasks.answering.sentences import prose_answer
from docvision.tasks.answering.weighing import Weights, load_weights
from docvision.tasks.base import Desk
from docvision.tasks.evidence import evidence_of
from docvision.tasks.extraction.windows import budget_of, joined, windows
from docvision.tasks.normalise import conventions_of
from docvision.tasks.options import Mode
from docvision.tasks.passage import Passage, passage_of

MOST_CITED = 3
"""Places that one answer cites at most."""
_WITHOUT_MODEL = 1_000
"""Characters of a window where there is no model to say how much it understands."""
_RULES = 0.45
"""How sure what rules find must be at least."""
_AGAINST = 0.15
"""How much surer a value must be than one that `extract` finds, to stand against it."""
_PAGES = 8
"""Pages that rules look at for one question at most."""
_UNVERIFIED = 0.5
"""What is left of the confidence in an answer whose quote stands nowhere."""


class Answerer:
    """Answers questions over one document.

    Args:
        desk: The model, if there is one, and the way to the pages' words.
        pages: All pages of the document, in order.
        mode: VERBATIM copies answers from the words, PREFER lets the model say them.
    """

    def __init__(self, *, desk: Desk, pages: Sequence[Page], mode: Mode) -> None:
        self._desk = desk
        self._pages = [page for page in pages if page.problem is None]
        self._unread = len(pages) - len(self._pages)
        self._engine = desk.tools.engine
        self._mode = mode
        self._read: dict[int, tuple[Passage, Sequence[Cell]]] = {}

    def answer(self, question: str) -> tuple[Answer, Usage]:
        """Return the answer to a question and what asking cost.

        Raises:
            Cancelled: `desk.cancelled()` was true.
        """
        budget = self._budget(question)
        pages = self._chooser.choose(question)
        shown = list(windows(map(self._desk.page, pages), budget))[: 2 * WINDOWS]
        if self._engine and shown and self._is_free(self._engine):
            said, spent = replies(self._engine, question, shown, self._desk.cancelled)
            if said:
                return self._said(question, ranked(said)), spent
            # No answer of the model was of use: the readers' own search is left.
            found = by_labels(question, shown, fits_of(question, shown), self._fields)
            return self._copied(question, found, shown, pages, fallen=True), spent
        fits = fits_of(question, shown)
        if self._engine is None or not shown:
            found, spent = by_labels(question, shown, fits, self._fields), Usage()
            return self._copied(question, found, shown, pages), spent
        found, spent = candidates(
            self._engine, question, shown, fits, self._fields, self._desk.cancelled
        )
        return self._copied(question, found, shown, pages), spent

    @cached_property
    def _chooser(self) -> PageChooser:
        return PageChooser(self._pages, WINDOWS * self._budget(""))

    @cached_property
    def _records(self) -> Records:
        return Records(self._desk)

    def _cells(self, page: Page) -> tuple[Passage, Sequence[Cell]]:
        """Return a page's words and values."""
        if page.number not in self._read:
            passage = passage_of([self._desk.page(page)])
            self._read[page.number] = (passage, cells_of(passage))
        return self._read[page.number]

    def _found(self, question: str, pages: Sequence[Page]) -> list[Finding]:
        """Return what rules find on pages, the surest first."""
        asked = asked_of(question)
        found = list(self._records.findings(asked, pages[:_PAGES]))
        most = max((one.sure for one in found), default=0.0)
        least = most + _AGAINST if most >= _RULES else 0.0
        for page in pages[:_PAGES]:
            passage, cells = self._cells(page)
            found += (one for one in cell_findings(asked, passage, cells) if one.sure > least)
        return sorted(found, key=lambda one: -one.sure)

    @cached_property
    def _weights(self) -> Weights:
        return load_weights()

    @cached_property
    def _fields(self) -> FieldReader:
        return FieldReader(
            conventions_of(block.text for page in self._pages for block in page.blocks)
        )

    def _budget(self, question: str) -> int:
        if self._engine is None:
            return _WITHOUT_MODEL
        return budget_of(self._engine.profile, len(question))

    def _is_free(self, engine: Engine) -> bool:
        if self._mode is Mode.AUTO:
            return engine.profile.reads is Reads.PAGE
        return self._mode is not Mode.VERBATIM

    def _copied(
        self,
        question: str,
        found: Sequence[Candidate],
        shown: Sequence[Passage],
        pages: Sequence[Page],
        *,
        fallen: bool = False,
    ) -> Answer:
        """Return the likeliest of the candidates as the answer, else what prose says, or none."""
        weighed = sorted(
            ((self._weights.confidence(one), one) for one in found),
            key=lambda pair: pair[0],
            reverse=True,
        )
        best, most = (weighed[0][1], weighed[0][0]) if weighed else (None, 0.0)
        rules = self._found(question, pages)
        if rules and rules[0].sure >= max(most, _RULES):
            return self._cited(question, rules[0].text, [rules[0].cited], fallen=fallen)
        whole = joined([word for window in shown for word in window.words])
        prose = prose_answer(question, whole) if most < self._weights.review else None
        if prose and prose.sure > max(most, self._weights.answer):
            cited = [evidence_of(whole, prose.run, confidence=prose.sure)]
            return self._cited(question, whole.quote(prose.run), cited, fallen=fallen)
        if best is None or most < self._weights.answer:
            return self._none(question, 1 - most, best, fallen=fallen)
        same = [one for _, one in weighed if same_text(one.text, best.text)]
        cited = [evidence_of(one.passage, one.run, confidence=most) for one in same[:MOST_CITED]]
        return self._cited(question, best.text, cited, fallen=fallen)

    def _cited(
        self, question: str, text: str, cited: Sequence[Evidence], *, fallen: bool
    ) -> Answer:
        """Return an answer with the places that say it."""
        sure = cited[0].confidence
        return Answer(
            question=question,
            answer=text,
            citations=_distinct(cited),
            confidence=sure,
            review=tuple(self._doubts(sure, fallen=fallen)),
        )

    def _said(self, question: str, found: Sequence[Reply]) -> Answer:
        """Return the best supported reply as the answer, or none."""
        if not found:
            return self._none(question, _UNTOLD_NONE, None)
        best = found[0]
        if best.run is None:
            sure = best.odds * _UNVERIFIED
            unproven = Evidence(quote=best.quote, confidence=sure, verified=False)
            reason = ReviewReason(
                code="unverified", message="The words that are cited stand nowhere in the document."
            )
            return Answer(
                question=question,
                answer=best.text,
                citations=(unproven,),
                confidence=sure,
                review=(reason, *self._doubts(1.0)),
            )
        same = [one for one in found if one.run and same_text(one.text or "", best.text or "")]
        cited = tuple(
            evidence_of(one.passage, one.run, confidence=one.odds)
            for one in same[:MOST_CITED]
            if one.run
        )
        sure = cited[0].confidence
        return Answer(
            question=question,
            answer=best.text,
            citations=_distinct(cited),
            confidence=sure,
            review=tuple(self._doubts(sure)),
        )

    def _none(
        self, question: str, sure: float, near: Candidate | None, *, fallen: bool = False
    ) -> Answer:
        """Return that the document does not say, and what came nearest where that is unsure."""
        review = list(self._doubts(1.0, fallen=fallen))
        if sure < self._weights.review:
            hint = f" It may be {near.text!r} on page {near.page}." if near else ""
            review.append(
                ReviewReason(code="uncertain", message=f"No sure answer was found.{hint}")
            )
        return Answer(question=question, answer=None, confidence=sure, review=tuple(review))

    def _doubts(self, sure: float, *, fallen: bool = False) -> Iterator[ReviewReason]:
        if sure < self._weights.review:
            yield ReviewReason(code="uncertain", message="The answer is not sure.")
        if fallen:
            yield ReviewReason(
                code="fallback",
                message="The model gave no answer that is of use; this is what the words show.",
            )
        if self._unread:
            yield ReviewReason(
                code="incomplete", message=f"{self._unread} pages could not be read."
            )


_UNTOLD_NONE = 0.85
"""Confidence that a document does not say what a large model says it does not."""


def fits_of(question: str, shown: Sequence[Passage]) -> list[float]:
    """Return how well each window fits the question, beside the best (0-1)."""
    scores = LexicalIndex([window.text for window in shown]).scores(question)
    most = max(scores, default=0.0)
    return [score / most if most else 0.0 for score in scores]


def _distinct(cited: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Return the citations without those of a place that is cited before."""
    return tuple({(one.page, one.bbox): one for one in reversed(cited)}.values())[::-1]
