"""What a value looks like, and what a question expects it to look like."""

from __future__ import annotations

import re
from collections.abc import Mapping

_MONTH = (
    "jan|feb|mar|apr|mai|may|jun|jul|aug|sep|oct|okt|nov|dec|dez|"
    "ene|abr|ago|dic|fév|avr|juin|juil|août|déc|gen|mag|giu|lug|set|ott|fev|out"
)

_MONTHS = re.compile(
    rf"\d.{{0,3}}\b(?:{_MONTH})[^\W\d_]{{0,6}}\b|\b(?:{_MONTH})[^\W\d_]{{0,6}}\W{{1,2}}\d",
    re.IGNORECASE,
)

_LOOKS: Mapping[str, re.Pattern[str]] = {
    "address": re.compile(r"^(?=.*\d)(?=.*[^\W\d_]{3})[^@:]{5,}$"),
    "amount": re.compile(r"^[^\d%]{0,5}\d[\d.,']*(?: \d{3}(?!\d)[.,\d]*)*[^\d%]{0,5}$"),
    "code": re.compile(r"^(?=.*\d)[A-Z\d#/._-]+(?: [A-Z\d#/._-]+)*$"),
    "date": re.compile(
        rf"^.{{0,24}}(?:\d[./-] ?\d{{1,2}}[./-]|\d.*\b(?:{_MONTH})|\b(?:{_MONTH}).*\d).{{0,12}}$"
        r"|^\d{1,2}/\d{2,4}$",
        re.IGNORECASE,
    ),
    "email": re.compile(r"^\S+@\S+$"),
    "name": re.compile(r"^[^\d]*[^\W\d_]{2}[^\d]*(?:\d{1,2}[^\d]*)?$"),
    "phone": re.compile(r"^[-+()./ \dx]{5,}$"),
    "time": re.compile(r"\d{1,2}[:.h]\d{2}"),
    "count": re.compile(r"^\d[\d.,]*\W?(?: \w{1,4}\.?)?$"),
    "fax": re.compile(r"^[-+()./ \dx]{5,}$"),
    "web": re.compile(r"^(?:https?://|www\.)\S+$|^[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}(?:/\S*)?$"),
    "payment": re.compile(r"^\D{3,}$"),
    "place": re.compile(r"[^\W\d_]{3}"),
    "town": re.compile(r"^[^@:]*[^\W\d_]{3}[^@:]*$"),
    "text": re.compile(r"[^\W\d_]{2}"),
}

_ASKED = (
    (
        re.compile(r"^\W*(?:\w{1,5} ){0,2}(?:when|wann|quand|cu[aá]ndo|quando|wanneer)\b", re.I),
        ("date", "time"),
    ),
    (re.compile(r"^\W*(?:where|wo|wohin|o[uù]|d[oó]nde|dove|waar|onde)\b", re.I), ("place",)),
    (re.compile(r"^\W*(?:who|whose|wer|wem|wen|qui|qui[eé]n|chi|quem)\b", re.I), ("name",)),
    # `Wie` is who in Dutch and how in German.
    (re.compile(r"^\W*wie (?:is|zijn|was|heeft|werd|wordt|schreef|betaalt)\b", re.I), ("name",)),
    (re.compile(r"\b(?:how much|wie viel|combien|cu[aá]nto|quanto|hoeveel)\b", re.I), ("amount",)),
    (re.compile(r"^\W*(?:wie hoch|how high)\b", re.I), ("amount",)),
    (re.compile(r"\b(?:what|which) (?:amount|sum|price|fee)\b", re.I), ("amount",)),
)


def likeness(wanted: frozenset[str], text: str) -> float:
    """Return 1 where a text looks like what is wanted, -1 where not, 0 where that is open."""
    if not any(kind in _LOOKS for kind in wanted):
        return 0.0
    return 1.0 if looks_like(wanted, text) else -1.0


def looks_like(wanted: frozenset[str], text: str) -> bool:
    """Whether a text may be what is wanted; anything may where nothing known is."""
    known = [_LOOKS[kind] for kind in wanted if kind in _LOOKS]
    if not known:
        return True
    # A date has the looks of an amount with a few letters before it.
    is_date = (
        wanted <= {"amount", "price", "unit", "count", "phone"} and _MONTHS.search(text) is not None
    )
    return not is_date and any(pattern.search(text) for pattern in known)


def asked_kinds(question: str) -> frozenset[str]:
    """Return what the words that ask expect: who a name, when a date, how much a sum."""
    return frozenset(
        kind for pattern, kinds in _ASKED if pattern.search(question) for kind in kinds
    )
