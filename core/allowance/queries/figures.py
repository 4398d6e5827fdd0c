"""Read everything that the fifteen rules of the figure depend on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from core.allowance.domain.days import SnapshotScope, close_running
from core.allowance.domain.values import ClosedPeriod, Patch, Payment, Reconciliation, Snapshot
from core.allowance.queries.days import load_earlier_days, sum_net_spending
from core.allowance.queries.happened import (
    load_closed_periods,
    load_earlier_periods,
    load_payments,
    load_reconciliations,
)
from core.allowance.queries.plan_rows import StoredPlan, list_foreign_currencies, load_patches, load_plans
from core.allowance.queries.settings import make_scope
from core.currencies.domain import RateBook
from core.currencies.queries import load_rate_history
from core.kernel.date_bounds import EARLIEST_DATE
from core.kernel.working_days import LONGEST_REST_DAYS
from core.models import User

Spending = Mapping[date, Decimal]

_REST = timedelta(days=LONGEST_REST_DAYS)


@dataclass(frozen=True, slots=True)
class RatesInto:
    """Exchange rates into one person's currency."""

    book: RateBook
    into: str

    def convert(self, amount: Fraction, currency: str, on_date: date) -> Fraction:
        """Return the amount in the person's currency, unrounded, by the latest rate on or before the day.

        Raises UnknownRate.
        """
        if currency == self.into:
            return amount
        return amount * self.book.get(currency=currency, into=self.into, on_date=on_date).rate


def load_figures(*, scopes: Collection[SnapshotScope], spent: Mapping[int, Spending]) -> dict[int, Snapshot]:
    """Return what the figures of these people depend on, by their ids.

    `spent` is the net spending of days whose transactions were summed already: it takes the place of what their rows
    say. The number of statements does not depend on how many people there are.
    """
    figures = _load_since({scope.user_id: _find_first_day(scope) for scope in scopes}, scopes, spent)
    # What closed periods keep of a date that is late is known once the statement that names it is.
    late = {user_id: day for user_id, figure in figures.items() if (day := _find_late_day(figure)) is not None}
    if late:
        figures |= _load_since(late, [scope for scope in scopes if scope.user_id in late], spent)
    return figures


def load_running_snapshot(*, owner: User, today: date, since: date | None = None) -> Snapshot:
    """Return everything that a person's figures depend on from a day on, today by default, with what is over closed."""
    scope = make_scope(owner=owner, today=today, changed_days=frozenset({min(since or today, today)}))
    return close_running(figure=load_figures(scopes=[scope], spent={})[owner.pk])


def _load_since(
    first_days: Mapping[int, date], scopes: Collection[SnapshotScope], spent: Mapping[int, Spending]
) -> dict[int, Snapshot]:
    plans = load_plans(user_ids=list(first_days))
    closed = load_closed_periods(first_days=first_days)
    starts = {user_id: _find_start(first_days[user_id], closed[user_id]) for user_id in closed}
    dates = {user_id: _find_first_date(closed[user_id], starts[user_id]) for user_id in starts}
    payments = load_payments(first_days=starts, first_dates=dates)
    patches = load_patches(
        first_dates={user_id: _find_first_named(payments[user_id], dates[user_id]) for user_id in dates}
    )
    stated = load_reconciliations(
        first_days={
            user_id: min(starts[user_id], _find_first_moment(payments[user_id], patches[user_id])) for user_id in starts
        },
        todays={scope.user_id: scope.today for scope in scopes},
    )
    spending = _load_spending(scopes, starts, spent)
    closed = _add_earlier_periods(closed, payments, stated)
    book = _load_book(scopes, plans, payments, closed)
    return {
        scope.user_id: Snapshot(
            settings=scope.settings,
            today=scope.today,
            rates=RatesInto(book=book, into=scope.settings.currency),
            items=plans[scope.user_id].items,
            goals=plans[scope.user_id].goals,
            patches=tuple(patches[scope.user_id]),
            payments=tuple(payments[scope.user_id]),
            reconciliations=tuple(stated[scope.user_id]),
            closed=tuple(closed[scope.user_id]),
            spending=spending[scope.user_id],
            paydays_changed_on=scope.paydays_changed_on,
        )
        for scope in scopes
    }


def _find_first_day(scope: SnapshotScope) -> date:
    return min({*scope.named_days, scope.today})


def _find_late_day(figure: Snapshot) -> date | None:
    """Return a day whose pay period, or a later one, closed a date that is named as not yet over; None if all are here.

    The pay period of a date may begin later than the date: both may have been moved.
    """
    if not figure.closed:
        return None
    before = min(figure.closed[0].period.start + _REST, figure.closed[-1].period.end)
    known = {line.key for period in figure.closed for line in period.lines}
    named = {key for one in figure.reconciliations for key in one.not_yet} - known
    late = [key.on_date for key in named if key.on_date < before]
    return min(late) - 2 * _REST if late else None


def _find_start(first_day: date, closed: Sequence[ClosedPeriod]) -> date:
    """Return the day from which on everything is read: all of it for a day before the first period that is kept."""
    is_kept = bool(closed) and closed[0].period.start <= first_day
    return closed[0].period.start if is_kept else EARLIEST_DATE


def _find_first_date(closed: Collection[ClosedPeriod], start: date) -> date:
    """Return the earliest date of an item that what is closed still says something of."""
    named = [line.key.on_date for period in closed for line in period.lines if line.key is not None]
    return min([*named, start])


def _find_first_named(payments: Collection[Payment], first_date: date) -> date:
    """Return the earliest date that a payment names, or the one given where that is earlier."""
    named = [payment.occurrence for payment in payments if payment.occurrence is not None]
    return min([*named, first_date])


def _find_first_moment(payments: Collection[Payment], patches: Collection[Patch]) -> date:
    """Return the earliest day on which a date that is paid may have been over: it took effect, or was spoken of.

    What was stated after that decides whether the payment counts whole.
    """
    paid = {payment.key for payment in payments}
    effective = [payment.occurrence - _REST for payment in payments if payment.occurrence is not None]
    said = [patch.said_on for patch in patches if patch.key in paid]
    return min([payment.day for payment in payments] + effective + said, default=date.max)


def _add_earlier_periods(
    closed: Mapping[int, list[ClosedPeriod]],
    payments: Mapping[int, Collection[Payment]],
    stated: Mapping[int, Collection[Reconciliation]],
) -> dict[int, list[ClosedPeriod]]:
    """Return the closed pay periods of each person with all since the days of payments and the dates that these name.

    And since those of what was stated. One statement at most.
    """
    stretches = {}
    for user_id, periods in closed.items():
        first = periods[0].period.start if periods else EARLIEST_DATE
        earliest = min([_find_first_moment(payments[user_id], ()), *[one.day for one in stated[user_id]]])
        if earliest < first:
            stretches[user_id] = (earliest, first)
    earlier = load_earlier_periods(stretches=stretches)
    return {user_id: [*earlier.get(user_id, []), *periods] for user_id, periods in closed.items()}


def _load_spending(
    scopes: Collection[SnapshotScope], starts: Mapping[int, date], spent: Mapping[int, Spending]
) -> dict[int, dict[date, Decimal]]:
    """Return the net spending of each person by day, from a day of their own on."""
    days = load_earlier_days(stretches=[(user_id, start, date.max) for user_id, start in starts.items()])
    spending = {user_id: {day: amount for day, (_id, amount) in days[user_id].items()} for user_id in starts}
    recounted = [scope.user_id for scope in scopes if scope.recounts]
    sums = sum_net_spending(row_ids=[row_id for user_id in recounted for row_id, _amount in days[user_id].values()])
    for user_id in recounted:
        spending[user_id] = {day: sums.get(row_id, Decimal(0)) for day, (row_id, _amount) in days[user_id].items()}
    return {user_id: {**by_day, **spent.get(user_id, {})} for user_id, by_day in spending.items()}


def _load_book(
    scopes: Collection[SnapshotScope],
    plans: Mapping[int, StoredPlan],
    payments: Mapping[int, Collection[Payment]],
    closed: Mapping[int, Collection[ClosedPeriod]],
) -> RateBook:
    """Return the rates of all days on which an item of these plans may be converted."""
    conversions: set[tuple[str, str]] = set()
    days: set[date] = set()
    for scope in scopes:
        plan, into = plans[scope.user_id], scope.settings.currency
        foreign = set(list_foreign_currencies(plan=plan, into=into))
        if not foreign:
            continue
        conversions |= {(currency, into) for currency in foreign}
        days |= {scope.today, *scope.named_days, *(item.valued_on for item in plan.items if item.currency != into)}
        days |= {payment.day for payment in payments[scope.user_id]}
        days |= {period.period.last_day for period in closed[scope.user_id]}
        days.add(scope.settings.joined_on)
    if not conversions:
        return RateBook()
    return load_rate_history(conversions=sorted(conversions), first=min(days), last=max(days))
