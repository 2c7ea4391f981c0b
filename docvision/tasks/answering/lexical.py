"""A lexical index: which of many texts a question is likely to be about.

BM25 (Robertson & Zaragoza 2009, in the form that Lucene uses) over terms that look past accents,
letter case and endings, widened by other wordings of the same label (`wordings.txt`), so that
"the sum to pay" finds "Total due" and "Gesamtbetrag". No embeddings and no server.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import bm25s

from docvision.reading.words import has_cjk

_STEM = 5
"""Letters of a word that count. Cutting words to their first five letters finds about as much as
a stemmer does and asks for no language (Can et al. 2008, "Information retrieval on Turkish
texts")."""

_WIDENED = 0.5
"""What a term of another wording weighs beside one of the question itself."""

_BARRED = str.maketrans("łøđı", "lodi")
"""Letters that are no letter with an accent to Unicode."""
_TERM = re.compile(r"\w+(?:[.,'’/-]\w+)*", re.UNICODE)
_PLAIN = re.compile(r"[^\W_]+(?:[.,][^\W_]+)*")
_INNER = re.compile(r"[\W_]+")
_PLURAL = re.compile(r"(?<=sh|ch|ss)es$|(?<=x)es$|(?<=[^s]{2}[^su])s$")


@dataclass(frozen=True, kw_only=True)
class _Group:
    """Wordings of one label, each with its terms, and what its values are like.

    `whole` are the wordings that have no small word, as in `invoice to`.
    """

    kind: str
    terms: Mapping[str, str]
    whole: frozenset[str]


class LexicalIndex:
    """Scores texts by a question. Texts are indexed once, questions asked many times.

    Args:
        texts: Pages, or stretches of them.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._count = len(texts)
        self._index = bm25s.BM25(method="lucene")
        # An index without a single term is an error to the library; no question holds this one.
        corpus = [list(terms_of(text)) or ["\0"] for text in texts] or [["\0"]]
        self._index.index(corpus, show_progress=False)

    def scores(self, question: str) -> list[float]:
        """Return how well each text fits the question; 0 where they have no term in common."""
        own = list(asked_terms(question))
        scores = self._scores(own)
        widened = [term for term in _widened(question) if term not in own]
        more = self._scores(widened)
        return [score + _WIDENED * extra for score, extra in zip(scores, more, strict=True)]

    def _scores(self, terms: Sequence[str]) -> list[float]:
        if not terms or not self._count:
            return [0.0] * self._count
        return [float(score) for score in self._index.get_scores(list(terms))]


def terms_of(text: str) -> Iterator[str]:
    """Yield the terms of a text: cut words, whole numbers and codes, pairs of CJK characters."""
    for word in _TERM.findall(folded(text)):
        if has_cjk(word):
            yield from (word[at : at + 2] for at in range(max(1, len(word) - 1)))
        elif any(letter.isdigit() for letter in word):
            # 1,234.50 and 1.234,50 are one number.
            yield _INNER.sub("", word)
        else:
            yield from (_PLURAL.sub("", part)[:_STEM] for part in _INNER.split(word) if part)


def asked_terms(question: str) -> Iterator[str]:
    """Yield the terms of what a question is after, without the words that only ask."""
    yield from dict.fromkeys(terms_of(asked_words(question)))


def label_terms(text: str) -> Iterator[str]:
    """Yield the terms of a label, or of a question that holds one: whole words, plurals folded.

    Cut words would not do: an addressee is no address, and a Rechnungsdatum no Rechnungsnummer.
    """
    for word in dict.fromkeys(_TERM.findall(folded(asked_words(text)))):
        yield from (_PLURAL.sub("", part) for part in _INNER.split(word) if part)


def asked_words(question: str) -> str:
    """Return the words of what a question is after: "What is the due date?" gives "due date"."""
    words = [word for word in _TERM.findall(question) if folded(word) not in _asking()]
    return " ".join(words) or question


def words_of(text: str) -> list[str]:
    """Return the words and numbers of a text, without marks."""
    return _PLAIN.findall(text)


def is_asking(word: str) -> bool:
    """Whether a folded word only asks."""
    return word in _asking()


def wordings_of(question: str) -> tuple[str, ...]:
    """Return the wordings, in several languages, of the longest label that a question holds."""
    return tuple(wording for group in _asked_groups(question) for wording in group.terms)


def is_wording(text: str) -> bool:
    """Return whether a text is a label, in one of its known wordings."""
    return " ".join(label_terms(text)) in _known()


def kinds_of(question: str) -> frozenset[str]:
    """Return what the values of the labels that a question holds are like (see `kinds`)."""
    return frozenset(group.kind for group in _asked_groups(question))


def _asked_groups(question: str) -> tuple[_Group, ...]:
    asked = " ".join(label_terms(question))
    plain = " ".join(_TERM.findall(folded(question)))
    fits = [
        max(
            (
                len(terms)
                for wording, terms in group.terms.items()
                # Of `invoice to` what is left without the small word is no name of a buyer.
                if _holds(asked, terms) and (wording in group.whole or _holds(plain, wording))
            ),
            default=0,
        )
        for group in _groups()
    ]
    best = max(fits)
    return tuple(group for group, fit in zip(_groups(), fits, strict=True) if fit == best > 0)


def _widened(question: str) -> Iterator[str]:
    yield from dict.fromkeys(
        term for wording in wordings_of(question) for term in asked_terms(wording)
    )


def _holds(asked: str, terms: str) -> bool:
    return f" {terms} " in f" {asked} "


@cache
def _asking() -> frozenset[str]:
    return frozenset(word for line in lines_of("asking_words.txt") for word in line.split())


@cache
def _known() -> frozenset[str]:
    return frozenset(terms for group in _groups() for terms in group.terms.values())


@cache
def _groups() -> tuple[_Group, ...]:
    return tuple(_group(line) for line in lines_of("wordings.txt"))


def _group(line: str) -> _Group:
    kind, _, wordings = line.partition("=")
    terms = {one.strip(): " ".join(label_terms(one)) for one in wordings.split("|")}
    small = {"to", "from", "by", "on"}
    whole = frozenset(one for one in terms if " " not in one or not small & set(one.split()))
    return _Group(kind=kind.strip(), terms=terms, whole=whole)


@cache
def lines_of(name: str) -> tuple[str, ...]:
    """Return the lines of a list of words beside this file, without remarks."""
    text = (resources.files("docvision.tasks.answering") / name).read_text("utf-8")
    return tuple(line for line in text.splitlines() if line.strip() and not line.startswith("#"))


def folded(text: str) -> str:
    """Return a text without accents and upper case."""
    parts = unicodedata.normalize("NFKD", text.casefold().translate(_BARRED))
    return "".join(letter for letter in parts if not unicodedata.combining(letter))
