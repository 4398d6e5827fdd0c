"""Why a row is deleted."""

from typing import Any

from django.db.models import Model, QuerySet

from core.db.locks import OwnedQuerySet
from core.models import User


def comes_from_the_account(origin: Model | QuerySet[Any] | None) -> bool:
    """Return whether rows are deleted because their account is."""
    return isinstance(origin, User) or (isinstance(origin, QuerySet) and origin.model is User)


def is_refreshed_elsewhere(origin: Model | QuerySet[Any] | None) -> bool:
    """Return whether the deletion of a row needs no refresh of its own.

    After the deletion of an account a refresh would make rows again; for many rows `rows_deleted` is sent once.
    """
    return isinstance(origin, OwnedQuerySet) or comes_from_the_account(origin)
