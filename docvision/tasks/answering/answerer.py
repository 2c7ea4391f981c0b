"""One document, many questions: pages are chosen, windows asked, the best answer is cited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from docvision.engines.base import Engine
from docvision.engines.profile import Reads
from docvision.results.model import Answer, Evidence, Page, ReviewReason, Usage
from docvision.tasks.answering.asked import asked_of
from docvision.tasks.answering.choosing import WINDOWS, PageChooser
from docvision.tasks.answering.copied import Candidate, by_labels, candidates, same_text
from docvision.tasks.answering.fields import FieldReader
from docvision.tasks.answering.finding import Finding
from docvision.tasks.answering.kinds import tidied
from docvision.tasks.answering.lexical import LexicalIndex
from docvision.tasks.answering.prose import prose_answer, trace_of
from docvision.tasks.answering.rules import LEAST, Rules
from docvision.tasks.answering.said import Reply, ranked, replies
from docvision.tasks.answering.spans import bare
from docvision.tasks.answering.weighing import Weights, load_weights
from docvision.tasks.base import Desk
from docvision.tasks.evidence import evidence_of
from docvision.tasks.extraction.windows import budget_of, joined, windows
from docvision.tasks.normalise import conventions_of
from docvision.tasks.options import Mode
from docvision.tasks.passage import Passage

MOST_CITED = 3
"""Places that one answer cites at most."""
_WITHOUT_MODEL = 1_000
"""Characters of a window where there is no model to say how much it understands."""
_AGREED = 0.5
"""How much of the doubt in a finding another one of the same takes away, where that is sure."""
_CLOSE, _ONE_OF = 0.03, 0.72
"""How near another answer may come, and what is left of the confidence where one does."""
_NEAR = 0.24
"""The same for one that is sure by itself."""
_UNLIKE, _UNBACKED, _ALONE = 0.3, 0.5, 0.8
"""What is left of the confidence in what does not look like what is asked for, and in what the
model says alone: where a label should say so too, and elsewhere."""
_LABELLED = frozenset(("code", "phone", "fax", "email", "iban", "bic", "web"))
"""What never stands on a paper without a label, or its own looks."""
_TRACED, _UNTRACED = 0.36, 0.6
"""How much of a question stands together on a paper that seems not to answer it, so that this is
doubted, and how sure it is then that it does not."""
_DOUBTED = 0.6
"""How sure an answer is at most around which little of the question stands."""
_FEW = 6
"""Words of an answer up to which a dot at its end is no sentence's."""
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
    def _rules(self) -> Rules:
        return Rules(self._desk)

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
        likely = self._likeliest(question, found)
        most = max((one.sure for one in likely), default=0.0)
        rules = self._rules.findings(question, pages)
        if rules and rules[0].sure >= LEAST:
            likely = agreed(rules, likely)
        best = max(likely, key=lambda one: one.sure, default=None)
        rivals = [one for one in likely if best and _rivals(best, one, self._weights.review)]
        if best and rivals:
            # It is doubted, and yet given.
            least = min(best.sure, self._weights.answer)
            best = replace(best, sure=max(least, min(_DOUBTED, best.sure * _ONE_OF)))
        if best is None or best.sure < self._weights.review:
            prose = self._prose(question, shown)
            if prose and rivals:
                prose = replace(prose, sure=min(_DOUBTED, prose.sure))
            if prose and prose.sure > (best.sure if best else 0.0):
                best = prose
        if best is None or best.sure < self._weights.answer:
            near = likely[0] if likely else None
            if _trace(question, shown) >= _TRACED or self._rules.may_answer(question, pages):
                most = max(most, 1 - _UNTRACED)
            return self._none(question, 1 - most, near, fallen=fallen)
        if not self._rules.is_backed(question, best, pages):
            best = replace(best, sure=min(best.sure, _DOUBTED))
        same = [one.cited for one in likely if same_text(one.text, best.text)] or [best.cited]
        first = [best.cited, *(one for one in same if one != best.cited)]
        text = tidied(asked_of(question).wants, best.text)
        text = bare(text) if len(text.split()) <= _FEW else text
        return self._cited(question, text, first[:MOST_CITED], fallen=fallen)

    def _likeliest(self, question: str, found: Sequence[Candidate]) -> list[Finding]:
        """Return the candidates that may answer a question, the likeliest first."""
        asked = asked_of(question)
        findings = []
        for one in found:
            unlike = one.like < 0 or ("rate" in asked.wants and "%" not in one.text)
            sure = self._weights.confidence(one) * (_UNLIKE if unlike else 1.0)
            if not (one.label > 0 or one.told or one.placed):
                sure *= _UNBACKED if asked.wants & _LABELLED else _ALONE
            if not asked.refuses(one.text):
                evidence = evidence_of(one.passage, one.run, confidence=sure)
                told = max(one.told, one.placed)
                findings.append(Finding(text=one.text, evidence=evidence, sure=sure, told=told))
        return sorted(findings, key=lambda one: -one.sure)

    def _prose(self, question: str, shown: Sequence[Passage]) -> Finding | None:
        """Return the sentence that answers a question, if any."""
        whole = joined([word for window in shown for word in window.words])
        prose = prose_answer(question, whole)
        if prose is None:
            return None
        evidence = evidence_of(prose.passage, prose.run, confidence=prose.sure)
        text = prose.passage.quote(prose.run)
        text = text if prose.whole else bare(text)
        if not prose.whole and asked_of(question).refuses(text):
            return None
        return Finding(text=text, evidence=evidence, sure=prose.sure)

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
            review=tuple(self._doubts(question, sure, fallen=fallen)),
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
                review=(reason, *self._doubts(question, 1.0)),
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
            review=tuple(self._doubts(question, sure)),
        )

    def _none(
        self, question: str, sure: float, near: Finding | None, *, fallen: bool = False
    ) -> Answer:
        """Return that the document does not say, and what came nearest where that is unsure."""
        review = list(self._doubts(question, 1.0, fallen=fallen))
        if sure < self._weights.review:
            hint = f" It may be {near.text!r} on page {near.evidence.page}." if near else ""
            review.append(
                ReviewReason(code="uncertain", message=f"No sure answer was found.{hint}")
            )
        return Answer(question=question, answer=None, confidence=sure, review=tuple(review))

    def _doubts(
        self, question: str, sure: float, *, fallen: bool = False
    ) -> Iterator[ReviewReason]:
        if sure < self._weights.review:
            yield ReviewReason(
                code="uncertain", message=f"The answer to \u201c{question}\u201d is not sure."
            )
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


def _trace(question: str, shown: Sequence[Passage]) -> float:
    """Return how much of a question stands together on the pages that are shown."""
    return trace_of(question, joined([word for window in shown for word in window.words]))


def agreed(rules: Sequence[Finding], likely: Sequence[Finding]) -> list[Finding]:
    """Return what rules find with what is likely besides; each is surer where both say the same.

    Of two that overlap the one that rules find is kept: it is never part of a value.
    """
    best, *_ = rules
    same = [one for one in likely if _is_part(one, best)]
    alone = not any(_rivals(best, one) for one in rules[1:])
    most = max((one.sure for one in same), default=0.0)
    more = _AGREED * (1 - best.sure) * most * alone
    rest = [one for one in (*rules[1:], *likely) if one not in same]
    return [replace(best, sure=max(most, best.sure + more)), *rest]


def _rivals(one: Finding, other: Finding, sure: float = 1.0) -> bool:
    """Whether another finding is as sure as one, or sure by itself, and says something else."""
    close = other.sure >= min(one.sure - _CLOSE, max(sure, one.sure - _NEAR))
    return close and other.text not in one.text and one.text not in other.text


def _is_part(one: Finding, other: Finding) -> bool:
    """Whether a finding says the same as another at the same place, or a part of it."""
    here, there = one.evidence.bbox, other.evidence.bbox
    if one.evidence.page != other.evidence.page or here is None or there is None:
        return False
    return one.text in other.text and here[1] < there[3] and there[1] < here[3]


def _distinct(cited: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Return the citations without those of a place that is cited before."""
    return tuple({(one.page, one.bbox): one for one in reversed(cited)}.values())[::-1]
