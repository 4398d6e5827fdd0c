"""Changing an item from a date on (`change/`): the old one ends the day before, another one goes on from there."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from core.allowance.domain.closing import open_running_period
from core.allowance.domain.occurrences import has_occurrence
from core.allowance.domain.plan import prepare_plan
from core.allowance.domain.scheduling import set_schedule
from core.allowance.domain.values import PlanItem, Snapshot
from core.kernel.errors import DomainError
from core.kernel.recurrence import Frequency, Schedule

_ONE_DAY = timedelta(days=1)


def check_effective_from(*, snapshot: Snapshot, item: PlanItem, effective_from: date) -> None:
    """Raise DomainError on `effective_from` where an item cannot change from that day on.

    Pay periods that are over have closed, and are among those of the snapshot from the item's first one on.
    """
    if not item.frequency.recurs:
        raise DomainError("What comes once cannot change from a date on.", code="once", field="effective_from")
    running = open_running_period(plan=prepare_plan(snapshot=snapshot))
    if effective_from < running.period.start:
        message = f"Must not lie before {running.period.start}, on which the pay period began."
        raise DomainError(message, code="before_period", field="effective_from")
    if item.end_date is not None and item.end_date < effective_from:
        raise DomainError("It has ended before that day.", code="has_ended", field="effective_from")
    if not has_occurrence(running=running, dates=running.plan.items[(item.type, item.id)], end=effective_from):
        message = "It has no date before that day: change it as a whole."
        raise DomainError(message, code="no_date_before", field="effective_from")


def end_before(*, item: PlanItem, effective_from: date, today: date) -> PlanItem:
    """Return an item that ends on the day before another one goes on."""
    end_date = effective_from - _ONE_DAY
    schedule = set_schedule(
        frequency=item.frequency,
        anchor=item.anchor,
        today=today,
        start_date=item.start_date,
        end_date=end_date,
        before=item,
    )
    return replace(item, anchor=schedule.anchor, end_date=end_date, first_date=schedule.first_date)


def go_on_from(
    *,
    item: PlanItem,
    effective_from: date,
    today: date,
    frequency: Frequency,
    anchor: date,
    days: Sequence[int] | None = None,
) -> Schedule:
    """Return the schedule of the item that goes on: its anchor is the first date on or after `effective_from`.

    `frequency`, `anchor` and `days` are those of a change of the item as a whole. Raises DomainError on `frequency` and
    `days`.
    """
    if not frequency.recurs:
        raise DomainError("What recurs cannot come once from a date on.", code="once", field="frequency")
    changed = set_schedule(frequency=frequency, anchor=anchor, today=today, days=days, before=item)
    schedule = Schedule(frequency, anchor, changed.month_days)
    return replace(schedule, anchor=schedule.date_at(schedule.index_on_or_after(effective_from)))
