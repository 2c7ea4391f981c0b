"""The data: what was found, in the form of the schema; valid, whatever was found."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from docvision.results.model import Evidence
from docvision.schemas.accept import Schema
from docvision.schemas.expand import simplify, type_of
from docvision.schemas.pointer import Step, find, pointer
from docvision.schemas.shape import Record
from docvision.schemas.smallest import smallest
from docvision.schemas.validity import is_valid
from docvision.tasks.extraction.found import Found, FoundRecord

_REPAIRS = 64
"""Values taken back at most before everything is."""

_MISSING: Any = object()


@dataclass(frozen=True, kw_only=True)
class Data:
    """A value for the whole schema.

    Attributes:
        value: It obeys the schema.
        found: What was found, by JSON Pointer into `value`; also what is null there.
        filled: Pointers to values that the document does not give and the schema insists on;
            the smallest that it takes stand there.
        refused: Pointers to values that were found, but that the schema does not take together
            with the others.
    """

    value: Any
    found: Mapping[str, Found] = field(default_factory=dict)
    filled: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()

    @property
    def evidence(self) -> dict[str, Evidence]:
        """The evidence of each leaf that is not null, by JSON Pointer."""
        return {
            at: one.evidence
            for at, one in self.found.items()
            if one.evidence is not None and one.value is not None
        }


def build(schema: Schema, found: FoundRecord) -> Data:
    """Return data that obey the schema, made of what was found.

    A value that the schema does not take is taken back, one after the other; if that does not
    help, the smallest data that obey the schema are all there is.
    """
    writer = _Writer()
    raw = writer.value(schema.node, found, schema.shape, (), ())
    value = raw if raw is not _MISSING else schema.empty
    refused: list[str] = []
    for _ in range(_REPAIRS):
        error = next(schema.validator.iter_errors(value), None)
        if error is None:
            break
        value, at = _repaired(schema, value, tuple(error.absolute_path))
        refused.append(at)
    if not schema.is_valid(value):
        value, refused = schema.empty, [*writer.found]
    present = {at: one for at, one in writer.found.items() if _holds(value, at, one)}
    return Data(
        value=value,
        found=present,
        filled=tuple(at for at in writer.filled if at not in refused),
        refused=tuple(dict.fromkeys(refused)),
    )


class _Writer:
    """Writes what was found into the form of a schema, and notes where each value went."""

    def __init__(self) -> None:
        self.found: dict[str, Found] = {}
        self.filled: list[str] = []

    def value(
        self,
        node: Any,
        found: FoundRecord,
        shape: Record,
        path: tuple[str, ...],
        at: tuple[Step, ...],
    ) -> Any:
        """Return the value for a schema, `_MISSING` where there is none.

        Args:
            node: The expanded schema.
            found: What was found for the record in which it lies.
            shape: The record's shape.
            path: Where it lies in the record.
            at: Where it lies in the data.
        """
        if leaf := next((leaf for leaf in shape.leaves if leaf.path == path), None):
            return self._leaf(node, found.leaves.get(leaf.key, Found()), at)
        if listing := next((one for one in shape.lists if one.path == path), None):
            items = found.lists.get(listing.key, ())[: listing.most]
            return self._list(node, items, listing.item, at)
        plain = simplify(node)
        if "const" in plain:
            return plain["const"]
        if type_of(plain) == "object" and plain.get("properties"):
            return self._object(node, plain, found, shape, path, at)
        return None if is_valid(node, None) else _MISSING

    def _leaf(self, node: Any, found: Found, at: tuple[Step, ...]) -> Any:
        self.found[pointer(at)] = found
        if found.value is not None:
            return found.value
        return None if is_valid(node, None) else _MISSING

    def _list(
        self, node: Any, items: tuple[FoundRecord, ...], shape: Record, at: tuple[Step, ...]
    ) -> Any:
        inner = simplify(node).get("items", {})
        values: list[Any] = []
        for item in items:
            place = (*at, len(values))
            value = self.value(inner, item, shape, (), place)
            values.append(self._filled(inner, place) if value is _MISSING else value)
        if values or is_valid(node, []):
            return values
        return None if is_valid(node, None) else _MISSING

    def _object(
        self,
        node: Any,
        plain: Mapping[str, Any],
        found: FoundRecord,
        shape: Record,
        path: tuple[str, ...],
        at: tuple[Step, ...],
    ) -> Any:
        before = len(self.filled)
        value: dict[str, Any] = {}
        for name, inner in plain["properties"].items():
            part = self.value(inner, found, shape, (*path, name), (*at, name))
            if part is not _MISSING:
                value[name] = part
            elif name in plain.get("required", ()):
                value[name] = self._filled(inner, (*at, name))
        if path and not self._says_anything(at):
            if is_valid(node, None):
                del self.filled[before:]
                return None
            if len(self.filled) > before:
                del self.filled[before:]
                return _MISSING
        return value

    def _says_anything(self, at: tuple[Step, ...]) -> bool:
        inside = pointer(at) + "/"
        return any(
            key.startswith(inside) and one.value is not None for key, one in self.found.items()
        )

    def _filled(self, node: Any, at: tuple[Step, ...]) -> Any:
        self.filled.append(pointer(at))
        return smallest(node)


def _repaired(schema: Schema, value: Any, path: tuple[Step, ...]) -> tuple[Any, str]:
    """Return the value with less at a place that the schema does not take, or around it.

    What is tried first costs least: null, nothing, and then the same one level up.
    """
    wrong = _faults(schema, value)
    for end in range(len(path), 0, -1):
        for tried in _with_less(value, path[:end]):
            if _faults(schema, tried) < wrong:
                return tried, pointer(path[:end])
    return schema.empty, ""


def _faults(schema: Schema, value: Any) -> int:
    return sum(1 for _ in schema.validator.iter_errors(value))


def _with_less(value: Any, path: tuple[Step, ...]) -> Iterator[Any]:
    for lesser in (None, _MISSING):
        whole = copy.deepcopy(value)
        parent = whole
        for step in path[:-1]:
            parent = parent[step]
        if lesser is _MISSING:
            del parent[path[-1]]
        else:
            parent[path[-1]] = lesser
        yield whole


def _holds(value: Any, at: str, found: Found) -> bool:
    """Whether the data still have at a place what was found for it."""
    there = next(iter(find(value, at)), None)
    return there is not None and there[1] == found.value
