"""Goals (rule 9): a percentage takes that part of all income; a target is put aside for like a bill `once`."""

from core.allowance.domain.values import Goal, ItemType, PlanItem
from core.kernel.recurrence import Frequency


def find_target(*, goal: Goal, currency: str) -> PlanItem | None:
    """Return a goal's target as an item that is due once, on its target date; None for a percentage."""
    if goal.target_amount is None or goal.target_date is None:
        return None
    return PlanItem(
        type=ItemType.SAVINGS_GOAL,
        id=goal.id,
        name=goal.name,
        amount=goal.target_amount,
        currency=currency,
        frequency=Frequency.ONCE,
        anchor=goal.target_date,
        month_days=(),
        added_on=goal.added_on,
        valued_on=goal.added_on,
        place=goal.id,
    )
