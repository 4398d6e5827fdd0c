"""Read the dates of one income or bill that count, and what became of them (rule 10).

Pay periods that are over count as closed, whether their rows are written yet or not.
"""

from dataclasses import replace
from datetime import date, timedelta

from core.allowance.domain.closing import open_running_period
from core.allowance.domain.happened import DateStatus
from core.allowance.domain.occurrences import (
    Occurrence,
    SettledBy,
    find_settled_date,
    find_span_of_candidates,
    list_occurrences,
)
from core.allowance.domain.plan import prepare_plan
from core.allowance.domain.values import Snapshot
from core.allowance.queries.figures import load_running_snapshot
from core.allowance.queries.plan_rows import get_item_type, read_item
from core.kernel.date_bounds import EARLIEST_DATE, SCHEDULE_HORIZON_YEARS
from core.kernel.errors import DomainError
from core.models import User
from core.models.plan_item import PlanItem

LONGEST_SPAN_DAYS = 400
"""How many days a list of dates may span."""

_ONE_DAY = timedelta(days=1)
_ONE_YEAR = timedelta(days=365)
_LONGEST_AHEAD = timedelta(days=366 * SCHEDULE_HORIZON_YEARS)


def list_item_occurrences(
    *, owner: User, item: PlanItem, today: date, first: date | None = None, last: date | None = None
) -> list[Occurrence]:
    """Return the dates of an item from `first` to `last`, both included, that count, in order.

    From the start of the pay period that runs today, if not given, to a year later. Raises DomainError on the field of
    a bound that is too far away.
    """
    bounds = {"date_after": first, "date_before": last}
    for field, day in bounds.items():
        if day is not None and not _is_in_reach(day, today):
            raise DomainError(
                f"Must lie from {EARLIEST_DATE} to {today + _LONGEST_AHEAD}.", code="date_out_of_range", field=field
            )
    figure = load_running_snapshot(owner=owner, today=today, since=first)
    if first is None:
        first = open_running_period(plan=prepare_plan(snapshot=figure)).period.start
    last = first + _ONE_YEAR if last is None else last
    if (last - first).days > LONGEST_SPAN_DAYS:
        raise DomainError(
            f"At most {LONGEST_SPAN_DAYS} days after the first one.", code="span_too_long", field="date_before"
        )
    return _list(figure, item, first, last)


def find_item_occurrence(*, owner: User, item: PlanItem, on_date: date, today: date) -> Occurrence | None:
    """Return one date of an item, None for a date that does not count.

    Of a deleted item only those count that a transaction names.
    """
    if not _is_in_reach(on_date, today):
        return None
    figure = load_running_snapshot(owner=owner, today=today, since=on_date)
    found = next(iter(_list(figure, item, on_date, on_date)), None)
    if found is not None and item.deleted_at is not None and found.status is not DateStatus.PAID:
        return None
    return found


def find_date_to_settle(
    *, owner: User, item: PlanItem, paid_on: date, today: date, payment_id: int | None = None
) -> SettledBy:
    """Return the date that a transaction of a day settles when it names none.

    `payment_id` is that of a stored transaction, which does not stand in its own way.
    """
    item_type = get_item_type(item=item)
    start, _end = find_span_of_candidates(item=read_item(row=item), paid_on=paid_on)
    figure = load_running_snapshot(owner=owner, today=today, since=min(start, paid_on))
    others = tuple(payment for payment in figure.payments if payment.id != payment_id)
    return find_settled_date(
        snapshot=replace(figure, payments=others), type=item_type, item_id=item.pk, paid_on=paid_on
    )


def _is_in_reach(day: date, today: date) -> bool:
    return EARLIEST_DATE <= day <= today + _LONGEST_AHEAD


def _list(figure: Snapshot, item: PlanItem, first: date, last: date) -> list[Occurrence]:
    return list_occurrences(
        snapshot=figure, type=get_item_type(item=item), item_id=item.pk, start=first, end=last + _ONE_DAY
    )
