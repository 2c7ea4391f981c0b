"""What the words that ask expect an answer to look like (see `kinds`), in any of the languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from docvision.tasks.answering.concepts import first_words, group
from docvision.tasks.answering.kinds import asked_kinds
from docvision.tasks.answering.lexical import (
    folded,
    is_asking,
    kinds_of,
    lines_of,
    words_of,
)
from docvision.tasks.answering.terms import is_weak, subject_terms

_LOOKS = ("fax", "phone", "email", "code", "date", "name", "none", "amount")
"""The looks that a thing may have which a question names, the strongest first."""
_YTD = re.compile(r"year to date")
_HEAD = re.compile(
    r"\b(?:of|for|on|des|der|vom|von|fur|du|de|del|della|dello|dell|van|do|da|dos|dla|pour|para|per|voor"
    r"|av|af|i|hos|till|til|fran|fra)\b"
)
"""What parts the thing that is asked for from whose it is."""
_OPENING, _CLOSED = frozenset({"open"}), frozenset({"closed"})
_DAY = re.compile(r"\b(?:days?|wochentag\w*|tag|jours?|dias?|giorn[oi]|dag|dagen|dzien|dni)\b")
_HOURS = re.compile(r"(?:what are|when are) .*hours|\bgodzinach\b|\boffice hours\b")
_MONEY = re.compile(
    r"\b(?:in|en|in|w) (?:euros?|eur|dollars?|usd|pounds|gbp|chf|franken|francs|zl\w*|pln)\b"
)
_CAPITALS = re.compile(r"\b(?!VAT\b|TVA\b|IVA\b|BTW\b|GB\b)[A-Z]{3,}\b")
_WHOSE = re.compile(r"\b[\w-]+['’]s\b")
_WHICH = re.compile(
    r"\b(?:welche[rsmn]?|quel(?:le)?s?|que|cual|quale|quali|che|welke?|vilke[nt]|vilka|hvilke[nt]?"
    r"|jak(?:i|a|ie|im|iej)|ktor\w+|qual|wat voor)\s+([^\W\d_]+)"
)
"""What asks which thing is meant, and the thing."""
_HOW_MANY = re.compile(
    r"\b(?:how (?:many|much)|wie ?viele?[nr]?|combien d[e'’ ]|cuant[oa]s|quant[iea]s?|quantos"
    r"|hoeveel|ile|hur (?:manga|mycket)|hvor (?:mange|meget))\s*([^\W\d_]+)"
)
_EITHER = re.compile(r"\b(?:hoeveel|ile)\s+([^\W\d_]+)")
"""How many, or how much."""
_COSTS = re.compile(r"(?:kosten|geld|bedrag|prijs|rente)$")
_CODES = frozenset(("code", "id", "pin", "codes"))
"""What ends the name of a thing that is a code."""
_PHONES = frozenset({"phone", "mobile", "fax"})
_WHEN = re.compile(
    r"\b(?:when|hours?|wann|zeiten|quand|heures?|cuando|hora\w*|quando|orari?\w*|wanneer|tijd\w*"
    r"|kiedy|godzin\w*)\b"
)


def wants_of(question: str) -> frozenset[str]:
    """Return what the answer to a question looks like; nothing where that is open."""
    text = _YTD.sub("ytd", folded(question))
    question = _YTD.sub("ytd", question)
    # Of the contractor's licence the licence is asked for.
    means = {one for term in subject_terms(_WHOSE.sub("", text)) for one in first_words(term)}
    if _is_named_code(text):
        return frozenset({"code"})
    special = _special(text, means)
    return special or _by_wording(question, text, means)


def _is_named_code(text: str) -> bool:
    """Whether the thing that a question names is a number or a code: `what discount code`."""
    words = words_of(text)
    first = next((at for at, word in enumerate(words) if not is_asking(word)), len(words))
    last = next((at for at in range(first, len(words)) if is_asking(words[at])), len(words))
    return last - first > 1 and words[last - 1] in _CODES


def _special(text: str, means: set[str]) -> frozenset[str]:
    """Return a day of the week, opening hours or a rate, where such a thing is asked for."""
    if one := means & {"iban", "bic"}:
        return frozenset(one)
    if means & _CLOSED and _DAY.search(text):
        return frozenset({"weekday"})
    if means & _OPENING and _WHEN.search(text) and not means & {"balance"}:
        return frozenset({"hours"})
    if "how much" not in text and _HOURS.search(text):
        return frozenset({"hours"})
    if _MONEY.search(text) and not means & {"rate"}:
        return frozenset({"amount"})
    if "how much" in text or means & {"amount"}:
        return frozenset()
    if means & group("rate") or ("rate" in means and means & group("rated")):
        return frozenset(
            {"rate"}
            | ({"amount"} if means & {"latefee", "discount"} and "rate" not in means else set())
        )
    return frozenset()


def _by_wording(question: str, text: str, means: set[str]) -> frozenset[str]:
    """Return what the words that ask tell, the plainest of them first."""
    own = {kind for kind, pattern in wanting().items() if pattern.search(text)}
    if not own & {"measure", "time", "year", "unit"} and (kind := _of_noun(text)):
        return kind
    if _counts_units(text):
        return frozenset(("count", "measure"))
    if _counts_things(text):
        return frozenset(("count",))
    found = _plainly(own) or _named(question, text, means, own - {"measure"})
    # What has but a short name in capitals is a number: SIRET, EAN, UPC.
    return found or (frozenset({"code"}) if _CAPITALS.search(question) else found)


def _of_noun(text: str) -> frozenset[str]:
    """Return what the thing looks like that stands behind `which`, where it says more than that."""
    return _meant(set(first_words(noun_of(text))) - group("looks"))


def noun_of(text: str) -> str:
    """Return the thing of a folded question that stands behind `which`, if any."""
    match = _WHICH.search(text)
    return match[1] if match else ""


def _counts_units(text: str) -> bool:
    """Whether a question asks how many of a unit there are: `Ile kilogramów`."""
    match = _HOW_MANY.search(text)
    return match is not None and (
        match[1] in _unit_forms() or not _unit_forms().isdisjoint(first_words(match[1]))
    )


def _counts_things(text: str) -> bool:
    """Whether a question asks how many things there are, where that is also said for how much."""
    match = _EITHER.search(text)
    if match is None or is_asking(match[1]) or is_weak(match[1]):
        return False
    money = group("amount") | group("rate") | group("none")
    return not _COSTS.search(match[1]) and money.isdisjoint(first_words(match[1]))


@cache
def _unit_forms() -> frozenset[str]:
    return frozenset(word for line in lines_of("unit_words.txt") for word in line.split())


def _plainly(own: set[str]) -> frozenset[str]:
    """Return what words tell that can mean nothing else."""
    if {"unit", "price"} & own:
        return frozenset(own & {"unit", "price"}) | {"amount"}
    if one := own & {"time", "year"}:
        return frozenset(one)
    if own & {"sum"} and not own & {"code"}:
        return frozenset(("amount",))
    if "measured" in own:
        return frozenset(("count", "measure"))
    if "measure" in own and not own & {"code", "count"}:
        return frozenset(("measure",))
    # The number of a card is no means of payment.
    rest = own - ({"payment"} if own & {"code", "count"} else set())
    return frozenset(rest & {"count", "payment", "web", "town", "fax", "text", "address"})


def _named(question: str, text: str, means: set[str], own: set[str]) -> frozenset[str]:
    """Return what the thing is that a question names: a date, a number, a sum."""
    head = frozenset(kind for kind in ("date", "code") if wanting()[kind].search(head_of(text)))
    phone = "phone" in kinds_of(question) or means & _PHONES
    if len(head) == 1 and not asked_kinds(question) and not phone:
        return head
    if phone and not own & {"date"} and not asked_kinds(question):
        return frozenset({"fax" if "fax" in means else "phone"})
    # What is named may be counted, and be no number for that.
    named = kinds_of(question) - {"count"}
    if named == {"amount"} and means & group("none"):
        named = frozenset()  # The period of a tax is no sum.
    if "date" in own and "code" not in own and named <= {"code"}:
        return frozenset({"date"})  # Nor is the date of an order its number.
    if "code" in own and named <= {"amount"}:
        return frozenset({"code"})  # The tax number is no tax.
    first = {
        one for term in subject_terms(head_of(_WHOSE.sub("", text))) for one in first_words(term)
    }
    rest = named or own & {"date", "code"} or _meant(first) or _meant(means)
    return frozenset(asked_kinds(question) or rest)


def head_of(text: str) -> str:
    """Return the words of a question up to those that say whose or what for."""
    match = _HEAD.search(text)
    return text[: match.start()] if match else text


def _meant(means: set[str]) -> frozenset[str]:
    """Return what things that a question names look like, in any language."""
    kind = next((kind for kind in _LOOKS if means & group(kind)), "none")
    return frozenset({kind} - {"none"})


@cache
def wanting() -> Mapping[str, re.Pattern[str]]:
    """Return what tells by its words what an answer looks like, by what that is."""
    said: dict[str, list[str]] = {}
    for line in lines_of("wants.txt"):
        kind, _, words = line.partition(" = ")
        said.setdefault(kind, []).extend(word.strip() for word in words.split(" | "))
    return {kind: re.compile(rf"\b(?:{'|'.join(words)})\b") for kind, words in said.items()}
