"""The shapes of requests and answers about accounts."""

from core.accounts.serializers.profile import ProfileSerializer, RegistrationSerializer
from core.accounts.serializers.sessions import (
    EmptySerializer,
    LoginSerializer,
    RefreshSerializer,
    TokenPairSerializer,
    TokenSerializer,
)

__all__ = [
    "EmptySerializer",
    "LoginSerializer",
    "ProfileSerializer",
    "RefreshSerializer",
    "RegistrationSerializer",
    "TokenPairSerializer",
    "TokenSerializer",
]
