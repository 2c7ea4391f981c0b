"""What a schema asks for: its leaves and lists, flattened, each with a key of its own.

A model is shown one flat level of keys: `seller.name` is asked for as `seller_name`. So nano and
the big models get the same question, and the answer finds its way back by the leaf's path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from docvision.schemas.expand import Node, simplify, type_of
from docvision.schemas.pointer import pointer

Path = tuple[str, ...]
"""Steps from a record to one of its values."""

VERBATIM = "x-docvision-verbatim"
"""In a leaf's schema: true for a value that is copied, false for one that is judged."""

LABELS = "x-docvision-labels"
"""In a leaf's or a list's schema: what it goes by on documents, such as `Qty` and `Menge`."""

PLACE = "x-docvision-place"
"""In a leaf's or a list's schema: where it stands without labels, `letterhead.name` for example."""

_KEY = re.compile(r"[^\w]+")


class Kind(StrEnum):
    """What a leaf's value is."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    DATE = "date"
    DATE_TIME = "date_time"
    TIME = "time"
    CURRENCY = "currency"
    CODE = "code"
    """An identifier in which spaces say nothing: IBAN, VAT number."""
    BOOLEAN = "boolean"
    CHOICE = "choice"


_FORMATS = {
    "date": Kind.DATE,
    "date-time": Kind.DATE_TIME,
    "time": Kind.TIME,
    "currency": Kind.CURRENCY,
    "iban": Kind.CODE,
    "bic": Kind.CODE,
    "vat-id": Kind.CODE,
}


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """One value.

    Attributes:
        path: From its record to the value; empty for an item of a list of plain values.
        key: What it is asked for as; unique in its record.
        kind: What its value is.
        node: Its schema, expanded, as given.
        about: Its description, if any.
        verbatim: Whether it is copied (True) or judged (False), where the schema says so.
        labels: What it goes by on documents, where the schema says so.
        place: Where its value stands without a label, where the schema says so.
    """

    path: Path
    key: str
    kind: Kind
    node: Node
    about: str = ""
    verbatim: bool | None = None
    labels: tuple[str, ...] = ()
    place: str = ""

    @property
    def choices(self) -> tuple[Any, ...]:
        """What may be chosen, for a CHOICE."""
        return tuple(simplify(self.node).get("enum", ()))


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A list of records, or of plain values (then `item` has one leaf with an empty path).

    `place` is how it stands on a page, `labels` what it goes by, where the schema says so.
    """

    path: Path
    key: str
    item: Record
    most: int | None = None
    about: str = ""
    place: str = ""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Record:
    """The leaves and lists of one object."""

    leaves: tuple[Leaf, ...] = ()
    lists: tuple[Listing, ...] = ()


def shape_of(node: Any) -> Record:
    """Return what an expanded schema asks for.

    Parts without named fields (an open object, a tuple) are asked for by nothing.
    """
    return _record(_parts(node, ()))


def leaves_of(record: Record, steps: Path = ()) -> Iterator[tuple[str, Leaf]]:
    """Yield all leaves, those of lists too, with their JSON Pointers (`*` for every item)."""
    for leaf in record.leaves:
        yield pointer((*steps, *leaf.path)), leaf
    for listing in record.lists:
        yield from leaves_of(listing.item, (*steps, *listing.path, "*"))


def kind_of(node: Mapping[str, Any]) -> Kind:
    """Return the kind of a simplified leaf schema."""
    if "enum" in node:
        return Kind.CHOICE
    kind = type_of(node)
    if kind in ("number", "integer", "boolean"):
        return Kind(kind)
    return _FORMATS.get(str(node.get("format")), Kind.TEXT)


def _record(parts: Iterator[Leaf | Listing]) -> Record:
    taken: set[str] = set()
    leaves: list[Leaf] = []
    lists: list[Listing] = []
    for part in parts:
        key = _unique(_key(part.path), taken)
        if isinstance(part, Leaf):
            leaves.append(replace(part, key=key))
        else:
            lists.append(replace(part, key=key))
    return Record(leaves=tuple(leaves), lists=tuple(lists))


def _parts(node: Any, path: Path) -> Iterator[Leaf | Listing]:
    plain = simplify(node)
    kind = type_of(plain)
    if "const" in plain:
        return  # There is nothing to ask.
    if kind == "object" and "enum" not in plain:
        for name, inner in plain.get("properties", {}).items():
            yield from _parts(inner, (*path, name))
    elif kind == "array":
        if isinstance(plain.get("items"), Mapping) and "prefixItems" not in plain:
            yield _listing(plain, path)
    elif kind != "null" and node is not False and (path or isinstance(node, Mapping)):
        yield _leaf(node, plain, path)


def _listing(plain: Node, path: Path) -> Listing:
    return Listing(
        path=path,
        key="",
        item=shape_of(plain["items"]),
        most=plain.get("maxItems"),
        about=_about(plain),
        place=str(plain.get(PLACE, "")),
        labels=_labels(plain),
    )


def _leaf(node: Any, plain: Node, path: Path) -> Leaf:
    said = plain.get(VERBATIM)
    return Leaf(
        path=path,
        key="",
        kind=kind_of(plain),
        node=node if isinstance(node, dict) else {},
        about=_about(plain),
        verbatim=said if isinstance(said, bool) else None,
        labels=_labels(plain),
        place=str(plain.get(PLACE, "")),
    )


def _labels(plain: Node) -> tuple[str, ...]:
    labels = plain.get(LABELS)
    return tuple(map(str, labels)) if isinstance(labels, list) else ()


def _about(plain: Node) -> str:
    return " ".join(str(plain.get("description") or "").split())


def _key(path: Path) -> str:
    return _KEY.sub("_", "_".join(path)).strip("_") or "value"


def _unique(key: str, taken: set[str]) -> str:
    number, found = 1, key
    while found in taken:
        number += 1
        found = f"{key}_{number}"
    taken.add(found)
    return found
