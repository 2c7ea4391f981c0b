"""JSON Pointers (RFC 6901), with `*` for every item of a list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

Step = str | int


def pointer(steps: Iterable[Step]) -> str:
    """Return the pointer that takes these steps."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


def steps_of(text: str) -> tuple[str, ...]:
    """Return the steps of a pointer; raises ValueError where it does not start with a slash."""
    if text and not text.startswith("/"):
        raise ValueError(f"{text!r} is no JSON Pointer; it starts with a slash.")
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in text.split("/")[1:])


def find(data: Any, text: str) -> Iterator[tuple[str, Any]]:
    """Yield (pointer, value) of all places that a pointer names; `*` is every item of a list."""
    yield from _find(data, steps_of(text), ())


def _find(value: Any, steps: tuple[str, ...], trail: tuple[Step, ...]) -> Iterator[tuple[str, Any]]:
    if not steps:
        yield pointer(trail), value
    elif steps[0] == "*" and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _find(item, steps[1:], (*trail, index))
    elif isinstance(value, list) and steps[0].isdecimal() and int(steps[0]) < len(value):
        yield from _find(value[int(steps[0])], steps[1:], (*trail, int(steps[0])))
    elif isinstance(value, dict) and steps[0] in value:
        yield from _find(value[steps[0]], steps[1:], (*trail, steps[0]))
