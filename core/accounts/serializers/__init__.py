"""The shapes of requests and answers about accounts."""

from core.accounts.serializers.passwords import (
    CurrentPasswordSerializer,
    EmailSerializer,
    LinkSerializer,
    ResetPasswordSerializer,
    ResetUsernameSerializer,
    SetPasswordSerializer,
    SetUsernameSerializer,
)
from core.accounts.serializers.profile import (
    EmailChangeProofSerializer,
    ProfileChangeSerializer,
    ProfileSerializer,
    RegistrationSerializer,
)
from core.accounts.serializers.second_factor import (
    BackupCodesSerializer,
    CodeSerializer,
    PasswordAndCodeSerializer,
    SecondFactorStatusSerializer,
    SetupSerializer,
)
from core.accounts.serializers.sessions import (
    EmptySerializer,
    LoginSerializer,
    RefreshSerializer,
    TokenPairSerializer,
    TokenSerializer,
)

__all__ = [
    "BackupCodesSerializer",
    "CodeSerializer",
    "CurrentPasswordSerializer",
    "EmailChangeProofSerializer",
    "EmailSerializer",
    "EmptySerializer",
    "LinkSerializer",
    "LoginSerializer",
    "PasswordAndCodeSerializer",
    "ProfileChangeSerializer",
    "ProfileSerializer",
    "RefreshSerializer",
    "RegistrationSerializer",
    "ResetPasswordSerializer",
    "ResetUsernameSerializer",
    "SecondFactorStatusSerializer",
    "SetPasswordSerializer",
    "SetUsernameSerializer",
    "SetupSerializer",
    "TokenPairSerializer",
    "TokenSerializer",
]
