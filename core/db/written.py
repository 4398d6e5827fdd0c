"""What a row holds once a write is done."""

from typing import Any

from core.db.locks import OwnedModel
from core.kernel.errors import DomainError


class WrittenRow:
    """What a row holds after a write: the instance's value where the write names the column, else the stored one.

    The stored row is read under the owner's lock. The instance may have been read before others wrote.
    """

    def __init__(self, instance: OwnedModel, update_fields: frozenset[str] | None) -> None:
        self.instance = instance
        self.update_fields = update_fields
        if update_fields is not None:
            named = [field for field in instance._meta.concrete_fields if field.name in update_fields]
            self.update_fields = update_fields | {field.attname for field in named}
        self.stored: Any = None
        if instance.pk is not None:
            self.stored = type(instance)._default_manager.filter(pk=instance.pk).first()
        if self.stored is not None:
            if self.stored.user_id != instance.user_id:
                raise DomainError("A row never changes its owner.", code="owner_fixed", field="user")
            instance.adopt(self.stored)

    def writes(self, name: str) -> bool:
        """Whether the column is written."""
        return self.stored is None or self.update_fields is None or name in self.update_fields

    def __getitem__(self, name: str) -> Any:
        return getattr(self.instance if self.writes(name) else self.stored, name)

    def changes(self, *names: str) -> bool:
        """Whether the row is new, or any of these columns becomes another than it is."""
        return self.stored is None or any(self[name] != getattr(self.stored, name) for name in names)
