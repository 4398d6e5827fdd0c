"""Carry (rule 13): what a pay period takes over from the closed one before it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.allowance.domain.values import ClosedPeriod, Leftover, Overspend, Settings

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Carry:
    """What is added to an own pool, what is taken from it, and what is still owed after that; each at least 0."""

    carried: Decimal = _NOTHING
    repaid: Decimal = _NOTHING
    due: Decimal = _NOTHING


def is_carrying(*, settings: Settings, start: date) -> bool:
    """Return whether `leftover: carry` is in force in the pay period that starts on a day."""
    return settings.leftover is Leftover.CARRY and _is_chosen_before(settings.leftover_chosen_on, start)


def is_repaying(*, settings: Settings, start: date) -> bool:
    """Return whether `overspend: repay` is in force in the pay period that starts on a day."""
    return settings.overspend is Overspend.REPAY and _is_chosen_before(settings.overspend_chosen_on, start)


def _is_chosen_before(chosen_on: date | None, start: date) -> bool:
    """Return whether a setting was chosen in an earlier pay period: it holds from the one after that."""
    return chosen_on is None or chosen_on < start


def calculate_carry(*, previous: ClosedPeriod | None, own_pool: Decimal, carries: bool, repays: bool) -> Carry:
    """Return what a pay period takes over from the closed one that ended last before it.

    What was left, if above 0, is added. What was spent beyond max(0, pool) is taken, at most the own pool if that is
    above 0; the rest stays due.
    """
    if previous is None:
        return Carry()
    owed = previous.owed if repays else _NOTHING
    repaid = min(owed, max(_NOTHING, own_pool))
    return Carry(carried=max(_NOTHING, previous.left) if carries else _NOTHING, repaid=repaid, due=owed - repaid)
