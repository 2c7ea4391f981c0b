"""The words on a chart, in pixels of its picture, and the numbers among them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from docvision.geometry import Box
from docvision.results.model import Word

_NUMBER = re.compile(
    r"^(?P<before>[€$£¥]?)(?P<sign>[-+\u2212\u2013]?)(?P<again>[€$£¥]?)"
    r"(?P<digits>\d[\d.,'\u2019\u202f\u00a0 ]*|[.,]\d+)"
    r"\s?(?P<scale>k|K|Mio\.?|M|Mrd\.?|bn|B)?\s?(?P<after>%|€|\$|£|[A-Z]{3})?$"
)
_SCALES = {"k": 1e3, "K": 1e3, "M": 1e6, "Mio": 1e6, "Mrd": 1e9, "bn": 1e9, "B": 1e9}
_MISREAD = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1"})
_SPACE = 0.5
"""Words of one label stand nearer to one another than so many times their height."""


@dataclass(frozen=True, kw_only=True)
class Label:
    """A word, or several that stand together; pixels, origin top left."""

    text: str
    box: Box

    @property
    def height(self) -> float:
        """The height of its box."""
        return self.box[3] - self.box[1]

    @property
    def width(self) -> float:
        """The width of its box."""
        return self.box[2] - self.box[0]

    @property
    def middle(self) -> tuple[float, float]:
        """The centre (x, y)."""
        return ((self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2)

    @cached_property
    def number(self) -> float | None:
        """Its value, if it is one, with a comma or a point before three digits for thousands."""
        return parse_number(self.text)

    @property
    def upright(self) -> bool:
        """Whether it is written across: a longer word that is taller than wide is not."""
        return len(self.text) < 3 or self.height < 1.6 * self.width


def labels_of(words: Iterable[Word], width: int, height: int) -> list[Label]:
    """Return words, whose boxes are fractions of the picture, as labels in its pixels."""
    return [
        Label(
            text=word.text.strip(),
            box=(
                word.bbox[0] * width,
                word.bbox[1] * height,
                word.bbox[2] * width,
                word.bbox[3] * height,
            ),
        )
        for word in words
        if word.text.strip()
    ]


def parse_number(text: str, *, decimal: str | None = None) -> float | None:
    """Return the number that a label shows, None where it shows none.

    `decimal` is the sign before decimals where it is known; else the last of several signs is, and
    a single one unless three digits follow.
    """
    found = _NUMBER.match(text.strip()) or _NUMBER.match(text.strip().translate(_MISREAD))
    if not found:
        return None
    digits = re.sub(r"['\u2019\u202f\u00a0 ]", "", found["digits"]).rstrip(".,")
    point = decimal or _decimal_of(digits)
    plain = digits.replace("," if point == "." else ".", "")
    try:
        value = float(plain.replace(",", "."))
    except ValueError:
        return None
    scale = _SCALES.get((found["scale"] or "").rstrip("."), 1.0)
    return (-value if found["sign"] in ("-", "\u2212", "\u2013") else value) * scale


def _decimal_of(digits: str) -> str:
    comma, point = digits.rfind(","), digits.rfind(".")
    last = max(comma, point)
    if last < 0:
        return "."
    if comma >= 0 and point >= 0:
        return digits[last]
    sign = digits[last]
    grouped = digits.count(sign) > 1 or (len(digits) - last - 1 == 3 and digits[:last] != "0")
    return "." if (sign == "," and grouped) or (sign == "." and not grouped) else ","


def unit_of(text: str) -> str | None:
    """Return the unit written with a number: a percent sign or a currency."""
    found = _NUMBER.match(text.strip())
    return (found["before"] or found["again"] or found["after"] or None) if found else None


def line_height(labels: Sequence[Label]) -> float:
    """Return the usual height of the words that are written across."""
    heights = [label.height for label in labels if label.upright]
    return median(heights) if heights else 12.0


def phrases(labels: Sequence[Label], gap: float = _SPACE) -> list[Label]:
    """Join words on one line that stand near to one another, from the top left."""
    found: list[Label] = []
    for line in lines_of(labels):
        for label in line:
            before = found[-1] if found else None
            if before and label is not line[0] and _follows(before, label, gap):
                found[-1] = joined((before, label))
            else:
                found.append(label)
    return found


def lines_of(labels: Sequence[Label]) -> list[list[Label]]:
    """Return words by line from the top, each line from the left."""
    lines: list[list[Label]] = []
    for label in sorted(labels, key=lambda label: label.middle[1]):
        low = min(label.height, lines[-1][0].height) if lines else 0.0
        if lines and label.middle[1] - lines[-1][0].middle[1] <= 0.5 * low:
            lines[-1].append(label)
        else:
            lines.append([label])
    return [sorted(line, key=lambda label: label.box[0]) for line in lines]


def joined(labels: Sequence[Label]) -> Label:
    """Return several labels as one, in the order given."""
    boxes = [label.box for label in labels]
    return Label(
        text=" ".join(label.text for label in labels),
        box=(
            min(box[0] for box in boxes),
            min(box[1] for box in boxes),
            max(box[2] for box in boxes),
            max(box[3] for box in boxes),
        ),
    )


def _follows(before: Label, label: Label, gap: float) -> bool:
    low = min(before.height, label.height)
    return -0.5 * low <= label.box[0] - before.box[2] <= gap * low
