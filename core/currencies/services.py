"""Converting amounts into the owner's currency."""

from decimal import Decimal

from core.kernel.errors import DomainError


class UnknownRate(DomainError):
    """No exchange rate is known for a pair of currencies."""

    code = "unknown_rate"


def check_convertible(*, currency: str, into: str) -> None:
    """Raises UnknownRate on the field `currency` where no rate leads from one to the other."""
    if currency != into:
        raise UnknownRate(f"No exchange rate from {currency} to {into} is known.", field="currency")


def convert_amount(*, amount: Decimal, currency: str, into: str) -> Decimal:
    """The amount in another currency's minor unit. Raises UnknownRate."""
    check_convertible(currency=currency, into=into)
    return amount
