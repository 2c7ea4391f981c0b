"""Seeded words, names, numbers and dates for made-up documents.

Faker is slow (up to a millisecond a call), so each kind is drawn once into a pool.
"""

import datetime
import functools
import random
import string
from collections.abc import Callable

from faker import Faker
from faker.providers.lorem.de_DE import Provider as German
from faker.providers.lorem.en_US import Provider as English
from faker.providers.lorem.es_ES import Provider as Spanish
from faker.providers.lorem.fr_FR import Provider as French
from faker.providers.lorem.it_IT import Provider as Italian

LOCALES = ("en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pt_PT")
POOL = 400
DATE_STYLES = 11
CURRENCIES = ("$", "€", "£", "EUR", "USD", "GBP", "CHF")
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@functools.cache
def words() -> tuple[str, ...]:
    """Return common words of five languages, English first and most."""
    others = (German, French, Spanish, Italian)
    foreign = [word for provider in others for word in provider.word_list[:250]]
    return tuple(dict.fromkeys([*English.word_list, *foreign]))


@functools.cache
def _pool(kind: str) -> tuple[str, ...]:
    """Return POOL made-up values per locale of one Faker provider, on one line each."""
    drawn: list[str] = []
    for locale in LOCALES:
        faker = Faker(locale)
        faker.seed_instance(20260101)
        make: Callable[[], str] = getattr(faker, kind)
        drawn += [str(make()).replace("\n", ", ") for _ in range(POOL)]
    return tuple(dict.fromkeys(drawn))


def name(rng: random.Random) -> str:
    """Return a person's name."""
    return f"{rng.choice(_pool('first_name'))} {rng.choice(_pool('last_name'))}"


def company(rng: random.Random) -> str:
    """Return a company's name, now and then built from words."""
    if rng.random() < 0.6:
        return rng.choice(_pool("company"))
    tail = rng.choice(["Ltd", "Inc.", "GmbH", "LLC", "S.A.", "B.V.", "& Co.", "Group", "Store"])
    return f"{word(rng).title()} {word(rng).title()} {tail}"


def street(rng: random.Random) -> str:
    """Return a street with its number."""
    return rng.choice(_pool("street_address")).split(",")[0]


def city(rng: random.Random) -> str:
    """Return a postcode and a city."""
    return f"{rng.choice(_pool('postcode'))} {rng.choice(_pool('city'))}"


def job(rng: random.Random) -> str:
    """Return a job title without commas."""
    return rng.choice(_pool("job")).split(",")[0]


def word(rng: random.Random) -> str:
    """Return a common word, lower case."""
    return rng.choice(words())


def phrase(rng: random.Random, low: int, high: int) -> str:
    """Return `low` to `high` words."""
    return " ".join(word(rng) for _ in range(rng.randint(low, high)))


def sentence(rng: random.Random) -> str:
    """Return a sentence of made-up prose."""
    text = phrase(rng, 4, 14).capitalize()
    return text + rng.choice("....?!")


def code(rng: random.Random) -> str:
    """Return an identifier such as INV-20431 or 7741/B."""
    prefix = "".join(rng.choices(string.ascii_uppercase, k=rng.randint(1, 4)))
    number = "".join(rng.choices(string.digits, k=rng.randint(3, 8)))
    shapes = ("{n}", "{p}-{n}", "{p}{n}", "{n}/{p}", "{p}-{n}-{m}", "#{n}", "{p}/{n}", "{n}-{m}")
    return rng.choice(shapes).format(p=prefix, n=number, m=rng.randint(1, 99))


def date(rng: random.Random) -> str:
    """Return a date in one of a dozen styles."""
    day = datetime.date(rng.randint(1998, 2031), rng.randint(1, 12), rng.randint(1, 28))
    return written(day, rng.randrange(DATE_STYLES))


def past_day(rng: random.Random) -> datetime.date:
    """Return a day on which a document may have been written."""
    return datetime.date(rng.randint(1998, 2025), rng.randint(1, 12), rng.randint(1, 28))


def written(day: datetime.date, style: int) -> str:
    """Return a date in one of DATE_STYLES styles."""
    year, month, full = day.year, day.month, MONTHS[day.month - 1]
    return (
        f"{year}-{month:02}-{day.day:02}",
        f"{day.day:02}/{month:02}/{year}",
        f"{month:02}/{day.day:02}/{year}",
        f"{day.day:02}.{month:02}.{year}",
        f"{day.day}.{month}.{year}",
        f"{day.day} {full} {year}",
        f"{full} {day.day}, {year}",
        f"{day.day:02}-{full[:3]}-{year}",
        f"{full[:3]} {day.day}, {year}",
        f"{day.day:02}/{month:02}/{year % 100:02}",
        f"{day.day} {full[:3]} {year}",
    )[style]


def clock(rng: random.Random) -> str:
    """Return a time of day."""
    hour, minute = rng.randint(0, 23), rng.randint(0, 59)
    if rng.random() < 0.3:
        return f"{hour % 12 + 1}:{minute:02} {'AM' if hour < 12 else 'PM'}"
    return f"{hour:02}:{minute:02}" + (f":{rng.randint(0, 59):02}" if rng.random() < 0.4 else "")


def money(value: float, style: str, currency: str = "") -> str:
    """Return an amount: style 'us' 1,234.50, 'eu' 1.234,50, 'plain' 1234.50."""
    text = f"{value:,.2f}" if style != "plain" else f"{value:.2f}"
    if style == "eu":
        text = text.translate(str.maketrans(",.", ".,"))
    if not currency:
        return text
    return f"{currency}{text}" if len(currency) == 1 else f"{text} {currency}"


def phone(rng: random.Random) -> str:
    """Return a telephone number."""
    return rng.choice(_pool("phone_number"))


def email(rng: random.Random) -> str:
    """Return an e-mail address."""
    return rng.choice(_pool("ascii_email"))


def iban(rng: random.Random) -> str:
    """Return an IBAN, in groups of four or in one run."""
    raw = rng.choice(_pool("iban"))
    if rng.random() < 0.5:
        return raw
    return " ".join(raw[start : start + 4] for start in range(0, len(raw), 4))


def mixed(rng: random.Random) -> str:
    """Return a piece of text as it stands on business paper: any of the kinds above."""
    style = rng.choice(("us", "eu", "plain"))
    kinds: tuple[Callable[[random.Random], str], ...] = (
        name, company, street, city, code, date, clock, phone, email, iban, sentence, job,
        lambda r: phrase(r, 1, 5),
        lambda r: phrase(r, 1, 4).title(),
        lambda r: phrase(r, 1, 3).upper(),
        lambda r: money(r.uniform(0.5, 20000), style, r.choice(("", *CURRENCIES))),
        lambda r: f"{word(r).title()}: {code(r)}",
        lambda r: f"{r.randint(1, 99)} x {phrase(r, 1, 2)} {money(r.uniform(1, 900), style)}",
        lambda r: f"{r.randint(0, 100)}{r.choice(['%', ' %', '.5%'])}",
        gibberish,
    )  # fmt: skip
    return rng.choice(kinds)(rng)


def gibberish(rng: random.Random) -> str:
    """Return random characters, so that reading cannot lean on known words."""
    alphabet = string.ascii_letters + string.digits * 2 + "-/.,:;()&%+#@'!?*=_éèäöüßñçàâêîôå€£$"
    groups = rng.randint(1, 3)
    return " ".join("".join(rng.choices(alphabet, k=rng.randint(2, 8))) for _ in range(groups))
