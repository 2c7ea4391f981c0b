"""The value of a label: it follows on the label's line, or stands below it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from docvision.schemas.shape import Kind, Leaf
from docvision.tasks.evidence import evidence_of, narrowed
from docvision.tasks.extraction.around import ALIGNED, Around
from docvision.tasks.extraction.candidates import runs_of
from docvision.tasks.extraction.found import Found
from docvision.tasks.extraction.label_places import (
    OTHER_ADDRESSES,
    PERCENT,
    LabelPlace,
    behind_currency,
    letters_of,
)
from docvision.tasks.extraction.plausible import is_accepted, is_numbered, is_phone, looks_like
from docvision.tasks.extraction.segments import SEPARATORS
from docvision.tasks.normalise import Conventions, normalise, to_currency
from docvision.tasks.passage import Passage, Run

BESIDE, BELOW, _ONE_OF_MANY = 0.95, 0.85, 0.6
"""How sure a value beside its label is, one below, and one of several figures on the line."""
_WHOLE = 0.3
"""What the sureness of a whole number loses where amounts have cents."""
_MOST_WORDS = 10
"""Words of a text at most."""
_DATE_WORDS = 3
"""Words of a date at most."""
_TELLING = 8
"""Letters of a word that is a label whatever is remarked behind it."""
_EDGES = " -\u2013:;,|·•∙"
"""Marks that are no part of a text where they begin or end it."""
_AT = frozenset(("at", "@", "of", "de", "à", "zu", "von", "al", "del", "van"))
"""Words between a label and a rate: `VAT at 5%`."""
_SIGN = re.compile(r"^(?:(?:n[°ºo]\.?|nr\.?|num\.?) |# ?)(?=\S*\d)", re.IGNORECASE)
"""What a number may begin with that is no part of it."""
_HEADINGS = frozenset(
    (
        "service", "services", "information", "info", "details", "support", "care", "copy",
        "summary", "relations", "notice", "satisfaction", "advice", "address", "kopie", "daten",
        "adresse", "datos", "dati", "gegevens", "dane", "coordonnees",
    )
)  # fmt: skip
"""Words that make a heading of the label before them."""
_ENDED = re.compile(
    r"(\s(?!(?:inc|str|etc|incl|inkl|excl|exkl|zzgl|ext|tel|est|dept|corp)\.)[a-zß-ÿ]{3,})\.$"
)
"""The end of a sentence; `Ltd.` and `Str.` are none."""
_MONEY = re.compile(r"\d[.,]\d{2}(?!\d)")
_SUM = re.compile(r"[^\w\s]?\d[\d.,'’]*[.,]\d{2}\W?")


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

    @classmethod
    def at(cls, passage: Passage, start: int, text: str, sure: float) -> Labelled:
        """Return a text that begins at an offset in a passage's flat text."""
        return cls(run=passage.run_at(start, start + len(text)), text=text, sure=sure)

    def found(self, passage: Passage, leaf: Leaf, conventions: Conventions) -> Found | None:
        """Return it as the value of a leaf; None where it is not what the leaf's schema asks."""
        value = normalise(self.text, leaf.kind, conventions, leaf.choices)
        if value is None or not is_accepted(leaf, value):
            return None
        evidence = narrowed(evidence_of(passage, self.run, confidence=self.sure), self.text)
        return Found(value=value, evidence=evidence, confidence=evidence.confidence)


class BesideReader:
    """Reads the values of one field beside its labels."""

    def __init__(
        self, passage: Passage, leaf: Leaf, places: Sequence[LabelPlace], conventions: Conventions
    ) -> None:
        self._passage = passage
        self._leaf = leaf
        self._conventions = conventions
        self._around = Around(passage, places, coded=leaf.kind is Kind.CODE)
        self._runs = runs_of(passage, leaf, conventions)

    def value(self, place: LabelPlace) -> Labelled | None:
        """Return what stands beside a label, else below it."""
        if place.glued:
            return self._glued(place)
        if place.qualifies and self._runs is None and self._around.is_apart(place):
            return None
        if place.inline:
            return None if self._runs is None else self._figure(place) or self._next_line(place)
        if self._runs is None and self._names_figure(place):
            return None
        if self._runs is None and not place.colon and self._around.is_over(place):
            return self._under(place)
        beside = self._figure(place) if self._runs is not None else self._text(place)
        return beside or self._under(place)

    def _glued(self, place: LabelPlace) -> Labelled | None:
        end = place.last
        if self._runs is None:
            end = max(place.last, self._around.end(place.last, self._around.limit(place)))
            end = next((at for at in range(place.last, end) if self._is_time(at)), end)
        words = [place.glued, *(word.text for word in self._passage.words[place.last : end])]
        for count in range(len(words), 0, -1):
            text = " ".join(words[:count])
            if self._fits(text):
                run = Run(first=place.last - 1, last=place.last - 1 + count)
                return Labelled(run=run, text=text, sure=BESIDE - place.doubt)
        return None

    def _figure(self, place: LabelPlace) -> Labelled | None:
        """Return the number, date or code that follows a label on its line."""
        words, limit = self._passage.words, self._around.limit(place)
        at = _skipped(self._passage, place.last, limit)
        if self._leaf.kind is Kind.NUMBER:
            at = self._behind_day(at, limit)
        runs = [run for run in self._runs or () if at <= run.first and self._ends(run, limit)]
        runs = [run for run in runs if not self._is_share(run)]
        if not runs:
            return None
        if runs[0].first != at and (place.inline or (not place.colon and words[at].gap == " ")):
            # Other words go on with the label: it is another one, which nobody knows.
            return self._behind_remark(place, at, runs)
        if len(runs) == len(place.keys) > 1:
            # From 1 May to 31 May: the first of two fields of one label has the first.
            return self._labelled(runs[place.keys.index(self._leaf.key)], BESIDE - place.doubt)
        many = self._leaf.kind in (Kind.NUMBER, Kind.INTEGER) and len(runs) > 1
        # An IBAN in groups is an IBAN from group to group.
        longest = max(run.last for run in runs if run.first == runs[0].first)
        run = runs[-1] if many else Run(first=runs[0].first, last=longest)
        doubt = place.doubt + _WHOLE * self._is_odd(run)
        return self._labelled(run, (_ONE_OF_MANY if many else BESIDE) - doubt)

    def _behind_remark(self, place: LabelPlace, at: int, runs: Sequence[Run]) -> Labelled | None:
        """Return the only figure behind a label with a remark: `Fee as of offer 25 (net): 9.50`."""
        words = self._passage.words
        colons = [one for one in range(at, runs[-1].first) if words[one].text.endswith(":")]
        behind = [run for run in runs if colons and run.first == colons[-1] + 1]
        if place.inline or len(behind) != 1 or len(letters_of(words[place.first].text)) < _TELLING:
            return None
        return self._labelled(behind[0], BELOW - place.doubt)

    def _next_line(self, place: LabelPlace) -> Labelled | None:
        """Return the figure of a label in a sentence that goes on with it on the next line."""
        words = self._passage.words
        at = behind_currency(words, place.last)
        if at == place.last or at >= len(words) or words[at].line != words[place.last].line + 1:
            return None
        run = next((run for run in self._runs or () if run.first == at), None)
        return self._labelled(run, BELOW - place.doubt) if run else None

    def _ends(self, run: Run, limit: int) -> bool:
        """Whether a figure ends before a limit; a date may go on from the line's end."""
        if self._leaf.kind is not Kind.DATE:
            return run.last <= limit
        return run.last <= limit or (run.first < limit == self._around.line_end(run.first))

    def _text(self, place: LabelPlace) -> Labelled | None:
        limit = self._around.limit(place)
        at = place.last
        while at < limit and not letters_of(self._passage.words[at].text):
            at += 1
        end = self._around.end(at, limit)
        if len(place.keys) > 1:
            at = self._behind_date(at, end)
        if at >= end or end - at > _MOST_WORDS or self._is_heading(place, at):
            return None
        if letters_of(self._passage.quote(Run(first=at, last=end))) in OTHER_ADDRESSES:
            return None
        if is_numbered(self._leaf) or is_phone(self._leaf):
            end = self._number_end(at, end)
        end = self._around.before_label(at, end)
        if end - at > 1 and self._passage.words[end - 1].text in SEPARATORS:
            end -= 1
        run = Run(first=at, last=end)
        sure = BESIDE if place.colon or self._passage.words[at].gap != " " else BELOW
        return self._labelled(run, sure - place.doubt)

    def _is_heading(self, place: LabelPlace, at: int) -> bool:
        """Whether a label goes on to be the heading of something else: `Customer service`."""
        word = self._passage.words[at]
        return not place.colon and word.gap == " " and letters_of(word.text) in _HEADINGS

    def _names_figure(self, place: LabelPlace) -> bool:
        """Whether a label goes on to name the sum behind it: `Employer pension    233.33`."""
        words, at = self._passage.words, place.last
        line_end = self._around.line_end(place.last - 1)
        if place.colon or at >= line_end or words[at].gap != " ":
            return False
        end = self._around.end(at, line_end)
        named = "".join(word.text for word in words[at:end])
        figure = end < line_end and _SUM.fullmatch(words[end].text) is not None
        return figure and not any(map(str.isdigit, named))

    def _is_odd(self, run: Run) -> bool:
        """Whether a number has no cents where amounts of the document have: `Card 0`."""
        if self._leaf.kind is not Kind.NUMBER or _MONEY.search(self._passage.quote(run)):
            return False
        return bool(_MONEY.search(self._passage.flat))

    def _behind_date(self, at: int, end: int) -> int:
        """Return where a text begins behind a date of the same label: `3. 05.12.79 Rostock`."""
        for last in range(min(at + _DATE_WORDS, end - 1), at, -1):
            date = self._passage.quote(Run(first=at, last=last))
            if normalise(date, Kind.DATE, self._conventions) is not None:
                return last
        return at

    def _behind_day(self, at: int, limit: int) -> int:
        """Return where a sum begins behind the day of a label: `Balance on 31 March 2026`."""
        for last in range(at + 1, min(at + _DATE_WORDS, limit - 1) + 1):
            date = self._passage.quote(Run(first=at, last=last))
            if normalise(date, Kind.DATE, self._conventions) is not None:
                return last
        return at

    def _number_end(self, at: int, end: int) -> int:
        """Return where a number ends behind which something else stands: `004417 TILL 2`."""
        words = self._passage.words
        digits = next(
            (one for one in range(at, end) if any(map(str.isdigit, words[one].text))), end
        )
        for one in range(at + 1, end):
            text = words[one].text
            # +49 (0) 221 goes on.
            aside = text.startswith("(") and not any(map(str.isdigit, text))
            other = one > digits and (aside or (text.isalpha() and len(text) > 2))
            if other or self._is_time(one) or "@" in text or words[one - 1].text.endswith(","):
                return one
        return end

    def _is_time(self, at: int) -> bool:
        return normalise(self._passage.words[at].text, Kind.TIME, self._conventions) is not None

    def _under(self, place: LabelPlace) -> Labelled | None:
        """Return what stands below a label, in line with it."""
        words = self._passage.words
        taken = (
            self._runs is None
            and self._around.limit(place) > place.last
            and not self._around.is_over(place)
        )
        under = self._around.below(place, 1)
        if not under or (taken and not self._is_own(place, under[0])):
            return None
        if self._runs is None:
            first = under[0]
            if first in self._around.starts or words[first].gap == " ":
                return None
            alone = place.colon and words[place.first].gap != "  "
            last = self._around.line_end(first) if alone else self._around.end(first, len(words))
            return self._labelled(Run(first=first, last=last), BELOW - place.doubt, beside=False)
        if len(place.keys) > 1:
            under = self._around.column(under)
        runs = self._figures_at(under)
        if len(runs) == len(place.keys) > 1:
            runs = [runs[place.keys.index(self._leaf.key)]]
        if len(runs) != 1 or self._goes_on(place, runs[0]):
            # A column of several is a table's.
            return None
        return self._labelled(runs[0], BELOW - place.doubt, beside=False)

    def _is_own(self, place: LabelPlace, under: int) -> bool:
        """Whether what follows a label on its line is another column's, and this is its own.

        That is so of a number that stands right below a label, in line with its beginning, where
        what follows has none, and of what stands below beside the label of another address.
        """
        words = self._passage.words
        if place.colon or words[place.last].gap == " ":
            return False
        if abs(words[under].bbox[0] - words[place.first].bbox[0]) > ALIGNED:
            return False
        beside = Run(first=place.last, last=self._around.end(place.last, self._around.limit(place)))
        text = self._passage.quote(beside)
        if letters_of(text) in OTHER_ADDRESSES:
            return True
        return is_numbered(self._leaf) and not any(map(str.isdigit, text))

    def _goes_on(self, place: LabelPlace, run: Run) -> bool:
        """Whether figures of the same sort stand below one that is below a label."""
        money = bool(_MONEY.search(self._passage.quote(run)))
        next_ = map(self._passage.quote, self._figures_at(self._around.below(place, 2)))
        return any(bool(_MONEY.search(text)) == money for text in next_)

    def _figures_at(self, under: Sequence[int]) -> list[Run]:
        if not under:
            return []
        runs = [run for run in self._runs or () if run.first <= under[-1] and under[0] < run.last]
        return [run for run in runs if not self._is_share(run)]

    def _labelled(self, run: Run, sure: float, *, beside: bool = True) -> Labelled | None:
        text = self._passage.quote(run)
        if self._runs is None:
            text = _ENDED.sub(r"\1", text.strip(_EDGES))
        if is_numbered(self._leaf):
            text = _SIGN.sub("", text)
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


def _skipped(passage: Passage, at: int, limit: int) -> int:
    """Return the next word behind a joint, a currency, a percentage, a remark in brackets."""
    words = passage.words
    while at < limit:
        text = words[at].text
        behind = next((end for end in range(at, limit) if words[end].text.endswith(")")), None)
        if at + 1 < limit and words[at + 1].text.startswith("%") and text[:1].isdigit():
            at += 2
        elif at + 1 < limit and text.lower() in _AT and words[at + 1].text[:1].isdigit():
            if not PERCENT.fullmatch(words[at + 1].text) and "%" not in passage.quote(
                Run(first=at + 1, last=min(at + 3, limit))
            ):
                break
            at += 1
        elif text.startswith("(") and behind is not None and not _MONEY.search(text):
            at = behind + 1
        elif PERCENT.fullmatch(text) or not letters_of(text) or _is_currency(text):
            at += 1
        else:
            break
    return at


def _is_currency(text: str) -> bool:
    plain = text.rstrip(".:")
    return plain.isalpha() and len(plain) <= 4 and bool(to_currency(plain) or plain == "EURO")
