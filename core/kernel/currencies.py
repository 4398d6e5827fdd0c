"""Currencies: ISO 4217 codes and their minor units, from the `iso4217` package.

The package is data without I/O; it is the one import of the kernel beyond the standard library.
"""

from collections.abc import Mapping
from types import MappingProxyType

from iso4217 import Currency

from core.kernel.money import STORED_DECIMALS, Exact, format_amount

DECIMALS_BY_CODE: Mapping[str, int] = MappingProxyType(
    {
        currency.code: currency.exponent
        for currency in Currency
        if currency.exponent is not None and currency.exponent <= STORED_DECIMALS
    }
)
"""Decimals of every code that can be paid in. Metals and testing codes have no minor unit and are left out, as
are the units of account with four decimals."""

ENGLISH_NAME_BY_CODE: Mapping[str, str] = MappingProxyType(
    {currency.code: currency.currency_name for currency in Currency if currency.code in DECIMALS_BY_CODE}
)


def is_offered(code: str) -> bool:
    """Whether the code is one that people can use here."""
    return code in DECIMALS_BY_CODE


def get_decimals(code: str) -> int:
    """Decimals of a currency's minor unit, 0 to 3. Raises KeyError for a code that is not offered."""
    return DECIMALS_BY_CODE[code]


def format_money(amount: Exact, currency: str) -> str:
    """An amount with its code, in the currency's own decimals: `12.50 EUR`. For people's eyes.

    A code that is offered no longer, but still stored, shows all decimals that are kept.
    """
    return f"{format_amount(amount, decimals=DECIMALS_BY_CODE.get(currency, STORED_DECIMALS))} {currency}"
