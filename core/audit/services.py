"""Write audit events. They are added and never changed.

A transaction that is rolled back takes its events with it: what must be kept nevertheless, such as a failed login, is
recorded outside of any transaction.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Model

from core import context
from core.audit.domain import describe_changes, describe_values
from core.db.loaded import LoadedModel
from core.models import AuditEvent, Expense, Income, OccurrencePatch, Reconciliation, SavingsGoal, Transaction, User

CREATED, UPDATED, DELETED = "created", "updated", "deleted"
LOGIN, LOGIN_FAILED, LOGOUT = "login", "login_failed", "logout"
EMAIL_CHANGED, PASSWORD_CHANGED = "email_changed", "password_changed"  # noqa: S105
SESSION_REVOKED, SESSIONS_REVOKED, TOKEN_REUSED = "session_revoked", "sessions_revoked", "token_reused"  # noqa: S105

OWNERLESS_KEPT_FOR = timedelta(days=90)
"""How long events without an owner are kept: logins and requests for links with a name that no account has."""

_BATCH_ROWS = 500
_PLAN_ITEM = ("name", "amount", "currency", "frequency", "days", "start_date", "end_date", "adjust")
# What is entered as one value and stored in several columns.
_COLUMNS = {"days": ("month_day", "second_month_day"), "skipped": ("amount",)}

# What people enter. Derived columns are left out, because they can be computed. No password or other secret is among
# the fields.
_FIELDS: Mapping[type[Model], tuple[str, ...]] = {
    Income: (*_PLAN_ITEM, "next_payment_date"),
    Expense: (*_PLAN_ITEM, "due_date"),
    SavingsGoal: ("name", "percentage", "target_amount", "target_date"),
    Transaction: (
        *("date", "amount", "currency", "kind", "expense", "income", "occurrence", "client_id"),
        *("category", "description"),
    ),
    OccurrencePatch: ("amount", "skipped"),
    Reconciliation: ("date", "amount", "covers", "not_yet", "note"),
    User: (
        "username",
        "first_name",
        "last_name",
        "currency",
        "timezone",
        "language",
        "holiday_calendar",
        "leftover",
        "overspend",
        "weekday_weights",
        "is_active",
        "is_staff",
        "is_superuser",
    ),
}
OBJECT_TYPES: Mapping[type[Model], str] = {
    Income: "income",
    Expense: "expense",
    SavingsGoal: "savings-goal",
    Transaction: "transaction",
    OccurrencePatch: "occurrence",
    Reconciliation: "reconciliation",
    User: "user",
}


def record_event(
    *,
    user_id: int | None,
    action: str,
    object_type: str = "",
    object_id: str | int = "",
    changes: Mapping[str, Any] | None = None,
    actor_id: int | None = None,
) -> None:
    """Add one event of the person `user_id`; None for an event without an owner.

    `changes` maps fields to `[old, new]`; no password, token, code or secret may be among them. `actor_id`
    is who caused it; the current user if not given.
    """
    event = _new_event(
        user_id=user_id,
        action=action,
        object_type=object_type,
        object_id=object_id,
        changes=changes,
        actor_id=actor_id,
    )
    event.save(force_insert=True)


def record_events(*, user_ids: Iterable[int], action: str) -> None:
    """Add one event for each of these accounts, in few statements."""
    events = [_new_event(user_id=user_id, action=action) for user_id in user_ids]
    AuditEvent.objects.bulk_create(events, batch_size=_BATCH_ROWS)


def delete_ownerless_events(*, now: datetime) -> int:
    """Delete the events without an owner that are older than `OWNERLESS_KEPT_FOR`. Return how many."""
    return AuditEvent.objects.delete_ownerless(before=now - OWNERLESS_KEPT_FOR)


def record_rows(*, action: str, rows: Iterable[LoadedModel]) -> None:
    """Add one event for each row that a bulk write has created, updated or deleted, in one statement.

    For `bulk_create`, `QuerySet.update` and the like, which send no signals; call it before `remember`.
    """
    events = [event for row in rows if (event := _event_of_row(action=action, row=row)) is not None]
    if events:
        AuditEvent.objects.bulk_create(events, batch_size=_BATCH_ROWS)


def record_row(*, action: str, row: LoadedModel, written: Collection[str] | None = None) -> None:
    """Add the event of one row that was created, updated or deleted; none where no recorded field changed.

    `written` names the columns that the write was confined to (None: all).
    """
    event = _event_of_row(action=action, row=row, written=written)
    if event is not None:
        event.save(force_insert=True)


def record_account(*, action: str, user: User, written: Collection[str] | None = None) -> None:
    """Add the events of an account that was created or updated: its fields, its address, its password."""
    record_row(action=action, row=user, written=written)
    if action == CREATED:
        return
    before = user.loaded_values.get("email")
    if before is not None and before != user.email and (written is None or "email" in written):
        record_event(
            user_id=user.pk,
            action=EMAIL_CHANGED,
            object_type="user",
            object_id=user.pk,
            changes={"email": [before, user.email]},
        )
    # A login that renews an outdated hash does not save the account, so it is not recorded here.
    if (written is None or "password" in written) and user.has_changed("password"):
        record_event(user_id=user.pk, action=PASSWORD_CHANGED, object_type="user", object_id=user.pk)


def allow_erasure(*, user_id: int) -> None:
    """Let the current transaction delete this person's events with their account."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        # Added to those that the transaction already erases; gone with the transaction.
        cursor.execute(
            "SELECT set_config('audit.erased_users',"
            " concat_ws(',', nullif(current_setting('audit.erased_users', true), ''), %s::text), true)",
            [user_id],
        )


def _event_of_row(*, action: str, row: LoadedModel, written: Collection[str] | None = None) -> AuditEvent | None:
    fields = _FIELDS[type(row)]
    if written is not None:
        fields = tuple(field for field in fields if not {*_COLUMNS.get(field, (field,))}.isdisjoint(written))
    now = _complete(row, {**row.loaded_values, **row.__dict__})
    before = {} if action == CREATED else describe_values(values=_complete(row, row.loaded_values), fields=fields)
    after = {} if action == DELETED else describe_values(values=now, fields=fields)
    if action == DELETED:
        before = describe_values(values=now, fields=fields)
    changes = describe_changes(before=before, after=after)
    if action == UPDATED and not changes:
        return None
    return _new_event(
        user_id=row.pk if isinstance(row, User) else row.user_id,  # type: ignore[attr-defined]
        action=action,
        object_type=OBJECT_TYPES[type(row)],
        object_id=row.path if isinstance(row, OccurrencePatch) else row.pk,
        changes=changes,
    )


def _complete(row: LoadedModel, columns: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what columns hold by the names of their fields, `expense` for `expense_id`.

    With what is entered and not stored as such: days of the month, the currency of a target, its owner's, and of a
    date, its item's, and whether that is skipped.
    """
    fields = row._meta.concrete_fields
    values = {field.name: columns[field.attname] for field in fields if field.attname in columns}
    if isinstance(row, SavingsGoal) and values.get("target_amount") is not None:
        return {**values, "currency": row.user.currency}
    if isinstance(row, OccurrencePatch) and values:
        return {**values, "currency": row.item.currency, "skipped": values.get("amount") is None}
    if "second_month_day" not in values:
        return values
    first, second = values.get("month_day"), values["second_month_day"]
    return {**values, "days": None if second is None else [first, second]}


def _new_event(
    *,
    user_id: int | None,
    action: str,
    object_type: str = "",
    object_id: str | int | None = "",
    changes: Mapping[str, Any] | None = None,
    actor_id: int | None = None,
) -> AuditEvent:
    call = context.get_context()
    return AuditEvent(
        user_id=user_id,
        action=action,
        object_type=object_type,
        object_id=str(object_id),
        changes=dict(changes or {}),
        address=call.address,
        actor_id=call.find_actor() if actor_id is None else actor_id,
        via=call.via,
        request_id=call.request_id,
    )
