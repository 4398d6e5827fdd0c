"""The base class of rows that keep what was read of them, and write only what they changed."""

import copy
from collections.abc import Collection
from typing import Any, Self

from django.db import models


class LoadedModel(models.Model):
    """A row that keeps what was read of it, so that a save can tell what it changed.

    `save` of a stored row writes the columns that differ from what was read. So an instance that was read before
    others wrote takes back nothing of theirs.
    """

    # The values as they were when the row was read or last saved; empty for a row that is new.
    loaded_values: dict[str, Any]

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.loaded_values = {}

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **kwargs: Any) -> Self:
        """Make the row, and keep what was read."""
        row = super().from_db(db, field_names, values, **kwargs)
        row.loaded_values = {name: _freeze(value) for name, value in zip(field_names, values, strict=True)}
        return row

    def refresh_from_db(self, using: str | None = None, fields: Any = None, from_queryset: Any = None) -> None:
        """Read the row again, or some fields of it, and keep that too."""
        super().refresh_from_db(using, fields, from_queryset)
        self.remember(only=fields)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new row, or of a stored one the columns that were changed, or those of `update_fields`.

        Columns that are derived from these are written with them.
        """
        named = kwargs.get("update_fields")
        if named is None and not self._state.adding and not kwargs.get("force_insert"):
            named = self.list_changed_fields()
            named |= self.list_derived_fields(named)
        elif named:
            named = {*named, *self.list_derived_fields(named)}
        super().save(*args, **{**kwargs, "update_fields": named})
        self.remember(only=named)

    def list_derived_fields(self, named: Collection[str]) -> set[str]:
        """Return the columns that must be written with these."""
        return set()

    def list_changed_fields(self) -> set[str]:
        """Return the columns whose values differ from what was read or last saved."""
        fields = [field for field in self._meta.concrete_fields if not field.primary_key]
        return {field.name for field in fields if field.attname in self.__dict__ and self.has_changed(field.attname)}

    def has_changed(self, *field_names: str) -> bool:
        """Return whether any of these differs from what was read or last saved. A field not read has changed."""
        return any(
            name not in self.loaded_values or self.loaded_values[name] != getattr(self, name) for name in field_names
        )

    def adopt(self, stored: Self) -> None:
        """Take the values of the row as it was read again, except where this instance was changed."""
        if stored is self:
            return
        for field in self._meta.concrete_fields:
            name = field.attname
            if name in stored.loaded_values and not self.has_changed(name):
                setattr(self, name, copy.deepcopy(stored.loaded_values[name]))
        self.loaded_values = copy.deepcopy(stored.loaded_values)

    def remember(self, *, only: Any = None) -> None:
        """Keep what the row holds now, of the fields `only` or of all that were read, as what is stored."""
        held, loaded = self.__dict__, self.loaded_values
        for field in self._meta.concrete_fields:
            name = field.attname
            if name in held and (only is None or field.name in only or name in only):
                loaded[name] = _freeze(held[name])


def _freeze(value: Any) -> Any:
    """Return a value that does not follow when the row's own is changed in place."""
    return copy.deepcopy(value) if isinstance(value, list | dict) else value
