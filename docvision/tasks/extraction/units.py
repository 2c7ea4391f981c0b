"""Units of quantities in a table: a column of their own, or words behind the figures.

Qty  Unit  Price        Antal    À-pris
 35  szt.  28.50        9 tim    392,00
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from docvision.results.tables import JoinedCell
from docvision.schemas.shape import Kind, Leaf
from docvision.tasks.evidence import words_of_key
from docvision.tasks.extraction.candidates import has_month
from docvision.tasks.extraction.label_places import letters_of
from docvision.tasks.extraction.plausible import name_of
from docvision.tasks.normalise import folded

_NAMES = frozenset(
    (
        "unit", "units", "uom", "unita", "unite", "unidad", "unidade", "jednostka", "jednotka",
        "enhet", "enhed", "einheit", "mengeneinheit", "eenheid", "jm", "mj", "um", "me",
    )
)  # fmt: skip
"""What fields of units are called, without accents."""
_HEADINGS = _NAMES | frozenset(
    (
        "un", "unid", "einh", "eh", "ud", "uds", "u", "enh", "jedn", "jednmiary", "eenh",
        "unitadimisura", "unitamisura", "unitemesure", "unidadmedida", "unidadedemedida",
        "jednostkamiary", "unitofmeasure", "pack",
    )
)  # fmt: skip
"""Letters of what stands over a column of units."""
_UNIT = re.compile(r"[^\W\d_]{1,10}[.²³]?(?:/[^\W\d_]{1,5}\.?)?")
_COUNTED = re.compile(r"(?P<figure>\D?\d[\d.,  ]*)\s?(?P<unit>[^\W\d_]{1,10}[.²³23]?)")
_DIGIT = re.compile(r"\d")
_SHORT = 12
"""Letters of what may be a unit; words of sums may stand below."""
_MOST = 0.6
"""Share of a column's cells that are units, at least."""


def is_unit(leaf: Leaf) -> bool:
    """Whether a text field is the unit of a quantity by its name."""
    words = folded(words_of_key(name_of(leaf))).split()
    return leaf.kind is Kind.TEXT and not leaf.labels and not _NAMES.isdisjoint(words)


def units_column(
    header: Sequence[str], rows: Sequence[Sequence[JoinedCell | None]], taken: Container[int]
) -> int | None:
    """Return the column, of those not taken, that is headed as one of units and has some."""
    for column, heading in enumerate(header):
        if column in taken or letters_of(heading) not in _HEADINGS:
            continue
        if _are_mostly(_UNIT, [text for text in _texts(rows, column) if len(text) <= _SHORT]):
            return column
    return None


def holds_units(rows: Sequence[Sequence[JoinedCell | None]], column: int) -> bool:
    """Whether the cells of a column are figures with a unit behind each: `9 tim`."""
    return _are_mostly(_COUNTED, [text for text in _texts(rows, column) if _DIGIT.search(text)])


def unit_of(text: str) -> str | None:
    """Return the unit behind a figure; None where there is none."""
    found = None if has_month(text) else _COUNTED.fullmatch(text)
    return found["unit"] if found else None


def without_unit(text: str) -> str:
    """Return a figure without the unit behind it."""
    found = None if has_month(text) else _COUNTED.fullmatch(text)
    return found["figure"].strip() if found else text


def _texts(rows: Sequence[Sequence[JoinedCell | None]], column: int) -> list[str]:
    return [" ".join(cell.text.split()) for row in rows if (cell := row[column])]


def _are_mostly(form: re.Pattern[str], texts: Sequence[str]) -> bool:
    return sum(bool(form.fullmatch(text)) for text in texts) >= _MOST * max(1, len(texts))
