"""Lessons: the questions that `extract` asks about a document, and their right answers.

They are made from cases (see `docvision.evaluation.cases`), so a data set of corrections that the
workbench exports teaches as it is. The words are those that the readers find, mistakes included,
and the right answer is the run of them that stands at the value's place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from docvision.engines.profile import Profile
from docvision.evaluation.cases import Case, Expected, Place
from docvision.geometry import Box
from docvision.results.model import Page
from docvision.schemas.pointer import find, pointer
from docvision.schemas.shape import Leaf, Listing, Record
from docvision.tasks.evidence import nearness, words_of_key
from docvision.tasks.extraction.asking import Question, questions
from docvision.tasks.extraction.windows import budget_of, windows
from docvision.tasks.normalise import Conventions, conventions_of, normalise
from docvision.tasks.options import ExtractOptions, Mode
from docvision.tasks.passage import Passage, Run
from docvision.tasks.prompts import extract_prompt, judge_prompt

_LONGEST = 8
"""Words of a value that is looked for by its meaning."""
_SLACK = 0.004
"""How far the middle of a value's word may lie outside of the value's box (page fractions)."""


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """A prompt and its answer.

    `values` are the stretches (start, end) of the answer that were found or decided; the rest is
    form, which a grammar writes.
    """

    prompt: str
    answer: str
    values: tuple[tuple[int, int], ...]


def lessons_of(case: Case, pages: Sequence[Page], profile: Profile) -> Iterator[Lesson]:
    """Yield the lessons of one document.

    A value that does not stand among the words the readers found is not asked for: a model cannot
    copy it, and must not learn to say that it is absent.

    Args:
        case: A case of `extract`.
        pages: Its pages with their words.
        profile: Of the model that is to learn; it says how much goes into one prompt.
    """
    options = ExtractOptions.model_validate(case.options)
    conventions = conventions_of(block.text for page in pages for block in page.blocks)
    for question in questions(options.accepted.shape, _mode, conventions):
        shown = list(windows(pages, budget_of(profile, question.length)))
        for passage in shown:
            teacher = _Teacher(case.expected, passage, conventions, alone=len(shown) == 1)
            lesson = teacher.lesson(question)
            if lesson is not None:
                yield lesson


def _mode(leaf: Leaf) -> Mode:
    return Mode.OFF if leaf.verbatim is False else Mode.VERBATIM


class _Writer:
    """A JSON answer being written, remembering where its values stand."""

    def __init__(self) -> None:
        self.text = ""
        self.values: list[tuple[int, int]] = []

    def form(self, piece: str) -> None:
        self.text += piece

    def value(self, value: Any) -> None:
        start = len(self.text)
        self.text += json.dumps(value, ensure_ascii=False)
        self.values.append((start, len(self.text)))


class _Teacher:
    """Knows the right answers about one window of one document.

    `alone` says that the window is the whole document: what is not in it is nowhere.
    """

    def __init__(
        self, expected: Expected, passage: Passage, conventions: Conventions, *, alone: bool
    ) -> None:
        self._expected = expected
        self._passage = passage
        self._conventions = conventions
        self._alone = alone

    def lesson(self, question: Question) -> Lesson | None:
        """Return the lesson of a question, None where nothing of it can be taught here."""
        if question.record.lists:
            return self._list_lesson(question, question.record.lists[0])
        judged = question.mode is Mode.OFF
        answers = {
            leaf.key: self._value(leaf, leaf.path, judged=judged) for leaf in question.record.leaves
        }
        known = tuple(leaf for leaf in question.record.leaves if answers[leaf.key] is not _UNKNOWN)
        if not known:
            return None
        writer = _Writer()
        self._write(writer, known, {leaf.key: answers[leaf.key] for leaf in known})
        return _finish(replace(question, record=Record(leaves=known)), self._passage, writer)

    def _list_lesson(self, question: Question, listing: Listing) -> Lesson | None:
        """Return the lesson of a list whose every value stands in this window."""
        at = pointer(listing.path)
        items = next((value for _, value in find(self._expected.data, at)), None) or []
        rows = [
            {
                leaf.key: self._value(leaf, (*listing.path, number, *leaf.path), judged=False)
                for leaf in listing.item.leaves
            }
            for number in range(len(items))
        ]
        plain = any(not leaf.path for leaf in listing.item.leaves)
        if plain or not rows or any(_UNKNOWN in row.values() for row in rows):
            return None
        writer = _Writer()
        writer.form(f'{{"{listing.key}": [')
        for number, row in enumerate(rows):
            writer.form(", " if number else "")
            self._write(writer, listing.item.leaves, row)
        writer.form("]}")
        return _finish(question, self._passage, writer)

    def _write(self, writer: _Writer, leaves: Sequence[Leaf], answers: dict[str, Any]) -> None:
        for number, leaf in enumerate(leaves):
            writer.form(", " if number else "{")
            writer.form(f"{json.dumps(leaf.key, ensure_ascii=False)}: ")
            writer.value(answers[leaf.key])
        writer.form("}")

    def _value(self, leaf: Leaf, path: Sequence[str | int], *, judged: bool) -> Any:
        """Return the words of a value as they stand, None where it is absent, or _UNKNOWN."""
        at = pointer(path)
        if at in self._expected.ignore:
            return _UNKNOWN
        value = next((value for _, value in find(self._expected.data, at)), None)
        if value is None or judged:
            return value
        place = self._expected.places.get(at)
        run = self._run_at(place) if place and place.bbox else self._run_of(value, leaf)
        if run is not None:
            return self._passage.quote(run)
        elsewhere = not self._alone and place is not None and place.page not in self._passage.pages
        return None if elsewhere else _UNKNOWN

    def _run_at(self, place: Place) -> Run | None:
        """Return the words whose middles lie in the box of a place."""
        assert place.bbox is not None
        inside = [
            number
            for number, word in enumerate(self._passage.words)
            if word.page == place.page and _holds(place.bbox, word.bbox)
        ]
        if not inside or inside[-1] - inside[0] >= len(inside):
            return None  # other words stand between them: no run
        return Run(first=inside[0], last=inside[-1] + 1)

    def _run_of(self, value: Any, leaf: Leaf) -> Run | None:
        """Return the words that mean a value, those nearest to its label."""
        found = list(self._passage.runs(value, folded=True)) if isinstance(value, str) else []
        found = found or [run for run in self._short_runs() if self._means(run, leaf) == value]
        label = words_of_key(leaf.key)
        return max(found, key=lambda run: nearness(self._passage, run, label), default=None)

    def _short_runs(self) -> Iterator[Run]:
        count = len(self._passage.words)
        for first in range(count):
            for last in range(first + 1, min(first + _LONGEST, count) + 1):
                yield Run(first=first, last=last)

    def _means(self, run: Run, leaf: Leaf) -> Any:
        return normalise(self._passage.quote(run), leaf.kind, self._conventions, leaf.choices)


_UNKNOWN: Any = object()


def _finish(question: Question, passage: Passage, writer: _Writer) -> Lesson:
    prompt = judge_prompt if question.mode is Mode.OFF else extract_prompt
    return Lesson(
        prompt=prompt(passage.text, question.schema),
        answer=writer.text,
        values=tuple(writer.values),
    )


def _holds(outer: Box, inner: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return (
        outer[0] - _SLACK <= x <= outer[2] + _SLACK and outer[1] - _SLACK <= y <= outer[3] + _SLACK
    )
