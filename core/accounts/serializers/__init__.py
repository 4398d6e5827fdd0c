"""The shapes of requests and answers about accounts."""

from core.accounts.serializers.passwords import (
    CurrentPasswordSerializer,
    EmailSerializer,
    ResetPasswordSerializer,
    ResetUsernameSerializer,
    SetPasswordSerializer,
    SetUsernameSerializer,
)
from core.accounts.serializers.profile import ProfileChangeSerializer, ProfileSerializer, RegistrationSerializer
from core.accounts.serializers.sessions import (
    EmptySerializer,
    LoginSerializer,
    RefreshSerializer,
    TokenPairSerializer,
    TokenSerializer,
)

__all__ = [
    "CurrentPasswordSerializer",
    "EmailSerializer",
    "EmptySerializer",
    "LoginSerializer",
    "ProfileChangeSerializer",
    "ProfileSerializer",
    "RefreshSerializer",
    "RegistrationSerializer",
    "ResetPasswordSerializer",
    "ResetUsernameSerializer",
    "SetPasswordSerializer",
    "SetUsernameSerializer",
    "TokenPairSerializer",
    "TokenSerializer",
]
