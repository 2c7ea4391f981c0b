"""What stands around a label: where its line and its column end, and what lies under it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from docvision.tasks.extraction.label_places import LabelPlace, letters_of
from docvision.tasks.extraction.segments import DASHES, SEPARATORS, Segment, is_over, segments_in
from docvision.tasks.passage import Passage

ALIGNED = 0.012
"""Share of the page's width by which a value may begin beside its label's begin."""
_FAR = 80
"""Words behind a label among which those below it are looked for."""
_NEAR = 1.2
"""Heights of a label up to what stands below it, where other lines stand between."""
_LABEL = 2
"""Words before the last one of a label that nobody knows, at most."""


class Around:
    """The words around the labels of a passage; `coded` says that a dash ends a value.

    Attributes:
        starts: The first words of the labels, in order.
    """

    def __init__(self, passage: Passage, places: Sequence[LabelPlace], *, coded: bool) -> None:
        self.starts = sorted(place.first for place in places)
        self._bare = {place.first for place in places if not (place.colon or place.glued)}
        self._passage = passage
        self._coded = coded

    def limit(self, place: LabelPlace) -> int:
        """Return the word at which the next label or the next line begins."""
        end = self.line_end(place.last - 1)
        starts = [start for start in self.starts if place.last <= start < end]
        if place.colon and starts[:1] == [place.last] and place.last in self._bare:
            starts = starts[1:]  # Terms: net 14 days
        return min(starts, default=end)

    def line_end(self, at: int) -> int:
        """Return where the line ends that a word stands in."""
        words = self._passage.words
        end = at
        while end < len(words) and words[end].line == words[at].line:
            end += 1
        return end

    def end(self, at: int, limit: int) -> int:
        """Return where the column ends that a word stands in."""
        words, end = self._passage.words, at + 1
        while end < limit and words[end].gap == " " and words[end - 1].text[-1] not in SEPARATORS:
            if self._coded and words[end].text in DASHES:
                break
            end += 1
        return min(end, limit)

    def is_apart(self, place: LabelPlace) -> bool:
        """Whether a column ends with a label."""
        words = self._passage.words
        return place.last >= len(words) or words[place.last].gap != " "

    def before_label(self, at: int, end: int) -> int:
        """Return where a text ends before another label that nobody knows: `Net 45 Ship via:`"""
        words = self._passage.words
        for colon in range(at + 1, end):
            if words[colon].text.endswith(":") and letters_of(words[colon].text):
                start = colon
                while colon - start < _LABEL and start > at and not words[start].text[0].isupper():
                    start -= 1
                return max(start, at + 1)
        return end

    def column(self, under: Sequence[int]) -> list[int]:
        """Return all words of the columns in which some words of a line stand."""
        words, first = self._passage.words, under[0]
        while words[first].gap == " ":
            first -= 1
        return list(range(first, self.end(under[-1], self.line_end(under[-1]))))

    def is_over(self, place: LabelPlace) -> bool:
        """Whether a label stands in a line of labels, each over its value.

        One with a figure in its own column has its value there.
        """
        rest = self._passage.words[
            place.last : self.end(place.last - 1, self.line_end(place.first))
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
            and first in self.starts
            and not any(one.run.first in self.starts for one in line[1:])
            and abs(line[0].box[0] - left) <= ALIGNED
        )

    def below(self, place: LabelPlace, lines: int) -> list[int]:
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
