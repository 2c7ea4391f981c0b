"""List items: their markers and how deep they are nested."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from docvision.reading.layout.placed import Placed

_BULLETS = "•‣◦▪▫●○■□◆◇►▸➢➤✓✔☐☑☒∙·⁃"
_BULLET = re.compile(rf"^([{_BULLETS}])(.*)$", re.DOTALL)
_DASH = re.compile(r"^[-–—*+]$")
_NUMBER = re.compile(r"^(\()?(\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})([.)])$")


@dataclass(frozen=True, kw_only=True)
class Marker:
    """A list item's marker; `number` is its place in the count, None for bullets."""

    text: str
    number: int | None = None
    style: str = ""
    attached: str = ""
    """What follows a bullet without a space: the rest of the item's first word."""


def marker_of(words: Sequence[Placed]) -> Marker | None:
    """Return the marker that a line starts with, if it looks like one."""
    first = words[0].word.text
    bullet = _BULLET.match(first)
    if bullet and (len(words) > 1 or bullet.group(2)):
        return Marker(text=bullet.group(1), attached=bullet.group(2))
    if len(words) < 2:
        return None
    if _DASH.match(first) and not _DASH.match(words[-1].word.text):
        return Marker(text=first)
    counted = _NUMBER.match(first)
    if counted is None:
        return None
    number = counted.group(2)
    style = (counted.group(1) or "") + ("1" if number.isdigit() else "a") + counted.group(3)
    value = int(number) if number.isdigit() else ord(number[0].lower()) - ord("a") + 1
    return Marker(text=first, number=value, style=style)


def counted(markers: Sequence[Marker | None]) -> list[bool]:
    """Say of each marker whether it is one: bullets always, numbers if they are in sequence.

    "12. March" at the head of a line is no list item, unless an 11. or a 13. is near it.
    """
    numbers = {(marker.style, marker.number) for marker in markers if marker and marker.number}
    return [
        marker is not None
        and (
            marker.number is None
            or (marker.style, marker.number + 1) in numbers
            or (marker.style, marker.number - 1) in numbers
        )
        for marker in markers
    ]


def levels(indents: Sequence[float], step: float) -> list[int]:
    """Return the nesting (from 1) of consecutive items from where their markers stand.

    An item more than `step` to the right of the one before is nested in it.
    """
    stack: list[float] = []
    found = []
    for indent in indents:
        while stack and indent < stack[-1] - step:
            stack.pop()
        if not stack or indent > stack[-1] + step:
            stack.append(indent)
        found.append(len(stack))
    return found
