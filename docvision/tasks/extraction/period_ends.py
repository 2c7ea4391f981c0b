"""The first and the last day of a period that no label names: `1 April 2026 to 30 April 2026`."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from docvision.schemas.shape import Leaf
from docvision.tasks.extraction.beside import Labelled
from docvision.tasks.extraction.candidates import runs_of
from docvision.tasks.extraction.periods import START
from docvision.tasks.normalise import Conventions, to_date
from docvision.tasks.passage import Passage, Run

_SURE = 0.85
_JOINTS = frozenset(
    (
        "to", "through", "thru", "until", "till", "bis", "bis zum", "au", "al", "a", "até",
        "hasta", "hasta el", "tot", "tot en met", "t/m", "do", "-", "\u2013", "\u2014",
    )
)  # fmt: skip
"""What stands between two days."""


def period_end(passage: Passage, leaf: Leaf, conventions: Conventions) -> Labelled | None:
    """Return the first or the last day of the first period in a passage, as a leaf's place says."""
    days = (run for run in runs_of(passage, leaf, conventions) or () if _is_one(passage, run))
    runs = sorted(_longest(days), key=lambda run: run.first)
    for one, other in pairwise(runs):
        between = passage.quote(Run(first=one.last, last=other.first)).lower()
        first, last = (to_date(passage.quote(run), conventions) for run in (one, other))
        if between in _JOINTS and first and last and first < last:
            run = one if leaf.place == START else other
            return Labelled(run=run, text=passage.quote(run), sure=_SURE)
    return None


def _is_one(passage: Passage, run: Run) -> bool:
    """Whether a run is one day, rather than the beginning of two."""
    return not any(word.text.lower() in _JOINTS for word in passage.words[run.first : run.last])


def _longest(runs: Iterable[Run]) -> list[Run]:
    """Return the runs that lie in no other."""
    some = list(runs)
    return [
        run
        for run in some
        if not any(one != run and one.first <= run.first and run.last <= one.last for one in some)
    ]
