"""The viewset of the current user's own rows."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.db.models import QuerySet
from rest_framework import viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from core.db.locks import owner_transaction
from core.models import User
from core.web.callers import get_caller
from core.web.conditions import CONDITIONAL_METHODS, check_unchanged
from core.web.idempotency import run_once


class OwnedQuerysetMixin(viewsets.GenericViewSet[Any]):
    """Read the current user's own rows; those of others behave like rows that do not exist."""

    lookup_value_regex = r"[0-9]+"

    def get_queryset(self) -> QuerySet[Any]:
        """Return the current user's rows."""
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset().none()
        return super().get_queryset().filter(user_id=get_caller(self.request).pk)


class OwnedWriteMixin(OwnedQuerysetMixin):
    """Write the current user's own rows.

    Every write, from reading the row over checking the input to the answer, is one database transaction
    under the owner's lock: what the serializer checked is still so when the row is stored.
    """

    _owner: User | None = None

    def get_serializer_context(self) -> dict[str, Any]:
        """Return DRF's context with the `owner` of the rows."""
        return {**super().get_serializer_context(), "owner": self.owner}

    @property
    def owner(self) -> User:
        """Return the owner of the rows: as read under the lock while writing."""
        return self._owner or get_caller(self.request)

    def lock_owner(self) -> AbstractContextManager[User]:
        """Open the transaction of a write, and yield the owner as read under the lock."""
        return owner_transaction(get_caller(self.request).pk, expects_write=True)

    def run_locked(self, handle: Callable[..., Response], *args: Any, **kwargs: Any) -> Response:
        """Return what a method makes of the request, under the owner's lock."""
        with self.lock_owner() as owner:
            self._owner = owner
            return handle(self.request, *args, **kwargs)

    def run_locked_once(self, handle: Callable[..., Response], *args: Any, **kwargs: Any) -> Response:
        """Return what a method makes of the request, under the owner's lock and once for each `Idempotency-Key`."""
        _read_body(self.request)
        return run_once(
            request=self.request, run=lambda: self.run_locked(handle, *args, **kwargs), lock=self.lock_owner
        )


class OwnedModelViewSet(OwnedWriteMixin, viewsets.ModelViewSet[Any]):
    """Create, read, change and delete the current user's own rows."""

    idempotent_actions = frozenset({"create"})
    revision_actions = frozenset({"create", "update", "partial_update", "destroy"})
    takes_if_match = True

    def get_object(self) -> Any:
        """Return the row of the path. Raises ChangedMeanwhile for a write whose `If-Match` is another."""
        row = super().get_object()
        if self.request.method in CONDITIONAL_METHODS:
            check_unchanged(request=self.request, updated_at=row.updated_at)
        return row

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Store a row, once for each `Idempotency-Key`."""
        return self.run_locked_once(self.add, *args, **kwargs)

    def add(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Check the body and store the row, under the owner's lock."""
        return super().create(request, *args, **kwargs)

    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change a row, in whole or in part."""
        _read_body(request)
        return self.run_locked(super().update, *args, **kwargs)

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Delete a row."""
        return self.run_locked(super().destroy, *args, **kwargs)

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        """Store the row as the current user's, whatever the body says."""
        serializer.save(user_id=self.owner.pk)


def _read_body(request: Request) -> None:
    """Read and parse it before any lock is taken: on SQLite a slow sender would keep everybody from writing."""
    _ = request.data
