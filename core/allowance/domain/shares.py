"""Shares: what one date of an item, or one target, brings to the pay period that is looked at (rules 7 to 9).

The shares of a date lie in the periods `[first, last]`. What closed periods have counted stays; the rest is shared
evenly by those of them that are still open (rule 13), so that the shares always add up to the whole.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from core.allowance.domain.values import ClosedLine, ClosedPeriod, DateKey, ItemType, Place, Sharing
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
    `after`, what later periods are to count. `part` says which share this is, `periods_left` by how many periods the
    rest is shared, this one included; 0 where this period has no share. `shared_by` is how closed periods shared an
    income. `belongs` is where the period lies that the date belongs to (rule 6). `stands` is false of what was put
    aside for a date that is gone.
    """

    key: DateKey
    name: str
    effective_date: date
    whole: Fraction
    counted: Fraction
    before: Fraction
    after: Fraction
    part: int
    periods_left: int
    belongs: Place
    shared_by: tuple[Sharing, ...] = ()
    stands: bool = True


def calculate_share(
    *,
    key: DateKey,
    name: str,
    effective_date: date,
    amount: Fraction,
    periods: tuple[int, int],
    own: int,
    line: ClosedLine | None,
) -> Share:
    """Return the share of the calendar's first period in a date of `amount`.

    `periods` are the first and the last period that share it, `own` is the one that it belongs to, by index. `line`
    is the date's last closed line.
    """
    first, last = periods
    before = line.before + line.amount if line else _NOTHING
    rest = amount - before
    periods_left = last + 1 if first <= 0 else 0
    counted = rest / periods_left if periods_left else _NOTHING
    return Share(
        key=key,
        name=name,
        effective_date=effective_date,
        whole=amount,
        counted=counted,
        before=before,
        after=rest - counted if last > 0 else _NOTHING,
        part=_find_part(line),
        periods_left=periods_left,
        belongs=Place(min(own, 1)),
        shared_by=_add_sharing(line),
    )


def _find_part(line: ClosedLine | None) -> int:
    """Return which share comes after a closed line."""
    if line is None:
        return 1
    return line.part + 1 if line.periods_left else max(line.part, 1)


def _add_sharing(line: ClosedLine | None) -> tuple[Sharing, ...]:
    """Return how closed periods shared an income, up to and with a closed line."""
    if line is None or line.type is not ItemType.INCOME:
        return ()
    return (*line.shared_by, Sharing(line.periods_left, line.whole))


def make_closed_line(*, share: Share) -> ClosedLine:
    """Return what a pay period keeps of a share when it closes."""
    return ClosedLine(
        key=share.key,
        type=share.key.type,
        item_id=share.key.item_id,
        name=share.name,
        on_date=share.key.on_date,
        effective_date=share.effective_date,
        amount=share.counted,
        before=share.before,
        for_later=share.after,
        part=share.part,
        periods_left=share.periods_left,
        belongs=share.belongs,
        shared_by=share.shared_by,
    )


def read_closed_share(*, line: ClosedLine) -> Share:
    """Return the share that a closed period has in a date, as it was kept."""
    return Share(
        key=line.key or DateKey(line.type, line.item_id, line.on_date),
        name=line.name,
        effective_date=line.effective_date,
        whole=line.whole,
        counted=line.amount,
        before=line.before,
        after=line.for_later,
        part=line.part,
        periods_left=line.periods_left,
        belongs=line.belongs,
        shared_by=line.shared_by,
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
        part=_find_part(line),
        periods_left=0,
        belongs=Place.EARLIER,
        shared_by=_add_sharing(line),
    )


def see_from_before(*, share: Share) -> Share:
    """Return a share as a period sees it that lies before all that count the date."""
    return replace(
        share,
        counted=_NOTHING,
        before=_NOTHING,
        after=share.whole,
        part=1,
        periods_left=0,
        belongs=Place.LATER,
        shared_by=(),
    )
