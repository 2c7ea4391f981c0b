"""Which values of a page answer a question: those that its words stand around.

The more of them do, the surer a value is, and the more where its label says nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from docvision.tasks.answering.amid import among, with_unit
from docvision.tasks.answering.asked import LATER, Asked
from docvision.tasks.answering.cells import Cell
from docvision.tasks.answering.concepts import first_words, group, meanings, terms_in
from docvision.tasks.answering.finding import Finding
from docvision.tasks.answering.kinds import looks_like
from docvision.tasks.answering.lexical import folded, is_asking, is_wording, words_of
from docvision.tasks.answering.parts import LABEL
from docvision.tasks.answering.spans import bare, measures, times
from docvision.tasks.answering.terms import (
    WEAK,
    alike,
    is_opposed,
    is_weak,
    known_among,
    part_meant,
    related,
    same_term,
)
from docvision.tasks.evidence import evidence_of, narrowed
from docvision.tasks.passage import Passage, Run

_SURE = 0.92
"""How sure a value is whose label is just what is asked for."""
_LEAST = 0.62
"""Share of a question's words that must stand around a value."""
_NAMED = 0.49
"""The same where the value's label says nothing else."""
_TOP = 0.85
_OVER, _ROW, _BEHIND = 0.97, 0.95, 0.9
"""What a word counts in the heading of a column, elsewhere on the line, right behind a figure, and
at the top of a block of lines."""
_IN_BLOCKS = frozenset(("address", "place", "town"))
"""What stands in blocks of lines below a heading."""
_OTHER = 0.45
"""What is lost where a label says nothing but other things."""
_ITEM = 0.15
"""The same where the label is what an item is called."""
_CLOSE, _ONE_OF = 0.06, 0.72
"""How near another value may come, and what is left where one does."""
_FINDERS = (("measure", measures), ("time", times))
_WORDED = frozenset(("name", "place", "address", "town", "text", "payment"))
"""What may end with a mark of its own."""
_COLUMNS = ("unit", "count", "rate", "price")
_ELSEWHERE, _NO_RATE = 0.8, 0.5
"""What a value of a table is worth in a column of something else, and a rate without a `%`."""
_ALIKE = 0.9
"""What a word counts that but begins as another does: `plowing` and `plowed`."""
_WHOSE = 0.7
"""What a word counts that says whose a thing is, where the paper says that somewhere."""
_OPEN, _MANNER = 0.85, 0.7
"""What a value is worth where a question does not tell what its answer looks like, and where it
asks in what way."""
_HOW = re.compile(r"\W*(?:how|wie|comment|c[oó]mo|come|hoe|jak|hur|como)\b", re.IGNORECASE)
_CENTS = re.compile(r"[.,]\d{2}$")


def cell_findings(asked: Asked, passage: Passage, cells: Sequence[Cell]) -> Iterator[Finding]:
    """Yield the values of one page that answer a question, the likeliest first."""
    there = set(terms_in(passage.flat))
    variants = [_on_page(weights, there) for weights in asked.variants]
    named = _headed(asked.own, cells)
    scored = [
        (
            _score(asked, variants, cell)
            * among(asked, passage, cell.run, cell.text)
            * (1.0 if not named or not cell.over or _holds(named, cell.over) else _ELSEWHERE),
            cell,
        )
        for cell in cells
    ]
    kept = sorted((one for one in scored if one[0] > 0), key=lambda one: -one[0])
    for at, (score, cell) in enumerate(kept):
        rivals = [
            other.text
            for other_score, other in kept[:at] + kept[at + 1 :]
            if other_score >= score - _CLOSE and other.text != cell.text
        ]
        sure = score * (_ONE_OF if rivals else 1.0)
        run, text = (
            with_unit(passage, cell.run, cell.text)
            if "measure" in asked.wants
            else (cell.run, cell.text)
        )
        run, text = _just(asked, passage, run, text)
        evidence = narrowed(evidence_of(passage, run, confidence=sure), text)
        yield Finding(text=text, evidence=evidence, sure=evidence.confidence)


def _just(asked: Asked, passage: Passage, run: Run, text: str) -> tuple[Run, str]:
    """Return a value without the words around it: the one quantity, the number without its dot."""
    find = next((find for want, find in _FINDERS if asked.wants == {want}), None)
    inner = list(find(passage, run)) if find else []
    if len(inner) == 1:
        return inner[0], bare(passage.quote(inner[0]))
    short = not asked.wants and len(text.split()) <= LABEL
    return run, bare(text) if short or asked.wants - _WORDED == asked.wants != set() else text


def _on_page(weights: Mapping[str, float], there: set[str]) -> dict[str, float]:
    """Return what the words of a question count on a page.

    What says only whose it is should stand beside a value where it stands there at all. A word
    that no list has, and the page neither, may be but another word for what is asked.
    """
    found = {term for term in weights if any(related(term, one) for one in there)}
    named = any(weights[term] > WEAK for term in found)
    owners = () if "taxnumber" in _meant(weights) else group("of_owner")
    return {
        term: _WHOSE
        if weight == LATER
        and known_among(term, there)
        and not set(owners).intersection(first_words(term))
        else min(weight, LATER)
        if named and term not in found and not meanings(term)
        else weight
        for term, weight in weights.items()
    }


def _meant(terms: Iterable[str]) -> set[str]:
    return {one for term in terms for one in first_words(term)}


def _headed(own: Sequence[Mapping[str, float]], cells: Sequence[Cell]) -> frozenset[str]:
    """Return the words of a question that the headings of columns have."""
    over = {term for cell in cells for term in terms_in(cell.over)}
    return frozenset(
        term for weights in own for term in weights if any(alike(term, one) for one in over)
    )


def _holds(named: frozenset[str], text: str) -> bool:
    there = terms_in(text)
    return any(alike(term, one) for term in named for one in there)


def _score(asked: Asked, variants: Sequence[Mapping[str, float]], cell: Cell) -> float:
    """Return how sure a value is what a question asks for; 0 where it is not."""
    if not looks_like(asked.wants, cell.text) or is_wording(cell.text) or asked.refuses(cell.text):
        return 0.0
    around = (
        (" ".join(cell.labels), 1.0),
        (cell.over, _OVER),
        (cell.row, _ROW),
        (cell.behind, _BEHIND),
        (cell.after, _BEHIND),
        (cell.top if asked.wants & _IN_BLOCKS else "", _TOP),
    )
    places = [(terms_in(text), weight) for text, weight in around]
    if cell.behind and asked.wants and "count" not in asked.wants:
        return 0.0
    own = words_of(folded(cell.text))
    best = 0.0
    for weights in variants:
        if is_opposed(weights, " ".join(cell.labels) or cell.behind):
            continue
        strong = [term for term, weight in weights.items() if weight > WEAK]
        if any(same_term(term, word) for term in strong for word in own):
            continue
        share, cover = _share(weights, places), _cover(weights, cell)
        if share >= (_LEAST if cover < 1.0 else _NAMED):
            other = _ITEM if {"price", "count"} & asked.wants else _OTHER
            best = max(best, share * (1 - other * (1 - cover)))
    rate = 1.0 if asked.wants else _MANNER if _HOW.match(asked.question) else _OPEN
    return _SURE * best * rate * _column(asked, cell)


def _column(asked: Asked, cell: Cell) -> float:
    """Return how far a value stands in a column of what is wanted: prices, quantities, rates."""
    means = {one for term in terms_in(cell.over) for one in first_words(term)}
    wanted = next((group(f"in_{want}") for want in _COLUMNS if want in asked.wants), None)
    if not means and "count" in asked.wants and _CENTS.search(cell.text):
        return _ELSEWHERE
    if {"count", "code", "date"} & asked.wants and means & group("in_sum"):
        return _NO_RATE
    if "rate" in asked.wants and "%" not in cell.text and not means & group("in_rate"):
        return _NO_RATE
    return 1.0 if wanted is None or not means or means & wanted else _ELSEWHERE


def _share(weights: Mapping[str, float], places: Sequence[tuple[list[str], float]]) -> float:
    known = sum(
        weight
        * max(
            (rate * _held(term, words) for words, rate in places),
            default=0.0,
        )
        for term, weight in weights.items()
    )
    if all(weight <= WEAK for weight in weights.values()):
        return known / sum(weights.values()) if weights else 0.0
    # Weak words help where they stand there, and are not missed where they do not.
    needed = sum(
        weight
        for term, weight in weights.items()
        if weight >= _WHOSE or any(_held(term, words) for words, _ in places)
    )
    return known / needed if known else 0.0


def _held(term: str, words: Sequence[str]) -> float:
    """Return whether a word stands among others (0-1): less sure where one but begins alike."""
    if known_among(term, words):
        return 1.0
    return _ALIKE * any(related(term, one) for one in words)


def _cover(weights: Mapping[str, float], cell: Cell) -> float:
    """Return the share of a value's label that a question explains."""
    labels = [*(cell.labels or (cell.behind,)), *([cell.first] if cell.over else [])]
    return max(_part_known(weights, label) for label in labels)


def _part_known(weights: Mapping[str, float], label: str) -> float:
    words = [word for word in terms_in(label) if len(word) > 1 and not is_asking(word)]
    if not words:
        return 1.0
    counts = [len(word) * (WEAK if is_weak(word) else 1.0) for word in words]
    known = sum(
        count * part_meant(word, weights) for word, count in zip(words, counts, strict=True)
    )
    return known / sum(counts)
