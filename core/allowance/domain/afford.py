"""Whether a purchase can be afforded, by the path of the days ahead."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from core.allowance.domain.figure import calculate_day
from core.allowance.domain.path import PathDay, find_last_day, follow_periods, move_to
from core.allowance.domain.results import DayFigure
from core.allowance.domain.values import Snapshot
from core.kernel.pay_periods import ONE_DAY

_NOTHING = Decimal(0)


class Verdict(StrEnum):
    """What a purchase would do, in one word; the first that applies, in this order."""

    YES = "yes"
    STRETCH = "stretch"
    WAIT = "wait"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Affordability:
    """What becomes of a purchase of `amount` on a day.

    `tomorrow_before` is the next day's amount if the day spends its amount, `tomorrow_after` the same if it spends the
    purchase and that is more. `short_by` is by how much the purchase passes what is left until payday, at least 0.
    `free_on` is the first day whose amount covers the purchase if nothing is spent until then.
    """

    on_date: date
    amount: Decimal
    verdict: Verdict
    remaining_amount: Decimal
    left: Decimal
    tomorrow_before: Decimal
    tomorrow_after: Decimal
    short_by: Decimal
    free_on: date | None


def judge_purchase(*, snapshot: Snapshot, amount: Decimal, on_date: date) -> Affordability:
    """Return what becomes of a purchase today or on a later day, which is as on the path if each day spends its amount.

    `amount` is in the person's currency, above 0. Pay periods that are over must have closed. Raises as
    `calculate_day` does.
    """
    last_day = find_last_day(today=snapshot.today)
    moved = move_to(snapshot=snapshot, day=on_date)
    figure = calculate_day(snapshot=moved, day=on_date)
    bought = replace(moved, spending={**moved.spending, on_date: figure.spent_today + amount})
    return Affordability(
        on_date=on_date,
        amount=amount,
        verdict=_judge(moved, figure, amount=amount, last_day=last_day),
        remaining_amount=figure.remaining_amount,
        left=figure.left,
        tomorrow_before=_find_tomorrow(moved),
        tomorrow_after=_find_tomorrow(bought),
        short_by=max(_NOTHING, amount - figure.left),
        free_on=_find_free_day(moved, figure, amount=amount, last_day=last_day),
    )


def _judge(snapshot: Snapshot, figure: DayFigure, *, amount: Decimal, last_day: date) -> Verdict:
    if amount <= figure.remaining_amount:
        return Verdict.YES
    if amount <= figure.left:
        return Verdict.STRETCH
    for period in follow_periods(snapshot=snapshot, until=last_day, pace=None):
        if period.figure.on_date > figure.on_date and amount <= period.figure.pool.amount:
            return Verdict.WAIT
    return Verdict.NO


def _find_tomorrow(snapshot: Snapshot) -> Decimal:
    """Return the next day's amount if the snapshot's today spends its amount, or what it has spent if that is more."""
    *_today, tomorrow = _follow_days(snapshot, until=snapshot.today + ONE_DAY, pace=None)
    return tomorrow.amount


def _find_free_day(snapshot: Snapshot, figure: DayFigure, *, amount: Decimal, last_day: date) -> date | None:
    if amount <= figure.remaining_amount:
        return figure.on_date
    days = _follow_days(snapshot, until=last_day, pace=_NOTHING)
    return next((day.on_date for day in days if day.on_date > figure.on_date and amount <= day.amount), None)


def _follow_days(snapshot: Snapshot, *, until: date, pace: Decimal | None) -> Iterator[PathDay]:
    for period in follow_periods(snapshot=snapshot, until=until, pace=pace):
        yield from period.days
