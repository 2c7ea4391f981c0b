"""The kind of a document by the words that stand on it.

Each kind has cues: words and phrases that stand on its documents. A cue counts the more the
fewer kinds share it, the larger it is written and the higher it stands: `INVOICE` as a headline
says more than `invoice` in a sentence. Many papers never say what they are, a till slip least of
all: so the built-in kinds have signs too (`signs.txt`), each of which says little.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from statistics import median

from docvision.schemas.library import get_schema
from docvision.tasks.answering.lexical import folded
from docvision.tasks.passage import Passage

OTHER = "other"
"""What fits no kind."""

_NOTHING = 1.6
"""The score that a document without a kind is taken to have."""
_SHARPNESS = 1.5
"""How much a point of score between two kinds says."""
_LARGEST = 3.0
"""Times the usual size from which larger writing says no more."""
_HEAD = 0.25
"""Part of the first page where headlines stand."""
_HEADLINE = 2.0
"""How much more a cue counts that begins a line there."""
_IN_A_SENTENCE = 0.4
"""What a cue counts that begins neither a line nor a column."""
_SIGN = 0.6
"""What a sign counts."""
_ANYWHERE = 0.17
"""Share of a kind's signs that stand on papers of other kinds too."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of document: its name, what it is, and what stands on it."""

    name: str
    about: str
    cues: tuple[str, ...]
    signs: tuple[re.Pattern[str], ...] = ()


def kinds_of(said: Mapping[str, Sequence[str]] | Sequence[str]) -> tuple[Kind, ...]:
    """Return kinds by their cues, or those of built-in schemas by their names.

    Raises:
        InvalidSchema: There is no built-in schema of such a name.
    """
    if isinstance(said, Mapping):
        return tuple(
            Kind(name=name, about=", ".join(cues), cues=(name.replace("_", " "), *cues))
            for name, cues in said.items()
        )
    schemas = [get_schema(name) for name in said]
    return tuple(
        Kind(
            name=name,
            about=str(schema.body.get("description", schema.title)),
            cues=(schema.title, *schema.cues),
            signs=_signs().get(name, ()),
        )
        for name, schema in zip(said, schemas, strict=True)
    )


def odds_by_cues(first: Passage, kinds: Sequence[Kind]) -> dict[str, float]:
    """Return the chance of each kind, and of `OTHER`, by the words of the first pages."""
    scores = {kind.name: 0.0 for kind in kinds} | {OTHER: _NOTHING}
    words = [_bare(word.text) for word in first.words]
    shares = _shares(kinds)
    for kind in kinds:
        for cue in {_terms(cue) for cue in kind.cues}:
            scores[kind.name] += shares.get(cue, 0.0) * _weight(first, words, cue)
    said = " ".join(_WORD.findall(folded(first.flat)))
    for kind in kinds:
        signs = sum(bool(sign.search(said)) for sign in kind.signs)
        scores[kind.name] += _SIGN * max(0.0, signs - _ANYWHERE * len(kind.signs))
    if not any(scores[kind.name] for kind in kinds):
        return {kind.name: 0.0 for kind in kinds} | {OTHER: 1.0}
    most = max(scores.values())
    raised = {name: math.exp(_SHARPNESS * (score - most)) for name, score in scores.items()}
    return {name: value / sum(raised.values()) for name, value in raised.items()}


@cache
def _signs() -> Mapping[str, tuple[re.Pattern[str], ...]]:
    """Return what papers of the built-in kinds say besides their cues, by kind."""
    text = (resources.files("docvision.tasks.sorting") / "signs.txt").read_text("utf-8")
    found: dict[str, tuple[re.Pattern[str], ...]] = {}
    for line in text.splitlines():
        kind, _, words = line.partition(" = ")
        if words and not line.startswith("#"):
            ways = "|".join(word.strip().replace("*", r"\w*") for word in words.split("|"))
            found[kind] = (*found.get(kind, ()), re.compile(rf"\b(?:{ways})\b"))
    return found


def _shares(kinds: Sequence[Kind]) -> dict[tuple[str, ...], float]:
    """Return what each cue counts: 1, parted among the kinds that have it."""
    holders: dict[tuple[str, ...], set[str]] = {}
    for kind in kinds:
        for cue in kind.cues:
            holders.setdefault(_terms(cue), set()).add(kind.name)
    return {cue: 1 / len(names) for cue, names in holders.items()}


def _weight(first: Passage, words: Sequence[str], cue: tuple[str, ...]) -> float:
    """Return how loudly a cue is said: 0 where it does not stand there."""
    if not cue:
        return 0.0
    usual = _usual_height(first)
    return max(
        (
            _loudness(first, at, usual)
            for at in range(len(words) - len(cue) + 1)
            if tuple(words[at : at + len(cue)]) == cue
        ),
        default=0.0,
    )


def _loudness(first: Passage, at: int, usual: float) -> float:
    word = first.words[at]
    size = (word.bbox[3] - word.bbox[1]) / usual if usual else 1.0
    loud = math.sqrt(min(max(size, 1.0), _LARGEST))
    if word.gap == " ":
        return loud * _IN_A_SENTENCE
    is_head = word.page == first.words[0].page and word.bbox[1] < _HEAD
    return loud * (_HEADLINE if is_head else 1.0)


def _usual_height(first: Passage) -> float:
    return median(word.bbox[3] - word.bbox[1] for word in first.words) if first.words else 0.0


def _terms(cue: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(folded(cue)))


def _bare(word: str) -> str:
    found = _WORD.findall(folded(word))
    return found[0] if len(found) == 1 else folded(word)
