"""The base class of rows that keep what was read of them."""

from collections.abc import Collection
from typing import Any, Self

from django.db import models


class LoadedModel(models.Model):
    """A row that keeps what was read of it, so that a write can tell what it changed."""

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
        row.loaded_values = dict(zip(field_names, values, strict=True))
        return row

    def refresh_from_db(self, using: str | None = None, fields: Any = None, from_queryset: Any = None) -> None:
        """Read the row again, or some fields of it, and keep that too."""
        super().refresh_from_db(using, fields, from_queryset)
        self.remember(only=fields)

    def remember(self, *, only: Any = None) -> None:
        """Keep what the row holds now, of the fields `only` or of all that were read, as what is stored."""
        held, loaded = self.__dict__, self.loaded_values
        for field in self._meta.concrete_fields:
            name = field.attname
            if name in held and (only is None or field.name in only or name in only):
                loaded[name] = held[name]

    def has_changed(self, *field_names: str) -> bool:
        """Return whether any of these differs from what was read or last saved. A field not read has changed."""
        return any(
            name not in self.loaded_values or self.loaded_values[name] != getattr(self, name) for name in field_names
        )
