"""Which built-in schema a user's own schema is like: `vendor` is the `seller_name` of an invoice.

Users name the same things in their own ways. Where most of what a schema asks for is what a
built-in one asks for as well, everything that is known of those fields (labels in many languages,
where they stand, what must add up) serves the user's. How others call the fields of the built-in
schemas is data (`likeness.txt`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from docvision.schemas.accept import LIKE, Schema
from docvision.schemas.library import get_schema, list_schemas
from docvision.schemas.pointer import pointer
from docvision.schemas.shape import Kind, Leaf, Listing, Path, Record

LEAST = 0.5
"""Share of a schema's values that a built-in one must know."""
_ITEMS = 2
"""Values of a schema, or of the items of a list, that must be known, if there are so many."""
_NAMED = 1.0
"""What it counts, in values, that the schema's title or description names the kind."""
_LONGEST = 5
"""Words of a description at most that is read as a name."""

_WORDS = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_GROUP = re.compile(r"\{(\w+)\}")
_CONTAINERS = frozenset(
    (
        "invoice", "receipt", "document", "doc", "bill", "header", "head", "general", "details",
        "info", "information", "data", "summary", "totals", "amounts", "meta", "metadata",
        "order", "purchase", "payment", "dates", "statement", "contract", "agreement", "letter",
        "account", "extracted", "the", "period", "bank",
    )
)  # fmt: skip
"""Names of what fields lie in, which say nothing of them."""
_OWN_NAMES: Mapping[str, tuple[str, ...]] = {
    "invoice": ("invoice", "document", "doc", "bill"),
    "receipt": ("receipt", "document", "doc", "ticket"),
    "purchase_order": ("purchase_order", "order", "po", "document"),
    "bank_statement": ("statement", "bank_statement", "account"),
    "payslip": ("payslip", "pay", "salary", "payroll"),
    "contract": ("contract", "agreement"),
    "letter": ("letter", "document"),
}
"""What stands before the names of fields of a kind and says nothing of them: `invoice_total`."""
_ALSO: Mapping[Kind, frozenset[Kind]] = {
    Kind.NUMBER: frozenset((Kind.NUMBER, Kind.INTEGER, Kind.TEXT)),
    Kind.DATE: frozenset((Kind.DATE, Kind.DATE_TIME, Kind.TEXT)),
    Kind.CURRENCY: frozenset((Kind.CURRENCY, Kind.TEXT, Kind.CHOICE)),
    Kind.TIME: frozenset((Kind.TIME, Kind.TEXT)),
    Kind.TEXT: frozenset((Kind.TEXT, Kind.CODE, Kind.INTEGER, Kind.NUMBER)),
    Kind.CODE: frozenset((Kind.CODE, Kind.TEXT)),
}
"""As what a user may want a value of each kind."""
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_ANY_PRICE = frozenset(("price", "cost", "item_price"))
"""Names of prices that are of one or of the line."""
_UNITS = frozenset(("unit", "units"))
"""Names of figures that are no figures as texts: what is counted."""
_NO_FIGURES = frozenset(("name", "address", "terms", "description", "heading", "holder", "subject"))
"""Words in the names of texts that no number is."""


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """What of a user's schema a built-in one asks for as well.

    Attributes:
        base: The built-in schema.
        places: The JSON Pointers of the user's values and lists (`*` for every item), each with
            that of the same in the built-in schema.
        score: How many values those are, and a little for what the schema calls itself.
    """

    base: Schema
    places: Mapping[str, str]
    score: float


def likenesses(schema: Schema) -> list[Likeness]:
    """Return the built-in schemas that know most of what a user's schema asks for, best first.

    None for a schema that says itself what its values go by, or how they must add up. A schema may
    name the one that it is like (`x-docvision-like`), or say false.
    """
    said = schema.body.get(LIKE)
    if said:
        return [_likeness(schema, get_schema(str(said)))]
    if schema.name is not None or said is False or schema.checks or _tells(schema.shape):
        return []
    count = _count(schema.shape)
    found = [_likeness(schema, base) for base in list_schemas() if base.name != "form"]
    known = [one for one in found if len(one.places) >= max(min(_ITEMS, count), LEAST * count)]
    return sorted(known, key=lambda one: -one.score)


def _likeness(schema: Schema, base: Schema) -> Likeness:
    finder = _Finder(base=base)
    places = dict(finder.record(schema.shape, base.shape, (), ()))
    said = _joined(f"{schema.title} {schema.body.get('description', '')}")
    named = _joined(base.title) in said or _joined(str(base.name)) in said
    return Likeness(base=base, places=places, score=len(places) + _NAMED * named)


def _tells(record: Record) -> bool:
    """Whether a schema says of its fields what they go by or where they stand."""
    return any(leaf.labels or leaf.place for leaf in record.leaves) or any(
        listing.place or _tells(listing.item) for listing in record.lists
    )


def _count(record: Record) -> int:
    return len(record.leaves) + sum(1 + _count(listing.item) for listing in record.lists)


@dataclass(frozen=True, kw_only=True)
class _Finder:
    """Finds a user's fields among those of a built-in schema."""

    base: Schema

    def record(
        self, own: Record, base: Record, at: Path, base_at: Path
    ) -> Iterator[tuple[str, str]]:
        """Yield the pointers of what both records ask for."""
        scope = "*." if at else ""
        names = {leaf.key: self._names(leaf) for leaf in own.leaves}
        ranked = sorted(
            (rank, number, leaf.key, known.key)
            for number, leaf in enumerate(own.leaves)
            for known in base.leaves
            if _is_wanted_as(known, leaf)
            and (rank := _rank(leaf, names[leaf.key], known, scope)) is not None
        )
        leaves = {leaf.key: leaf for leaf in own.leaves}
        knowns = {leaf.key: leaf for leaf in base.leaves}
        taken: set[str] = set()
        for _, _, key, known in ranked:
            if key in leaves and known not in taken:
                taken.add(known)
                leaf = leaves.pop(key)
                yield pointer((*at, *leaf.path)), pointer((*base_at, *knowns[known].path))
        yield from self._lists(own, base, at, base_at)

    def _lists(
        self, own: Record, base: Record, at: Path, base_at: Path
    ) -> Iterator[tuple[str, str]]:
        free = list(own.lists)
        for known in base.lists:
            best: tuple[bool, int, Listing, dict[str, str]] | None = None
            for listing in free:
                here, there = (*at, *listing.path, "*"), (*base_at, *known.path, "*")
                items = dict(self.record(listing.item, known.item, here, there))
                items = _with_amounts(items, self.base)
                named = _is_called(listing, known)
                enough = min(_ITEMS, len(listing.item.leaves))
                if len(items) < enough or (len(items) < _ITEMS and not named):
                    continue
                if not named and _has_twin(known, base):
                    continue
                if best is None or (named, len(items)) > best[:2]:
                    best = (named, len(items), listing, items)
            if best:
                _, _, listing, items = best
                free.remove(listing)
                yield pointer((*at, *listing.path)), pointer((*base_at, *known.path))
                yield from items.items()

    def _names(self, leaf: Leaf) -> list[str]:
        """Return what a field may be called: by its path, without what it lies in, by its title."""
        steps = [_joined(step) for step in leaf.path]
        names = ["_".join(steps)]
        while len(steps) > 1 and steps[0] in _CONTAINERS:
            steps = steps[1:]
            names.append("_".join(steps))
        for before in _OWN_NAMES.get(str(self.base.name), ()):
            names += [one.removeprefix(f"{before}_") for one in names if one.startswith(before)]
        title = _joined(str(leaf.node.get("title") or ""))
        about = _joined(leaf.about).removeprefix("the_")
        names += [one for one in (title, about) if 0 < one.count("_") + 1 <= _LONGEST]
        return [*dict.fromkeys(names)]


def _rank(leaf: Leaf, names: Sequence[str], known: Leaf, scope: str) -> int | None:
    """Return how far down the list of a known field's names a field's own stand; None if nowhere.

    `names` are what the field may be called.
    """
    if scope and not leaf.path:
        return 0 if known.key == "description" else None
    listed = (known.key, *_names_of(f"{scope}{known.key}"))
    ranks = [listed.index(name) for name in names if name in listed]
    if ranks:
        return min(ranks)
    labels = {one for label in known.labels for one in _spellings(label)}
    return len(listed) if any(_letters(name) in labels for name in names) else None


def _is_wanted_as(known: Leaf, leaf: Leaf) -> bool:
    """Whether a user may want a known value as what the schema says."""
    figure = leaf.kind in (Kind.NUMBER, Kind.INTEGER) and known.kind is Kind.TEXT
    if figure and not _NO_FIGURES.isdisjoint(known.key.split("_")):
        return False
    name = leaf.path[-1].casefold() if leaf.path else ""
    if leaf.kind is Kind.TEXT and known.kind is Kind.NUMBER and name in _UNITS:
        return False
    return leaf.kind in _ALSO.get(known.kind, (known.kind,))


def _with_amounts(items: dict[str, str], base: Schema) -> dict[str, str]:
    """Return the places with a price as that of the line, where it may be that of one or of all.

    A till prints the price of the line; an invoice that counts things has the price of one.
    """
    names = {place.rsplit("/", 1)[1]: at for at, place in items.items()}
    at = names.get("unit_price", "")
    counted = "quantity" in names and base.name != "receipt"
    if "amount" in names or counted or _joined(at.rsplit("/", 1)[-1]) not in _ANY_PRICE:
        return items
    return {**items, at: items[at].removesuffix("unit_price") + "amount"}


def _has_twin(listing: Listing, record: Record) -> bool:
    """Whether another list of a record has items of the same kind: only its name tells a list."""
    keys = {leaf.key for leaf in listing.item.leaves}
    return any(
        one != listing and len(keys & {leaf.key for leaf in one.item.leaves}) >= _ITEMS
        for one in record.lists
    )


def _is_called(listing: Listing, known: Listing) -> bool:
    """Whether a list's name is that of a known list, or one of those that it goes by."""
    name = _joined(listing.path[-1]) if listing.path else ""
    if listing.key.lower() == known.key or name in _names_of(known.key):
        return True
    return _letters(name) in {one for label in known.labels for one in _spellings(label)}


def _joined(name: str) -> str:
    """Return a name in lower case with `_` between its words: `dueDate` is `due_date`."""
    return "_".join(_WORDS.findall(_CAMEL.sub(" ", name).casefold()))


def _spellings(label: str) -> tuple[str, str]:
    """Return the letters of a label, and with umlauts written out: `abzuge`, `abzuege`."""
    return _letters(label), _letters(label.casefold().translate(_UMLAUTS))


@cache
def _letters(text: str) -> str:
    """Return the letters and digits of a text, without accents and upper case."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(mark for mark in parts if mark.isalnum())


@cache
def _names_of(field: str) -> tuple[str, ...]:
    """Return what a field goes by in schemas of others, the likeliest first."""
    return _table().get(field, ())


@cache
def _table() -> Mapping[str, tuple[str, ...]]:
    text = (resources.files("docvision.schemas") / "likeness.txt").read_text("utf-8")
    groups: dict[str, tuple[str, ...]] = {}
    table: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        names, _, said = line.partition(" = ")
        if not said or line.startswith("#"):
            continue
        if names.startswith("{"):
            words = (one for word in said.split() for one in _filled(word, groups))
            groups[names.strip("{}")] = tuple(dict.fromkeys(words))
            continue
        ways = tuple(
            dict.fromkeys(way for one in said.split("|") for way in _filled(one.strip(), groups))
        )
        for name in names.split():
            table[name] = (*table.get(name, ()), *ways)
    return table


def _filled(pattern: str, groups: Mapping[str, Sequence[str]]) -> list[str]:
    """Return all that a pattern stands for, with a word of each group in its place."""
    group = _GROUP.search(pattern)
    if group is None:
        return [pattern]
    before, after = pattern[: group.start()], pattern[group.end() :]
    return [before + word + rest for word in groups[group[1]] for rest in _filled(after, groups)]
