"""Converting amounts into their owner's currency."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from core.currencies.domain import RateBook, convert
from core.currencies.queries import load_rate_history, load_rates
from core.kernel.currencies import get_decimals, is_offered


def check_convertible(*, currency: str, into: str, on_date: date) -> None:
    """Raises UnknownRate on the field `currency` where no rate leads from one to the other on a day."""
    load_rates(conversions=[(currency, into)], on_date=on_date).get(currency=currency, into=into, on_date=on_date)


def load_book(*, dated: Iterable[tuple[str, date]], into: str) -> RateBook:
    """The rates for converting many amounts, given as `(currency, day)`, with two statements at most.

    Codes that are not offered are passed over: to refuse them is for whoever knows their field.
    """
    foreign = [(currency, day) for currency, day in dated if currency != into and is_offered(currency)]
    if not foreign:
        return RateBook()
    days = [day for _currency, day in foreign]
    conversions = {(currency, into) for currency, _day in foreign}
    return load_rate_history(conversions=conversions, first=min(days), last=max(days))


def convert_amount(
    *, amount: Decimal, currency: str, into: str, on_date: date, book: RateBook | None = None
) -> Decimal:
    """The amount at the day's rate, rounded half even to the minor unit of `into`.

    `book` are rates that were read before; without it they are read here. Raises UnknownRate on the field
    `currency`, AmountOutOfRange on the field `amount`.
    """
    if currency == into:
        return amount
    if book is None:
        book = load_rates(conversions=[(currency, into)], on_date=on_date)
    conversion = book.get(currency=currency, into=into, on_date=on_date)
    return convert(amount=amount, conversion=conversion, decimals=get_decimals(into))
