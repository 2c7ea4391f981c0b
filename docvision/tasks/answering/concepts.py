"""Words that mean the same in the languages of business papers, whatever language asks.

The words are data (`concepts.txt` and its fellows): a question in English finds a German label by
them, and the line of a list by what the thing is called there. Compounds have the meanings of their
parts: `Rechnungsnummer` is of an invoice, and a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from docvision.tasks.answering.lexical import folded, lines_of, words_of

_WHOLE = 4
"""Letters up to which a word of the list is a whole word."""
_INSIDE = 7
"""Letters from which a word of the list may stand inside a compound."""
_LONGEST = 5
"""Words of a phrase at most."""
_ENDING = 3
"""Letters at most that another form of a word ends with."""
_PREFIXED = re.compile(r"(?:an|aus|ab|ein|auf|zu|mit|be|ver)?(?:ge)?([^\W\d_]{5,})")
"""A German or Dutch word with what may stand before its stem."""
_VOWEL = re.compile(r"(?<=[^aeiouy]{2})[aeoy]$|(?<=[aeiouy][^aeiouy])[aeoy]$")
"""What a stem loses before other endings."""


@dataclass(frozen=True, kw_only=True)
class _Lexicon:
    """Meanings, each a number, by whole words and phrases, beginnings, ends, and stems of words."""

    whole: Mapping[str, frozenset[int]]
    begins: Mapping[str, frozenset[int]]
    ends: Mapping[str, frozenset[int]]
    stems: Mapping[str, frozenset[int]]
    firsts: tuple[str, ...]


def terms_in(text: str) -> list[str]:
    """Return the folded words of a text, those of a phrase as one, joined by `_`."""
    words = words_of(folded(text))
    found: list[str] = []
    at = 0
    while at < len(words):
        sizes = range(min(_LONGEST, len(words) - at), 1, -1)
        size = next((n for n in sizes if "_".join(words[at : at + n]) in _lexicon().whole), 1)
        found.append("_".join(words[at : at + size]))
        at += size
    return found


@lru_cache(maxsize=20_000)
def meanings(term: str) -> frozenset[int]:
    """Return what a folded word or phrase means; none where the list does not have it."""
    return frozenset[int]().union(*senses(term))


@lru_cache(maxsize=20_000)
def senses(term: str) -> tuple[frozenset[int], ...]:
    """Return what each part of a folded word may mean: one part, but for compounds."""
    lexicon = _lexicon()
    if term in lexicon.whole or "_" in term:
        whole = lexicon.whole.get(term, frozenset()) | lexicon.begins.get(term, frozenset())
        return (whole,) if whole else ()
    found: list[frozenset[int]] = []
    at = 0
    while at < len(term):
        size = _longest(term, at)
        if size:
            found.append(lexicon.begins[term[at : at + size]])
        at += max(1, size)
    found += (numbers for end, numbers in lexicon.ends.items() if term.endswith(end))
    if not found and term.endswith("s") and term[:-1] in lexicon.whole:
        found.append(lexicon.whole[term[:-1]])  # Several bowls are bowls.
    return tuple(found) or _inflected(term)


def _inflected(term: str) -> tuple[frozenset[int], ...]:
    """Return what a word means that is listed in another form: `geliefert`, `reszty`."""
    match = _PREFIXED.fullmatch(term)
    if match and match[1] != term and (inner := senses(match[1])):
        return inner
    least = max(_WHOLE, len(term) - _ENDING)
    cuts = (term[:size] for size in range(len(term) - 1, least - 1, -1))
    stems = (cut for cut in cuts if len(cut) > _WHOLE or len(term) == len(cut) + 1)
    return next(((means,) for stem in stems if (means := _lexicon().stems.get(stem))), ())


def opposed(term: str) -> frozenset[str]:
    """Return the first words of the meanings that are opposites of what a term means."""
    means = first_words(term)
    return frozenset(
        other
        for one, two in _opposites()
        for own, other in ((one, two), (two, one))
        if own in means and other not in means
    )


@cache
def _opposites() -> tuple[tuple[str, str], ...]:
    pairs = (line.split() for line in lines_of("opposites.txt"))
    return tuple((one, two) for one, two in pairs)


def _longest(word: str, at: int) -> int:
    """Return the length of the longest listed beginning that stands at a place of a word, or 0.

    Inside a word it must be long, or end the word, or follow another.
    """
    begins = _lexicon().begins
    for size in range(len(word) - at, _WHOLE, -1):
        if word[at : at + size] in begins and (
            at == 0 or at + size == len(word) or size >= _INSIDE
        ):
            return size
    return 0


def first_words(term: str) -> Sequence[str]:
    """Return the word that each meaning of a term is listed under."""
    return [_lexicon().firsts[number] for number in sorted(meanings(term))]


@cache
def group(name: str) -> frozenset[str]:
    """Return the meanings of one kind, by the words that they are listed under."""
    parts = (line.partition("=") for line in lines_of("meaning_groups.txt"))
    return frozenset(one for key, _, words in parts if key.strip() == name for one in words.split())


def _further(firsts: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield further words for meanings, with their numbers."""
    for line in lines_of("concepts_more.txt"):
        first, _, words = line.partition(" ")
        yield firsts.index(first), words


@cache
def _lexicon() -> _Lexicon:
    whole: dict[str, set[int]] = {}
    begins: dict[str, set[int]] = {}
    ends: dict[str, set[int]] = {}
    files = ("concepts.txt", "concepts_office.txt", "concepts_asked.txt")
    lines = [line for file in files for line in lines_of(file)]
    firsts = [line.split()[0].rstrip(".") for line in lines]
    numbered = [*enumerate(lines), *_further(firsts)]
    for number, line in numbered:
        for entry in line.split():
            word = "_".join(words_of(folded(entry.replace("_", " "))))
            is_part = len(word) > _WHOLE and not entry.endswith(".") and "_" not in word
            if entry.startswith("-"):
                ends.setdefault(word, set()).add(number)
                continue
            (begins if is_part else whole).setdefault(word, set()).add(number)
    stems: dict[str, set[int]] = {}
    for words in (whole, begins):
        for word, numbers in words.items():
            if len(word) > _WHOLE and "_" not in word and (stem := _VOWEL.sub("", word)) != word:
                stems.setdefault(stem, set()).update(numbers)
    return _Lexicon(
        whole={word: frozenset(numbers) for word, numbers in whole.items()},
        begins={word: frozenset(numbers) for word, numbers in begins.items()},
        ends={word: frozenset(numbers) for word, numbers in ends.items()},
        stems={word: frozenset(numbers) for word, numbers in stems.items()},
        firsts=tuple(firsts),
    )
