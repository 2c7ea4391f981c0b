"""The headings over priced lines: which words of a line stand in which column."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from docvision.geometry import union
from docvision.schemas.shape import Kind, Leaf
from docvision.tasks.extraction.label_places import LabelPlace, label_places, letters_of
from docvision.tasks.extraction.plausible import name_of
from docvision.tasks.extraction.segments import segments_in
from docvision.tasks.passage import Passage, Run

_LEAST = 2
"""Columns of a list's leaves that a line must name to be a line of headings."""

_ROWS = 6
"""Lines below headings that tell which of them stands over names."""

_Span = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Headings:
    """The columns of a line of headings: where each is, and the leaf (by key) that it holds."""

    page: int
    line: int
    columns: Sequence[tuple[_Span, str | None]]

    def parts(self, passage: Passage, line: Run) -> Mapping[str, Run]:
        """Return the words of a line below that stand in the columns of leaves, by their keys."""
        found: dict[str, Run] = {}
        for segment in segments_in(passage, line):
            key = self._key_at((segment.box[0], segment.box[2]))
            if key is not None:
                first = found[key].first if key in found else segment.run.first
                found[key] = Run(first=first, last=segment.run.last)
        return found

    def key_of(self, passage: Passage, at: int) -> str | None:
        """Return the leaf in whose column a word stands, if it is one's."""
        box = passage.words[at].bbox
        return self._key_at((box[0], box[2]))

    def _key_at(self, span: _Span) -> str | None:
        return max(self.columns, key=lambda column: _overlap(column[0], span))[1]


def headings_in(passage: Passage, leaves: Sequence[Leaf]) -> Headings | None:
    """Return the first line that names two columns of a list's leaves at least, if one does."""
    by_line: defaultdict[tuple[int, int], list[LabelPlace]] = defaultdict(list)
    for place in label_places(passage, leaves):
        word = passage.words[place.first]
        by_line[word.page, word.line].append(place)
    for (page, line), places in by_line.items():
        keys = _keys_of(passage, places, leaves)
        if len(keys) >= _LEAST:
            columns = _columns(passage, (page, line), places, keys)
            return Headings(page=page, line=line, columns=columns)
    return None


def _keys_of(
    passage: Passage, places: Sequence[LabelPlace], leaves: Sequence[Leaf]
) -> dict[str, LabelPlace]:
    """Return the heading of each leaf: its own name, else the first that it goes by.

    Of several that may be the name of a thing, that is it which has most letters below it.
    """
    found: dict[str, LabelPlace] = {}
    for leaf in leaves:
        mine = [place for place in places if leaf.key in place.keys and place not in found.values()]
        named = [one for one in mine if _letters(passage, one) == letters_of(name_of(leaf))]
        if len(mine) > 1 and leaf.kind is Kind.TEXT:
            # `Article | Description`: the first holds the number of the article.
            found[leaf.key] = max(mine, key=lambda one: _letters_below(passage, one, places))
        elif mine:
            found[leaf.key] = (named or mine)[0]
    return found


def _letters_below(passage: Passage, place: LabelPlace, places: Sequence[LabelPlace]) -> int:
    """Return how many letters stand nearer to a heading than to others, on the lines below."""
    head = passage.words[place.first]
    spans = {one: _span(passage, Run(first=one.first, last=one.last)) for one in places}
    letters = 0
    for line in passage.lines:
        first = passage.words[line.first]
        if first.page != head.page or not head.line < first.line <= head.line + _ROWS:
            continue
        for segment in segments_in(passage, line):
            across = (segment.box[0], segment.box[2])
            if max(places, key=lambda one: _overlap(spans[one], across)) == place:
                letters += sum(map(str.isalpha, segment.text))
    return letters


def _columns(
    passage: Passage,
    at: tuple[int, int],
    places: Sequence[LabelPlace],
    keys: Mapping[str, LabelPlace],
) -> list[tuple[_Span, str | None]]:
    """Return the columns of the labels, and those of the other words of the line."""
    own = {place.first: key for key, place in keys.items()}
    starts = {place.first for place in places}
    line = next(run for run in passage.lines if _at(passage, run) == at)
    columns: list[tuple[_Span, str | None]] = []
    for segment in segments_in(passage, line):
        # Words behind a heading go on with it: `Menge Einh.`
        inner = sorted({segment.run.first, *(starts & set(_range(segment.run)))})
        for first, last in pairwise([*inner, segment.run.last]):
            columns.append((_span(passage, Run(first=first, last=last)), own.get(first)))
    return columns


def _range(run: Run) -> range:
    return range(run.first, run.last)


def _at(passage: Passage, run: Run) -> tuple[int, int]:
    word = passage.words[run.first]
    return word.page, word.line


def _letters(passage: Passage, place: LabelPlace) -> str:
    return letters_of(passage.quote(Run(first=place.first, last=place.last)))


def _span(passage: Passage, run: Run) -> _Span:
    box = union(word.bbox for word in passage.words[run.first : run.last])
    return box[0], box[2]


def _overlap(one: _Span, other: _Span) -> float:
    """Return how far two spans overlap; less than 0 is how far they are apart."""
    return min(one[1], other[1]) - max(one[0], other[0])
