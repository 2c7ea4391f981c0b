"""What a value looks like, and what a question expects it to look like."""

from __future__ import annotations

import re
from collections.abc import Mapping

from docvision.tasks.answering.lexical import kinds_of

_MONTH = (
    "jan|feb|mar|apr|mai|may|jun|jul|aug|sep|oct|okt|nov|dec|dez|"
    "ene|abr|ago|dic|fév|avr|juin|juil|août|déc|gen|mag|giu|lug|set|ott|fev|out"
)

_LOOKS: Mapping[str, re.Pattern[str]] = {
    "address": re.compile(r"^(?=.*\d)(?=.*[^\W\d_]{3})[^@:]{5,}$"),
    "amount": re.compile(r"^[^\d%]{0,5}\d[\d.,' ]*[^\d%]{0,5}$"),
    "code": re.compile(r"^(?=.*\d)[A-Z\d#/._-]+(?: [A-Z\d#/._-]+)*$"),
    "date": re.compile(rf"\d[./-]\d|\d.*\b(?:{_MONTH})|\b(?:{_MONTH}).*\d", re.IGNORECASE),
    "email": re.compile(r"^\S+@\S+$"),
    "name": re.compile(r"^[^\d]*[^\W\d_]{2}[^\d]*(?:\d{1,2}[^\d]*)?$"),
    "phone": re.compile(r"^[-+()./ \dx]{5,}$"),
    "time": re.compile(r"\d{1,2}[:.h]\d{2}"),
}

_ASKED = (
    (re.compile(r"^\W*(?:when|wann|quand|cu[aá]ndo|quando|wanneer)\b", re.I), ("date", "time")),
    (re.compile(r"^\W*(?:who|wer|qui|qui[eé]n|chi|wie|quem)\b", re.I), ("name",)),
    (re.compile(r"\b(?:how much|wie viel|combien|cu[aá]nto|quanto|hoeveel)\b", re.I), ("amount",)),
    (re.compile(r"\b(?:what|which) (?:amount|sum|price|fee)\b", re.I), ("amount",)),
)


def likeness(question: str, text: str) -> float:
    """Return 1 where a text looks like what is asked for, -1 where not, 0 where that is open."""
    expected = kinds_of(question) or asked_kinds(question)
    looks = [bool(_LOOKS[kind].search(text)) for kind in expected if kind in _LOOKS]
    if not looks:
        return 0.0
    return 1.0 if any(looks) else -1.0


def asked_kinds(question: str) -> frozenset[str]:
    """Return what the words that ask expect: who a name, when a date, how much a sum."""
    return frozenset(
        kind for pattern, kinds in _ASKED if pattern.search(question) for kind in kinds
    )
