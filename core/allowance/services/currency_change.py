"""Another currency for a person: what they bought and what each day allowed, said anew.

Every amount is converted at its own day's rate:

- a transaction's `base_amount` anew from its own amount and currency, rounded half even, as if it had been
  recorded under the new currency; going back to a currency therefore gives the very values of before;
- a past day's `amount` and `spent_before` half even too, so that a day spent to the last unit by one purchase
  still is; its `pool` and `tomorrow` toward minus infinity, as they were made, so that a shortfall stays one;
- a past day's `remaining_amount` is its amount less its transactions, to the last unit, as ever;
- today, and later, are computed anew from the plan.

Nothing is nothing in any currency: a day of zeros needs no rate.
"""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import Max, Min

from core.allowance.queries import PROJECTED
from core.allowance.services.projection import refresh_allowance
from core.allowance.services.storage import ProjectedDay, store_days
from core.currencies.domain import RateBook, convert
from core.currencies.queries import load_rate_history
from core.db.locks import owner_transaction
from core.kernel.currencies import get_decimals, is_offered
from core.kernel.errors import DomainError, FigureOutOfRange
from core.kernel.money import POOL_LIMIT, round_down, round_half_even
from core.models import DailyAllowance, Transaction

_ROWS_AT_ONCE = 2000


def convert_everything(*, user_id: int, currency: str, today: date) -> None:
    """Say all days and transactions of a person in another currency than theirs: all or nothing.

    For a write of the person's row that gives them that currency, under their lock: the row is the caller's to
    write. Raises DomainError on the field `currency` where it is not offered, a rate is missing on any day, or
    an amount passes its bounds.
    """
    if not is_offered(currency):
        raise DomainError("Not an ISO 4217 currency code.", code="unknown_currency", field="currency")
    with owner_transaction(user_id) as owner:
        before: str = owner.loaded_values["currency"]
        try:
            book = _load_book(user_id=user_id, before=before, currency=currency)
            spent = _convert_transactions(user_id=user_id, currency=currency, book=book)
            _convert_past_days(user_id=user_id, before=before, currency=currency, today=today, spent=spent, book=book)
            # Whatever else happens under this lock goes by the new currency.
            owner.currency = currency
            refresh_allowance(user_id=user_id, today=today, plan_changed=True)
        except DomainError as error:
            owner.currency = before
            # Whatever is in the way, it is the new currency that cannot be had.
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


def _convert_transactions(*, user_id: int, currency: str, book: RateBook) -> dict[int, Decimal]:
    """Say every transaction in a currency. Returns the net spending by the id of the day's row."""
    decimals = get_decimals(currency)
    spent: dict[int, Decimal] = defaultdict(Decimal)
    columns = Transaction.objects.order_by("pk").values_list("pk", "allowance_id", "amount", "currency", "date", "kind")
    after = 0
    while chunk := list(columns.filter(user_id=user_id, pk__gt=after)[:_ROWS_AT_ONCE]):
        amounts = []
        for pk, allowance_id, amount, own_currency, day, kind in chunk:
            if own_currency != currency:
                conversion = book.get(currency=own_currency, into=currency, on_date=day)
                amount = convert(amount=amount, conversion=conversion, decimals=decimals)
            amounts.append((pk, amount))
            spent[allowance_id] += -amount if kind == Transaction.Kind.REFUND else amount
        Transaction.objects.set_base_amounts(amounts)
        after = amounts[-1][0]
    return spent


def _convert_past_days(
    *, user_id: int, before: str, currency: str, today: date, spent: dict[int, Decimal], book: RateBook
) -> None:
    decimals = get_decimals(currency)
    rows = list(DailyAllowance.objects.filter(user_id=user_id).order_by("date"))
    for row in rows:
        row.currency = currency
        if row.date < today and any((row.amount, row.pool, row.spent_before, row.tomorrow)):
            rate = book.get(currency=before, into=currency, on_date=row.date).rate
            row.amount = _bounded(round_half_even(Fraction(row.amount) * rate, decimals=decimals))
            row.spent_before = _bounded(round_half_even(Fraction(row.spent_before) * rate, decimals=decimals))
            row.pool = _bounded(round_down(Fraction(row.pool) * rate, decimals=decimals))
            row.tomorrow = _bounded(round_down(Fraction(row.tomorrow) * rate, decimals=decimals))
        row.remaining_amount = row.amount - spent.get(row.pk, Decimal(0))
    store_days(
        days=[ProjectedDay(row.user_id, row.date, tuple([getattr(row, name) for name in PROJECTED])) for row in rows]
    )


def _bounded(amount: Decimal) -> Decimal:
    if not -POOL_LIMIT < amount < POOL_LIMIT:
        raise FigureOutOfRange("In that currency the amounts of a day are larger than can be kept exactly.")
    return amount
