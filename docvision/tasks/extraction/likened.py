"""A user's own schema read as the built-in one that it is like, and what was found brought back.

The built-in schema is asked for, whole, with the user's other fields put to it: so its labels,
places and sums serve fields of other names, and help even where the user asks for few of them.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from docvision.errors import InvalidSchema
from docvision.results.model import Page
from docvision.schemas.accept import Schema, accept
from docvision.schemas.checks import Outcome, RunningCheck
from docvision.schemas.expand import Node, simplify
from docvision.schemas.likeness import Likeness, likenesses
from docvision.schemas.pointer import Step, find, pointer, steps_of
from docvision.schemas.shape import LABELS, Kind, Leaf, Path, Record, leaves_of, shape_of
from docvision.tasks.extraction.data import Data, build
from docvision.tasks.extraction.found import Fault, Found, FoundRecord
from docvision.tasks.extraction.label_places import letters_of
from docvision.tasks.extraction.plausible import is_accepted, name_of
from docvision.tasks.extraction.segments import segments_of
from docvision.tasks.normalise import Conventions, normalise
from docvision.tasks.passage import Passage, Run, passage_of
from docvision.tasks.sorting.cues import kinds_of, odds_by_cues

_OWN_NAME, _OWN_WORDS = 5, 4
"""Letters of a field's own name, at least, and words, at most, that label it in a document."""
_CLOSE = 3.0
"""By how many values a schema may know fewer than another and be taken for what the page is."""


@dataclass(frozen=True, kw_only=True)
class Returned:
    """What was found, in the form of the user's schema; `gaps` are places of what is missing."""

    data: Data
    outcomes: Sequence[Outcome]
    gaps: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Likened:
    """A schema to extract in place of a user's.

    Attributes:
        own: The user's.
        schema: A built-in one, with the user's other fields.
        places: The JSON Pointers (`*` for every item) of all of the user's values and lists, each
            with that in `schema`.
    """

    own: Schema
    schema: Schema
    places: Mapping[str, str]

    def returned(
        self,
        data: Data,
        outcomes: Sequence[Outcome],
        gaps: Sequence[str],
        conventions: Conventions,
    ) -> Returned:
        """Return what was found for `schema` as the user's schema has it."""
        running = [one for one in self.schema.checks if isinstance(one, RunningCheck)]
        moves = [[term for terms in one.moves for term in terms] for one in running]
        way = _WayBack(places=self.places, data=data, conventions=conventions, moves=moves)
        found = way.record(self.own.shape, (), (), ())
        moved = (
            replace(one, fields=tuple(way.back[at] for at in one.fields if at in way.back))
            for one in outcomes
        )
        return Returned(
            data=build(self.own, found),
            outcomes=[one for one in moved if one.fields],
            gaps=[way.back[at] for at in gaps if at in way.back],
        )


def likened(own: Schema, first: Page) -> Likened | None:
    """Return the built-in schema that serves for a user's, if one does.

    Of those that know about as many of its fields it is that of what the first page looks like.
    """
    ranked = likenesses(own)
    near = [one for one in ranked if one.score > ranked[0].score - _CLOSE]
    if not near:
        return None
    names = [str(one.base.name) for one in near]
    odds = odds_by_cues(passage_of([first]), kinds_of(names)) if len(near) > 1 else {}
    best = max(near, key=lambda one: one.score + _CLOSE * odds.get(str(one.base.name), 0.0))
    try:
        return _widened(own, best, passage_of([first]))
    except InvalidSchema:
        return None  # Both together are too large or too deep.


def _widened(own: Schema, likeness: Likeness, head: Passage) -> Likened:
    node = copy.deepcopy(likeness.base.node)
    places = dict(likeness.places)
    _put_names(own.shape, node, places, head)
    _put_rest(own.node, own.shape, (), node, (), places)
    return Likened(own=own, schema=accept(node, name=likeness.base.name), places=places)


def _put_names(own: Record, node: Node, places: Mapping[str, str], head: Passage) -> None:
    """Let fields go by nothing but their own names where the document has these for labels.

    Of `Total incl. VAT` and `To pay` a user who asks for `to_pay` means the second.
    """
    for leaf in own.leaves:
        there = steps_of(places.get(pointer(leaf.path), ""))
        name = letters_of(name_of(leaf))
        if len(there) != 1 or len(name) < _OWN_NAME:
            continue
        target = node["properties"][there[0]]
        labels = frozenset(map(letters_of, target.get(LABELS, ())))
        if name in labels and list(_labels_in(head, labels)).count(name) == 1:
            target[LABELS] = [name_of(leaf)]


def _labels_in(passage: Passage, labels: Container[str]) -> Iterator[str]:
    """Yield the letters of the labels that begin a column of a line, the longest of each."""
    for segment in segments_of(passage):
        first, last = segment.run.first, segment.run.last
        for end in range(min(last, first + _OWN_WORDS), first, -1):
            said = letters_of(passage.quote(Run(first=first, last=end)))
            if said in labels:
                yield said
                break


def _put_rest(
    own: Any, record: Record, at: Path, target: Node, target_at: Path, places: dict[str, str]
) -> None:
    """Put what of a record has no place yet into the built-in schema's, under free names.

    `at` and `target_at` are where the records lie in the two schemas.
    """
    properties = target["properties"]
    rest = [leaf for leaf in record.leaves if pointer((*at, *leaf.path)) not in places]
    _leave_out(target, {leaf.kind for leaf in rest}, target_at, places.values())
    for leaf in rest:
        name = _free(leaf.key, properties)
        properties[name] = leaf.node
        places[pointer((*at, *leaf.path))] = pointer((*target_at, name))
    for listing in record.lists:
        node, here = _node_at(own, listing.path), (*at, *listing.path)
        known = places.get(pointer(here))
        if known is None:
            name = _free(listing.key, properties)
            properties[name] = node
            _put_as_it_is(listing.item, (*here, "*"), (*target_at, name, "*"), places)
            places[pointer(here)] = pointer((*target_at, name))
            continue
        steps = steps_of(known)
        items = properties[steps[-1]]["items"]
        _put_rest(
            simplify(node).get("items"), listing.item, (*here, "*"), items, (*steps, "*"), places
        )


def _leave_out(target: Node, kinds: Container[Kind], at: Path, asked: Collection[str]) -> None:
    """Leave out what a user does not ask for, of kinds of which they ask for something unknown.

    It may be the same by another name, and would be found in its place.
    """
    properties = target["properties"]
    for leaf in shape_of({"type": "object", "properties": properties}).leaves:
        if leaf.kind in kinds and pointer((*at, *leaf.path)) not in asked:
            del properties[leaf.path[0]]
    target["required"] = [name for name in target.get("required", ()) if name in properties]


def _put_as_it_is(record: Record, at: Path, target_at: Path, places: dict[str, str]) -> None:
    for place, _ in leaves_of(record):
        places[pointer(at) + place] = pointer(target_at) + place
    for listing in record.lists:
        places[pointer((*at, *listing.path))] = pointer((*target_at, *listing.path))
        _put_as_it_is(
            listing.item, (*at, *listing.path, "*"), (*target_at, *listing.path, "*"), places
        )


def _free(name: str, taken: Mapping[str, Any]) -> str:
    while name in taken:
        name += "_"
    return name


def _node_at(node: Any, path: Path) -> Any:
    for step in path:
        node = simplify(node)["properties"][step]
    return node


@dataclass(frozen=True, kw_only=True)
class _WayBack:
    """Brings back what was found; `back` says where each value went, by where it was.

    `moves` are names of figures of which each is made up of the others, those with a minus taken
    away.
    """

    places: Mapping[str, str]
    data: Data
    conventions: Conventions
    moves: Sequence[Sequence[str]]
    back: dict[str, str] = field(default_factory=dict)

    def record(
        self, record: Record, steps: Path, at: tuple[Step, ...], items: tuple[int, ...]
    ) -> FoundRecord:
        """Return what was found for one record.

        Args:
            record: Its shape in the user's schema.
            steps: Where it lies there, `*` for every item.
            at: Where it lies in the user's data.
            items: Which items it lies in, in what was found.
        """
        leaves: dict[str, Found] = {}
        for leaf in record.leaves:
            there = _placed(self.places[pointer((*steps, *leaf.path))], items)
            found = self.data.found.get(there, Found())
            if found.value is None:
                found = self._moved(there) or found
            leaves[leaf.key] = fitted(found, leaf, self.conventions)
            self.back[there] = pointer((*at, *leaf.path))
        lists: dict[str, tuple[FoundRecord, ...]] = {}
        for listing in record.lists:
            inside = (*steps, *listing.path, "*")
            there = _placed(self.places[pointer(inside[:-1])], items)
            some: list[FoundRecord] = []
            for number in range(self._length(there)):
                here = (*at, *listing.path, len(some))
                item = self.record(listing.item, inside, here, (*items, number))
                if item.says_anything:
                    some.append(item)
            lists[listing.key] = tuple(some)
        return FoundRecord(leaves=leaves, lists=lists)

    def _moved(self, there: str) -> Found | None:
        """Return a movement, with its sign, from the columns of money in and money out."""
        item, _, name = there.rpartition("/")
        moves = next((terms for terms in self.moves if name in terms), ())
        for term in moves:
            one = self.data.found.get(f"{item}/{term.removeprefix('-')}")
            if one is not None and isinstance(one.value, int | float):
                return replace(one, value=-abs(one.value) if term.startswith("-") else one.value)
        return None

    def _length(self, there: str) -> int:
        return next(
            (len(value) for _, value in find(self.data.value, there) if isinstance(value, list)), 0
        )


def fitted(found: Found, leaf: Leaf, conventions: Conventions) -> Found:
    """Return what was found as a user's field wants it: a sum as a text has its printed words."""
    if found.value is None:
        return found
    quote = found.evidence.quote if found.evidence else None
    value = found.value
    if leaf.kind is Kind.TEXT:
        value = value if isinstance(value, str) else quote
    elif not _is_of_kind(value, leaf, conventions):
        value = normalise(str(quote or value), leaf.kind, conventions, leaf.choices)
    if value is not None and is_accepted(leaf, value):
        return replace(found, value=value, others=())
    if leaf.kind is Kind.TEXT and quote and is_accepted(leaf, quote):
        return replace(found, value=quote, others=())
    return replace(found, value=None, fault=Fault.UNREADABLE, others=())


def _is_of_kind(value: object, leaf: Leaf, conventions: Conventions) -> bool:
    if isinstance(value, int | float):
        return leaf.kind is Kind.NUMBER
    return normalise(str(value), leaf.kind, conventions, leaf.choices) == value


def _placed(place: str, items: Sequence[int]) -> str:
    """Return a pointer with the numbers of items in place of its stars."""
    for number in items:
        place = place.replace("/*", f"/{number}", 1)
    return place
