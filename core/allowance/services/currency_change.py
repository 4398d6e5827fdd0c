"""Convert a person's transactions and days when their currency changes.

Every amount is converted at its own day's rate:

- a transaction's `base_amount` anew from its own amount and currency, rounded half even, as if it had been
  recorded under the new currency; changing back therefore gives the same values as before;
- a past day's `amount` and `spent_before` half even too, so that a day spent to the last unit by one purchase
  still is; its `pool` and `tomorrow` toward minus infinity, as they were made, so that a shortfall stays one;
- a past day's `remaining_amount` is its amount less its transactions, to the last unit;
- today, and later, are calculated from the plan.

A day of zeros needs no rate.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import Max, Min

from core.allowance.domain import CalculatedDay, DayValues, SnapshotScope
from core.allowance.queries import load_snapshot
from core.allowance.services.projection import refresh_allowance
from core.allowance.services.storage import store_days
from core.currencies.domain import RateBook, convert
from core.currencies.queries import load_rate_history
from core.db.locks import owner_transaction
from core.kernel.currencies import get_decimals, is_offered
from core.kernel.errors import DomainError, FigureOutOfRange
from core.kernel.money import POOL_LIMIT, round_down, round_half_even
from core.kernel.schedules import EARLIEST_DATE
from core.models import DailyAllowance, Transaction

_ROWS_AT_ONCE = 2000


def convert_everything(*, user_id: int, currency: str, today: date) -> None:
    """Convert all days and transactions of a person to another currency than theirs, or none of them.

    For a write of the person's row that gives them that currency, under their lock; the caller writes the row.
    Raises DomainError on the field `currency` where it is not offered, a rate is missing on any day, or an amount
    passes its bounds.
    """
    if not is_offered(currency):
        raise DomainError("Not an ISO 4217 currency code.", code="unknown_currency", field="currency")
    with owner_transaction(user_id) as owner:
        before: str = owner.loaded_values["currency"]
        try:
            book = _load_book(user_id=user_id, before=before, currency=currency)
            _convert_transactions(user_id=user_id, currency=currency, book=book)
            _convert_days(user_id=user_id, before=before, currency=currency, today=today, book=book)
            # Later writes under this lock use the new currency.
            owner.currency = currency
            refresh_allowance(user_id=user_id, today=today, plan_changed=True)
        except DomainError as error:
            owner.currency = before
            # Whatever field the error names, the new currency is what the caller entered.
            error.field = "currency"
            raise


def _load_book(*, user_id: int, before: str, currency: str) -> RateBook:
    bounds = DailyAllowance.objects.filter(user_id=user_id).aggregate(first=Min("date"), last=Max("date"))
    if bounds["first"] is None:
        return RateBook()
    # The foreign currencies of a person are few; their days are all those from the first to the last.
    used = set(Transaction.objects.filter(user_id=user_id).order_by().values_list("currency", flat=True).distinct())
    return load_rate_history(
        conversions=[(code, currency) for code in used | {before}], first=bounds["first"], last=bounds["last"]
    )


def _convert_transactions(*, user_id: int, currency: str, book: RateBook) -> None:
    decimals = get_decimals(currency)
    columns = Transaction.objects.order_by("pk").values_list("pk", "amount", "currency", "date")
    after = 0
    while chunk := list(columns.filter(user_id=user_id, pk__gt=after)[:_ROWS_AT_ONCE]):
        amounts = []
        for pk, amount, own_currency, day in chunk:
            if own_currency != currency:
                conversion = book.get(currency=own_currency, into=currency, on_date=day)
                amount = convert(amount=amount, conversion=conversion, decimals=decimals)
            amounts.append((pk, amount))
        Transaction.objects.set_base_amounts(amounts)
        after = amounts[-1][0]


def _convert_days(*, user_id: int, before: str, currency: str, today: date, book: RateBook) -> None:
    # No day lies before the earliest one, so these are all of them; none is calculated from the plan.
    scope = SnapshotScope(user_id=user_id, currency=before, today=EARLIEST_DATE)
    converted = []
    for on_date, day in load_snapshot(scope=scope).days.items():
        if day.stored is None:
            continue
        values = replace(day.stored, currency=currency)
        if on_date < today and any((values.amount, values.pool, values.spent_before, values.tomorrow)):
            rate = book.get(currency=before, into=currency, on_date=on_date).rate
            values = _convert_values(values, rate)
        values = replace(values, remaining_amount=values.amount - day.spent_today)
        converted.append(CalculatedDay(user_id=user_id, date=on_date, values=values))
    store_days(days=converted)


def _convert_values(values: DayValues, rate: Fraction) -> DayValues:
    decimals = get_decimals(values.currency)
    return replace(
        values,
        amount=_bounded(round_half_even(Fraction(values.amount) * rate, decimals=decimals)),
        spent_before=_bounded(round_half_even(Fraction(values.spent_before) * rate, decimals=decimals)),
        pool=_bounded(round_down(Fraction(values.pool) * rate, decimals=decimals)),
        tomorrow=_bounded(round_down(Fraction(values.tomorrow) * rate, decimals=decimals)),
    )


def _bounded(amount: Decimal) -> Decimal:
    if not -POOL_LIMIT < amount < POOL_LIMIT:
        raise FigureOutOfRange("In that currency the amounts of a day are larger than can be kept exactly.")
    return amount
