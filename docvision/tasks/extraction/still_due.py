"""The sum still to pay, where a part of a total was paid before or is paid by somebody else.

Total incl. VAT      51,421.56
Paid on account     -20,000.00
To pay               31,421.56
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from docvision.results.model import Page
from docvision.schemas.accept import Schema
from docvision.schemas.checks import SumCheck
from docvision.schemas.pointer import pointer
from docvision.tasks.extraction.found import Found, FoundRecord
from docvision.tasks.extraction.sums import figures_in
from docvision.tasks.normalise import Conventions
from docvision.tasks.passage import Passage, passage_of

_TAKEN_OFF = re.compile(
    r"\b(?:a ?conto|on account|in advance|advance|deposits?|pre-?paid|paid|anzahlung\w*|"
    r"abschlag\w*|bezahlt|acomptes?|déjà réglée?|versée?|acconto|anticip\w+|versato|anticipo|"
    r"pagado|a cuenta|sinal|adiantamento|pago|voorschot|aanbetaling|betaald|zaliczk\w+|zapłacono|"
    r"betalt|förskott|forudbetal\w+|r[ou]t-?avdrag|retenci\w+|irpf|ritenut\w+|credit)\b",
    re.IGNORECASE,
)
"""What is said of a sum that is taken off what is to pay."""
_SURE = 0.85


def with_still_due(
    schema: Schema,
    found: FoundRecord,
    pages: Sequence[Page],
    page_with_words: Callable[[Page], Page],
    conventions: Conventions,
) -> FoundRecord:
    """Return what was found with the total that is still to pay, where the page shows it.

    It is another value that a label of the total names, further down, and what lies between the
    two stands there as taken off.
    """
    totals = {said for one in schema.checks if isinstance(one, SumCheck) for said in one.equals}
    leaves: dict[str, Found] = {}
    for leaf in schema.shape.leaves:
        whole = found.leaves.get(leaf.key)
        if whole is None or not whole.others or pointer(leaf.path) not in totals:
            continue
        due = next((one for one in whole.others if _is_below(one, whole)), None)
        if due is None or due.evidence is None:
            continue
        taken = Decimal(str(whole.value)) - Decimal(str(due.value))
        page = next((one for one in pages if one.number == due.evidence.page), None)
        if page and _is_taken_off(passage_of([page_with_words(page)]), taken, conventions):
            sure = min(_SURE, due.confidence)
            leaves[leaf.key] = replace(due, others=(whole, *whole.others)).weaker(sure)
    return replace(found, leaves={**found.leaves, **leaves})


def _is_below(one: Found, whole: Found) -> bool:
    """Whether a value is a smaller sum further down the same page."""
    here, there = one.evidence, whole.evidence
    if not isinstance(one.value, int | float) or not isinstance(whole.value, int | float):
        return False
    if not (here and there and here.bbox and there.bbox and here.page == there.page):
        return False
    return 0 < one.value < whole.value and here.bbox[1] > there.bbox[1]


def _is_taken_off(passage: Passage, taken: Decimal, conventions: Conventions) -> bool:
    """Whether a line shows a sum with a minus, or says that it is taken off."""
    for line in passage.lines:
        figures = figures_in(passage.words[line.first : line.last], conventions)
        if -taken in figures or (taken in figures and _TAKEN_OFF.search(passage.quote(line))):
            return True
    return False
