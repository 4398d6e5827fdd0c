"""The path: how the days ahead follow from today, by the same figure (rules 13 and 14).

A day to come is seen as if the plan held until then and each day before it had spent what the pace says: what is left
or owed at the end of a pay period is taken over by the next one as the settings say.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from core.allowance.domain.day import calculate_amount, even_out, list_weights
from core.allowance.domain.days import close_running
from core.allowance.domain.figure import calculate_day
from core.allowance.domain.happened import DateStatus
from core.allowance.domain.results import DayFigure
from core.allowance.domain.upcoming import UpcomingDate, list_upcoming
from core.allowance.domain.values import Snapshot
from core.kernel.pay_periods import ONE_DAY

LONGEST_AHEAD_DAYS = 366
"""How far ahead a day may lie that is asked for."""


@dataclass(frozen=True, slots=True)
class PathDay:
    """A day of the path: what it may spend, what it is taken to spend, and what is left until payday after it."""

    on_date: date
    amount: Decimal
    spend: Decimal
    left: Decimal


@dataclass(frozen=True, slots=True)
class PathPeriod:
    """The days of a path that lie in one pay period. `figure` is that of the first of them.

    `snapshot` is what the figure was calculated from: the plan on that day, and what was spent until then.
    """

    snapshot: Snapshot
    figure: DayFigure
    days: tuple[PathDay, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """The days from today on, the dates that take effect on them, and the first day whose `left` is below 0."""

    periods: tuple[PathPeriod, ...]
    upcoming: tuple[UpcomingDate, ...]

    @property
    def days(self) -> list[PathDay]:
        """All days, in order."""
        return [day for period in self.periods for day in period.days]

    @property
    def run_out_date(self) -> date | None:
        """The first day whose `left` is below 0; None where there is none."""
        return next((day.on_date for day in self.days if day.left < 0), None)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A day's figure without the changes and with them, and the pay periods from that day on with them."""

    before: DayFigure
    after: DayFigure
    periods: tuple[PathPeriod, ...]


def calculate_path(*, snapshot: Snapshot, until: date, pace: Decimal | None) -> Path:
    """Return the path from the snapshot's today to a day, both included.

    `pace` is what each day spends, at least 0; with None each day spends its amount. Today spends at least what it has
    spent. Pay periods that are over must have closed. Raises as `calculate_day` does.
    """
    upcoming = list_upcoming(snapshot=snapshot, since=snapshot.today, until=until)
    return Path(
        periods=tuple(follow_periods(snapshot=snapshot, until=until, pace=pace)),
        upcoming=tuple(one for one in upcoming if one.status is DateStatus.PLANNED),
    )


def follow_periods(*, snapshot: Snapshot, until: date, pace: Decimal | None) -> Iterator[PathPeriod]:
    """Yield the pay periods of a path, from that of the snapshot's today to that of a day."""
    while snapshot.today <= until:
        figure = calculate_day(snapshot=snapshot, day=snapshot.today)
        days = tuple(_follow_days(snapshot, figure, until=until, pace=pace))
        yield PathPeriod(snapshot=snapshot, figure=figure, days=days)
        spending = {**snapshot.spending, **{day.on_date: day.spend for day in days}}
        snapshot = close_running(figure=replace(snapshot, today=figure.pool.period.end, spending=spending))


def _follow_days(snapshot: Snapshot, figure: DayFigure, *, until: date, pace: Decimal | None) -> Iterator[PathDay]:
    settings, end = snapshot.settings, figure.pool.period.end
    left, day = figure.pool.amount - figure.spent_before, figure.on_date
    weights = list_weights(weekday_weights=settings.weekday_weights, start=day, end=end)
    least = figure.spent_today
    while day < end and day <= until:
        amount = calculate_amount(left=left, weights=even_out(weights=weights), decimals=settings.decimals)
        spend = amount if pace is None else pace
        if day == figure.on_date:
            spend = max(spend, least)
        left -= spend
        yield PathDay(on_date=day, amount=amount, spend=spend, left=left)
        day, weights = day + ONE_DAY, weights[1:]


def move_to(*, snapshot: Snapshot, day: date) -> Snapshot:
    """Return the snapshot as it is on a day from today on, if each day before it has spent its amount."""
    if snapshot.today < day:
        [*_earlier, period] = follow_periods(snapshot=snapshot, until=day - ONE_DAY, pace=None)
        spending = {**period.snapshot.spending, **{one.on_date: one.spend for one in period.days}}
        return close_running(figure=replace(period.snapshot, today=day, spending=spending))
    return snapshot


def find_last_day(*, today: date) -> date:
    """Return the last day that may be asked for."""
    return today + timedelta(days=LONGEST_AHEAD_DAYS)
