"""What a question is after: what its answer looks like, the words it must stand beside, fields.

Nothing is known of the document here; all is told by words that people ask with, in the languages
of business papers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from rapidfuzz import fuzz

from docvision.schemas.library import NAMES, get_schema
from docvision.schemas.shape import Leaf
from docvision.tasks.answering.kinds import asked_kinds
from docvision.tasks.answering.lexical import (
    folded,
    is_asking,
    is_wording,
    kinds_of,
    label_terms,
    lines_of,
    wordings_of,
    words_of,
)

_WEAK, _ASKING = 0.3, 0.1
"""What a word counts that says little of what is asked for, and one that only asks."""
_LATER, _COUNTED = 0.5, 2
"""What further words count where a question asks how many, and how many are counted whole."""
_SPELT = 88.0
"""Likeness (0-100) from which two words are one, misread or in another form."""
_FORMED = 5
"""Letters from which words may differ in their ends, or be parts of one another."""
_ENDINGS = frozenset(["s", "es", "e", "n", "en", "er", "ed", "d", "ped", "ping", "ing"])
"""What a short word may end with and be the same."""
_REASON = "reason grund motif motivo reden"
"""What the label of an answer to `why` says, in one language or another."""
_IBAN = re.compile(r"(?=(?:\s?\w){15})[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,4})?")
_ACCOUNT = re.compile(r"iban|bank|konto|compte|cuenta|conto|rekening")
_BRACKETS = re.compile(r"\(([^()]{2,})\)")
_WANTS: Mapping[str, re.Pattern[str]] = {
    "unit": re.compile(
        r"\b(?:unit (?:price|cost)|(?:price|cost) (?:per|each|of one)|rate|per piece|einzelpreis|"
        r"stuckpreis|pro stuck|prix unitaire|precio unitario|prezzo unitario|stukprijs)\b"
        r"|\b(?:kost\w*|cost\w*|coute\w*|cuesta|costa)\b.{0,12}\b(?:a|one|an|eine?|une?|un|una|een)\b"
    ),
    "price": re.compile(
        r"\b(?:costs?|prices?|priced|charge for|kost\w*|preis\w*|coute\w*|couta\w*|prix|cuesta"
        r"|costo|costaba|precio|costa|costava|prezzo|prijs|custa|preco)\b"
    ),
    "count": re.compile(
        r"\b(?:how many|wie ?viele|combien d[e'’ ]|cuant[oa]s|quant[ie]|hoeveel stuks|quantity|"
        r"menge|anzahl|stuckzahl|quantite|cantidad|quantita|aantal)\b"
    ),
    "payment": re.compile(
        r"\b(?:(?:how(?! much| many)|wie(?! viel| hoch)|comment|como|come|hoe)\b.{0,12}"
        r"\b(?:paid|pay|bezahlt|gezahlt|paye\w*|pag\w+|betaald)|"
        r"(?:method|means|form|mode) of payment|payment (?:method|type|means)|"
        r"zahlungs(?:art|mittel|weise)|(?:which|what|welche\w?|quelle|que|quale)\b.{0,8}"
        r"\b(?:credit |debit )?(?:card|karte|carte|tarjeta|carta)|moyen de paiement|"
        r"mode de paiement|forma de pago|metodo di pagamento|betaalwijze)\b"
    ),
    "sum": re.compile(
        r"\b(?:sum|amount|summe|betrag|montant|somme|importe|suma|importo|somma|bedrag)\b"
    ),
    "time": re.compile(
        r"\b(?:what time|which hour|(?:wie ?viel|welche) uhr|uhrzeit|quelle heure|que hora|che ora|"
        r"hoe laat)\b"
    ),
    "web": re.compile(r"\b(?:web ?site|web ?page|url|internet\w*|homepage|site web|sitio web)\b"),
    "town": re.compile(
        r"\b(?:town|city|post ?code|zip(?: code)?|stadt|ort|plz|postleitzahl|ville|code postal|"
        r"ciudad|codigo postal|citta|cap|stad|postcode)\b"
    ),
    "date": re.compile(
        r"\b(?:date|what day|which day|datum|tag|jour|fecha|data|dag)\b|von wann|vom wann"
    ),
    "code": re.compile(
        r"\b(?:number|code|id|\w*(?:nummer|nr)|no|numero)\b|kennzeichen|\biban\b|\bbic\b"
    ),
    "fax": re.compile(r"\b(?:tele)?fax\w*\b"),
    "text": re.compile(r"^\W*(?:why|warum|weshalb|pourquoi|por que|perche|waarom)\b"),
}


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
        text = folded(self.question)
        own = {kind for kind, pattern in _WANTS.items() if pattern.search(text)}
        if {"unit", "price"} & own:
            return frozenset(own & {"unit", "price"}) | {"amount"}
        if "time" in own:
            return frozenset(("time",))
        if own & {"sum"} and not own & {"code"}:
            return frozenset(("amount",))
        if own & {"code", "count"}:
            own.discard("payment")  # The number of a card is no means of payment.
        if own & {"count", "payment", "web", "town", "fax", "text"}:
            return frozenset(own & {"count", "payment", "web", "town", "fax", "text"})
        # What is named may be counted, and be no number for that.
        named = kinds_of(self.question) - {"count"}
        if "date" in own and "code" not in own and named <= {"code"}:
            return frozenset({"date"})  # Nor is the date of an order its number.
        if "code" in own and named <= {"amount"}:
            return frozenset({"code"})  # The tax number is no tax.
        return frozenset(asked_kinds(self.question) or named or own & {"date", "code"})

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
            found += [weights for text in other if (weights := self._weighed(text))]
        unique = {tuple(sorted(weights.items())): weights for weights in found}
        return tuple(unique.values())

    def _weighed(self, text: str) -> dict[str, float]:
        """Return the words of a wording with what each counts: how many of what says most."""
        terms = subject_terms(text)
        strong = [term for term, weight in terms.items() if weight > _WEAK]
        later = strong[_COUNTED:] if "count" in self.wants else ()
        return {term: _LATER if term in later else weight for term, weight in terms.items()}

    def refuses(self, text: str) -> bool:
        """Whether a text can be no answer: a label, or an account where none is asked for."""
        words = words_of(folded(text))
        if set(words) <= set(words_of(folded(self.question))):
            return True
        label = is_wording(text) or (len(words) == 1 and is_weak(words[0]))
        if label and "payment" not in self.wants:
            return True
        return bool(_IBAN.fullmatch(text)) and not _ACCOUNT.search(folded(self.question))

    @cached_property
    def is_of_the_whole(self) -> bool:
        """Whether only weak words are left: "When was it bought?" asks for the paper's date."""
        return all(weight <= _WEAK for weight in subject_terms(self.question).values())

    def is_of_the_whole_but(self, want: str) -> bool:
        """Whether only weak words are left beside those that say what the answer looks like."""
        rest = _WANTS[want].sub(" ", folded(self.question))
        return all(weight <= _WEAK for weight in subject_terms(rest).values())

    @cached_property
    def fields(self) -> tuple[FieldAsked, ...]:
        """The fields that the question may be after: those whose wordings explain most of it."""
        words = [word for word in words_of(folded(self.question)) if len(word) > 1]
        found = [(name, leaf, *_explained(words, leaf)) for name, leaf in _leaves()]
        most = max(known for _, _, known, _ in found)
        return tuple(
            FieldAsked(kind=name, leaf=leaf, share=share)
            for name, leaf, known, share in found
            if known == most > 0
        )


@lru_cache(maxsize=256)
def asked_of(question: str) -> Asked:
    """Return a question, taken apart."""
    return Asked(question)


def subject_terms(text: str) -> dict[str, float]:
    """Return the words of what a question is after, with what each counts."""
    words = (folded(word) for word in words_of(text))
    return {
        word: _WEAK if is_weak(word) else 1.0
        for word in words
        if not is_asking(word) and (len(word) > 1 or word.isdigit())
    }


def is_weak(word: str) -> bool:
    """Whether a word says little of what is asked for."""
    return any(_begins(word, stem) for line in lines_of("weak_words.txt") for stem in line.split())


def same_term(one: str, other: str) -> bool:
    """Whether two folded words are the same, but for an ending, a compound, or a misread letter."""
    if one == other:
        return True
    if any(map(str.isdigit, one + other)):
        return _number(one) == _number(other) != ""
    short, long = sorted((one, other), key=len)
    if len(short) < _FORMED:
        return len(short) >= 3 and long.startswith(short) and long[len(short) :] in _ENDINGS
    # What readers take for one another most.
    alike = (word.replace("rn", "m") for word in (one, other))
    return long.startswith(short) or fuzz.ratio(*alike) >= _SPELT


def _number(text: str) -> str:
    """Return a number without what makes no difference: `7,00%` and `7` are one."""
    digits = re.sub(r"[.,]0+$", "", text.strip("%€$£ "))
    return digits if digits[:1].isdigit() else ""


def _begins(word: str, stem: str) -> bool:
    return word == stem if len(stem) <= 3 else word.startswith(stem)


def _replaced(own: Sequence[str], wordings: Sequence[str], wording: str) -> Iterator[str]:
    """Yield the question with one wording of a label in place of the one that it holds."""
    asked = f" {' '.join(own)} "
    held = [terms for one in wordings if f" {(terms := ' '.join(label_terms(one)))} " in asked]
    if held:
        yield asked.replace(f" {max(held, key=len)} ", f" {wording} ")


def _explained(words: Sequence[str], leaf: Leaf) -> tuple[float, float]:
    """Return how much of a question the wordings of a field explain, in words and as a share."""
    best = (0.0, 0.0)
    for way in _ways(leaf.key):
        used = [
            next((at for at, word in enumerate(words) if _begins(word, stem)), None) for stem in way
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
    weights = [_ASKING if is_asking(word) else _WEAK if is_weak(word) else 1.0 for word in words]
    known = sum(weights[at] for at in used)
    rest = sum(weight for at, weight in enumerate(weights) if at not in used and weight == 1.0)
    return round(known, 3), known / (known + rest)


@cache
def _ways(key: str) -> tuple[tuple[str, ...], ...]:
    for line in lines_of("asking_fields.txt"):
        name, _, ways = line.partition("=")
        if name.strip() == key:
            return tuple(tuple(way.split()) for way in ways.split("|"))
    return ()


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
