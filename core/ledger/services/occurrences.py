"""Say beforehand that a date of an item has another amount, or is skipped (rule 10). Only what differs is stored."""

from datetime import date
from decimal import Decimal

from core.allowance.domain.happened import DateStatus
from core.allowance.domain.occurrences import Occurrence
from core.allowance.queries import get_item_type
from core.kernel.errors import DomainError
from core.models import OccurrencePatch
from core.models.plan_item import PlanItem


def set_occurrence_amount(*, item: PlanItem, occurrence: Occurrence, amount: Decimal, today: date) -> None:
    """Store another amount of a date; the plan's own takes back what was said. Under the owner's lock.

    Raises DomainError where the date's pay period is over, or a transaction names the date.
    """
    _check_open(occurrence)
    if amount == item.amount:
        _forget(item, occurrence)
    else:
        _say(item, occurrence, amount, today=today)


def set_occurrence_skipped(*, item: PlanItem, occurrence: Occurrence, skipped: bool, today: date) -> None:
    """Skip a date, in place of an amount that was said, or go back to the plan. Under the owner's lock.

    Raises DomainError as `set_occurrence_amount` does.
    """
    _check_open(occurrence)
    if skipped:
        _say(item, occurrence, None, today=today)
    elif occurrence.status is DateStatus.SKIPPED:
        _forget(item, occurrence)


def take_back_occurrence(*, item: PlanItem, occurrence: Occurrence) -> None:
    """Take back what was said of a date, if anything was. Under the owner's lock.

    Raises DomainError as `set_occurrence_amount` does.
    """
    _check_open(occurrence)
    _forget(item, occurrence)


def _check_open(occurrence: Occurrence) -> None:
    if occurrence.status is DateStatus.PAID:
        raise DomainError("A transaction settles this date.", code="occurrence_paid")
    if occurrence.is_over:
        raise DomainError("The pay period of this date is over.", code="period_over")


def _find(item: PlanItem, occurrence: Occurrence) -> OccurrencePatch | None:
    of_item = {get_item_type(item=item).value: item}
    return OccurrencePatch.objects.filter(user_id=item.user_id, date=occurrence.on_date, **of_item).first()


def _say(item: PlanItem, occurrence: Occurrence, amount: Decimal | None, *, today: date) -> None:
    """Store what is said. The same said again keeps the day on which it was said."""
    patch = _find(item, occurrence)
    if patch is None:
        of_item = {get_item_type(item=item).value: item}
        patch = OccurrencePatch(user_id=item.user_id, date=occurrence.on_date, **of_item)
    elif patch.amount == amount:
        return
    patch.amount, patch.said_on = amount, today
    patch.save()


def _forget(item: PlanItem, occurrence: Occurrence) -> None:
    patch = _find(item, occurrence)
    if patch is not None:
        patch.delete()
