"""Currencies: ISO 4217 codes and their minor units.

Codes in use come from the `iso4217` package, which is data without I/O. It drops a code once ISO 4217 withdraws
it, while rows in that currency stay stored: the decimals of withdrawn codes are in this module.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from iso4217 import Currency

from core.kernel.errors import DomainError
from core.kernel.money import STORED_DECIMALS, Exact, format_amount

DECIMALS_BY_CODE: Mapping[str, int] = MappingProxyType(
    {
        currency.code: currency.exponent
        for currency in Currency
        if currency.exponent is not None and currency.exponent <= STORED_DECIMALS
    }
)
"""Decimals of every code in use. Metals and testing codes have no minor unit and are left out, as are the units
of account with four decimals."""

ENGLISH_NAME_BY_CODE: Mapping[str, str] = MappingProxyType(
    {currency.code: currency.currency_name for currency in Currency if currency.code in DECIMALS_BY_CODE}
)

_WITHDRAWN_CODES_BY_DECIMALS: Mapping[int, str] = {
    0: "ADP BEF BYB BYR ESP GRD ITL LUF MGF PTE TPE TRL",
    2: (
        "AFA ANG ATS AZM BGL BGN CSD CUC CYP DEM ECS ECV EEK FIM FRF GHC HRK IEP LTL LVL MRO MTL MZM NLG ROL RUR"
        " SDD SIT SKK SLL SRG STD TMM USS VEB VEF YUM ZMK ZWD ZWL ZWN ZWR"
    ),
}

WITHDRAWN_DECIMALS_BY_CODE: Mapping[str, int] = MappingProxyType(
    {
        code: decimals
        for decimals, codes in _WITHDRAWN_CODES_BY_DECIMALS.items()
        for code in codes.split()
        if code not in DECIMALS_BY_CODE
    }
)
"""Decimals of the codes that ISO 4217 withdrew in 2000 or later; no row is dated before 2000. Source: list three
of ISO 4217, with the minor units that the codes had in list one. A code that the package drops is added here."""


class UnknownCurrency(DomainError):
    """A code that is neither in use nor in the table of withdrawn codes."""

    code = "unknown_currency"


def is_offered(code: str) -> bool:
    """Return whether the code is in use, so that anybody can choose it."""
    return code in DECIMALS_BY_CODE


def is_known(code: str) -> bool:
    """Return whether amounts in this code can be read and converted: it is in use, or was withdrawn."""
    return code in DECIMALS_BY_CODE or code in WITHDRAWN_DECIMALS_BY_CODE


def is_selectable(code: str, *, present: Collection[str]) -> bool:
    """Return whether a row may be given this code: one in use, or a withdrawn one that is already `present`.

    Present codes are the row's own and its account's.
    """
    return is_offered(code) or (code in present and is_known(code))


def get_decimals(code: str) -> int:
    """Return the decimals of a currency's minor unit, 0 to 3. Raises UnknownCurrency on the field `currency`."""
    decimals = DECIMALS_BY_CODE.get(code)
    if decimals is None:
        decimals = WITHDRAWN_DECIMALS_BY_CODE.get(code)
    if decimals is None:
        raise UnknownCurrency(f"{code} is not an ISO 4217 currency code.", field="currency")
    return decimals


def format_money(amount: Exact, currency: str) -> str:
    """Return an amount with its code, in the currency's own decimals: `12.50 EUR`. For people to read.

    An amount in an unknown code is shown with all decimals that are stored.
    """
    decimals = get_decimals(currency) if is_known(currency) else STORED_DECIMALS
    return f"{format_amount(amount, decimals=decimals)} {currency}"
