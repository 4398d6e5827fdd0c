"""The tokens that clients hold: simplejwt's, whose leeway is for the clocks of several servers alone."""

from datetime import datetime

from rest_framework_simplejwt import tokens
from rest_framework_simplejwt.exceptions import ExpiredTokenError, TokenError


class StrictExpiryMixin(tokens.Token):
    """Apply the leeway of `SIMPLE_JWT` to `iat` and `nbf`, and none to `exp`."""

    def check_exp(self, claim: str = "exp", current_time: datetime | None = None) -> None:
        """Raise ExpiredTokenError where the token has expired, TokenError where it does not say when it does."""
        now = current_time or self.current_time
        try:
            super().check_exp(claim, now + self.get_token_backend().get_leeway())
        except TokenError as error:
            raise (ExpiredTokenError if claim in self.payload else TokenError)(*error.args) from error


class AccessToken(StrictExpiryMixin, tokens.AccessToken):
    """A token for some minutes of requests."""


class RefreshToken(StrictExpiryMixin, tokens.RefreshToken):  # type: ignore[misc]
    """A token for the next pair of tokens."""

    access_token_class = AccessToken

    @classmethod
    def read_signed(cls, text: str) -> tuple["RefreshToken", bool]:
        """Return the refresh token whose signature holds, and whether it has expired. Raises TokenError."""
        try:
            return cls(text), False  # type: ignore[arg-type]
        except ExpiredTokenError:
            # The signature is checked before the time.
            token = cls(text, verify=False)  # type: ignore[arg-type]
            token.verify_token_type()
            return token, True


class UntypedToken(StrictExpiryMixin, tokens.UntypedToken):
    """A token of either kind."""
