"""The current user."""

from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

from core.models import User


def get_caller(request: Request) -> User:
    """Return the user whose token the request has. Raises NotAuthenticated where it has none."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user
