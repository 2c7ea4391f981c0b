"""What a value looks like, and what a question expects it to look like."""

from __future__ import annotations

import re
from collections.abc import Mapping

MONTHS = (
    "jan|feb|mar|apr|mai|may|jun|jul|aug|sep|oct|okt|nov|dec|dez|"
    "ene|abr|ago|dic|fév|avr|juin|juil|août|déc|gen|mag|giu|lug|set|ott|fev|out|dez|"
    "mrt|mei|sty|lut|kwi|maj|cze|lip|sie|wrz|paź|lis|gru"
)
"""How the names of months begin."""

_MONTHS = re.compile(
    rf"\d.{{0,3}}\b(?:{MONTHS})[^\W\d_]{{0,6}}\b|\b(?:{MONTHS})[^\W\d_]{{0,6}}\W{{1,2}}\d",
    re.IGNORECASE,
)

_DAY = re.compile(r"\W?(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|1[0-2])[./-](?:\d{2}|\d{4})?")
"""A day, with its year or without: no sum, though it has the figures of one."""
_DAYS = re.compile(r"\d{1,2}[./]\d{1,2}[./\d]* ?[-\u2013] ?\d{1,2}[./]\d{1,2}[./\d]*")
"""From a day to a day."""
_NO_CODE = re.compile(
    r"(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|1[0-2])[./-](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2}"
    r"|\W?\d{1,3}(?:[., ']\d{3})*[.,]\d{2}[A-Z]?"
)
"""A date, or a sum: no number of anything."""
_SUM = re.compile(r"(\S{0,2} ?\d[\d., ']*[.,]\d{2}) ?\*?[A-Z]")
"""A sum with the letter of its tax behind it, as tills print it."""
_SALUTATION = re.compile(
    r"(?:dear|sehr geehrter?|liebe[rs]?|geachte|cher|chère|estimad[oa]|gentile|szanown[yai])\s",
    re.I,
)
_BEFORE_DATE = re.compile(r"(?:on|am|den|vom|bis|by|le|du|el|del|il|op|per|dnia|em)\W+(?=\d)", re.I)
_DATED = re.compile(r"(\D{3,}?), \d.*")
"""A place with the day behind it."""
_LOOKS: Mapping[str, re.Pattern[str]] = {
    "address": re.compile(r"^(?=.*\d)(?=.*[^\W\d_]{3})(?=.*\S\s)[^@:]{5,}$"),
    "amount": re.compile(r"^[^\d%]{0,5}\d[\d.,']*(?: \d{3}(?!\d)[.,\d]*)*[^\d%]{0,5}$"),
    "code": re.compile(r"^(?=.*\d)[A-Z\dx*#/.+_-]+(?: [A-Z\dx*#/.+_-]+)*$"),
    "date": re.compile(
        rf"^.{{0,24}}(?:\d[./-] ?\d{{1,2}}[./-]|\d.*\b(?:{MONTHS})|\b(?:{MONTHS}).*\d).{{0,12}}$"
        r"|^\d{1,2}/\d{2,4}$",
        re.IGNORECASE,
    ),
    "iban": re.compile(r"^[A-Z]{2}\d{2}(?: ?[A-Z\d]){10,30}$"),
    "bic": re.compile(r"^[A-Z]{6}[A-Z\d]{2}(?:[A-Z\d]{3})?$"),
    "email": re.compile(r"^\S+@\S+$"),
    "name": re.compile(r"^[^\d]*[^\W\d_]{2}[^\d]*(?:\d{1,2}[^\d]*)?$"),
    "phone": re.compile(r"^(?=(?:\D*\d){6})[-+()./ \dx]{5,}$"),
    "time": re.compile(
        r"^.{0,16}(?<![\d.,])(?:[01]?\d|2[0-4])"
        r"(?:[:h][0-5]\d(?![\d,]).{0,12}|\.[0-5]\d ?(?:am|pm|a\.m|p\.m|uhr|h|uur).{0,4})$",
        re.IGNORECASE,
    ),
    "count": re.compile(r"^\d[\d.,]*\W?(?: \w{1,4}\.?)?$"),
    "measure": re.compile(r"\d|^(?:\w+ ){1,2}\w+$"),
    "fax": re.compile(r"^(?=(?:\D*\d){6})[-+()./ \dx]{5,}$"),
    "web": re.compile(r"^(?:https?://|www\.)\S+$|^[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}(?:/\S*)?$"),
    "payment": re.compile(r"^\D{3,}$"),
    "place": re.compile(r"[^\W\d_]{3}"),
    "town": re.compile(r"^[^@:]*[^\W\d_]{3}[^@:]*$"),
    "text": re.compile(r"[^\W\d_]{2}"),
    "rate": re.compile(r"^[-+]?\d{1,3}(?:[.,]\d{1,4})? ?(?:%.{0,24})?$"),
    "year": re.compile(r"^(?:19|20)\d{2}$"),
    "weekday": re.compile(r"^[^\d]+$"),
    "hours": re.compile(r"\d.{0,12}[-\u2013].{0,4}\d|24 ?h", re.IGNORECASE),
}

_ASKED = (
    (
        re.compile(
            r"^\W*(?:\w{1,5} )?(?:(?:what|which) (?:date|day)|welche[mnr]? (?:tag|datum)"
            r"|quel(?:le)? (?:date|jour)|qu[eé] (?:fecha|d[ií]a)|(?:che|quale) (?:data|giorno)"
            r"|welke (?:datum|dag)|jaki(?:m|ego) dni[ua]|que (?:data|dia)"
            r"|vilke[nt] (?:datum|dag)|hvilken (?:dato|dag))\b",
            re.I,
        ),
        ("date",),
    ),
    (
        re.compile(
            r"^\W*(?:\w{1,5} ){0,2}"
            r"(?:when|wann|quand|cu[aá]ndo|quando|wanneer|kiedy|n[aä]r|hvorn[aå]r)\b",
            re.I,
        ),
        ("date", "time"),
    ),
    (
        re.compile(
            r"^\W*(?:where|wo|wohin|o[uù]|d[oó]nde|dove|waar|onde|gdzie|var"
            r"|hvor(?! (?:meget|mange|mye|lang|stor|ofte|høj|dyb|bred|tung)))\b",
            re.I,
        ),
        ("place",),
    ),
    (
        re.compile(
            r"^\W*(?:who|whose|wer|wem|wen|qui|qui[eé]n|chi|quem|kto|komu|kogo|vem|hvem)\b", re.I
        ),
        ("name",),
    ),
    (
        re.compile(
            r"^\W*(?:(?:to|by|from|for|with|of) whom|(?:an|bei|f[uü]r) wen|(?:von|bei) wem"
            r"|(?:[aà]|par|pour|de) qui|(?:a|por|para|de) qui[eé]n|(?:a|da|per) chi"
            r"|(?:aan|door|van|voor) wie|przez kogo|dla kogo)\b",
            re.I,
        ),
        ("name",),
    ),
    # `Wie` is who in Dutch and how in German.
    (re.compile(r"^\W*wie (?:is|zijn|was|heeft|werd|wordt|schreef|betaalt)\b", re.I), ("name",)),
    (
        re.compile(
            r"\b(?:how much|wie viel|combien|cu[aá]nto|quanto|hoeveel|ile|hur mycket|hvor meget)\b",
            re.I,
        ),
        ("amount",),
    ),
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
    if wanted == {"code"} and _NO_CODE.fullmatch(text):
        return False
    # A date has the looks of an amount with a few letters before it.
    is_date = (
        wanted <= {"amount", "price", "unit", "count", "phone"}
        and (_MONTHS.search(text) is not None or _DAY.fullmatch(text) is not None)
    ) or ("phone" in wanted and _DAYS.fullmatch(text) is not None)
    return not is_date and any(pattern.search(text) for pattern in known)


def asked_kinds(question: str) -> frozenset[str]:
    """Return what the words that ask expect: who a name, when a date, how much a sum."""
    return frozenset(
        kind for pattern, kinds in _ASKED if pattern.search(question) for kind in kinds
    )


def tidied(wanted: frozenset[str], text: str) -> str:
    """Return an answer without what sticks to it: `ON` before a date, a tax code behind a sum."""
    if "amount" in wanted and (match := _SUM.fullmatch(text)):
        return match[1]
    if "name" in wanted and (match := _SALUTATION.match(text)):
        return text[match.end() :].rstrip(",")
    if "place" in wanted and (match := _DATED.match(text)):
        return match[1]
    if "rate" in wanted and text.startswith("(") and text.endswith(")"):
        return text[1:-1]
    if "date" in wanted and (match := _BEFORE_DATE.match(text)):
        return text[match.end() :]
    text = text.rstrip(" /|·") or text
    return text.rstrip(")") if text.count("(") < text.count(")") else text
