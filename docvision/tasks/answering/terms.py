"""Words of a question beside words of a paper: which are the same, and which say little."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import Prefix

from docvision.tasks.answering.concepts import (
    first_words,
    group,
    meanings,
    opposed,
    senses,
    terms_in,
)
from docvision.tasks.answering.lexical import is_asking, lines_of

WEAK, PAPER = 0.3, 0.1
"""What a word counts that says little of what is asked for, and one that names the paper itself."""
OF_SELLER = frozenset(("vat_id",))
"""The fields that are the sender's of a paper, though its recipient may have such a thing too."""
_SPELT = 88.0
"""Likeness (0-100) from which two words are one, misread or in another form."""
_FORMED = 5
"""Letters from which words may differ in their ends, or be parts of one another."""
_STEM, _BEGUN = 4, 0.75
"""Letters that words begin with which are related, and what share of the shorter they are."""
_ENDINGS = frozenset(["s", "es", "e", "n", "en", "er", "ed", "d", "ped", "ping", "ing"])
"""What a short word may end with and be the same."""


def subject_terms(text: str) -> dict[str, float]:
    """Return the words of what a question is after, with what each counts."""
    return {
        word: PAPER if _is_paper(word) else WEAK if is_weak(word) else 1.0
        for word in terms_in(text)
        if not is_asking(word) and (len(word) > 1 or word.isdigit())
    }


@lru_cache(maxsize=20_000)
def is_weak(word: str) -> bool:
    """Whether a word, or all that it means, says little of what is asked for."""
    if "_" not in word and is_listed(word):
        return True
    means = first_words(word)
    return bool(means) and all(map(is_listed, means))


def same_term(one: str, other: str) -> bool:
    """Whether two folded words are the same, but for an ending, a compound, or a misread letter."""
    if one == other:
        return True
    if any(map(str.isdigit, one + other)):
        return _number(one) == _number(other) != ""
    short, long = sorted((one, other), key=len)
    if len(short) < _FORMED:
        return len(short) >= 3 and long.startswith(short) and long[len(short) :] in _ENDINGS
    if long.startswith(short):
        return True
    # What readers take for one another most, and what languages spell in different ways.
    misread = (word.replace("rn", "m") for word in (one, other))
    heard = (_heard(word) for word in (one, other))
    return fuzz.ratio(*misread) >= _SPELT or fuzz.ratio(*heard) >= _SPELT


def _heard(word: str) -> str:
    """Return a word as it sounds: `electrician` is `elektricien`, `hydraulic` `hydraulik`."""
    for written, sound in (("ph", "f"), ("th", "t"), ("qu", "k"), ("c", "k")):
        word = word.replace(written, sound)
    return word


@lru_cache(maxsize=100_000)
def alike(one: str, other: str) -> bool:
    """Whether two folded words are the same, or mean the same in two languages."""
    return same_term(one, other) or not _telling(one).isdisjoint(_telling(other))


@lru_cache(maxsize=200_000)
def related(one: str, other: str) -> bool:
    """Whether two folded words mean the same, or begin alike: `plowing` and `plowed`."""
    if alike(one, other):
        return True
    if meanings(one) and meanings(other):
        return False  # A `dépose` is no deposit.
    short, long = sorted((len(one), len(other)))
    same = Prefix.similarity(one, other)
    return same >= _STEM and same >= _BEGUN * short and long - same <= _STEM


def _telling(word: str) -> frozenset[str]:
    """Return what a word means that tells most: a Rechnungsnummer is no other number."""
    means = frozenset(first_words(word))
    telling = frozenset(one for one in means if not is_listed(one))
    return telling or means - group("looks") or means


def known_among(term: str, words: Iterable[str]) -> bool:
    """Whether a term stands among words, in whatever language; of a phrase its words may."""
    some = list(words)
    if any(alike(term, one) for one in some):
        return True
    parts = [part for part in term.split("_") if not is_asking(part)]
    return len(parts) > 1 and all(any(alike(part, one) for one in some) for part in parts)


def part_meant(word: str, terms: Iterable[str]) -> float:
    """Return how much of what a word means some terms mean too (0-1): of a compound, a part."""
    some = list(terms)
    if any(same_term(one, word) for one in some):
        return 1.0
    parts, meant = senses(word), {one for term in some for one in meanings(term)}
    return sum(not meant.isdisjoint(part) for part in parts) / len(parts) if parts else 0.0


def is_opposed(terms: Iterable[str], text: str) -> bool:
    """Whether a text says the opposite of one of some terms, and none of them."""
    some = list(terms)
    means = {one for word in terms_in(text) for one in first_words(word)}
    return any(
        not means.isdisjoint(opposed(term)) and means.isdisjoint(first_words(term)) for term in some
    )


def is_of_buyer(text: str) -> bool:
    """Whether words name who receives a paper, and not who sends it."""
    means = {one for term in terms_in(text) for one in first_words(term)}
    return bool(means & group("of_buyer")) and "seller" not in means


def _is_paper(word: str) -> bool:
    """Whether a word names the paper itself, and nothing else."""
    return bool(group("paper").intersection(first_words(word) or [word])) and is_weak(word)


@lru_cache(maxsize=20_000)
def is_listed(word: str) -> bool:
    """Whether a word itself is one of those that say little, whatever it may mean."""
    return any(_begins(word, stem) for line in lines_of("weak_words.txt") for stem in line.split())


def _begins(word: str, stem: str) -> bool:
    return word == stem if len(stem) <= 3 else word.startswith(stem)


def _number(text: str) -> str:
    """Return a number without what makes no difference: `7,00%` and `7` are one."""
    digits = re.sub(r"[.,]0+$", "", text.strip("%€$£ "))
    return digits if digits[:1].isdigit() else ""
