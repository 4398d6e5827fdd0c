"""A pay period as it is looked at, open or closed: the shares it has in every date, and how to find any other date."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from core.allowance.domain.happened import Happenings, SettledDate, settle
from core.allowance.domain.item_shares import find_share, list_open_shares
from core.allowance.domain.plan import OpenPeriod, Plan
from core.allowance.domain.shares import (
    History,
    Share,
    read_closed_share,
    read_history,
    read_passed_share,
    see_from_before,
)
from core.allowance.domain.values import ClosedPeriod, DateKey, Payment
from core.kernel.pay_periods import PayPeriod


@dataclass(frozen=True, slots=True)
class PeriodView:
    """A pay period, the dates that it has a share in or that stand for later, and what closed before it.

    `percentages` are the goals' (goal id, name, percent); of a closed period one, without an id, for all.
    `find_other` finds the share of a date that is not among `shares`: one that has passed or is still to come. None
    where the date does not count.
    """

    plan: Plan
    period: PayPeriod
    percentages: tuple[tuple[int | None, str, Decimal], ...]
    shares: tuple[Share, ...]
    closed: tuple[ClosedPeriod, ...]
    rate_day: date
    find_other: Callable[[DateKey], Share | None]

    @property
    def savings_percent(self) -> Decimal:
        """The percentages of income that are saved, together."""
        return sum([percent for _id, _name, percent in self.percentages], Decimal(0))

    def settle(self, share: Share) -> SettledDate:
        """Return what a date brings to this period after payments and patches."""
        payments = self.plan.payments.get(share.key, ()) if share.stands else ()
        patch = self.plan.patches.get(share.key) if share.stands else None
        said = Fraction(0)
        if patch is not None and patch.amount is not None:
            said = self.plan.convert(patch.amount, patch.currency, key=share.key, rate_day=self.rate_day)
        return settle(
            share=share,
            happenings=Happenings(period=self.period, closed=self.closed, payments=payments, patch=patch, said=said),
        )

    def list_payments(self) -> Iterator[Payment]:
        """Return the payments of this period's days."""
        return (payment for payment in self.plan.snapshot.payments if self.period.contains(payment.day))


def view_open_period(*, open_period: OpenPeriod) -> PeriodView:
    """Return the view of a pay period that has not closed, by the plan as it stands."""
    plan = open_period.plan
    return PeriodView(
        plan=plan,
        period=open_period.period,
        percentages=tuple(
            (goal.id, goal.name, goal.percentage) for goal in plan.snapshot.goals if goal.percentage is not None
        ),
        shares=tuple(list_open_shares(open_period=open_period)),
        closed=open_period.closed,
        rate_day=open_period.rate_day,
        find_other=lambda key: find_share(key=key, open_period=open_period) if _is_there(key, plan) else None,
    )


def _is_there(key: DateKey, plan: Plan) -> bool:
    """Return whether a date's item is there. The dates of a deleted one count no more, but for those that are paid."""
    dates = plan.items.get(key[:2])
    return key in plan.named or (dates is not None and not dates.item.is_deleted)


def view_closed_period(
    *, closed: ClosedPeriod, plan: Plan, before: tuple[ClosedPeriod, ...], find_later: Callable[[DateKey], Share | None]
) -> PeriodView:
    """Return the view of a closed pay period: what it kept. `find_later` finds shares as the open period sees them."""
    history: History = read_history(closed=before)

    def find_other(key: DateKey) -> Share | None:
        line = history.get(key)
        if line is not None:
            return read_passed_share(line=line, key=key)
        share = find_later(key)
        return None if share is None else see_from_before(share=share)

    return PeriodView(
        plan=plan,
        period=closed.period,
        percentages=((None, "", closed.savings_percent),),
        shares=tuple(read_closed_share(line=line) for line in closed.lines),
        closed=before,
        rate_day=closed.period.last_day,
        find_other=find_other,
    )
