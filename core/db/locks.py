"""The lock on an owner's row, and the base class of the rows that are written under it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.db import transaction as db_transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.dispatch import Signal

from core.db.loaded import LoadedModel
from core.db.transactions import atomic_write

if TYPE_CHECKING:
    from core.models.user import User

rows_deleting = Signal()
"""Sent once before a queryset of owned rows is deleted, as `rows_deleted` is after it; without `rows`."""

rows_deleted = Signal()
"""Sent once after a queryset of owned rows was deleted, in the same transaction and under the owners' locks.
`sender` is the model, `rows` the deleted rows, `owner_ids` the ids of their owners in ascending order."""


@dataclass(slots=True)
class _HeldLock:
    """A locked owner, and the connection whose transaction holds the lock.

    `is_raised` says whether the transaction has raised the owner's revision, `is_written` whether it has reason to.
    Both stay where a savepoint takes the raise back: nothing may be written after that in the same transaction.
    """

    owner: "User"
    connection: BaseDatabaseWrapper
    is_raised: bool = False
    is_written: bool = False

    def covers(self, user_id: int) -> bool:
        """Return whether the current transaction holds the lock on this user's row.

        A thread that inherits the context has another connection, and a transaction that is over holds no lock.
        """
        connection = db_transaction.get_connection()
        return self.owner.pk == user_id and connection is self.connection and connection.in_atomic_block


_held_lock: ContextVar[_HeldLock | None] = ContextVar("held_owner_lock", default=None)


_noted_revision: ContextVar[list[int] | None] = ContextVar("noted_revision", default=None)


@contextmanager
def owner_transaction(user_id: int, *, expects_write: bool = False) -> "Iterator[User]":
    """Open a transaction that locks the owner's row first, and yield that row as read under the lock.

    Every write of a person's rows runs inside one, so that writes of one person happen one after the other and
    do not wait for those of others. Nested calls for the same person join the outer one. Raises User.DoesNotExist.

    With `expects_write` the lock raises the owner's revision too, in one statement. Where nothing called
    `raise_revision` in the end, the revision is set back.
    """
    held = _held_lock.get()
    if held is not None and held.covers(user_id):
        yield held.owner
        return
    with atomic_write():
        owner = _lock_and_raise(user_id) if expects_write else _lock(user_id)
        held = _HeldLock(owner=owner, connection=db_transaction.get_connection(), is_raised=expects_write)
        token = _held_lock.set(held)
        try:
            yield owner
            if held.is_raised and not held.is_written:
                _store_revision(owner, owner.revision - 1)
        finally:
            _held_lock.reset(token)
    noted = _noted_revision.get()
    if noted is not None and held.is_raised:
        noted[:] = [owner.revision]


def _lock(user_id: int) -> "User":
    # FOR NO KEY UPDATE: inserts elsewhere hold key-share locks on this row through their foreign keys, and a plain
    # FOR UPDATE deadlocks with them. SQLite ignores row locks; there the transaction itself, begun IMMEDIATE, is the
    # lock.
    owner: User = get_user_model()._default_manager.select_for_update(no_key=True).get(pk=user_id)
    return owner


def _lock_and_raise(user_id: int) -> "User":
    """Lock the owner's row by raising its revision. An update of columns that are no key takes the same lock."""
    model = get_user_model()
    quote = db_transaction.get_connection().ops.quote_name
    table, column, key = quote(model._meta.db_table), quote("revision"), quote("id")
    # Names come from the model. The ORM has no update that returns rows: it would take two statements.
    statement = f"UPDATE {table} SET {column} = {column} + 1 WHERE {key} = %s RETURNING *"  # noqa: S608
    # SQLite ends a statement when its last row is read.
    owners: list[User] = list(model._default_manager.raw(statement, [user_id]))
    if not owners:
        raise model.DoesNotExist(f"There is no user {user_id}.")
    return owners[0]


def raise_revision(user_id: int) -> int:
    """Raise the revision of an owner, once in a transaction however often this is called. Returns the new one.

    Called for every write of the owner's rows and settings, in its transaction: by the models for saves and deletions,
    by a service for what it writes with `bulk_create` and `update`.
    """
    with owner_transaction(user_id) as owner:
        held = _held_lock.get()
        if held is not None:
            held.is_written = True
            if not held.is_raised:
                held.is_raised = True
                _store_revision(owner, owner.revision + 1)
        return owner.revision


def _store_revision(owner: "User", revision: int) -> None:
    owner.revision = revision
    owner.remember(only={"revision"})
    get_user_model()._default_manager.filter(pk=owner.pk).update(revision=revision)


@contextmanager
def noting_revision() -> Iterator[list[int]]:
    """Note the revision that the last write in a block left. Yields a list that holds it, or nothing."""
    noted: list[int] = []
    token = _noted_revision.set(noted)
    try:
        yield noted
    finally:
        _noted_revision.reset(token)


def lock_owners(user_ids: set[int]) -> None:
    """Lock several people's rows until the transaction ends.

    In ascending order of their ids, so that two such writes cannot deadlock.
    """
    users = get_user_model()._default_manager.select_for_update(no_key=True)
    list(users.filter(pk__in=user_ids).order_by("pk").values_list("pk"))


Row = TypeVar("Row", bound=models.Model, covariant=True)


class OwnedQuerySet(models.QuerySet[Row]):
    """Rows of one or several people."""

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete the rows under their owners' locks, and send `rows_deleted` once, in one transaction."""
        with db_transaction.atomic(using=self.db):
            # Locked before the rows are read, so that a row that another request changes meanwhile is read as it
            # is after that change.
            owner_ids = set(self.order_by().values_list("user_id", flat=True).distinct())
            lock_owners(owner_ids)
            rows_deleting.send(sender=self.model, owner_ids=sorted(owner_ids))
            rows = list(self.all())
            deleted = self.delete_locked()
            if getattr(self.model, "raises_revision", False):
                for owner_id in sorted(owner_ids):
                    raise_revision(owner_id)
            rows_deleted.send(sender=self.model, rows=rows, owner_ids=sorted(owner_ids))
        return deleted

    def bulk_update(self, objs: Iterable[Row], fields: Iterable[str], batch_size: int | None = None) -> int:
        """Change columns of many rows, and with them `updated_at`, by which clients see that a row has changed."""
        rows = tuple(objs)
        changed_at: Any = self.model._meta.get_field("updated_at")
        for row in rows:
            changed_at.pre_save(row, add=False)
        return super().bulk_update(rows, [*fields, changed_at.name], batch_size)

    def delete_locked(self) -> tuple[int, dict[str, int]]:
        """Delete the rows, whose owners are locked."""
        return super().delete()

    # Django reads these: no template may call it, no manager offers it.
    delete.alters_data = delete_locked.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = delete_locked.queryset_only = True  # type: ignore[attr-defined]


class OwnedModel(LoadedModel):
    """A row of one person. Saving and deleting lock the owner first, in one transaction with all that follows."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    # Whether a write of the row is one of its owner's: false of what follows from other rows.
    raises_revision = True

    # By column, the columns that are derived from it: who writes the first writes the others too.
    implied_fields: Mapping[str, tuple[str, ...]] = {}

    objects: ClassVar[models.Manager[Any]] = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row, and all that follows from it, in one transaction under the owner's lock."""
        with owner_transaction(self.user_id):
            super().save(*args, **kwargs)
            self._raise_revision()

    def list_derived_fields(self, named: Collection[str]) -> set[str]:
        """Return the columns that must be written with these."""
        return {follower for name in named for follower in self.implied_fields.get(name, ())} | {"updated_at"}

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the row, and do all that follows from it, in one transaction under the owner's lock."""
        with owner_transaction(self.user_id):
            self._raise_revision()
            return super().delete(*args, **kwargs)

    def _raise_revision(self) -> None:
        if self.raises_revision:
            raise_revision(self.user_id)
