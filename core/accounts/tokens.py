"""The tokens that clients hold: simplejwt's, whose leeway is for the clocks of several servers alone."""

from datetime import datetime

from rest_framework_simplejwt import tokens


class StrictExpiryMixin(tokens.Token):
    """Apply the leeway of `SIMPLE_JWT` to `iat` and `nbf`, and none to `exp`."""

    def check_exp(self, claim: str = "exp", current_time: datetime | None = None) -> None:
        """Raise TokenError where the token has expired."""
        now = current_time or self.current_time
        super().check_exp(claim, now + self.get_token_backend().get_leeway())


class AccessToken(StrictExpiryMixin, tokens.AccessToken):
    """A token for some minutes of requests."""


class RefreshToken(StrictExpiryMixin, tokens.RefreshToken):  # type: ignore[misc]
    """A token for the next pair of tokens."""

    access_token_class = AccessToken


class UntypedToken(StrictExpiryMixin, tokens.UntypedToken):
    """A token of either kind."""
