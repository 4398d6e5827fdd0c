"""Rows that know what they held before they were changed."""

from collections.abc import Collection
from typing import Any, Self

from django.db import models
from django.db.models.base import ModelState


class LoadedModel(models.Model):
    """A row that keeps what was read of it, for those who must know what a write changed."""

    # The values as they were when the row was read or last saved; empty for a row that is new.
    loaded_values: dict[str, Any]

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.loaded_values = {}

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **kwargs: Any) -> Self:
        """Keeps what was read beside the row.

        Past `__init__`, which sorts arguments and columns that were not read out again, and tells of each row to
        listeners that no model here has.
        """
        row = cls.__new__(cls)
        read = dict(zip(field_names, values, strict=False))
        row.__dict__.update(read)
        row.loaded_values = read
        state = row._state = ModelState()
        state.adding, state.db = False, db
        return row

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Reads the row again, or some fields of it, and keeps that too."""
        super().refresh_from_db(*args, **kwargs)
        fields = kwargs.get("fields") or (args[1] if len(args) > 1 else None)
        self.remember(only=fields)

    def remember(self, *, only: Any = None) -> None:
        """What the row holds now (of the fields `only`, or of all that are read) is what is stored."""
        held, loaded = self.__dict__, self.loaded_values
        for field in self._meta.concrete_fields:
            name = field.attname
            if name in held and (only is None or field.name in only or name in only):
                loaded[name] = held[name]

    def has_changed(self, *field_names: str) -> bool:
        """Whether any of these differs from what was read or last saved. A field not read counts as changed."""
        return any(
            name not in self.loaded_values or self.loaded_values[name] != getattr(self, name) for name in field_names
        )
