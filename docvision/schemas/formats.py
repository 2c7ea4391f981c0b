"""Identifiers with a check digit, and ISO currency codes: whether a value can be one at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from babel.numbers import list_currencies
from stdnum import bic, iban
from stdnum.util import get_cc_module


@dataclass(frozen=True, kw_only=True)
class FormatVerdict:
    """Whether a value can be what its format says, and what is wrong if not."""

    passed: bool
    message: str = ""


@cache
def currency_codes() -> frozenset[str]:
    """Return the codes of ISO 4217, past ones among them."""
    return frozenset(list_currencies())


def has_form(name: str, value: object) -> bool:
    """Whether a value has the form of a format at all; what has not is no value of it.

    A number whose check digits are wrong was misread, maybe: it is one all the same. A BIC has no
    check digits, and what is none is something else.
    """
    return name != "bic" or (isinstance(value, str) and bool(bic.is_valid(value)))


def _iban(value: str) -> FormatVerdict | None:
    return _verdict(iban.is_valid(value), "The check digits of the IBAN are wrong.")


def _bic(value: str) -> FormatVerdict | None:
    return _verdict(bic.is_valid(value), "This is no BIC.")


def _vat(value: str) -> FormatVerdict | None:
    """Return nothing where the number does not say its country."""
    country = value[:2]
    module = get_cc_module(country.lower(), "vat") if country.isalpha() else None
    if module is None:
        return None
    return _verdict(
        module.is_valid(value), f"The check digits of the VAT number ({country}) are wrong."
    )


def _currency(value: str) -> FormatVerdict | None:
    # That it is a code says little for the value, so passing is no verdict.
    if value in currency_codes():
        return None
    return FormatVerdict(passed=False, message="This is no ISO 4217 currency code.")


def _verdict(passed: bool, message: str) -> FormatVerdict:
    return FormatVerdict(passed=passed, message="" if passed else message)


FORMAT_CHECKS: Mapping[str, Callable[[str], FormatVerdict | None]] = {
    "iban": _iban,
    "bic": _bic,
    "vat-id": _vat,
    "currency": _currency,
}
"""By the `format` of a leaf: what to say of a value, None where nothing can be said."""
