"""Shares: what one date of an item, or one target, brings to the pay period that is looked at (rules 7 to 9).

The shares of a date lie in the periods `[first, last]`. What closed periods have counted stays; the rest is shared
evenly by those of them that are still open (rule 13), so that the shares always add up to the whole.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from core.allowance.domain.values import ClosedLine, ClosedPeriod, DateKey, Place
from core.kernel.pay_periods import PayPeriod

_NOTHING = Fraction(0)

History = Mapping[DateKey, ClosedLine]
"""The last closed line of each date, before the period that is looked at."""


def read_history(*, closed: Iterable[ClosedPeriod]) -> History:
    """Return the last line of each date in closed periods, which are in order."""
    return {line.key: line for period in closed for line in period.lines if line.key is not None}


def place_day(*, day: date, period: PayPeriod) -> Place:
    """Return where a day lies, as seen from a period."""
    if day < period.start:
        return Place.EARLIER
    return Place.HERE if day < period.end else Place.LATER


@dataclass(frozen=True, slots=True)
class Share:
    """What one date brings to the period that is looked at, by plan; exact, in the person's currency.

    `whole` is the date's amount: `before`, what closed periods have counted, and `counted`, this period's share, and
    `after`, what later periods are to count. `shared_by` is that of the closed lines so far, `periods_left` by how
    many periods the rest is shared, this one included; 0 where this period has no share. `belongs` is where the
    period lies that the date belongs to (rule 6). `stands` is false of what was put aside for a date that is gone.
    """

    key: DateKey
    name: str
    effective_date: date
    whole: Fraction
    counted: Fraction
    before: Fraction
    after: Fraction
    shared_by: tuple[int, ...]
    periods_left: int
    belongs: Place
    stands: bool = True


def calculate_share(
    *,
    key: DateKey,
    name: str,
    effective_date: date,
    amount: Fraction,
    periods: tuple[int, int],
    own: int,
    history: History,
) -> Share:
    """Return the share of the calendar's first period in a date of `amount`.

    `periods` are the first and the last period that share it, `own` is the one that it belongs to, by index.
    """
    line = history.get(key)
    before = line.before + line.amount if line else _NOTHING
    first, last = periods
    rest = amount - before
    periods_left = last + 1 if first <= 0 else 0
    counted = rest / periods_left if periods_left else _NOTHING
    return Share(
        key=key,
        name=name,
        effective_date=effective_date,
        whole=amount if last >= 0 else before,
        counted=counted,
        before=before,
        after=rest - counted if last > 0 else _NOTHING,
        shared_by=line.shared_by if line else (),
        periods_left=periods_left,
        belongs=Place(min(own, 1)),
    )


def read_closed_share(*, line: ClosedLine) -> Share:
    """Return the share that a closed period has in a date, as it was kept."""
    return Share(
        key=line.key or DateKey(line.type, line.item_id, line.on_date),
        name=line.name,
        effective_date=line.effective_date,
        whole=line.before + line.amount + line.for_later,
        counted=line.amount,
        before=line.before,
        after=line.for_later,
        shared_by=line.shared_by[:-1],
        periods_left=line.shared_by[-1],
        belongs=line.belongs,
        stands=line.key is not None,
    )


def read_passed_share(*, line: ClosedLine, key: DateKey) -> Share:
    """Return what is known of a date all of whose periods have closed: what they counted."""
    counted = line.before + line.amount
    return Share(
        key=key,
        name=line.name,
        effective_date=line.effective_date,
        whole=counted,
        counted=_NOTHING,
        before=counted,
        after=_NOTHING,
        shared_by=line.shared_by,
        periods_left=0,
        belongs=Place.EARLIER,
    )


def see_from_before(*, share: Share) -> Share:
    """Return a share as a period sees it that lies before all that count the date."""
    return replace(
        share,
        counted=_NOTHING,
        before=_NOTHING,
        after=share.whole,
        shared_by=(),
        periods_left=0,
        belongs=Place.LATER,
    )
