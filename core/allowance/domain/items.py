"""What each item of a plan brings to a pay period, and why: the figure taken apart for `explain`."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

from core.allowance.domain.dates import ItemDates, find_next_occurrence
from core.allowance.domain.happened import DateStatus, SettledDate
from core.allowance.domain.paydays import find_main_incomes
from core.allowance.domain.plan import prepare_plan
from core.allowance.domain.results import CountedDate, CountedItem, OwnPool, Pool, Reason
from core.allowance.domain.values import Goal, ItemType, Place, Snapshot
from core.kernel.pay_periods import PayPeriod
from core.kernel.recurrence import Frequency

_NOTHING = Fraction(0)


def list_counted_items(*, snapshot: Snapshot, pool: Pool) -> tuple[CountedItem, ...]:
    """Return every income, bill and goal with what it brings to a pool, in the plan's order.

    Of deleted items, and of those whose rows are gone, only those that still count.
    """
    plan = prepare_plan(snapshot=snapshot)
    main_income = find_main_incomes(incomes=plan.items.values(), rates=snapshot.rates).on(pool.period.start)
    longest = Frequency.MONTHLY if main_income is None else main_income.item.frequency
    settled: dict[tuple[ItemType, int], list[SettledDate]] = {}
    for one in pool.own.dates:
        settled.setdefault(one.share.key[:2], []).append(one)

    items = []
    for key in [(item.type, item.id) for item in snapshot.items]:
        item = _count_item(plan.items[key], settled.pop(key, []), pool=pool, longest=longest)
        if item.dates or not item.is_deleted:
            items.append(item)
    goals = [
        _count_goal(goal, settled.pop((ItemType.SAVINGS_GOAL, goal.id), []), own=pool.own) for goal in snapshot.goals
    ]
    kept = _count_kept_percentages(snapshot.goals, own=pool.own)
    gone = [_count_gone(of_item, currency=snapshot.settings.currency) for of_item in settled.values()]
    return (*items, *goals, *kept, *[item for item in gone if item.dates])


def _count_item(dates: ItemDates, settled: list[SettledDate], *, pool: Pool, longest: Frequency) -> CountedItem:
    item = dates.item
    counted = tuple(_list_counted_dates(settled))
    reason, on_date = _find_reason(dates, counted, pool=pool, longest=longest)
    return CountedItem(
        type=item.type,
        id=item.id,
        name=item.name,
        frequency=item.frequency,
        amount=item.amount,
        currency=item.currency,
        counted=_sum_counted(counted),
        reason=reason,
        on_date=on_date,
        dates=counted,
        set_aside=_sum_set_aside(settled) if item.type is ItemType.EXPENSE else None,
        is_deleted=item.is_deleted,
    )


def _count_gone(settled: list[SettledDate], *, currency: str) -> CountedItem:
    """Return what an item brings that has no row any more."""
    share = settled[0].share
    counted = tuple(_list_counted_dates(settled))
    return CountedItem(
        type=share.key.type,
        id=share.key.item_id,
        name=share.name,
        frequency=None,
        amount=settled[0].amount,
        currency=currency,
        counted=_sum_counted(counted),
        reason=Reason.DATES_IN_PERIOD,
        on_date=share.key.on_date,
        dates=counted,
        is_deleted=True,
    )


def _count_goal(goal: Goal, settled: list[SettledDate], *, own: OwnPool) -> CountedItem:
    saved = None
    put_aside = sum([one.counted for one in settled], _NOTHING)
    if goal.percentage is not None:
        amount, reason = Fraction(goal.percentage), Reason.PERCENTAGE
        # A closed pay period keeps what it put aside for a target that the goal had then.
        counted = own.all_income * amount / 100 + put_aside
    else:
        amount = goal.target_amount or _NOTHING
        reason = Reason.PUT_ASIDE if any(one.share.periods_left for one in settled) else Reason.PAST
        counted = put_aside
        saved = sum([one.share.before for one in settled], counted)
    return CountedItem(
        type=ItemType.SAVINGS_GOAL,
        id=goal.id,
        name=goal.name,
        frequency=None,
        amount=amount,
        currency="",
        counted=counted,
        reason=reason,
        on_date=goal.target_date,
        dates=tuple(_list_counted_dates(settled)),
        saved=saved,
        percentage=goal.percentage,
    )


def _count_kept_percentages(goals: tuple[Goal, ...], *, own: OwnPool) -> Iterator[CountedItem]:
    """Return what a closed pay period keeps of goals' percentages beyond those of now; nothing where they agree."""
    kept = sum([percent for _id, _name, percent in own.percentages], Decimal(0))
    percentage = kept - sum([goal.percentage for goal in goals if goal.percentage is not None], Decimal(0))
    if percentage:
        yield CountedItem(
            type=ItemType.SAVINGS_GOAL,
            id=None,
            name="",
            frequency=None,
            amount=Fraction(percentage),
            currency="",
            counted=own.all_income * Fraction(percentage) / 100,
            reason=Reason.KEPT_PERCENTAGE,
            percentage=percentage,
        )


def _list_counted_dates(settled: list[SettledDate]) -> Iterator[CountedDate]:
    """Return the dates that count in the period, or belong to it."""
    for one in settled:
        share = one.share
        if share.periods_left or share.belongs is Place.HERE or one.difference:
            yield CountedDate(
                key=share.key,
                effective_date=share.effective_date,
                amount=one.amount,
                counted=one.counted,
                part=share.part,
                parts=share.part - 1 + max(share.periods_left, 1),
                status=one.status,
                payment_id=one.payment_id,
                difference=one.difference,
            )


def _sum_counted(dates: tuple[CountedDate, ...]) -> Fraction:
    return sum([one.counted for one in dates], _NOTHING)


def _sum_set_aside(settled: list[SettledDate]) -> Fraction | None:
    """Return what is put aside up to and with the period for dates that are shared by several; None without any."""
    shared = [one for one in settled if one.share.part > 1 or one.share.periods_left > 1]
    if not shared:
        return None
    return sum([one.reserved + one.counted for one in shared if one.status is DateStatus.PLANNED], _NOTHING)


def _find_reason(
    dates: ItemDates, counted: tuple[CountedDate, ...], *, pool: Pool, longest: Frequency
) -> tuple[Reason, date | None]:
    """Return why an item counts what it counts, and the date that this means."""
    over = pool.reconciled.over if pool.reconciled else ()
    item = dates.item
    if counted:
        return _find_reason_of_dates(dates, counted), counted[0].key.on_date
    gone = [one.key.on_date for one in over if one.key[:2] == (item.type, item.id)]
    if gone:
        return Reason.OVER, gone[0]
    if not item.frequency.recurs:
        return _find_reason_of_once(dates, period=pool.period), item.anchor
    on_date = find_next_occurrence(dates=dates, today=pool.period.start)
    if on_date is None:
        return Reason.ENDED, item.end_date
    if item.frequency.rank <= longest.rank:
        return Reason.NO_DATE_IN_PERIOD, on_date
    return (Reason.NOT_YET_ARRIVED if item.type is ItemType.INCOME else Reason.PUT_ASIDE_LATER), on_date


def _find_reason_of_dates(dates: ItemDates, counted: tuple[CountedDate, ...]) -> Reason:
    is_income = dates.item.type is ItemType.INCOME
    if not dates.item.frequency.recurs:
        return Reason.ONCE_IN_PERIOD if is_income else Reason.PUT_ASIDE
    if any(one.parts > 1 for one in counted):
        return Reason.SPREAD if is_income else Reason.PUT_ASIDE
    return Reason.DATES_IN_PERIOD


def _find_reason_of_once(dates: ItemDates, *, period: PayPeriod) -> Reason:
    item = dates.item
    if item.anchor >= period.end:
        return Reason.ONCE_OUTSIDE if item.type is ItemType.INCOME else Reason.PUT_ASIDE_LATER
    return Reason.BEFORE_ADDED if item.anchor < item.added_on else Reason.PAST
