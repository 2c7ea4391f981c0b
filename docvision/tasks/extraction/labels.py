"""Values that stand beside their labels, found without a model: `Due: 3 May`, `SUMME EUR 20,08`.

A label is what a schema says that a field goes by (`x-docvision-labels`), or the field's own name.
It stands where a line or a column begins. Its value follows on the line, or stands below it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process

from docvision.schemas.shape import Kind, Leaf
from docvision.tasks.evidence import words_of_key
from docvision.tasks.extraction.candidates import runs_of
from docvision.tasks.normalise import Conventions, folded, normalise, to_currency
from docvision.tasks.passage import Passage, Run

_LONGEST = 5
"""Words of a label at most."""
_ALIKE = 88.0
"""Similarity (0-100) from which letters are a label that OCR misread; short ones must be exact."""
_FUZZY_FROM = 6
"""Letters of such a label at least."""
_FAR = 80
"""Words behind a label among which those below it are looked for."""
_WHOLE = 0.3
"""What the sureness of a whole number loses where amounts have cents."""
_NUMBERED = frozenset(("number", "no", "id", "iban", "code"))
"""Words in the names of fields whose values have digits."""
_MOST_WORDS = 10
"""Words of a text at most."""
_BESIDE, _BELOW, _ONE_OF_MANY = 0.95, 0.85, 0.6
"""How sure a value beside its label is, one below, and one of several figures on the line."""
_DOUBT = 0.15
"""What that loses where the label is short and has no colon, or is misread."""

_GLUED = re.compile(r"(?P<label>\D*[^\W\d_])[.:=]{1,2}(?P<value>[\w#+(].*)")
_PERCENT = re.compile(r"\(?\d{1,2}(?:[.,]\d{1,2})?%\)?:?")
_AMOUNT = re.compile(r"(?<!\S)\D?[\d.,]*\d[.,]\d{2}(?!\S)")
_MONEY = re.compile(r"\d[.,]\d{2}(?!\d)")
_BEFORE = frozenset(("incl", "inkl", "including", "zzgl", "plus", "davon", "excl", "enthaltene"))
"""Words before a label that belong to it."""


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """A value beside a label of its field.

    Attributes:
        run: The words that hold it.
        text: The value; less than the words of `run` where label and value are one word.
        sure: The chance that it is the field's value.
        beside: Whether it stands on the label's line.
    """

    run: Run
    text: str
    sure: float
    beside: bool = True


@dataclass(frozen=True, kw_only=True)
class _Place:
    """A label: the words it takes up, and whose it is; `glued` is a value in its last word."""

    first: int
    last: int
    keys: frozenset[str]
    glued: str = ""
    colon: bool = False
    doubt: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Labels:
    """The labels of a record's fields in a passage, and the values that stand beside them.

    Attributes:
        values: For each field (by key) the values beside its labels, the surest first.
        seen: The keys of the fields of which a label stands in the passage.
        starts: The words at which labels begin.
    """

    values: Mapping[str, Sequence[Labelled]]
    seen: frozenset[str]
    starts: Sequence[int] = ()

    def of(self, key: str) -> Sequence[Labelled]:
        """Return the values of a field."""
        return self.values.get(key, ())

    def others(self, key: str, run: Run) -> bool:
        """Whether a run is what stands beside the label of another field, and not of this."""
        mine = any(_overlap(one.run, run) for one in self.of(key))
        return not mine and any(
            one.run == run and one.sure >= _BELOW
            for other, found in self.values.items()
            if other != key
            for one in found
        )


def labels_in(passage: Passage, leaves: Sequence[Leaf], conventions: Conventions) -> Labels:
    """Return the labels of fields in a passage with what stands beside them."""
    places = _places(passage, leaves)
    found: defaultdict[str, list[Labelled]] = defaultdict(list)
    for leaf in leaves:
        reader = _Reader(passage, leaf, places, conventions)
        for place in places:
            if leaf.key in place.keys and (value := reader.value(place)):
                found[leaf.key].append(value)
    return Labels(
        values={key: sorted(some, key=lambda one: -one.sure) for key, some in found.items()},
        seen=frozenset(key for place in places for key in place.keys),
        starts=[place.first for place in places],
    )


def _places(passage: Passage, leaves: Sequence[Leaf]) -> list[_Place]:
    wordings: defaultdict[str, set[str]] = defaultdict(set)
    for leaf in leaves:
        for wording in (_name_of(leaf), *leaf.labels):
            wordings[_letters(wording)].add(leaf.key)
    found: list[_Place] = []
    for at in range(len(passage.words)):
        if found and at < found[-1].last:
            continue
        place = _place(passage, at, wordings)
        # Within a line a label has a colon, or it is words of a sentence.
        if place and (_begins(passage, at) or (place.colon and not place.doubt)):
            found.append(place)
    return found


def _place(passage: Passage, first: int, wordings: Mapping[str, set[str]]) -> _Place | None:
    """Return the longest label that begins at a word."""
    best: _Place | None = None
    joined = ""
    for last in range(first + 1, min(first + _LONGEST, len(passage.words)) + 1):
        word = passage.words[last - 1]
        if last - 1 > first and (word.gap != " " or word.line != passage.words[first].line):
            break
        glued = _GLUED.fullmatch(word.text)
        joined += _letters(glued["label"] if glued else word.text)
        colon = bool(glued) or word.text.endswith(":")
        known = _known(joined, wordings)
        if known and (known[1] or best is None):
            wording, exact = known
            best = _Place(
                first=first,
                last=last,
                keys=frozenset(wordings[wording]),
                glued=glued["value"] if glued else "",
                colon=colon or _is_colon(passage, last),
                doubt=_DOUBT * (not exact) + _DOUBT * (len(joined) <= 3 and not colon),
            )
        if colon:
            break
    return best


def _known(joined: str, wordings: Mapping[str, set[str]]) -> tuple[str, bool] | None:
    if joined in wordings and joined:
        return joined, True
    if len(joined) < _FUZZY_FROM:
        return None
    near = [one for one in wordings if abs(len(one) - len(joined)) <= 1]
    found = process.extractOne(joined, near, scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return (found[0], False) if found else None


def _begins(passage: Passage, at: int) -> bool:
    """Whether a label may begin here: where a column begins, behind a colon, behind `incl.`"""
    word = passage.words[at]
    if word.gap != " " or word.text.endswith(":") or _GLUED.fullmatch(word.text):
        return True
    before = passage.words[at - 1].text
    behind = before.endswith(":") or _letters(before) in _BEFORE
    return behind or (bool(_PERCENT.fullmatch(before)) and _begins(passage, at - 1))


class _Reader:
    """Reads the values of one field beside its labels."""

    def __init__(
        self, passage: Passage, leaf: Leaf, places: Sequence[_Place], conventions: Conventions
    ) -> None:
        self._passage = passage
        self._leaf = leaf
        self._conventions = conventions
        self._starts = sorted(place.first for place in places)
        self._runs = runs_of(passage, leaf, conventions)

    def value(self, place: _Place) -> Labelled | None:
        """Return what stands beside a label, else below it."""
        if place.glued:
            return self._glued(place)
        beside = self._figure(place) if self._runs is not None else self._text(place)
        return beside or self._under(place)

    def _glued(self, place: _Place) -> Labelled | None:
        end = place.last
        if self._runs is None:
            end = max(place.last, self._end(place.last, self._limit(place)))
            end = next((at for at in range(place.last, end) if self._is_time(at)), end)
        words = [place.glued, *(word.text for word in self._passage.words[place.last : end])]
        for count in range(len(words), 0, -1):
            text = " ".join(words[:count])
            if self._fits(text):
                run = Run(first=place.last - 1, last=place.last - 1 + count)
                return Labelled(run=run, text=text, sure=_BESIDE - place.doubt)
        return None

    def _limit(self, place: _Place) -> int:
        """Return the word at which the next label or the next line begins."""
        end = self._line_end(place.last - 1)
        return min([start for start in self._starts if place.last <= start < end], default=end)

    def _figure(self, place: _Place) -> Labelled | None:
        """Return the number, date or code that follows a label on its line."""
        words, limit = self._passage.words, self._limit(place)
        at = _skipped(self._passage, place.last, limit)
        runs = [run for run in self._runs or () if at <= run.first and run.last <= limit]
        runs = [run for run in runs if not self._is_share(run)]
        if not runs:
            return None
        if runs[0].first != at and not place.colon and words[at].gap == " ":
            # Other words go on with the label: it is another one, which nobody knows.
            return None
        many = self._leaf.kind in (Kind.NUMBER, Kind.INTEGER) and len(runs) > 1
        # An IBAN in groups is an IBAN from group to group.
        longest = max(run.last for run in runs if run.first == runs[0].first)
        run = runs[-1] if many else Run(first=runs[0].first, last=longest)
        doubt = place.doubt + _WHOLE * self._is_odd(run)
        return self._labelled(run, (_ONE_OF_MANY if many else _BESIDE) - doubt)

    def _text(self, place: _Place) -> Labelled | None:
        limit = self._limit(place)
        at = place.last
        while at < limit and not _letters(self._passage.words[at].text):
            at += 1
        end = self._end(at, limit)
        if at >= end or end - at > _MOST_WORDS:
            return None
        if _is_numbered(self._leaf):
            end = next((one for one in range(at + 1, end) if self._is_time(one)), end)
        run = Run(first=at, last=end)
        sure = _BESIDE if place.colon or self._passage.words[at].gap != " " else _BELOW
        return self._labelled(run, sure - place.doubt)

    def _is_odd(self, run: Run) -> bool:
        """Whether a number has no cents where amounts of the document have: `Card 0`."""
        if self._leaf.kind is not Kind.NUMBER or _MONEY.search(self._passage.quote(run)):
            return False
        return bool(_MONEY.search(self._passage.flat))

    def _is_time(self, at: int) -> bool:
        return normalise(self._passage.words[at].text, Kind.TIME, self._conventions) is not None

    def _end(self, at: int, limit: int) -> int:
        """Return where the column ends that a word stands in."""
        end = at + 1
        while end < limit and self._passage.words[end].gap == " ":
            end += 1
        return min(end, limit)

    def _under(self, place: _Place) -> Labelled | None:
        """Return what stands below a label, in line with it."""
        words = self._passage.words
        if self._runs is None and self._limit(place) > place.last:
            return None
        under = self._below(place, 1)
        if not under:
            return None
        if self._runs is None:
            first = under[0]
            if first in self._starts or words[first].gap == " ":
                return None
            alone = place.colon and words[place.first].gap != "  "
            last = self._line_end(first) if alone else self._end(first, len(words))
            return self._labelled(Run(first=first, last=last), _BELOW - place.doubt, beside=False)
        runs = self._figures_at(under)
        if len(runs) != 1 or self._figures_at(self._below(place, 2)):
            # A column of several is a table's.
            return None
        return self._labelled(runs[0], _BELOW - place.doubt, beside=False)

    def _below(self, place: _Place, lines: int) -> list[int]:
        """Return the words so many lines below a label that stand under it."""
        words = self._passage.words
        label = words[place.first : place.last]
        left, right = label[0].bbox[0], label[-1].bbox[2]
        return [
            at
            for at in range(place.last, min(place.last + _FAR, len(words)))
            if words[at].line == label[0].line + lines
            and words[at].page == label[0].page
            and words[at].bbox[0] < right
            and words[at].bbox[2] > left
        ]

    def _figures_at(self, under: Sequence[int]) -> list[Run]:
        if not under:
            return []
        runs = [run for run in self._runs or () if run.first <= under[-1] and under[0] < run.last]
        return [run for run in runs if not self._is_share(run)]

    def _line_end(self, at: int) -> int:
        words = self._passage.words
        end = at
        while end < len(words) and words[end].line == words[at].line:
            end += 1
        return end

    def _labelled(self, run: Run, sure: float, *, beside: bool = True) -> Labelled | None:
        text = self._passage.quote(run)
        if not self._fits(text):
            return None
        return Labelled(run=run, text=text, sure=sure, beside=beside)

    def _fits(self, text: str) -> bool:
        value = normalise(text, self._leaf.kind, self._conventions, self._leaf.choices)
        return value is not None and looks_like(self._leaf, text)

    def _is_share(self, run: Run) -> bool:
        """Whether a figure is a percentage."""
        words = self._passage.words
        after = words[run.last] if run.last < len(words) else None
        sign = after is not None and after.line == words[run.first].line and after.text[:1] == "%"
        return sign or "%" in self._passage.quote(run)


def _name_of(leaf: Leaf) -> str:
    """Return the words of a field's own name."""
    return words_of_key(leaf.path[-1] if leaf.path else leaf.key)


def _is_numbered(leaf: Leaf) -> bool:
    return bool(_NUMBERED & set(_name_of(leaf).split()))


def looks_like(leaf: Leaf, text: str) -> bool:
    """Whether a text can be what a field's name says: a number has digits, an e-mail its sign."""
    named = set(_name_of(leaf).split())
    if leaf.kind not in (Kind.TEXT, Kind.CODE):
        return True
    if "email" in named or "mail" in named:
        return "@" in text
    digits = sum(map(str.isdigit, text))
    if leaf.kind is Kind.CODE and (_AMOUNT.search(text) or "%" in text):
        return False
    if named & {"phone", "telephone", "mobile", "fax", "tel"}:
        return digits >= 5
    if named & _NUMBERED:
        return digits > 0
    if "name" in named:
        return sum(map(str.isalpha, text)) > max(1, digits)
    return True


def _skipped(passage: Passage, at: int, limit: int) -> int:
    """Return the next word behind a joint, a currency, a percentage, a remark in brackets."""
    words = passage.words
    while at < limit:
        text = words[at].text
        behind = next((end for end in range(at, limit) if words[end].text.endswith(")")), None)
        if at + 1 < limit and words[at + 1].text.startswith("%") and text[:1].isdigit():
            at += 2
        elif text.startswith("(") and behind is not None and not _MONEY.search(text):
            at = behind + 1
        elif _PERCENT.fullmatch(text) or not _letters(text) or _is_currency(text):
            at += 1
        else:
            break
    return at


def _is_currency(text: str) -> bool:
    plain = text.rstrip(".:")
    return plain.isalpha() and len(plain) <= 4 and bool(to_currency(plain) or plain == "EURO")


def _is_colon(passage: Passage, at: int) -> bool:
    return at < len(passage.words) and passage.words[at].text == ":"


def _overlap(one: Run, other: Run) -> bool:
    return one.first < other.last and other.first < one.last


@cache
def _letters(text: str) -> str:
    """Return the letters and digits of a text, without accents and upper case."""
    return "".join(mark for mark in folded(text) if mark.isalnum())
