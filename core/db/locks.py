"""Rows that belong to one person, and the lock under which they are written."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from threading import get_ident
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.conf import settings
from django.db import models
from django.db import transaction as db_transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.dispatch import Signal

from core.db.loaded import LoadedModel
from core.models.compiled import CompiledQuery, Given
from core.models.statements import insert_row, insert_values
from core.postgresql import few_messages

if TYPE_CHECKING:
    from core.models.daily_allowance import DailyAllowance
    from core.models.user import User

rows_deleted = Signal()
"""Sent once after a queryset of owned rows was deleted, in the same transaction and under the owners' locks.
`sender` is the model, `rows` the rows that are gone, `owner_ids` whose they were, in ascending order."""


@dataclass(slots=True)
class _Held:
    """A lock lives in one transaction of one connection: a thread that inherits the context holds nothing."""

    owner: "User"
    connection: BaseDatabaseWrapper
    days: "list[DailyAllowance] | None" = None


_held: ContextVar[_Held | None] = ContextVar("held_owner", default=None)


def _select_owner() -> "models.QuerySet[User]":
    from core.models.user import User

    # NO KEY UPDATE: inserts elsewhere hold key-share locks on this row through their foreign keys, and a
    # plain FOR UPDATE deadlocks with them. SQLite ignores row locks; there the transaction itself, begun
    # IMMEDIATE, is the lock.
    return User.objects.select_for_update(no_key=True).filter(pk=Given("id", models.BigIntegerField()))


# What a purchase asks of whose it is.
_NEEDED_OF_OWNER = ("id", "currency", "timezone")


def _select_days() -> "models.QuerySet[Any]":
    from core.models.daily_allowance import DailyAllowance
    from core.models.fields import MoneyField
    from core.models.transaction import NET_SPENDING, Transaction
    from core.models.user import User

    spent = Transaction.objects.filter(allowance_id=models.OuterRef("pk")).order_by().values("allowance_id")
    return (
        DailyAllowance.objects.filter(user_id=Given("id", models.BigIntegerField()))
        .filter(date__gte=Given("first_day", models.DateField()))
        .select_related("user")
        .defer(*(f"user__{field.name}" for field in User._meta.concrete_fields if field.name not in _NEEDED_OF_OWNER))
        .annotate(
            spent=models.Subquery(spent.annotate(net=NET_SPENDING).values("net"), output_field=MoneyField()),
            next_transaction_id=_NextId(Transaction),  # type: ignore[no-redef]
        )
        .order_by("date")
    )


class _NextId(models.Func):
    """An id that no row of the model will ever get but the one that asks; null where ids are given out by storing."""

    output_field = models.BigIntegerField()

    def __init__(self, model: type[models.Model]) -> None:
        super().__init__(models.Value(model._meta.db_table), models.Value(model._meta.pk.column))

    def as_postgresql(self, compiler: Any, connection: Any, **extra_context: Any) -> Any:
        return self.as_sql(compiler, connection, template="nextval(pg_get_serial_sequence(%(expressions)s))")

    def as_sqlite(self, compiler: Any, connection: Any, **extra_context: Any) -> Any:
        return "NULL", ()


_locked_owner = CompiledQuery(_select_owner)
_days = CompiledQuery(_select_days)


def owner_transaction(user_id: int, *, first_day: date | None = None) -> "AbstractContextManager[User]":
    """One database transaction, with the owner's row locked first. Yields that row, read under the lock.

    Every write of a person's rows runs inside one, so that writes of one person stand in line and nobody
    waits for anybody else. Nested calls for the same person join the outer one. Raises User.DoesNotExist.

    With `first_day` the person's days from there on are read in the same breath, for `take_days`.
    """
    held = _find_held(user_id)
    # A purchase asks for its lock six times, five of them with it in hand.
    return _begin(user_id, first_day) if held is None else nullcontext(held.owner)


@contextmanager
def _begin(user_id: int, first_day: date | None) -> "Iterator[User]":
    with few_messages():
        held = _lock(user_id, first_day)
        token = _held.set(held)
        try:
            yield held.owner
        finally:
            _held.reset(token)


def _find_held(user_id: int) -> _Held | None:
    held = _held.get()
    if held is None or held.owner.pk != user_id:
        return None
    connection: Any = held.connection
    # A thread has a connection of its own.
    return held if connection._thread_ident == get_ident() and connection.in_atomic_block else None


def _lock(user_id: int, first_day: date | None) -> _Held:
    from core.models.user import User

    days = None
    if first_day is not None:
        _locked_owner.lock(id=user_id)
        days = _days.all(id=user_id, first_day=first_day)
    # The days bring their owner along. Who has none is asked for, under the lock by then.
    owner = days[0].user if days else _locked_owner.first(id=user_id)
    if owner is None:
        raise User.DoesNotExist
    return _Held(owner=owner, connection=db_transaction.get_connection(), days=days)


def take_days(user_id: int) -> list[Any] | None:
    """The days that were read when the lock was taken, by date, each with `spent`: its net spending, None for none.

    Once, for they are as they were before the first write: None ever after, and where none were asked for.
    """
    held = _find_held(user_id)
    if held is None:
        return None
    days, held.days = held.days, None
    return days


Row = TypeVar("Row", bound=models.Model, covariant=True)


def lock_owners(user_ids: set[int]) -> None:
    """Lock several people's rows until the transaction ends, lowest id first, so that two such writes never cross."""
    from core.models.user import User

    list(User.objects.select_for_update(no_key=True).filter(pk__in=user_ids).order_by("pk").values_list("pk"))


class OwnedQuerySet(models.QuerySet[Row]):
    """Rows of one or several people."""

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete the rows, and do what follows from it once for each owner, in one transaction under their locks."""
        with db_transaction.atomic(using=self.db):
            # Locked before the rows are read: a row that another request moves meanwhile is read as it became.
            owner_ids = set(self.order_by().values_list("user_id", flat=True).distinct())
            lock_owners(owner_ids)
            rows = list(self.all())
            deleted = super().delete()
            rows_deleted.send(sender=self.model, rows=rows, owner_ids=sorted(owner_ids))
        return deleted

    # Django reads these: no template may call it, no manager offers it.
    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


class OwnedModel(LoadedModel):
    """A row of one person. Saving and deleting lock the owner first, in one transaction with all that follows."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    # An id that the database has given to this row already, so that nobody waits for it when the row is stored.
    reserved_id: int | None = None

    # Which columns follow from which: whoever writes the first writes the others too.
    implied_fields: Mapping[str, tuple[str, ...]] = {}

    objects: ClassVar[models.Manager[Any]] = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row, and all that follows from it, in one transaction under the owner's lock."""
        named = kwargs.get("update_fields")
        if named is not None:
            implied = {follower for name in named for follower in self.implied_fields.get(name, ())}
            kwargs["update_fields"] = {*named, *implied, "updated_at"} if named else named
        with owner_transaction(self.user_id):
            super().save(*args, **kwargs)
            self.remember()

    def _do_insert(self, manager: Any, using: str, fields: Any, returning_fields: Any, raw: bool) -> Any:
        # Within `save`, signals and all: the statement alone, which Django would put into words each time. Rows that
        # come with an id (a fixture's) go Django's way.
        if self.pk is not None:
            return super()._do_insert(manager, using, fields, returning_fields, raw)  # type: ignore[misc]
        if self.reserved_id is None:
            return [(insert_values(self),)]
        self.pk = self.reserved_id
        insert_row(self)
        return [(self.reserved_id,)]

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the row, and do all that follows from it, in one transaction under the owner's lock."""
        with owner_transaction(self.user_id):
            return super().delete(*args, **kwargs)
