"""The value of a label: it follows on the label's line, or stands below it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from docvision.schemas.shape import Kind, Leaf
from docvision.tasks.evidence import evidence_of, narrowed
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
from docvision.tasks.extraction.segments import DASHES, SEPARATORS, Segment, is_over, segments_in
from docvision.tasks.normalise import Conventions, normalise, to_currency
from docvision.tasks.passage import Passage, Run

BESIDE, BELOW, _ONE_OF_MANY = 0.95, 0.85, 0.6
"""How sure a value beside its label is, one below, and one of several figures on the line."""
_FAR = 80
"""Words behind a label among which those below it are looked for."""
_ALIGNED = 0.012
"""Share of the page's width by which a value may begin beside its label's begin."""
_NEAR = 1.2
"""Heights of a label up to what stands below it, where other lines stand between."""
_WHOLE = 0.3
"""What the sureness of a whole number loses where amounts have cents."""
_MOST_WORDS = 10
"""Words of a text at most."""
_DATE_WORDS = 3
"""Words of a date at most."""
_TELLING = 8
"""Letters of a word that is a label whatever is remarked behind it."""
_LABEL = 2
"""Words before the last one of a label that nobody knows, at most."""
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
        self._starts = sorted(place.first for place in places)
        self._bare = {place.first for place in places if not (place.colon or place.glued)}
        self._runs = runs_of(passage, leaf, conventions)

    def value(self, place: LabelPlace) -> Labelled | None:
        """Return what stands beside a label, else below it."""
        if place.glued:
            return self._glued(place)
        if place.qualifies and self._runs is None and self._is_apart(place):
            return None
        if place.inline:
            return None if self._runs is None else self._figure(place) or self._next_line(place)
        if self._runs is None and self._names_figure(place):
            return None
        if self._runs is None and not place.colon and self._is_over(place):
            return self._under(place)
        beside = self._figure(place) if self._runs is not None else self._text(place)
        return beside or self._under(place)

    def _is_apart(self, place: LabelPlace) -> bool:
        """Whether a column ends with a label."""
        words = self._passage.words
        return place.last >= len(words) or words[place.last].gap != " "

    def _glued(self, place: LabelPlace) -> Labelled | None:
        end = place.last
        if self._runs is None:
            end = max(place.last, self._end(place.last, self._limit(place)))
            end = next((at for at in range(place.last, end) if self._is_time(at)), end)
        words = [place.glued, *(word.text for word in self._passage.words[place.last : end])]
        for count in range(len(words), 0, -1):
            text = " ".join(words[:count])
            if self._fits(text):
                run = Run(first=place.last - 1, last=place.last - 1 + count)
                return Labelled(run=run, text=text, sure=BESIDE - place.doubt)
        return None

    def _limit(self, place: LabelPlace) -> int:
        """Return the word at which the next label or the next line begins."""
        end = self._line_end(place.last - 1)
        starts = [start for start in self._starts if place.last <= start < end]
        if place.colon and starts[:1] == [place.last] and place.last in self._bare:
            starts = starts[1:]  # Terms: net 14 days
        return min(starts, default=end)

    def _figure(self, place: LabelPlace) -> Labelled | None:
        """Return the number, date or code that follows a label on its line."""
        words, limit = self._passage.words, self._limit(place)
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
        return run.last <= limit or (run.first < limit == self._line_end(run.first))

    def _text(self, place: LabelPlace) -> Labelled | None:
        limit = self._limit(place)
        at = place.last
        while at < limit and not letters_of(self._passage.words[at].text):
            at += 1
        end = self._end(at, limit)
        if len(place.keys) > 1:
            at = self._behind_date(at, end)
        if at >= end or end - at > _MOST_WORDS or self._is_heading(place, at):
            return None
        if letters_of(self._passage.quote(Run(first=at, last=end))) in OTHER_ADDRESSES:
            return None
        if is_numbered(self._leaf) or is_phone(self._leaf):
            end = self._number_end(at, end)
        end = self._before_label(at, end)
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
        line_end = self._line_end(place.last - 1)
        if place.colon or at >= line_end or words[at].gap != " ":
            return False
        end = self._end(at, line_end)
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

    def _end(self, at: int, limit: int) -> int:
        """Return where the column ends that a word stands in."""
        words, end = self._passage.words, at + 1
        coded = self._leaf.kind is Kind.CODE
        while end < limit and words[end].gap == " " and words[end - 1].text[-1] not in SEPARATORS:
            if coded and words[end].text in DASHES:
                break
            end += 1
        return min(end, limit)

    def _before_label(self, at: int, end: int) -> int:
        """Return where a text ends before another label that nobody knows: `Net 45 Ship via:`"""
        words = self._passage.words
        for colon in range(at + 1, end):
            if words[colon].text.endswith(":") and letters_of(words[colon].text):
                start = colon
                while colon - start < _LABEL and start > at and not words[start].text[0].isupper():
                    start -= 1
                return max(start, at + 1)
        return end

    def _under(self, place: LabelPlace) -> Labelled | None:
        """Return what stands below a label, in line with it."""
        words = self._passage.words
        taken = self._runs is None and self._limit(place) > place.last and not self._is_over(place)
        under = self._below(place, 1)
        if not under or (taken and not self._is_own(place, under[0])):
            return None
        if self._runs is None:
            first = under[0]
            if first in self._starts or words[first].gap == " ":
                return None
            alone = place.colon and words[place.first].gap != "  "
            last = self._line_end(first) if alone else self._end(first, len(words))
            return self._labelled(Run(first=first, last=last), BELOW - place.doubt, beside=False)
        if len(place.keys) > 1:
            under = self._column(under)
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
        if abs(words[under].bbox[0] - words[place.first].bbox[0]) > _ALIGNED:
            return False
        beside = Run(first=place.last, last=self._end(place.last, self._limit(place)))
        text = self._passage.quote(beside)
        if letters_of(text) in OTHER_ADDRESSES:
            return True
        return is_numbered(self._leaf) and not any(map(str.isdigit, text))

    def _goes_on(self, place: LabelPlace, run: Run) -> bool:
        """Whether figures of the same sort stand below one that is below a label."""
        money = bool(_MONEY.search(self._passage.quote(run)))
        next_ = map(self._passage.quote, self._figures_at(self._below(place, 2)))
        return any(bool(_MONEY.search(text)) == money for text in next_)

    def _column(self, under: Sequence[int]) -> list[int]:
        """Return all words of the columns in which some words of a line stand."""
        words, first = self._passage.words, under[0]
        while words[first].gap == " ":
            first -= 1
        return list(range(first, self._end(under[-1], self._line_end(under[-1]))))

    def _is_over(self, place: LabelPlace) -> bool:
        """Whether a label stands in a line of labels, each over its value.

        One with a figure in its own column has its value there.
        """
        rest = self._passage.words[
            place.last : self._end(place.last - 1, self._line_end(place.first))
        ]
        if any(map(str.isdigit, "".join(word.text for word in rest))):
            return False
        lines = self._passage.lines
        at = bisect_right([line.first for line in lines], place.first) - 1
        if at and self._is_beside(segments_in(self._passage, lines[at - 1]), place):
            return False
        return is_over([segments_in(self._passage, line) for line in lines[at : at + 3]], 0)

    def _is_beside(self, line: Sequence[Segment], place: LabelPlace) -> bool:
        """Whether the line above a label has a label in line with it, and a value beside."""
        first = line[0].run.first
        left = self._passage.words[place.first].bbox[0]
        return (
            len(line) > 1
            and first in self._starts
            and not any(one.run.first in self._starts for one in line[1:])
            and abs(line[0].box[0] - left) <= _ALIGNED
        )

    def _below(self, place: LabelPlace, lines: int) -> list[int]:
        """Return the words so many lines below a label that stand under it.

        Lines of another column, which are not level with its own, may stand between.
        """
        words = self._passage.words
        label = words[place.first : place.last]
        left, right = label[0].bbox[0], label[-1].bbox[2]
        under: dict[int, list[int]] = {}
        for at in range(place.last, min(place.last + _FAR, len(words))):
            word = words[at]
            if word.page != label[0].page or word.line == label[0].line:
                continue
            if word.bbox[0] < right and word.bbox[2] > left:
                under.setdefault(word.line, []).append(at)
        found = list(under.items())[lines - 1 : lines]
        if not found:
            return []
        line, some = found[0]
        height = label[0].bbox[3] - label[0].bbox[1]
        near = words[some[0]].bbox[1] - label[0].bbox[3] <= _NEAR * lines * height
        return some if near or line == label[0].line + lines else []

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
