"""Fill in the columns of a row that follow from those that were entered, before it is stored."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from core.allowance.domain.scheduling import check_adjust, set_schedule
from core.allowance.domain.values import Adjust, Snapshot
from core.allowance.domain.values import PlanItem as DomainPlanItem
from core.allowance.queries.plan_rows import get_item_type, read_item
from core.allowance.services.handover import load_stored_figure
from core.allowance.services.projection import OpenedRows, close_before_write, open_rows
from core.currencies.services import check_convertible, convert_amount
from core.db.written import WrittenRow
from core.kernel.currencies import get_decimals
from core.kernel.errors import DomainError
from core.kernel.money import count_decimals
from core.kernel.recurrence import Frequency
from core.models import Income, OccurrencePatch, SavingsGoal, Transaction, User
from core.models.plan_item import PlanItem
from core.models.transaction import SPENDING_SIGNS, TransactionKind


class Touch(NamedTuple):
    """What a transaction counts towards: a day, and the date of an item of the plan that it pays, if it names one."""

    day: date
    item: tuple[str, int] | None = None
    item_date: date | None = None


@dataclass(frozen=True, slots=True)
class PendingWrite:
    """What the write of a transaction touches, before and after it.

    `opened` are the rows that it changes, where they were read. `moves_pool` says whether it changes a pool, as
    payments of the plan do, and not only what was spent. It passes from `pre_save` to `post_save`, or from
    `pre_delete` to `post_delete`, on the instance, and is removed there.
    """

    touches: frozenset[Touch]
    opened: OpenedRows | None = None
    moves_pool: bool = False

    @property
    def days(self) -> frozenset[date]:
        """The days that are touched."""
        return frozenset(touch.day for touch in self.touches)


@dataclass(frozen=True, slots=True)
class PendingItemWrite:
    """What the write of an income or a bill changes.

    `figure_before` is what the figure depended on before dates changed, None where they stay. It passes from
    `pre_save` to `post_save` on the instance, and is removed there.
    """

    figure_before: Snapshot | None = None
    moves_paydays: bool = False


def prepare_plan_item(*, item: PlanItem, written: WrittenRow, owner: User, today: date) -> PendingItemWrite:
    """Fill in the owner's currency where none is given, the schedule, and the days on which its parts were set.

    Under the owner's lock; `today` is their local day. Raises UnknownRate, and DomainError for dates that no schedule
    has.
    """
    item.currency = item.currency or owner.currency
    check_convertible(currency=written["currency"], into=owner.currency, on_date=today)
    check_adjust(frequency=Frequency(written["frequency"]), adjust=Adjust(written["adjust"]))
    before = None
    if written.stored is not None and written.changes("currency"):
        check_said_amounts(item=item, currency=written["currency"])
    if written.stored is None:
        item.added_on = item.added_on or today
    else:
        before = read_item(row=written.stored)
    if before is None or written.changes("amount", "currency", "frequency"):
        item.valued_on = today if before else item.valued_on or today
    moves_dates = _sets_days(item, before) or written.changes("frequency", item.anchor_field, "start_date", "end_date")
    figure_before = load_stored_figure(owner=owner, today=today) if before is not None and moves_dates else None
    if moves_dates:
        _set_schedule(item, written, before=before or item.schedule_before, set_on=today if before else item.added_on)
    item.entered_days = item.schedule_before = None
    is_payday = isinstance(item, Income) and (moves_dates or written.changes("amount", "currency", "adjust"))
    return PendingItemWrite(figure_before=figure_before, moves_paydays=is_payday)


def check_said_amounts(*, item: PlanItem, currency: str) -> None:
    """Raise DomainError where an amount that was said of a date has more decimals than the item's new currency.

    Like the item's own amount it keeps its number.
    """
    decimals = get_decimals(currency)
    of_item = {get_item_type(item=item).value: item}
    for amount in OccurrencePatch.objects.filter(**of_item).values_list("amount", flat=True):
        if amount is not None and count_decimals(amount.normalize()) > decimals:
            raise DomainError(
                f"An amount that was said of a date does not fit the decimals of {currency}.",
                code="too_many_decimals",
                field="currency",
            )


def _sets_days(item: PlanItem, before: DomainPlanItem | None) -> bool:
    """Return whether other days of the month are set than the item has."""
    return item.entered_days is not None and (before is None or tuple(sorted(item.entered_days)) != before.month_days)


def _set_schedule(item: PlanItem, written: WrittenRow, *, before: DomainPlanItem | None, set_on: date) -> None:
    try:
        schedule = set_schedule(
            frequency=Frequency(written["frequency"]),
            anchor=written[item.anchor_field],
            today=set_on,
            days=item.entered_days,
            start_date=written["start_date"],
            end_date=written["end_date"],
            before=before,
        )
    except DomainError as error:
        error.field = item.anchor_field if error.field == "anchor" else error.field
        raise
    setattr(item, item.anchor_field, schedule.anchor)
    first, second = (*schedule.month_days, None, None)[:2]
    item.month_day, item.second_month_day = first, second
    item.first_date = schedule.first_date
    if schedule.is_new:
        item.scheduled_on = set_on


def prepare_goal(*, goal: SavingsGoal, written: WrittenRow, owner: User, today: date) -> Snapshot | None:
    """Fill in the day on which a new goal is added. Return what the figure depends on before a target date moves.

    Under the owner's lock; `today` is their local day.
    """
    if written.stored is None:
        goal.added_on = goal.added_on or today
        return None
    had_target, has_target = written.stored.target_date is not None, written["target_date"] is not None
    is_moved = had_target and has_target and written.changes("target_date")
    return load_stored_figure(owner=owner, today=today) if is_moved else None


def prepare_transaction(*, transaction: Transaction, written: WrittenRow, owner: User, today: date) -> PendingWrite:
    """Fill in the day, its row, the currency and the amount in the owner's currency; make the day's row if need be.

    Under the owner's lock; `today` is their local day. Raises DomainError for a day that has not come yet, and
    UnknownRate.
    """
    if transaction.date is None:
        transaction.date = transaction.allowance.date if transaction.allowance_id else today
    elif written.stored is not None and written.changes("allowance_id") and not written.changes("date"):
        transaction.date = transaction.allowance.date
    moved = written.changes("date")
    on_date = written["date"]
    if moved and on_date > today:
        raise DomainError("A transaction cannot lie in the future.", code="future", field="date")
    transaction.currency = transaction.currency or owner.currency
    if moved or written.changes("amount", "currency"):
        transaction.base_amount = convert_amount(
            amount=written["amount"], currency=written["currency"], into=owner.currency, on_date=on_date
        )
    elif written.writes("base_amount"):
        transaction.base_amount = written.stored.base_amount
    touches = {Touch(day=on_date)}
    if written.stored is not None:
        touches.add(Touch(day=written.stored.date))
    kinds = {written["kind"], written["kind"] if written.stored is None else written.stored.kind}
    moves_pool = any(SPENDING_SIGNS[TransactionKind(kind)] == 0 for kind in kinds)
    if moves_pool:
        close_before_write(owner=owner, today=today)
    opened = open_rows(owner=owner, today=today, days={touch.day for touch in touches})
    if written.writes("allowance") or transaction.date == on_date:
        transaction.allowance_id = opened.get_id(on_date)
    return PendingWrite(touches=frozenset(touches), opened=opened, moves_pool=moves_pool)
