"""Read what a person has chosen about their figure."""

from datetime import date
from zoneinfo import ZoneInfo

from core.allowance.domain.days import SnapshotScope
from core.allowance.domain.values import Leftover, Overspend, Settings
from core.kernel.currencies import get_decimals
from core.models import User

SETTING_COLUMNS = (
    "id",
    "currency",
    "timezone",
    "date_joined",
    "kept_from",
    "holiday_calendar",
    "leftover",
    "leftover_chosen_on",
    "overspend",
    "overspend_chosen_on",
    "weekday_weights",
    "paydays_changed_on",
)
"""The columns of a user that a figure depends on."""


def read_settings(*, owner: User) -> Settings:
    """Return the settings of a user whose row is in hand."""
    joined_on = owner.date_joined.astimezone(ZoneInfo(owner.timezone)).date()
    return Settings(
        currency=owner.currency,
        decimals=get_decimals(owner.currency),
        joined_on=max(joined_on, owner.kept_from or joined_on),
        holiday_calendar=owner.holiday_calendar,
        leftover=Leftover(owner.leftover),
        leftover_chosen_on=owner.leftover_chosen_on,
        overspend=Overspend(owner.overspend),
        overspend_chosen_on=owner.overspend_chosen_on,
        weekday_weights=tuple(owner.weekday_weights),
    )


def make_scope(
    *,
    owner: User,
    today: date,
    changed_days: frozenset[date] = frozenset(),
    opened_days: frozenset[date] = frozenset(),
    plan_changed: bool = False,
    recounts: bool = False,
) -> SnapshotScope:
    """Return the scope of a snapshot of a user whose row is in hand; the arguments are those of `SnapshotScope`."""
    return SnapshotScope(
        user_id=owner.pk,
        settings=read_settings(owner=owner),
        today=today,
        paydays_changed_on=owner.paydays_changed_on,
        changed_days=changed_days,
        opened_days=opened_days,
        plan_changed=plan_changed,
        recounts=recounts,
    )
