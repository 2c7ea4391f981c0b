"""A page under construction: texts placed on it, and which of them are values.

Pixels at 100 dpi, origin top left, y down; A4 is 827 x 1169.
"""

import random
from dataclasses import dataclass, field

from docvision.tasks.prompts import Box, PlacedWord, arrange_words

#: Width of a character over the font size; layout needs gaps, not exact widths.
CHAR_WIDTH = 0.52


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A run of text on one line; `size` is the font's, `x` and `y` its top left corner."""

    text: str
    x: float
    y: float
    size: float
    bold: bool = False


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A value: characters start to end of the placed text `item` are the field `path`."""

    path: tuple[str | int, ...]
    item: int
    start: int
    end: int


@dataclass(kw_only=True)
class Sheet:
    """A page being filled: `put` adds text, `marks` collects where values stand.

    `hidden` are the numbers of texts that are written in white on white (in a PDF only).
    """

    width: float = 827
    height: float = 1169
    items: list[Placed] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)

    def put(self, text: str, x: float, y: float, size: float = 14, *, bold: bool = False) -> int:
        """Place text and return its number."""
        self.items.append(Placed(text=text, x=x, y=y, size=size, bold=bold))
        return len(self.items) - 1

    def put_value(
        self,
        path: tuple[str | int, ...],
        value: str,
        x: float,
        y: float,
        size: float = 14,
        *,
        before: str = "",
        after: str = "",
        bold: bool = False,
    ) -> None:
        """Place a value with text glued before or after it, and mark it."""
        item = self.put(before + value + after, x, y, size, bold=bold)
        self.marks.append(
            Mark(path=path, item=item, start=len(before), end=len(before) + len(value))
        )


def text_width(text: str, size: float) -> float:
    """Return the rough width of a text in pixels."""
    return len(text) * size * CHAR_WIDTH


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The words text of a sheet and, for each marked value, where it stands in it.

    `values` maps a path to (text as read, offset); the offset is None where the value is
    not one unbroken stretch of the words text.
    """

    text: str
    values: dict[tuple[str | int, ...], tuple[str, int | None]]


def read_sheet(sheet: Sheet, rng: random.Random, noise: float = 0.0) -> Reading:
    """Return what a reader makes of the sheet; `noise` is its rate of misread characters."""
    words = sheet_words(sheet, rng, noise)
    owners = [
        (number, start, start + len(text))
        for number, item in enumerate(sheet.items)
        for start, text in _split(item.text)
    ]
    text, offsets = _compose(words)
    return Reading(text=text, values=_find_values(sheet, words, owners, text, offsets))


def sheet_words(sheet: Sheet, rng: random.Random, noise: float = 0.0) -> list[PlacedWord]:
    """Return the words of a sheet with their boxes, as a reader gets them."""
    return [
        (misread(text, rng, noise), _box(item, start, text))
        for item in sheet.items
        for start, text in _split(item.text)
    ]


def _split(text: str) -> list[tuple[int, str]]:
    """Return (offset, word) of a text's words."""
    found, offset = [], 0
    for part in text.split(" "):
        if part:
            found.append((offset, part))
        offset += len(part) + 1
    return found


def _box(item: Placed, start: int, text: str) -> Box:
    left = item.x + text_width(item.text[:start], item.size)
    return (left, item.y, left + text_width(text, item.size), item.y + item.size)


def _compose(words: list[PlacedWord]) -> tuple[str, list[int]]:
    """Return the words text and each word's offset in it."""
    offsets = [0] * len(words)
    pieces: list[str] = []
    length = 0
    for row, line in enumerate(arrange_words(words)):
        for space, index in line:
            lead = "\n" if row and not space else space
            offsets[index] = length + len(lead)
            pieces.append(lead + words[index][0])
            length += len(pieces[-1])
    return "".join(pieces), offsets


def _find_values(
    sheet: Sheet,
    words: list[PlacedWord],
    owners: list[tuple[int, int, int]],
    text: str,
    offsets: list[int],
) -> dict[tuple[str | int, ...], tuple[str, int | None]]:
    by_item: dict[int, list[int]] = {}
    for index, (number, _, _) in enumerate(owners):
        by_item.setdefault(number, []).append(index)
    values: dict[tuple[str | int, ...], tuple[str, int | None]] = {}
    for mark in sheet.marks:
        inside = [
            index
            for index in by_item.get(mark.item, [])
            if owners[index][1] < mark.end and owners[index][2] > mark.start
        ]
        if inside:
            read = " ".join(words[index][0] for index in inside)
            at = offsets[inside[0]]
            values[mark.path] = (read, at if text.startswith(read, at) else None)
    return values


_CONFUSED = {
    "0": "O", "O": "0", "1": "l", "l": "1", "I": "l", "5": "S", "S": "5", "8": "B",
    "B": "8", "e": "c", "c": "e", "o": "0", "m": "rn", ".": ",", ",": ".", "i": "l",
    "é": "e", "ü": "u", "ö": "o", "ä": "a", "-": "", "'": "", "£": "E", "€": "E",
}  # fmt: skip


def misread(word: str, rng: random.Random, noise: float) -> str:
    """Return a word as a reader may get it: characters confused at rate `noise`."""
    if not noise or rng.random() > noise * len(word):
        return word
    at = rng.randrange(len(word))
    return (word[:at] + _CONFUSED.get(word[at], word[at]) + word[at + 1 :]) or word
