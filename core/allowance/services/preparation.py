"""Fill in the columns of a row that follow from those that were entered, before it is stored."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from core.allowance.services.projection import OpenedRows, open_rows
from core.currencies.services import check_convertible, convert_amount
from core.db.written import WrittenRow
from core.kernel.errors import DomainError
from core.models import Transaction, User
from core.models.plan_item import PlanItem


class Touch(NamedTuple):
    """What a transaction counts towards: a day, and the date of an item of the plan that it pays, if it names one."""

    day: date
    item: tuple[str, int] | None = None
    item_date: date | None = None


@dataclass(frozen=True, slots=True)
class PendingWrite:
    """What the write of a transaction touches, before and after it.

    `opened` are the rows that it changes, where they were read. It passes from `pre_save` to `post_save`, or from
    `pre_delete` to `post_delete`, on the instance, and is removed there.
    """

    touches: frozenset[Touch]
    opened: OpenedRows | None = None

    @property
    def days(self) -> frozenset[date]:
        """The days that are touched."""
        return frozenset(touch.day for touch in self.touches)


def prepare_plan_item(*, item: PlanItem, written: WrittenRow, owner: User, today: date) -> None:
    """Fill in the owner's currency where none is given, and the local days on which the item was added and scheduled.

    Under the owner's lock; `today` is their local day. Raises UnknownRate.
    """
    item.currency = item.currency or owner.currency
    check_convertible(currency=written["currency"], into=owner.currency, on_date=today)
    if written.stored is None:
        item.added_on = item.added_on or today
        item.scheduled_on = item.scheduled_on or item.added_on
    elif written.changes("frequency", item.anchor_field):
        item.scheduled_on = today
    elif written.writes("scheduled_on"):
        item.scheduled_on = written.stored.scheduled_on


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
    opened = open_rows(owner=owner, today=today, days={touch.day for touch in touches})
    if written.writes("allowance") or transaction.date == on_date:
        transaction.allowance_id = opened.get_id(on_date)
    return PendingWrite(touches=frozenset(touches), opened=opened)
