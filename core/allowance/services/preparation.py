"""Before a row is stored: the columns that follow from those that were entered."""

from datetime import date

from core.allowance.services.projection import open_days
from core.currencies.services import check_convertible, convert_amount
from core.db.written import WrittenRow
from core.kernel.errors import DomainError
from core.models import Transaction, User
from core.models.plan_item import PlanItem


def prepare_plan_item(*, item: PlanItem, written: WrittenRow, owner: User, today: date) -> None:
    """The owner's currency where none is given, and the local days on which the item was added and scheduled.

    Under the owner's lock; `today` is their local day. Stores nothing. Raises UnknownRate.
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


def prepare_transaction(*, transaction: Transaction, written: WrittenRow, owner: User, today: date) -> None:
    """The day, the day's row, the currency and the amount in the owner's currency; makes the day's row if need be.

    Under the owner's lock; `today` is their local day. Leaves the days that the write touches, and their rows,
    on the instance. Raises DomainError for a day that has not come yet, UnknownRate, and FigureOutOfRange.
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
    base_amount = written["base_amount"]
    transaction.touched_days = frozenset({on_date, on_date if written.stored is None else written.stored.date})
    transaction.opened_days = open_days(
        owner=owner,
        on_date=on_date,
        today=today,
        spending=-base_amount if written["kind"] == Transaction.Kind.REFUND else base_amount,
        also=transaction.touched_days - {on_date},
    )
    day = transaction.opened_days[on_date]
    if written.writes("allowance") or transaction.date == on_date:
        transaction.allowance = day
