"""Tables that sum up an invoice's taxes by their rates: no list of what was bought.

Rate      Net     VAT   Gross
19 %    84.03   15.97  100.00
 7 %    10.00    0.70   10.70
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from docvision.results.tables import JoinedTable
from docvision.schemas.shape import Listing
from docvision.tasks.evidence import words_of_key
from docvision.tasks.extraction.rows import looks_like_figure
from docvision.tasks.extraction.sum_words import SUMMARY

_TAX = re.compile(
    r"\b(?:vat|tax(?:es)?|gst|hst|mwst|m\.?w\.?st|ust|u\.?st|umsatzsteuer|mehrwertsteuer|steuer\w*|"
    r"tva|t\.v\.a|iva|i\.v\.a|igic|btw|moms\w*|ptu|podat\w+|dph|taxas?|taux|aliquota|imposto|imposta|"
    r"impuestos?|rate|satz)\b",
    re.IGNORECASE,
)
"""What such tables are headed by."""
_RATE = re.compile(
    r"(?:[^\W\d][\w.]*\W{1,3}){0,2}\(?\d{1,2}(?:[.,]\d{1,2})?\s?%?\)?(?:\s*\w{1,4})?"
)
"""`19`, `7,0 %`, `Normal 23%`, `A 10 %`, `20.00% VAT`."""
_LARGEST = 30.0
_LEAST = 3
"""Columns of such a table."""


def is_of_taxes(table: JoinedTable) -> bool:
    """Whether the rows of a table are rates of tax, below a heading that says so."""
    header = [" ".join(text.split()) for text in table.header]
    if sum(map(bool, header)) < _LEAST or not any(_TAX.search(text) for text in header):
        return False
    rows = [[cell.text for cell in row if cell] for row in table.rows]
    if not all(looks_like_figure(text) for row in rows for text in row[1:]):
        return False  # It says what something is.
    first = [row[0] if row else "" for row in rows]
    rates = [text for text in first if not SUMMARY.search(text)]
    if len(rates) > 1 and not _is_rate(rates[-1]):
        rates.pop()  # What they come to, in a word that nobody knows.
    return bool(rates) and all(map(_is_rate, rates)) and _rises_no_count(rates)


def tells_taxes(listing: Listing) -> bool:
    """Whether a list is itself one of taxes."""
    return _TAX.search(words_of_key(listing.key)) is not None


def _is_rate(text: str) -> bool:
    said = " ".join(text.split())
    found = re.search(r"\d{1,2}(?:[.,]\d{1,2})?", said)
    return bool(found and _RATE.fullmatch(said) and float(found[0].replace(",", ".")) <= _LARGEST)


def _rises_no_count(rates: Sequence[str]) -> bool:
    """Whether bare numbers are not the positions 1, 2, 3 of a list of goods."""
    bare = [text.strip().rstrip(".") for text in rates]
    return "%" in "".join(bare) or not all(
        text.isdigit() and int(text) == at for at, text in enumerate(bare, start=1)
    )
