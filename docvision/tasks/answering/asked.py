"""What a question is after: what its answer looks like, the words it must stand beside, fields.

Nothing is known of the document here; all is told by words that people ask with, in the languages
of business papers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from docvision.schemas.library import NAMES, get_schema
from docvision.schemas.shape import Leaf
from docvision.tasks.answering.concepts import first_words, group, meanings, terms_in
from docvision.tasks.answering.lexical import (
    folded,
    is_asking,
    is_wording,
    label_terms,
    lines_of,
    wordings_of,
    words_of,
)
from docvision.tasks.answering.terms import (
    OF_SELLER,
    PAPER,
    WEAK,
    is_listed,
    is_of_buyer,
    is_weak,
    subject_terms,
)
from docvision.tasks.answering.wants import head_of, noun_of, wanting, wants_of

_ASKING = 0.1
"""What a word counts that only asks."""
LATER = 0.5
"""What further words count where a question asks how many."""
_REASON = "reason grund motif motivo reden"
"""What the label of an answer to `why` says, in one language or another."""
_IBAN = re.compile(r"(?=(?:\s?\w){15})[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,4})?")
_ACCOUNT = re.compile(r"iban|bank|konto|compte|cuenta|conto|rekening")
_DEADLINE = re.compile(
    r"\b(?:bis|(?:by|before|until) (?:when|(?:what|which) (?:date|day))|latest|until|till|hasta"
    r"|jusqu|entro|fino|tot|uiterlijk|najpozniej|do kiedy|ate quando|senast)\b"
)
"""What asks for a last day, which is never the paper's own."""
_DONE = re.compile(
    r"\b(?:(?:was|were|did|(?:has|have) (?!to\b)) ?.*\b(?:paid|pay|settled)"
    r"|wurde\w* .*(?:be|ge)zahlt|(?:a|ont) (?:ete|t) .*(?:paye|regle)|(?:fue|ha sido) pagad"
    r"|se pago\b|e stat[ao] pagat|(?:is|werd) .*betaald|zaplacon|oplacon|foi pag"
    r"|(?:blev|har) .*betal)"
)
"""What asks for something that was paid, and not for when it must be."""
_HOW = re.compile(
    r"\bhow (?:long|large|big|deep|far|wide|tall|high|heavy|old|often|soon|quickly|fast)\b"
    r"|\bwie (?:lange?|gross|tief|weit|breit|hoch|schwer|alt|oft|schnell)\b"
    r"|\bhoe (?:lang|groot|diep|ver|breed|hoog|zwaar|oud|vaak|snel)\b"
    r"|\bhur (?:lang[et]?|lange|stor[at]?|djup|bred|hog|ofta|snabbt)\b"
)
"""How one asks for a measure: what answers it looks so, and need not stand beside these words."""
OF_PAPER = ("date", "issue_date", "order_date", "effective_date")
"""The fields that hold the day of the paper itself."""
_DUE = frozenset(("due_date", "payment_terms"))
_SAID: Mapping[str, Sequence[str]] = {
    "date": ("when",),
    "name": ("who",),
    "amount": ("how", "much"),
}
"""What a question says by what it wants, in whatever words: on which day is when."""
_BRACKETS = re.compile(r"\(([^()]{2,})\)")


@dataclass(frozen=True, kw_only=True)
class FieldAsked:
    """A field of a built-in schema, and how much of a question it explains (0-1)."""

    kind: str
    leaf: Leaf
    share: float


@dataclass(frozen=True)
class Asked:
    """One question, taken apart; `asked_of` makes it."""

    question: str

    @cached_property
    def wants(self) -> frozenset[str]:
        """What the answer looks like: `amount`, `date`, … (see `kinds`); none where it is open."""
        return wants_of(self.question)

    @cached_property
    def own(self) -> tuple[Mapping[str, float], ...]:
        """The words that an answer should stand beside, with their weights, as they are said.

        What stands in brackets is another wording of what stands before them.
        """
        texts = [self.question]
        if "text" in self.wants:
            texts.append(_REASON)
        if inner := _BRACKETS.findall(self.question):
            texts = [*inner, _BRACKETS.sub(" ", self.question), self.question]
        return tuple(weights for text in texts if (weights := self._weighed(text)))

    @cached_property
    def variants(self) -> tuple[Mapping[str, float], ...]:
        """The same with other wordings of the label that the question holds, in all languages."""
        terms = list(label_terms(self.question))
        found = list(self.own)
        for wording in wordings_of(self.question):
            other = _replaced(terms, wordings_of(self.question), wording)
            found += [self._as_own(weights) for text in other if (weights := self._weighed(text))]
        unique = {tuple(sorted(weights.items())): weights for weights in found}
        telling = [one for one in unique.values() if not all(map(_is_kind, one))]
        return tuple(telling or unique.values())

    def _as_own(self, weights: Mapping[str, float]) -> Mapping[str, float]:
        """Return the words of another wording, none for less than the question has it for."""
        own = {term: weight for one in reversed(self.own) for term, weight in one.items()}
        says_little = max(subject_terms(self.question).values(), default=0.0) <= WEAK
        lost = max((own[term] for term in own if term not in weights and says_little), default=0.0)
        return {
            term: weight if _is_kind(term) else max(weight, own.get(term, lost))
            for term, weight in weights.items()
        }

    def _weighed(self, text: str) -> dict[str, float]:
        """Return the words of a wording with what each counts: how many of what says most."""
        if "unit" in self.wants and subject_terms(rest := wanting()["unit"].sub(" ", folded(text))):
            text = rest
        bare = wanting()["year"].sub(" ", _HOW.sub(" ", folded(text)))
        terms = subject_terms(bare) or subject_terms(text)
        if {"count", "price"} & self.wants:
            terms = _without_vessels(terms)
        if {"code", "date"} & self.wants and max(terms.values(), default=1.0) <= WEAK:
            # Of an order's number or day the order must be said, though it says little elsewhere.
            terms = {term: 1.0 if meanings(term) and not _is_kind(term) else weight
                     for term, weight in terms.items()}  # fmt: skip
        strong = [term for term, weight in terms.items() if weight > WEAK]
        later = _uncounted(text, strong) if "count" in self.wants else _modifiers(text, strong)
        noun = noun_of(folded(text))
        if noun in strong and not group("of_many").intersection(first_words(noun)):
            later = [term for term in strong if term != noun]
        if any("taxnumber" in first_words(term) for term in terms):
            # Both sides have one: whose it is tells which.
            later = [*later, *(term for term in terms if is_of_buyer(term))]
        return {
            term: PAPER if _is_kind(term) else LATER if term in later else weight
            for term, weight in terms.items()
        }

    def refuses(self, text: str) -> bool:
        """Whether a text can be no answer: a label, or an account where none is asked for."""
        words = words_of(folded(text))
        if set(words) <= set(words_of(folded(self.question))):
            return True
        if "name" in self.wants and words and group("signed").intersection(first_words(words[0])):
            return True
        if "name" in self.wants and all(is_asking(word) or meanings(word) for word in words):
            return True  # Whoever it is has a name that is no word of business.
        label = is_wording(text) or (len(words) == 1 and is_listed(words[0]))
        if label and "payment" not in self.wants:
            return True
        return bool(_IBAN.fullmatch(text)) and not _ACCOUNT.search(folded(self.question))

    @cached_property
    def is_of_the_whole(self) -> bool:
        """Whether only weak words are left: "When was it bought?" asks for the paper's date."""
        return not _DEADLINE.search(folded(self.question)) and all(
            weight <= WEAK for weight in subject_terms(self.question).values()
        )

    @property
    def says_more(self) -> bool:
        """Whether a question names several things, though each says little."""
        return sum(weight > PAPER for weight in subject_terms(self.question).values()) > 1

    def is_of_the_whole_but(self, want: str) -> bool:
        """Whether only weak words are left beside those that say what the answer looks like."""
        rest = wanting()[want].sub(" ", folded(self.question))
        return all(weight <= WEAK for weight in subject_terms(rest).values())

    @cached_property
    def fields(self) -> tuple[FieldAsked, ...]:
        """The fields that the question may be after: those whose wordings explain most of it."""
        words = [word for word in words_of(folded(self.question)) if len(word) > 1]
        words += [word for want, said in _SAID.items() if want in self.wants for word in said]
        found = [
            (name, leaf, *_explained(words, leaf))
            for name, leaf in _leaves()
            if not self._is_other(leaf.key)
        ]
        most = max(known for _, _, known, _ in found)
        return tuple(
            FieldAsked(kind=name, leaf=leaf, share=share)
            for name, leaf, known, share in found
            if known == most > 0
        )

    @cached_property
    def is_of_payment(self) -> bool:
        """Whether a question is after a payment that was made: none has the day of the bill."""
        return bool(_DONE.search(folded(self.question)))

    def _is_other(self, key: str) -> bool:
        """Whether a field is another day than what is asked for: the last one, or a past one."""
        text = folded(self.question)
        if key in OF_SELLER and is_of_buyer(text):
            return True
        if _DEADLINE.search(text):
            return key in OF_PAPER
        return key in _DUE and self.is_of_payment


@lru_cache(maxsize=256)
def asked_of(question: str) -> Asked:
    """Return a question, taken apart."""
    return Asked(question)


def _means_just(word: str, stem: str) -> bool:
    """Whether a word means what another does in a different language, and nothing else."""
    if meanings(word) != meanings(stem):
        return False
    return not group("looks").issuperset(first_words(word))


def _without_vessels(terms: Mapping[str, float]) -> dict[str, float]:
    """Return words without what a thing comes in, where the thing itself is named too."""
    strong = [term for term, weight in terms.items() if weight > WEAK]
    vessels = [term for term in strong if group("of_vessels").intersection(first_words(term))]
    return {
        term: weight
        for term, weight in terms.items()
        if term not in vessels or len(vessels) == len(strong)
    }


def _begins(word: str, stem: str) -> bool:
    return word == stem if len(stem) <= 3 else word.startswith(stem)


def _modifiers(text: str, strong: Sequence[str]) -> Sequence[str]:
    """Return the words that only say whose or what for, where the thing itself tells enough.

    A telephone number, an address or a name many have: there it matters whose it is.
    """
    head = subject_terms(head_of(folded(text)))
    named = [term for term in strong if term in head]
    if not named or any(group("of_many").intersection(first_words(term)) for term in named):
        return ()
    return [term for term in strong if term not in head]


def _uncounted(text: str, strong: Sequence[str]) -> Sequence[str]:
    """Return the words behind those that are counted: `ordered` of `blue bowls were ordered`."""
    words, first = words_of(folded(text)), strong[0].split("_")[0] if strong else ""
    start = words.index(first) if first in words else 0
    end = next((at for at in range(start, len(words)) if is_asking(words[at])), len(words))
    counted = {term for term in strong if set(term.split("_")) & {*words[start:end]}}
    return [term for term in strong[1:] if term not in counted]


def _is_kind(term: str) -> bool:
    """Whether a word says but what its value looks like: `number`, `date`."""
    means = first_words(term)
    return term in group("looks") or (bool(means) and group("looks").issuperset(means))


def _replaced(own: Sequence[str], wordings: Sequence[str], wording: str) -> Iterator[str]:
    """Yield the question with one wording of a label in place of the one that it holds."""
    asked = f" {' '.join(own)} "
    held = [terms for one in wordings if f" {(terms := ' '.join(label_terms(one)))} " in asked]
    # A word of a phrase is not meant by itself: a cash discount is not paid in cash.
    phrases = [f" {' '.join(term.split('_'))} " for term in terms_in(" ".join(own)) if "_" in term]
    inside = {one for one in held for phrase in phrases if f" {one} " in phrase != f" {one} "}
    held = [one for one in held if one not in inside]
    if held:
        yield asked.replace(f" {max(held, key=len)} ", f" {wording} ")


def _explained(words: Sequence[str], leaf: Leaf) -> tuple[float, float]:
    """Return how much of a question the wordings of a field explain, in words and as a share."""
    best = (0.0, 0.0)
    for way in _ways(leaf.key):
        used = [
            next(
                (
                    at
                    for at, word in enumerate(words)
                    if _begins(word, stem) or _means_just(word, stem)
                ),
                None,
            )
            for stem in way
        ]
        if None not in used:
            best = max(best, _share(words, {at for at in used if at is not None}))
    text = f" {' '.join(words)} "
    for label in _labels(leaf):
        if f" {label} " in text:
            start = text[: text.index(f" {label} ")].count(" ")
            best = max(best, _share(words, set(range(start, start + label.count(" ") + 1))))
    return best


def _share(words: Sequence[str], used: set[int]) -> tuple[float, float]:
    """Return how much of some words some of them are, in words and as a share of what counts.

    Weak words need not be explained, and words that only ask say nothing.
    """
    weights = [_ASKING if is_asking(word) else WEAK if is_weak(word) else 1.0 for word in words]
    known = sum(weights[at] for at in used)
    rest = sum(
        weight
        for at, weight in enumerate(weights)
        if at not in used
        and weight == 1.0
        and not group("of_owner").intersection(first_words(words[at]))
    )
    return round(known, 3), known / (known + rest)


@cache
def _ways(key: str) -> tuple[tuple[str, ...], ...]:
    parts = (line.partition("=") for line in lines_of("asking_fields.txt"))
    ways = (way for name, _, ways in parts if name.strip() == key for way in ways.split("|"))
    return tuple(tuple(way.split()) for way in ways)


@cache
def _leaves() -> tuple[tuple[str, Leaf], ...]:
    return tuple((name, leaf) for name in NAMES for leaf in get_schema(name).shape.leaves)


@cache
def _labels_of(labels: tuple[str, ...]) -> tuple[str, ...]:
    found = (" ".join(folded(word) for word in words_of(label)) for label in labels)
    return tuple(
        label
        for label in dict.fromkeys(found)
        if len(label) >= 3 and not all(is_asking(word) for word in label.split())
    )


def _labels(leaf: Leaf) -> tuple[str, ...]:
    # What a field is, in a word, says nothing: "number" is many things.
    about = (leaf.about,) if " " in leaf.about else ()
    return _labels_of((leaf.key.replace("_", " "), *about, *leaf.labels))
