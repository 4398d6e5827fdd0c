"""Goals (rule 9): a percentage takes that part of all income; a target is put aside for like a bill `once`."""

from core.allowance.domain.belonging import find_bill_period
from core.allowance.domain.plan import OpenPeriod
from core.allowance.domain.shares import Share, calculate_share
from core.allowance.domain.values import DateKey, Goal, ItemType


def find_target_share(*, goal: Goal, open_period: OpenPeriod) -> Share | None:
    """Return the share that an open pay period has in a target, 0 outside the periods that put aside for it.

    None for a percentage, and for a target that was added later.
    """
    if goal.target_amount is None or goal.target_date is None:
        return None
    calendar = open_period.calendar
    if goal.added_on >= open_period.period.end:
        return None
    first_period = calendar.index_of(goal.added_on)
    own = find_bill_period(
        calendar=calendar, on_date=goal.target_date, effective=goal.target_date, added_on=goal.added_on
    )
    return calculate_share(
        key=DateKey(ItemType.SAVINGS_GOAL, goal.id, goal.target_date),
        name=goal.name,
        effective_date=goal.target_date,
        amount=goal.target_amount,
        periods=(first_period, own),
        own=own,
        history=open_period.history,
    )
