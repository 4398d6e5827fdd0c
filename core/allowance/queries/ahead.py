"""Read what the days ahead follow from."""

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from core.allowance.domain.afford import Affordability, judge_purchase
from core.allowance.domain.path import Path, calculate_path, find_last_day
from core.allowance.domain.upcoming import find_running_period
from core.allowance.queries.figures import load_running_snapshot
from core.currencies.domain import convert
from core.currencies.queries import load_rates
from core.kernel.currencies import get_decimals
from core.kernel.errors import DomainError
from core.kernel.money import round_half_even
from core.models import Transaction, User
from core.models.transaction import NET_SPENDING, SPENDING_CHOICES

RECENT_DAYS = 28
_SPENDING_KINDS = [kind for kind, _label in SPENDING_CHOICES]


class Pace(StrEnum):
    """What each day of a path spends, where it is no amount."""

    PLAN = "plan"
    ZERO = "zero"
    RECENT = "recent"


def load_path(*, owner: User, today: date, until: date | None, pace: Pace | Decimal) -> Path:
    """Return the path from today to `until`, by default the last day of this pay period.

    Raises DomainError on the field `until` for a day in the past or more than 366 days ahead, and UnknownRate.
    """
    snapshot = load_running_snapshot(owner=owner, today=today)
    last_day = find_running_period(snapshot=snapshot).last_day if until is None else until
    _check_day("until", last_day, today=today)
    return calculate_path(snapshot=snapshot, until=last_day, pace=_find_spending(owner, pace, today=today))


def load_affordability(
    *, owner: User, today: date, amount: Decimal, currency: str, on_date: date | None
) -> Affordability:
    """Return what becomes of a purchase on a day, by default today; in another currency at that day's latest rate.

    Raises DomainError on the field `date` for a day in the past or more than 366 days ahead, and UnknownRate.
    """
    on_date = on_date or today
    _check_day("date", on_date, today=today)
    snapshot = load_running_snapshot(owner=owner, today=today)
    if currency != owner.currency:
        rates = load_rates(conversions=[(currency, owner.currency)], on_date=on_date)
        conversion = rates.get(currency=currency, into=owner.currency, on_date=on_date)
        amount = convert(amount=amount, conversion=conversion, decimals=snapshot.settings.decimals)
    return judge_purchase(snapshot=snapshot, amount=amount, on_date=on_date)


def _check_day(field: str, day: date, *, today: date) -> None:
    last_day = find_last_day(today=today)
    if not today <= day <= last_day:
        raise DomainError(f"Must lie from {today} to {last_day}.", code="date_out_of_range", field=field)


def _find_spending(owner: User, pace: Pace | Decimal, *, today: date) -> Decimal | None:
    if pace is Pace.RECENT:
        return load_recent_pace(owner=owner, today=today)
    if isinstance(pace, Pace):
        return None if pace is Pace.PLAN else Decimal(0)
    return pace


def load_recent_pace(*, owner: User, today: date) -> Decimal:
    """Return the mean net spending of the last 28 days before today, or since the first purchase or refund.

    A day without one counts as 0. Rounded half even to the minor unit; 0 where more came back than was spent.
    """
    spending = Transaction.objects.filter(user_id=owner.pk, kind__in=_SPENDING_KINDS, date__lt=today)
    first = spending.order_by("date").values_list("date", flat=True).first()
    if first is None:
        return Decimal(0)
    start = max(first, today - timedelta(days=RECENT_DAYS))
    spent = spending.filter(date__gte=start).aggregate(net=NET_SPENDING)["net"] or Decimal(0)
    mean = Fraction(spent) / (today - start).days
    return max(Decimal(0), round_half_even(mean, decimals=get_decimals(owner.currency)))
