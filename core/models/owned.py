"""Rows that belong to one person, and the lock under which they are written."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db import transaction as db_transaction

if TYPE_CHECKING:
    from core.models.user import User

_held: ContextVar["User | None"] = ContextVar("held_owner", default=None)


@contextmanager
def owner_transaction(user_id: int) -> "Iterator[User]":
    """One database transaction, with the owner's row locked first. Yields that row, read under the lock.

    Every write of a person's rows runs inside one, so that writes of one person stand in line and nobody
    waits for anybody else. Nested calls for the same person join the outer one. Raises User.DoesNotExist.
    """
    from core.models.user import User

    held = _held.get()
    if held is not None and held.pk == user_id and db_transaction.get_connection().in_atomic_block:
        yield held
        return
    with db_transaction.atomic():
        # NO KEY UPDATE: inserts elsewhere hold key-share locks on this row through their foreign keys, and
        # a plain FOR UPDATE deadlocks with them. SQLite ignores row locks; there the transaction itself,
        # begun IMMEDIATE, is the lock.
        owner = User.objects.select_for_update(no_key=True).get(pk=user_id)
        token = _held.set(owner)
        try:
            yield owner
        finally:
            _held.reset(token)


class OwnedModel(models.Model):
    """A row of one person. Saving and deleting lock the owner first, in one transaction with all that follows."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    # The values as they were when the row was read or last saved; empty for a row that is new.
    loaded_values: dict[str, Any]

    # Columns that follow from others, and so are written whenever any column is.
    implied_fields: tuple[str, ...] = ("updated_at",)

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.loaded_values = {}

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **kwargs: Any) -> Self:
        """Keeps what was read beside the row, for those who must know what a write changed."""
        instance = super().from_db(db, field_names, values, **kwargs)
        instance.loaded_values = dict(zip(field_names, values, strict=False))
        return instance

    def has_changed(self, *field_names: str) -> bool:
        """Whether any of these differs from what was read or last saved. A field not read counts as changed."""
        return any(
            name not in self.loaded_values or self.loaded_values[name] != getattr(self, name) for name in field_names
        )

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row, and all that follows from it, in one transaction under the owner's lock."""
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], *self.implied_fields}
        with owner_transaction(self.user_id):
            super().save(*args, **kwargs)
            self.loaded_values = {field.attname: getattr(self, field.attname) for field in self._meta.concrete_fields}

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the row, and do all that follows from it, in one transaction under the owner's lock."""
        with owner_transaction(self.user_id):
            return super().delete(*args, **kwargs)
