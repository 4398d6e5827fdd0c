"""The shapes of requests and answers about accounts."""

from core.accounts.serializers.profile import ProfileSerializer, RegistrationSerializer
from core.accounts.serializers.sessions import LoginSerializer, RefreshSerializer, TokenPairSerializer, TokenSerializer

__all__ = [
    "LoginSerializer",
    "ProfileSerializer",
    "RefreshSerializer",
    "RegistrationSerializer",
    "TokenPairSerializer",
    "TokenSerializer",
]
