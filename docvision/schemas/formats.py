"""Identifiers with a check digit, and ISO currency codes: whether a value can be one at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from babel.numbers import list_currencies
from stdnum import bic, iban
from stdnum.util import get_cc_module


def format_fault(format: str, value: str) -> str | None:
    """Return what is wrong with a value of a format, or None.

    Formats without a check, and VAT numbers of a country that is not said, are never wrong.
    """
    check = _FORMATS.get(format)
    return None if check is None else check(value)


@cache
def currency_codes() -> frozenset[str]:
    """Return the codes of ISO 4217, past ones among them."""
    return frozenset(list_currencies())


def _iban(value: str) -> str | None:
    return None if iban.is_valid(value) else "The check digits of the IBAN are wrong."


def _bic(value: str) -> str | None:
    return None if bic.is_valid(value) else "This is no BIC."


def _vat(value: str) -> str | None:
    country = value[:2].lower()
    module = get_cc_module(country, "vat") if country.isalpha() else None
    if module is None or module.is_valid(value):
        return None
    return f"The check digits of the VAT number ({country.upper()}) are wrong."


def _currency(value: str) -> str | None:
    return None if value in currency_codes() else "This is no ISO 4217 currency code."


_FORMATS: Mapping[str, Callable[[str], str | None]] = {
    "iban": _iban,
    "bic": _bic,
    "vat-id": _vat,
    "currency": _currency,
}
