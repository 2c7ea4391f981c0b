"""A sum before tax and the tax, where one line shows both of what a total adds up from.

Total     15,81    1,14    16,95
A 19,00%   8,39    1,60     9,99
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

from docvision.results.model import Page
from docvision.schemas.accept import Schema
from docvision.schemas.checks import SumCheck
from docvision.schemas.pointer import pointer
from docvision.schemas.shape import Leaf
from docvision.tasks.evidence import evidence_of
from docvision.tasks.extraction.candidates import runs_of
from docvision.tasks.extraction.found import Found, FoundRecord
from docvision.tasks.normalise import Conventions, normalise
from docvision.tasks.passage import Passage, Run, passage_of

_SURE = 0.85
"""How sure two figures are that add up to a third on their line, which is the total."""
_LARGEST_TAX = 0.35
"""Of a total."""
_PARTS = 2
"""Of a total: the sum before tax, and the tax."""
_CENT = 0.005
_PAGES = 2
"""Pages from the end on which it is looked for."""

_ROUNDED = 1.0
"""What a total may be rounded by, less than."""

_MONEY = re.compile(r"\d[.,]\d{2}(?!\d)")

_Figure = tuple[float, Run]


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A sum before tax, the tax and their total, on one line of a passage."""

    passage: Passage
    figures: tuple[_Figure, _Figure, _Figure]


def with_parts_of_total(
    schema: Schema,
    found: FoundRecord,
    pages: Sequence[Page],
    page_with_words: Callable[[Page], Page],
    conventions: Conventions,
    threshold: float,
) -> FoundRecord:
    """Return what was found with the two parts of a total that was, where one was in doubt.

    Nothing changes where the two that were found are sure, or where lines tell different ones. A
    total that is itself in doubt is that of the last line of a table of taxes.
    """
    by_place = {pointer(leaf.path): leaf for leaf in schema.shape.leaves}
    for check in schema.checks:
        if not isinstance(check, SumCheck) or len(check.parts) != _PARTS:
            continue
        parts = [by_place.get(place) for place in check.parts]
        total = by_place.get(str(check.equals[0]))
        first, second = parts
        if first is None or second is None or total is None:
            continue
        whole = _in_doubt(found.leaves[total.key], threshold)
        doubtful = any(_in_doubt(found.leaves[leaf.key], threshold) for leaf in (first, second))
        if not whole and not doubtful:
            continue
        shown = [passage_of([page_with_words(page)]) for page in pages[-_PAGES:]]
        if whole:
            lines = [one for passage in shown for one in _lines(passage, total, conventions)]
            if all_three := _whole(lines):
                new = dict(zip((first.key, second.key, total.key), all_three, strict=True))
                found = replace(found, leaves={**found.leaves, **_kept(found.leaves, new)})
                continue
        sought = found.leaves[total.key].value
        if not doubtful or not isinstance(sought, int | float) or sought <= 0:
            continue
        told = [one for passage in shown for one in _told(passage, total, sought, conventions)]
        if len({(one[0].value, one[1].value) for one in told}) == 1:
            both = dict(zip((first.key, second.key), told[0], strict=True))
            found = replace(found, leaves={**found.leaves, **_kept(found.leaves, both)})
    return found


def _in_doubt(one: Found, threshold: float) -> bool:
    return one.value is None or one.confidence < threshold


def _kept(before: Mapping[str, Found], both: Mapping[str, Found]) -> Mapping[str, Found]:
    """Return the new values, without those that were there already and are surer."""
    return {
        key: one
        for key, one in both.items()
        if before[key].value != one.value or before[key].confidence < one.confidence
    }


def _whole(lines: Sequence[_Line]) -> tuple[Found, Found, Found] | None:
    """Return the sum, the tax and the total of the line to which all others add up, or of the one.

    Lines that say the same are one.
    """
    unlike = {tuple(round(value, 2) for value, _ in line.figures): line for line in lines}
    if not unlike:
        return None
    largest = max(unlike, key=lambda values: values[-1])
    others = sum(values[0] for values in unlike if values != largest)
    if len(unlike) > 1 and abs(others - largest[0]) >= _CENT:
        return None
    line = unlike[largest]
    net, tax, total = (_found(line.passage, figure) for figure in line.figures)
    return net, tax, total


def _lines(passage: Passage, leaf: Leaf, conventions: Conventions) -> Iterator[_Line]:
    """Yield the lines on which a sum and a tax stand with what they add up to.

    What cents are rounded by may stand among them. Where sums have cents, what has none is none.
    """
    cents = bool(_MONEY.search(passage.flat))
    for every in _figures(passage, leaf, conventions).values():
        some = [one for one in every if not cents or _MONEY.search(passage.quote(one[1]))]
        for net, tax, total in permutations(some, 3):
            rest = round(total[0] - net[0] - tax[0], 2)
            rounded = any(value == abs(rest) for value, _ in some)
            fits = rest == 0 or (abs(rest) < _ROUNDED and rounded)
            if fits and 0 < tax[0] <= _LARGEST_TAX * total[0] and tax[0] < net[0]:
                yield _Line(passage=passage, figures=(net, tax, total))


def _figures(
    passage: Passage, leaf: Leaf, conventions: Conventions
) -> Mapping[tuple[int, int], Sequence[_Figure]]:
    """Return the figures of each line (page, line) of a passage, in order."""
    figures: dict[tuple[int, int], list[_Figure]] = {}
    for run in runs_of(passage, leaf, conventions) or ():
        value = normalise(passage.quote(run), leaf.kind, conventions)
        word = passage.words[run.first]
        if isinstance(value, int | float):
            figures.setdefault((word.page, word.line), []).append((float(value), run))
    return figures


def _told(
    passage: Passage, leaf: Leaf, total: float, conventions: Conventions
) -> Iterator[tuple[Found, Found]]:
    """Yield a sum before tax and the tax from each line on which they add up to a total."""
    for every in _figures(passage, leaf, conventions).values():
        # Beside the total any two may be its parts; without it only sums, which have cents.
        beside = any(abs(value - total) < _CENT for value, _ in every)
        some = [one for one in every if beside or _MONEY.search(passage.quote(one[1]))]
        for net, tax in permutations(some, 2):
            if abs(net[0] + tax[0] - total) < _CENT and 0 < tax[0] <= _LARGEST_TAX * total:
                yield _found(passage, net), _found(passage, tax)


def _found(passage: Passage, figure: _Figure) -> Found:
    evidence = evidence_of(passage, figure[1], confidence=_SURE)
    return Found(value=figure[0], evidence=evidence, confidence=evidence.confidence)
