"""Accounts over HTTP: djoser's views, with its rough edges taken off."""

from djoser.views import UserViewSet


class AccountViewSet(UserViewSet):
    """Registration, profile, password."""

    lookup_value_regex = r"\d+"
