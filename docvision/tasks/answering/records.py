"""What `extract` finds on the pages of a document, looked up by a question.

Each page is extracted by the rules alone (no model is asked) under the built-in schema that it is
most like. So a question finds the fields by whatever it calls them, and the prices, quantities and
dates of the lines of a list by what the lines are called.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from docvision.engines.scripted import Scripted
from docvision.results.model import Evidence, Extraction, Page
from docvision.schemas.library import NAMES, get_schema
from docvision.schemas.pointer import pointer
from docvision.schemas.shape import Kind, Leaf
from docvision.tasks.answering.asked import OF_PAPER, Asked
from docvision.tasks.answering.concepts import first_words, terms_in
from docvision.tasks.answering.finding import Finding
from docvision.tasks.answering.kinds import looks_like
from docvision.tasks.answering.terms import known_among
from docvision.tasks.base import Desk
from docvision.tasks.extraction.extractor import Extractor
from docvision.tasks.options import Mode
from docvision.tasks.passage import Passage, passage_of
from docvision.tasks.sorting.cues import kinds_of, odds_by_cues

_LEAST = 0.6
"""Share of a question that a field, or the name of a line, must explain."""
_HALF = 0.5
"""The same for the name of one line alone."""
_PLAIN = 0.9
"""Share of a question from which a field is plainly what it asks for."""
_TOLD = 0.6
"""Odds of a kind by the words of a page from which no other is tried."""
_TRIED = 3
"""Pages of a document at most on which all kinds are tried."""
_RECORD, _RECORDS = 0.3, 3
"""What a line of a list weighs beside a field, and how many count."""
_FULL = 6.0
"""Weight of what is found that a page has twice, where it is plainly of a kind."""
_MOST_TOKENS = 1_000
_SILENT = {"answers": [""], "profile": {"reads": "nothing", "prompt_tokens": 100_000}}
"""A model that says nothing, to which a page can be shown whole."""
_PART = 4
"""Letters of a word at least that is looked for at the end of another."""
_NAMES = ("description", "label", "role", "heading")
"""The fields that say what a line of a list is."""
_VALUES: Mapping[str, Sequence[str]] = {
    "unit": ("unit_price", "amount"),
    "count": ("quantity",),
    "amount": ("amount", "debit", "credit", "value"),
    "date": ("date", "value"),
    "name": ("name", "value"),
}
"""The fields of a line that hold what is wanted, the likeliest first."""
_OPEN = ("value", "name")
_KINDS: Mapping[Kind, frozenset[str]] = {
    Kind.NUMBER: frozenset(("amount",)),
    Kind.INTEGER: frozenset(("amount", "count")),
    Kind.DATE: frozenset(("date",)),
    Kind.TIME: frozenset(("time", "date")),
    Kind.CODE: frozenset(("code", "iban", "bic")),
    Kind.CURRENCY: frozenset(("text",)),
    Kind.TEXT: frozenset(
        ("name", "place", "address", "code", "iban", "bic", "phone", "email", "text", "town")
    )
    | {"payment"},
}
"""What a question must want, if anything, to be answered by a field of a kind."""
_CALLED: Mapping[str, frozenset[str]] = {
    "invoice": frozenset(("invoice", "receipt", "creditnote")),
    "receipt": frozenset(("receipt", "invoice", "order")),
    "purchase_order": frozenset(("order",)),
    "contract": frozenset(("contract",)),
    "bank_statement": frozenset(("statement",)),
}
"""What a paper of a kind is called."""
_PAPERS = frozenset(("invoice", "receipt", "creditnote", "order", "contract", "statement", "quote"))
_TIMED = ("time",)
_OF_WHOLE = 0.7
"""What the day of the paper is worth where a question says more than that it asks for a day."""
_OPEN_WANTS = frozenset(("date", "time", "place", "payment", "hours", "text"))
"""Wants that a field's kind answers better than the looks of its words."""


@dataclass(frozen=True, kw_only=True)
class Extracted:
    """What is found on a page as one kind, and how much that is (the sum of its confidences)."""

    kind: str
    found: Extraction
    weight: float

    @property
    def factor(self) -> float:
        """What a finding is worth on a page that is hardly like its kind (0-1)."""
        return min(1.0, 0.5 + self.weight / _FULL)


class Records:
    """Extracts a document's pages when questions need it, each page once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._engine = Scripted(_SILENT)
        self._pages: dict[int, Extracted | None] = {}
        self._tried = 0

    def findings(self, asked: Asked, pages: Sequence[Page]) -> Iterator[Finding]:
        """Yield what fields and lines of lists answer to a question."""
        read = [one for page in pages if (one := self.of(page))]
        plain = (field for field in asked.fields if field.share >= _PLAIN)
        named = {field.kind for field in plain if _may_be(asked, field.leaf)}
        for one in read:
            found = [*_fields(asked, one.kind, one.found), *_lines(asked, one.found)]
            if not named.intersection(other.kind for other in read):
                found += _of_the_whole(asked, one.kind, one.found)
            yield from (replace(each, sure=each.sure * one.factor) for each in found)

    def of(self, page: Page) -> Extracted | None:
        """Return what is found on a page as the kind that it is most like; None without words."""
        if page.number not in self._pages:
            whole = self._desk.page(page)
            tried = [self._extracted(kind, whole) for kind in self._kinds(passage_of([whole]))]
            self._pages[page.number] = max(tried, key=lambda one: one.weight, default=None)
        return self._pages[page.number]

    def _kinds(self, passage: Passage) -> Sequence[str]:
        """Return the kinds that a page may be: the one that its words tell, else all."""
        if not passage.words:
            return ()
        odds = odds_by_cues(passage, kinds_of(NAMES))
        kind = max(NAMES, key=lambda name: odds[name])
        if odds[kind] >= _TOLD:
            return (kind,)
        self._tried += 1
        return NAMES if self._tried <= _TRIED else (kind,) if odds[kind] else ()

    def _extracted(self, kind: str, page: Page) -> Extracted:
        schema = get_schema(kind)
        extractor = Extractor(
            engine=self._engine,
            schema=schema,
            mode=Mode.VERBATIM,
            threshold=None,
            max_tokens=_MOST_TOKENS,
        )
        found, _ = extractor.extract([page], self._desk)
        leaves = (
            found.evidence.get(pointer(leaf.path))
            for leaf in schema.shape.leaves
            if leaf.kind is not Kind.CURRENCY
        )
        lists = (value for value in found.data.values() if isinstance(value, list))
        weight = sum(one.confidence for one in leaves if one)
        weight += _RECORD * sum(min(len(one), _RECORDS) for one in lists)
        return Extracted(kind=kind, found=found, weight=weight)


def _fields(asked: Asked, kind: str, found: Extraction) -> Iterator[Finding]:
    """Yield the fields of a page that a question asks for."""
    named = [
        field
        for field in asked.fields
        if field.kind == kind and field.share >= _LEAST and _may_be(asked, field.leaf)
    ]
    for field in named:
        some = _finding(found, f"/{field.leaf.key}", field.share)
        yield from (
            replace(one, told=field.share, labels=field.leaf.labels)
            for one in some
            if looks_like(asked.wants - _OPEN_WANTS, one.text)
            and ("rate" not in asked.wants or "%" in one.text)
        )


def _of_the_whole(asked: Asked, kind: str, found: Extraction) -> Iterator[Finding]:
    """Yield the date or the time of a paper, where that of nothing else is asked."""
    papers = {one for term in terms_in(asked.question) for one in first_words(term)} & _PAPERS
    if papers and kind in _CALLED and not papers & _CALLED[kind]:
        return
    if asked.is_of_payment and (kind != "receipt" or "invoice" in papers):
        return
    if asked.is_of_the_whole and {"date", "time"} & asked.wants:
        for key in OF_PAPER if "date" in asked.wants else _TIMED:
            share = _OF_WHOLE if asked.says_more else 1.0
            some = _finding(found, f"/{key}", share)
            yield from (replace(one, told=share) for one in some)


def _may_be(asked: Asked, leaf: Leaf) -> bool:
    """Whether the values of a field can be what a question wants."""
    wanted = _KINDS.get(leaf.kind)
    return not asked.wants or wanted is None or bool(wanted & asked.wants)


def _lines(asked: Asked, found: Extraction) -> Iterator[Finding]:
    """Yield what the lines of lists say that a question names."""
    if not isinstance(found.data, dict):
        return
    wanted = _wanted(asked)
    for key, records in found.data.items():
        if not isinstance(records, list):
            continue
        shares = [_named(asked, record) for record in records]
        best = max(shares, default=0.0)
        # What one line alone has half of may be called otherwise there.
        least = _HALF if shares.count(best) == 1 and "amount" in asked.wants else _LEAST
        for at, share in enumerate(shares):
            if share == best >= least:
                some = _value(found, f"/{key}/{at}", wanted, share)
                yield from (one for one in some if looks_like(asked.wants, one.text))


def _value(found: Extraction, line: str, wanted: Sequence[str], share: float) -> Iterator[Finding]:
    for name in wanted:
        of_all = "unit_price" in wanted and name != "unit_price"
        if of_all and found.evidence.get(f"{line}/quantity"):
            return  # What several cost is no price for one.
        some = list(_finding(found, f"{line}/{name}", share))
        if some:
            yield from some
            return


def _wanted(asked: Asked) -> Sequence[str]:
    for want in ("unit", "count", "amount", "date", "name"):
        if want in asked.wants:
            return _VALUES[want]
    return _OPEN


def _named(asked: Asked, record: object) -> float:
    """Return the share of a question's words that the name of a line has."""
    if not isinstance(record, dict):
        return 0.0
    text = " ".join(str(record[name]) for name in _NAMES if record.get(name))
    terms = terms_in(text)
    return max((_share(weights, terms) for weights in asked.own), default=0.0)


def _share(weights: Mapping[str, float], terms: Sequence[str]) -> float:
    strong = {term: weight for term, weight in weights.items() if weight == 1.0} or weights
    known = sum(
        weight
        for term, weight in strong.items()
        if known_among(term, terms) or any(_is_part(term, other) for other in terms)
    )
    return known / sum(strong.values())


def _is_part(one: str, other: str) -> bool:
    """Whether a word ends a compound: `tea` in `greentea`."""
    return len(one) >= _PART and other.endswith(one)


def _finding(found: Extraction, at: str, share: float) -> Iterator[Finding]:
    evidence: Evidence | None = found.evidence.get(at)
    if evidence is not None and evidence.quote:
        text = evidence.quote.rstrip(" ,;:")
        yield Finding(text=text, evidence=evidence, sure=evidence.confidence * share)
