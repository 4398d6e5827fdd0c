"""Read what is put aside for savings goals."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from core.allowance.domain.values import ItemType
from core.allowance.queries.explanations import load_explanation
from core.kernel.currencies import get_decimals
from core.kernel.money import round_half_even
from core.models import User


def load_saved(*, owner: User, today: date) -> Mapping[int, Decimal]:
    """Return what the paydays up to today have put aside for each target, by the goal's id, rounded half even.

    A goal with a percentage is not among them. Raises as `load_explanation` does.
    """
    decimals = get_decimals(owner.currency)
    explanation = load_explanation(owner=owner, on_date=today, today=today)
    return {
        item.part.id: round_half_even(item.part.saved, decimals=decimals)
        for item in explanation.items
        if item.part.type is ItemType.SAVINGS_GOAL and item.part.saved is not None and item.part.id is not None
    }
