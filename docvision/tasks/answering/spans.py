"""What may answer a question inside running words: dates, sums, times, quantities, names, codes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache

from docvision.tasks.answering.kinds import MONTHS
from docvision.tasks.answering.lexical import folded, is_asking, lines_of
from docvision.tasks.answering.rates import rates
from docvision.tasks.normalise import conventions_of, to_currency, to_date
from docvision.tasks.passage import Passage, Run

_MONTH = re.compile(rf"(?:{MONTHS})[^\W\d_]{{0,6}}\b", re.IGNORECASE)
_SUM = re.compile(r"\W?\d[\d.,'’]*\W?")
_CENTS = re.compile(r"\d[.,]\d{2}\W?$")
_SIGN = re.compile(r"[^\W\d_]{1,3}|[€$£¥₹]|euros?|zł|kč", re.IGNORECASE)
_NUMBER = re.compile(r"\(?\d{1,4}(?:[.,]\d{1,3})?\)?")
_GLUED = re.compile(r"\(?\d{1,4}(?:[.,]\d{1,3})?(?:-(?=[^\W\d_]))?([^\W\d_]{1,12}|%)")
_CLOCK = re.compile(r"(?:[01]?\d|2[0-4])(?:[:.h][0-5]\d)?(?:am|pm|h|uhr)?", re.IGNORECASE)
_HALF = re.compile(r"(?:a\.?m\.?|p\.?m\.?|uhr|h|uur)", re.IGNORECASE)
_TIMED = re.compile(r"\d[:.h]\d\d|\d(?:am|pm|h)\b", re.IGNORECASE)
_TO = frozenset(("to", "bis", "a", "alle", "tot", "do", "-", "–", "till", "until", "as", "as"))
_PART_OF_DATE = re.compile(
    rf"\d{{1,2}}(?:\.|st|nd|rd|th|er|º|ª)? (?:(?:de|di|of) )?(?:{MONTHS})[^\W\d_]{{0,6}}"
    rf"|(?:{MONTHS})[^\W\d_]{{0,6}} \d{{1,2}}(?:st|nd|rd|th)?",
    re.IGNORECASE,
)
"""A day without its year: `6 July`."""
_YEAR = re.compile(r"(?:19|20)\d{2}")
_IBAN = re.compile(r"(?=(?:\s?\w){15})[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,4})?")
_GROUPS = 9
"""Groups of letters and figures of an account's number at most."""
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_AND, _BETWEEN = (
    frozenset(("and", "und", "et", "y", "e", "en", "och", "og", "a")),
    frozenset(
        ("between", "zwischen", "entre", "tra", "fra", "tussen", "miedzy", "mellan", "mellem")
    ),
)
"""What joins two times behind a word that says so."""
_CODE = re.compile(r"(?=[^\d]*\d)[A-Z\d][\w*/.+-]*")
_PHONE = re.compile(r"(?:\+\d{1,3}|\(?\d)[\d /().-]{5,}\d")
_JOINING = frozenset(
    (
        *("of", "and", "&", "de", "du", "des", "la", "del", "della", "di", "van", "von", "und"),
        *("et", "y", "e", "the", "zu", "upon", "z", "i", "sp", "o.o"),
    )
)
"""Small words inside a name."""
_MARKS = "\"'“”„()[]"
_SHORT = re.compile(r"(?:^|[\s.])[^\W\d_]?[^\W\d_A-Z]{0,2}\.$")
"""What ends in a short word: `a.m.`, `Inc.`, but no `LLC.`"""
_ENDS = ".,;:"
_LONGEST = 10
"""Words of a name at most."""


def has_finder(wants: frozenset[str]) -> bool:
    """Whether words of what is wanted can be told from others."""
    return not wants.isdisjoint(_FINDERS)


def spans(wants: frozenset[str], passage: Passage, within: Run) -> list[Run]:
    """Return the words among others that are what is wanted, of the first kind that is there."""
    found = (list(find(passage, within)) for kind, find in _FINDERS.items() if kind in wants)
    return next(filter(None, found), [])


def sums(passage: Passage, within: Run) -> Iterator[Run]:
    """Yield sums of money: figures with a currency, or with cents."""
    words = passage.words
    for at in range(within.first, within.last):
        text = words[at].text.strip(_MARKS).rstrip(_ENDS)
        before = at > within.first and _is_currency(words[at - 1].text)
        behind = at + 1 < within.last and _is_currency(words[at + 1].text.rstrip(_ENDS))
        alone = (not text[:1].isdigit() and to_currency(text[:1])) or _CENTS.search(text)
        if _SUM.fullmatch(text) and (before or behind or alone) and not text.endswith("%"):
            yield Run(first=at - before, last=at + 1 + (behind and not before))


def _is_currency(text: str) -> bool:
    return bool(_SIGN.fullmatch(text)) and (
        to_currency(text) is not None or folded(text).startswith("euro")
    )


def dates(passage: Passage, within: Run) -> Iterator[Run]:
    """Yield dates, of several words or one; days without their year where no date is."""
    yield from _dates(passage, within, partly=False) or _dates(passage, within, partly=True)


def _dates(passage: Passage, within: Run, *, partly: bool) -> list[Run]:
    found = []
    at = within.first
    while at < within.last:
        fits = (n for n in (5, 3, 2, 1) if _is_date(passage, at, n, within, partly=partly))
        size = next(fits, 0)
        if size:
            found.append(Run(first=at, last=at + size))
        at += max(1, size)
    return found


def _is_date(passage: Passage, at: int, size: int, within: Run, *, partly: bool) -> bool:
    text = passage.quote(Run(first=at, last=min(at + size, within.last))).strip(_ENDS + _MARKS)
    if size == 5 and " de " not in text.casefold():
        return False
    if size > 1 and not (text[:1].isdigit() or _MONTH.match(text)):
        return False
    if partly:
        return size in (2, 3) and _PART_OF_DATE.fullmatch(text) is not None
    return (
        size != 2
        and any(map(str.isdigit, text))
        and to_date(text, conventions_of([text])) is not None
    )


def times(passage: Passage, within: Run) -> Iterator[Run]:
    """Yield times of day, and spans of them: `8:00 a.m. to 4:30 p.m.`."""
    at = within.first
    while at < within.last:
        end = _time_end(passage, at, within.last)
        bare = not end and _CLOCK.fullmatch(passage.words[at].text) is not None
        if bare or (end and end + 1 < within.last):
            next_ = at + 1 if bare else end
            joined = _joins(passage, within.first, at, next_) and next_ + 1 < within.last
            end = (_time_end(passage, next_ + 1, within.last) if joined else 0) or end
        if not end:
            at += 1
            continue
        run = Run(first=at, last=end)
        if _TIMED.search(passage.quote(run)) or _HALF.search(passage.quote(run)):
            yield run
        at = end


def _joins(passage: Passage, first: int, at: int, next_: int) -> bool:
    """Whether a word joins the time that begins at a word to another one."""
    words = passage.words
    joining = folded(words[next_].text) if next_ < len(words) else ""
    before = folded(words[at - 1].text) if at > first else ""
    return joining in _TO or (joining in _AND and before in _BETWEEN)


def _time_end(passage: Passage, at: int, last: int) -> int:
    """Return where a time ends that begins at a word, 0 where none does."""
    words = passage.words
    parts = re.split(r"[-–]", words[at].text.strip(_MARKS).rstrip(_ENDS))
    if len(parts) > 2 or not all(_CLOCK.fullmatch(part) for part in parts):
        return 0
    if at + 1 < last and _HALF.fullmatch(words[at + 1].text.rstrip(",;:")):
        return at + 2
    return at + 1 if _TIMED.search(words[at].text) else 0


def measures(passage: Passage, within: Run) -> Iterator[Run]:
    """Yield figures or numbers in words with what they count: `two (2) inches`, `30 days`."""
    words = passage.words
    for at in range(within.first, within.last):
        text = folded(words[at].text).strip(_MARKS).rstrip(_ENDS)
        if (match := _GLUED.fullmatch(text)) and is_unit(match[1]):
            yield Run(first=at, last=at + 1)
        elif is_number(text) or text in _words("article"):
            last = _measured(passage, at + 1, within.last)
            if last:
                yield Run(first=at, last=last)


def _measured(passage: Passage, at: int, last: int) -> int:
    """Return where a quantity ends whose number ends before a word, 0 where it is none."""
    words = passage.words
    if at < last and _NUMBER.fullmatch(words[at].text) and words[at].text.startswith("("):
        at += 1
    for end in range(at, min(at + 2, last)):
        text = folded(words[end].text).strip(_MARKS).rstrip(_ENDS + "'’")
        if is_unit(text):
            return end + 1
        if any(map(str.isdigit, text)):
            return 0
    return 0


def counts(passage: Passage, within: Run) -> Iterator[Run]:
    """Yield numbers of things, in figures or in words."""
    for at in range(within.first, within.last):
        text = folded(passage.words[at].text).strip(_MARKS).rstrip(_ENDS)
        if is_number(text):
            yield Run(first=at, last=at + 1)


def codes(passage: Passage, within: Run) -> Iterator[Run]:
    """Yield words with figures that are no date, no sum, no quantity, no time."""
    taken = {
        at
        for find in (dates, sums, rates, measures, times)
        for run in find(passage, within)
        for at in range(run.first, run.last)
    }
    at = within.first
    while at < within.last:
        end = iban_end(passage, at, within.last)
        while end < within.last and end not in taken and _is_code(passage.words[end].text):
            end += 1
            if passage.words[end - 1].text.endswith((",", ";", ")")):
                break
        if end > at and any(map(str.isdigit, passage.quote(Run(first=at, last=end)))):
            yield Run(first=at, last=end)
        at = max(end, at + 1)


def ibans(passage: Passage, within: Run) -> Iterator[Run]:
    """Yield numbers of accounts at banks."""
    ends = ((at, iban_end(passage, at, within.last)) for at in range(within.first, within.last))
    yield from (Run(first=at, last=end) for at, end in ends if end > at)


def iban_end(passage: Passage, at: int, last: int) -> int:
    """Return where an account's number ends that begins at a word, the word itself without one."""
    ends = range(min(last, at + _GROUPS), at, -1)
    quotes = ((end, passage.quote(Run(first=at, last=end)).rstrip(_ENDS)) for end in ends)
    return next((end for end, quote in quotes if _IBAN.fullmatch(quote)), at)


def _is_code(text: str) -> bool:
    text = text.strip(_MARKS).rstrip(_ENDS)
    return bool(_CODE.fullmatch(text)) or (len(text) > 2 and not text.strip("*xX"))


def years(passage: Passage, within: Run) -> Iterator[Run]:
    """Yield years."""
    yield from _matching(_YEAR, passage, within)


def emails(passage: Passage, within: Run) -> Iterator[Run]:
    """Yield addresses of e-mail."""
    yield from _matching(_EMAIL, passage, within)


def _matching(pattern: re.Pattern[str], passage: Passage, within: Run) -> Iterator[Run]:
    for at in range(within.first, within.last):
        if pattern.fullmatch(passage.words[at].text.strip(_MARKS).rstrip(_ENDS)):
            yield Run(first=at, last=at + 1)


def phones(passage: Passage, within: Run) -> Iterator[Run]:
    """Yield numbers of telephones."""
    at = within.first
    while at < within.last:
        runs = (Run(first=at, last=last) for last in range(within.last, at, -1))
        run = next((one for one in runs if _is_phone(passage.quote(one).rstrip(_ENDS))), None)
        if run:
            yield run
        at = run.last if run else at + 1


def _is_phone(text: str) -> bool:
    digits = sum(map(str.isdigit, text))
    dated = to_date(text, conventions_of([text])) is not None
    return bool(_PHONE.fullmatch(text)) and 6 <= digits <= 15 and not dated


def names(passage: Passage, within: Run) -> Iterator[Run]:
    """Yield words in a row that begin with a capital, small words of names between them."""
    words, at = passage.words, within.first
    while at < within.last:
        begins = at == within.first and is_asking(folded(words[at].text))
        begins = begins or _only_begins(passage, at, within)
        dated = at + 1 < within.last and words[at + 1].text[:1].isdigit()
        if begins or dated or not _is_capital(words[at].text):
            at += 1
            continue
        first = at
        while at < within.last and at - first < _LONGEST:
            text = words[at].text
            joins = folded(text).strip(_ENDS) in _JOINING
            capital_follows = at + 1 < within.last and _is_capital(words[at + 1].text)
            if not (_is_capital(text) or (joins and capital_follows)):
                break
            at += 1
            if text.endswith((",", ";", ":")) or (text.endswith(".") and len(text) > 3):
                break
        yield Run(first=first, last=at)


def _only_begins(passage: Passage, at: int, within: Run) -> bool:
    """Whether a word has its capital from beginning a sentence: `Both parties`."""
    words = passage.words
    after = words[at + 1].text if at + 1 < within.last else ""
    first = at == within.first or words[at - 1].text.rstrip(_MARKS).endswith((".", ":", "!", "?"))
    return first and after[:1].islower() and folded(after) not in _JOINING


def _is_capital(text: str) -> bool:
    text = text.lstrip(_MARKS)
    return text[:1].isupper() and not any(map(str.isdigit, text))


def bare(text: str) -> str:
    """Return words without the marks that stick to them, but for the dot of a short word."""
    text = text.strip("\"'“”„").rstrip(",;:")
    if text.endswith(".") and (not _SHORT.search(text) or text[-2:-1].isnumeric()):
        text = text.rstrip(".")
    if text.count("(") < text.count(")"):
        text = text.rstrip(")")
    if text.count("(") > text.count(")"):
        text = text.lstrip("(")
    return text


def is_number(text: str) -> bool:
    """Whether a folded word is a number, in figures or in words."""
    return bool(_NUMBER.fullmatch(text)) or text in _words("number")


@cache
def is_unit(text: str) -> bool:
    """Whether a folded word is what quantities are measured by."""
    text = text.rstrip(".")
    return text in _words("unit") or any(
        one.startswith("-") and text.endswith(one[1:]) for one in _words("unit")
    )


@cache
def _words(kind: str) -> frozenset[str]:
    parts = (line.partition("=") for line in lines_of("quantities.txt"))
    return frozenset(one for key, _, words in parts if key.strip() == kind for one in words.split())


_FINDERS: Mapping[str, Callable[[Passage, Run], Iterator[Run]]] = {
    "phone": phones,
    "email": emails,
    "iban": ibans,
    "year": years,
    "fax": phones,
    "hours": times,
    "rate": rates,
    "measure": measures,
    "date": dates,
    "time": times,
    "count": counts,
    "amount": sums,
    "code": codes,
    "name": names,
    "place": names,
}
"""Who finds what is wanted, the first that knows any of it."""
