"""Record many transactions of one person at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.allowance.services import open_rows, refresh_allowance
from core.audit.services import CREATED, record_rows
from core.currencies.domain import RateBook
from core.currencies.services import convert_amount, load_book
from core.db.locks import owner_transaction, raise_revision
from core.kernel.currencies import get_decimals, is_selectable
from core.kernel.date_bounds import EARLIEST_DATE
from core.kernel.errors import DomainError
from core.kernel.money import AMOUNT_LIMIT, count_decimals
from core.models import Transaction, User

_BATCH_ROWS = 500


@dataclass(frozen=True, slots=True)
class TransactionEntry:
    """A transaction to record, of any kind, without an item of the plan. An empty `currency` is the owner's."""

    date: date
    amount: Decimal
    kind: str = Transaction.Kind.SPEND.value
    currency: str = ""
    category: str = ""
    description: str = ""


def record_transactions(*, owner: User, entries: Sequence[TransactionEntry], today: date) -> list[Transaction]:
    """Store many transactions of one person, all or none, with one refresh of each day that they touch.

    A day without a row gets one, as if the entries had been recorded in the order of their days, whatever their order.
    `today` is the owner's local day. Returns the rows in the order of the entries. Raises DomainError for an entry that
    breaks a rule, UnknownRate and FigureOutOfRange.
    """
    if not entries:
        return []
    with owner_transaction(owner.pk, expects_write=True) as locked_owner:
        raise_revision(owner.pk)
        book = load_book(
            dated=[(entry.currency, entry.date) for entry in entries if entry.currency], into=locked_owner.currency
        )
        rows = [_build_row(owner=locked_owner, entry=entry, today=today, book=book) for entry in entries]
        touched = {row.date for row in rows}
        opened = open_rows(owner=locked_owner, today=today, days=touched)
        for row in rows:
            row.allowance_id = opened.get_id(row.date)
        Transaction.objects.bulk_create(rows, batch_size=_BATCH_ROWS)
        record_rows(action=CREATED, rows=rows)
        moves_pool = any(row.is_planned for row in rows)
        refresh_allowance(user_id=locked_owner.pk, today=today, days=touched, plan_changed=moves_pool, opened=opened)
    return rows


def _build_row(*, owner: User, entry: TransactionEntry, today: date, book: RateBook) -> Transaction:
    """Return the row of an entry, without its day. Checks for each entry what a serializer checks for one."""
    currency = entry.currency or owner.currency
    if not is_selectable(currency, present={owner.currency}):
        raise DomainError(f"{currency} is not an ISO 4217 currency code.", code="unknown_currency", field="currency")
    if entry.date > today:
        raise DomainError("A transaction cannot lie in the future.", code="future", field="date")
    if entry.date < EARLIEST_DATE:
        raise DomainError(f"Must not lie before {EARLIEST_DATE}.", code="date_out_of_range", field="date")
    if not 0 < entry.amount < AMOUNT_LIMIT:
        raise DomainError("An amount is above 0 and below 10^12.", code="amount_out_of_range", field="amount")
    if count_decimals(entry.amount) > get_decimals(currency):
        raise DomainError(
            f"{currency} has {get_decimals(currency)} decimals.", code="too_many_decimals", field="amount"
        )
    return Transaction(
        user_id=owner.pk,
        date=entry.date,
        amount=entry.amount,
        currency=currency,
        base_amount=convert_amount(
            amount=entry.amount, currency=currency, into=owner.currency, on_date=entry.date, book=book
        ),
        kind=Transaction.Kind(entry.kind),
        category=entry.category,
        description=entry.description,
    )
