"""What the words around a figure on its line make of it: a unit, no sum, an account at a bank."""

from __future__ import annotations

import re

from docvision.tasks.answering.asked import Asked
from docvision.tasks.answering.concepts import first_words, group, terms_in
from docvision.tasks.answering.lexical import folded
from docvision.tasks.answering.parts import has_letters
from docvision.tasks.answering.spans import is_unit
from docvision.tasks.normalise import to_currency
from docvision.tasks.passage import Passage, Run

_NO_SUM = 0.3
"""What a number among words is worth where a sum is asked for."""
_BARE = re.compile(r"\d{1,5}")


def among(asked: Asked, passage: Passage, run: Run, text: str) -> float:
    """Return what a value is worth (0-1) as an answer by the words that stand on its line."""
    if _is_at_bank(asked, passage, run):
        return 0.0
    return _NO_SUM if _is_no_sum(asked, passage, run, text) else 1.0


def with_unit(passage: Passage, run: Run, text: str) -> tuple[Run, str]:
    """Return a value with the unit that follows it, if one does."""
    after = passage.words[run.last : run.last + 1]
    if not after or after[0].gap != " " or not is_unit(folded(after[0].text).strip(".,;")):
        return run, text
    longer = Run(first=run.first, last=run.last + 1)
    return longer, passage.quote(longer).rstrip(".,;")


def _is_no_sum(asked: Asked, passage: Passage, run: Run, text: str) -> bool:
    """Whether a number that words follow can be no sum of money: `Sale of 22 Priory Close`."""
    after = passage.words[run.last : run.last + 1]
    if "amount" not in asked.wants or not after or not _BARE.fullmatch(text):
        return False
    word = after[0]
    return word.gap == " " and has_letters(word.text) and to_currency(word.text) is None


def _is_at_bank(asked: Asked, passage: Passage, run: Run) -> bool:
    """Whether a number is an account's at a bank, where that of a customer is asked for."""
    means = {one for weights in asked.own for term in weights for one in first_words(term)}
    if not means & {"customernumber", "customer"} or means & {"account", "accountnumber"}:
        return False
    line = passage.words[run.first].line
    words = " ".join(word.text for word in passage.words if word.line == line)
    return bool(group("of_bank") & {one for term in terms_in(words) for one in first_words(term)})
