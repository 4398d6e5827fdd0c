"""Who is asking."""

from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

from core.models import User


def get_caller(request: Request) -> User:
    """The person whose token the request carries. Raises NotAuthenticated where it carries none."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user
