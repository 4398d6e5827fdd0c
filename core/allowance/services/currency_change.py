"""Convert a person's transactions and days when their currency changes.

Every amount is converted at its own day's rate:

- a transaction's `base_amount` anew from its own amount and currency, rounded half even, as if it had been
  recorded under the new currency; changing back therefore gives the same values as before;
- a past day's `amount` and `spent_before` half even too, so that a day spent to the last unit by one purchase
  still is; its `pool` and `tomorrow` toward minus infinity, as they were made, so that a shortfall stays one;
- a past day's `remaining_amount` is its amount less its transactions, to the last unit;
- what closed pay periods keep by plan at the rate of their last day, unrounded; their amounts follow from it;
- reconciliations at their day's rate, targets of goals at today's, half even;
- today, and later, are calculated from the plan; incomes count as last set today.

A day of zeros needs no rate.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import Max, Min

from core.allowance.domain.closed_lines import convert_line, dump_line, load_line
from core.allowance.domain.days import CalculatedDay, DayValues
from core.allowance.queries import load_snapshot, make_scope
from core.allowance.services.projection import refresh_allowance
from core.allowance.services.storage import store_days
from core.currencies.domain import RateBook, convert
from core.currencies.queries import load_rate_history
from core.db.locks import owner_transaction
from core.kernel.currencies import get_decimals, is_offered
from core.kernel.date_bounds import EARLIEST_DATE
from core.kernel.errors import DomainError, FigureOutOfRange
from core.kernel.money import POOL_LIMIT, round_down, round_half_even
from core.kernel.pay_periods import ONE_DAY
from core.models import DailyAllowance, Income, PayPeriod, Reconciliation, SavingsGoal, Transaction, User

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
            book = _load_book(user_id=user_id, before=before, currency=currency, today=today)
            _convert_transactions(user_id=user_id, currency=currency, book=book)
            _convert_days(owner=owner, before=before, currency=currency, today=today, book=book)
            first_day = _convert_periods(user_id=user_id, before=before, currency=currency, book=book)
            _convert_reconciliations(user_id=user_id, before=before, currency=currency, book=book)
            _convert_targets(user_id=user_id, before=before, currency=currency, today=today, book=book)
            Income.objects.filter(user_id=user_id).update(valued_on=today)
            # Later writes under this lock use the new currency.
            owner.currency = currency
            days = {first_day} if first_day else set()
            refresh_allowance(user_id=user_id, today=today, days=days, plan_changed=True)
        except DomainError as error:
            owner.currency = before
            # Whatever field the error names, the new currency is what the caller entered.
            error.field = "currency"
            raise


def _load_book(*, user_id: int, before: str, currency: str, today: date) -> RateBook:
    days = DailyAllowance.objects.filter(user_id=user_id).aggregate(first=Min("date"), last=Max("date"))
    periods = PayPeriod.objects.filter(user_id=user_id).aggregate(first=Min("end"))
    bounds = [day for day in (days["first"], days["last"], periods["first"]) if day is not None]
    has_target = SavingsGoal.objects.filter(user_id=user_id, target_amount__isnull=False).exists()
    if not bounds and not has_target:
        return RateBook()
    # The foreign currencies of a person are few; their days are all those from the first to the last.
    used = set(Transaction.objects.filter(user_id=user_id).order_by().values_list("currency", flat=True).distinct())
    return load_rate_history(
        conversions=[(code, currency) for code in used | {before}],
        first=min([today, *(day - ONE_DAY for day in bounds)]),
        last=max([today, *bounds]),
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


def _convert_days(*, owner: User, before: str, currency: str, today: date, book: RateBook) -> None:
    # No day lies before the earliest one, so these are all of them; none is calculated from the plan.
    scope = make_scope(owner=owner, today=EARLIEST_DATE)
    converted = []
    for on_date, day in load_snapshot(scope=scope).days.items():
        if day.stored is None:
            continue
        values = replace(day.stored, currency=currency)
        if on_date < today and any((values.amount, values.pool, values.spent_before, values.tomorrow)):
            rate = book.get(currency=before, into=currency, on_date=on_date).rate
            values = _convert_values(values, rate)
        values = replace(values, remaining_amount=values.amount - day.spent_today)
        converted.append(CalculatedDay(user_id=owner.pk, date=on_date, values=values))
    store_days(days=converted)


def _convert_periods(*, user_id: int, before: str, currency: str, book: RateBook) -> date | None:
    """Convert what closed pay periods keep by plan. Returns the first day of the first one, None without any."""
    rows = list(PayPeriod.objects.filter(user_id=user_id).order_by("start"))
    for row in rows:
        row.currency = currency
        if row.lines:
            rate = book.get(currency=before, into=currency, on_date=row.end - ONE_DAY).rate
            lines = [convert_line(line=load_line(stored=line), rate=rate) for line in row.lines]
            row.lines = [dump_line(line=line) for line in lines]
    PayPeriod.objects.bulk_update(rows, ["currency", "lines"], batch_size=_ROWS_AT_ONCE)
    return rows[0].start if rows else None


def _convert_reconciliations(*, user_id: int, before: str, currency: str, book: RateBook) -> None:
    decimals = get_decimals(currency)
    rows = list(Reconciliation.objects.filter(user_id=user_id))
    for row in rows:
        rate = book.get(currency=before, into=currency, on_date=row.date).rate
        row.currency = currency
        row.amount = _bounded(round_half_even(Fraction(row.amount) * rate, decimals=decimals))
        row.difference = _bounded(round_half_even(Fraction(row.difference) * rate, decimals=decimals))
        row.own_pool = _bounded(round_down(Fraction(row.own_pool) * rate, decimals=decimals))
    Reconciliation.objects.bulk_update(rows, ["currency", "amount", "difference", "own_pool"], batch_size=_ROWS_AT_ONCE)


def _convert_targets(*, user_id: int, before: str, currency: str, today: date, book: RateBook) -> None:
    rows = list(SavingsGoal.objects.filter(user_id=user_id, target_amount__isnull=False))
    for row in rows:
        conversion = book.get(currency=before, into=currency, on_date=today)
        target = row.target_amount or Decimal(0)
        row.target_amount = convert(amount=target, conversion=conversion, decimals=get_decimals(currency))
        if not row.target_amount:
            raise FigureOutOfRange("In that currency the target of a goal is less than the smallest amount.")
    SavingsGoal.objects.bulk_update(rows, ["target_amount"], batch_size=_ROWS_AT_ONCE)


def _convert_values(values: DayValues, rate: Fraction) -> DayValues:
    decimals = get_decimals(values.currency)
    return replace(
        values,
        amount=_bounded(round_half_even(Fraction(values.amount) * rate, decimals=decimals)),
        spent_before=_bounded(round_half_even(Fraction(values.spent_before) * rate, decimals=decimals)),
        pool=_bounded(round_down(Fraction(values.pool) * rate, decimals=decimals)),
        tomorrow=_bounded(round_down(Fraction(values.tomorrow) * rate, decimals=decimals)),
        own_pool=None
        if values.own_pool is None
        else _bounded(round_down(Fraction(values.own_pool) * rate, decimals=decimals)),
        carried=_bounded(round_half_even(Fraction(values.carried) * rate, decimals=decimals)),
        repaid=_bounded(round_half_even(Fraction(values.repaid) * rate, decimals=decimals)),
        due=_bounded(round_half_even(Fraction(values.due) * rate, decimals=decimals)),
    )


def _bounded(amount: Decimal) -> Decimal:
    if not -POOL_LIMIT < amount < POOL_LIMIT:
        raise FigureOutOfRange("In that currency the amounts of a day are larger than can be kept exactly.")
    return amount
