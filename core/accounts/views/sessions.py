"""Login, refresh, verify, logout."""

from typing import Any

from drf_yasg.utils import swagger_auto_schema
from rest_framework import exceptions, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.exceptions import InvalidToken

from core import clock
from core.accounts.authentication import SessionAuthentication
from core.accounts.serializers import (
    EmptySerializer,
    LoginSerializer,
    RefreshSerializer,
    TokenPairSerializer,
    TokenSerializer,
)
from core.accounts.services.login import Credentials, LoginRefused, log_in
from core.accounts.services.second_factor import CodeRefused, CodeRequired
from core.accounts.services.sessions import (
    RefreshRaced,
    SessionOver,
    TokenPair,
    TokenRefused,
    check_token,
    end_session,
    find_token_owner,
    refresh_session,
)
from core.accounts.views.refresh_cookie import (
    FOREIGN_ORIGIN,
    HEADER_PARAMETER,
    CookieUse,
    delete_token,
    find_token,
    read_use,
    set_token,
)
from core.audit.services import LOGOUT, record_event
from core.limits.client_address import get_client_network
from core.limits.throttles import count_call, mark_counted


class NoActiveAccount(exceptions.AuthenticationFailed):
    """Wrong, unknown, inactive: one answer."""

    default_detail = "No active account has these credentials."
    default_code = "no_active_account"


class CodeRequiredError(exceptions.AuthenticationFailed):
    """The password is right; a second factor is on, and no code came."""

    default_detail = "A one-time code is required."
    default_code = "otp_required"


class CodeInvalidError(exceptions.AuthenticationFailed):
    """The password is right, the code is not."""

    default_detail = "The one-time code is wrong, used or too old."
    default_code = "otp_invalid"


class RefreshRacedError(exceptions.AuthenticationFailed):
    """The refresh token was traded moments ago."""

    default_detail = "Another call has just used this token. Try again with the newest one."
    default_code = "refresh_raced"
    wait = 1


class SessionEndedError(exceptions.AuthenticationFailed):
    """The session of the refresh token is over."""

    default_detail = "The session is over. Log in again."
    default_code = "session_ended"


class ProofInBodyView(APIView):
    """A view whose proof is in the body. A header is not looked at: an old one must not stand in the way."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get_authenticate_header(self, request: Request) -> str:
        """A refusal is a 401, which names the scheme."""
        return SessionAuthentication().authenticate_header(request)


class RefreshTokenView(ProofInBodyView):
    """A view that gives or takes a refresh token, in a body or in the cookie."""

    # These count themselves, once it is known for whom; whatever is refused before counts for the address.
    throttle_classes = ()

    cookie_use = CookieUse.NONE

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Read what the request wants with the cookie. Raises HeaderInvalid, ForeignOrigin."""
        super().initial(request, *args, **kwargs)
        self.cookie_use = read_use(request)

    @property
    def has_cookie(self) -> bool:
        """Return whether the refresh token travels in the cookie."""
        return self.cookie_use is not CookieUse.NONE

    def read_token(self, request: Request) -> str | None:
        """Return the refresh token that was sent, and count the call for its user. None where the cookie is missing.

        Raises Throttled; ValidationError for a body that is none, or has no token where there is no cookie.
        """
        serializer = RefreshSerializer(data=request.data, context={"in_cookie": self.has_cookie})
        serializer.is_valid(raise_exception=True)
        token = find_token(request) if self.has_cookie else serializer.validated_data["refresh"]
        count_call(request=request, user_id=None if token is None else find_token_owner(refresh=token))
        return token

    def answer(self, tokens: TokenPair) -> Response:
        """Answer with a pair of tokens: 200."""
        body = TokenPairSerializer(tokens).data
        if not self.has_cookie:
            return Response(body)
        response = Response({name: value for name, value in body.items() if name != "refresh"})
        set_token(response, token=tokens.refresh, use=self.cookie_use)
        return response

    def handle_exception(self, exc: Exception) -> Response:
        """Answer an error; the cookie of a session that is over is deleted."""
        response = super().handle_exception(exc)
        if self.has_cookie and isinstance(exc, SessionEndedError):
            delete_token(response)
        return response


class LoginView(RefreshTokenView):
    """`POST jwt/create/`: a name, a password and, with a second factor, a code, for a pair of tokens."""

    @swagger_auto_schema(
        operation_summary="Log in",
        manual_parameters=[HEADER_PARAMETER],
        request_body=LoginSerializer,
        responses={
            200: TokenPairSerializer,
            401: (
                "Wrong, unknown or inactive: `no_active_account`. With a second factor on: `otp_required` without a "
                "code, `otp_invalid` with a wrong, used or old one."
            ),
            403: FOREIGN_ORIGIN,
        },
    )
    def post(self, request: Request) -> Response:
        """200, or 401 with the code `no_active_account`."""
        serializer = LoginSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        # The login counts itself, as a call too where its password is right.
        mark_counted(request)
        credentials = Credentials(name=given["username"], password=given["password"], code=given.get("otp"))
        try:
            tokens = log_in(
                credentials=credentials,
                device=given.get("device", ""),
                network=get_client_network(request._request),
                now=clock.now(),
            )
        except LoginRefused as error:
            raise NoActiveAccount from error
        except CodeRequired as error:
            raise CodeRequiredError from error
        except CodeRefused as error:
            raise CodeInvalidError from error
        return self.answer(tokens)


class RefreshView(RefreshTokenView):
    """`POST jwt/refresh/`: a refresh token for a new pair."""

    body_is_optional = True

    @swagger_auto_schema(
        operation_summary="Get the next pair of tokens",
        manual_parameters=[HEADER_PARAMETER],
        request_body=RefreshSerializer,
        responses={
            200: TokenPairSerializer,
            401: (
                "The session is over (logged out, revoked, expired, another password, no account, or the token came "
                "back after its successor was used, which ends every session): `session_ended`. The token was used "
                "moments ago, and the session is in force: `refresh_raced`, with `Retry-After`; try again with the "
                "newest token, or 10 seconds later with the same one where the answer was lost. No refresh token of "
                "ours: `token_not_valid`."
            ),
            403: FOREIGN_ORIGIN,
        },
    )
    def post(self, request: Request) -> Response:
        """200, or 401 with the code `session_ended`, `refresh_raced` or `token_not_valid`."""
        token = self.read_token(request)
        if token is None:
            raise SessionEndedError
        try:
            tokens = refresh_session(refresh=token, now=clock.now())
        except RefreshRaced as error:
            raise RefreshRacedError from error
        except SessionOver as error:
            raise SessionEndedError from error
        except TokenRefused as error:
            # A cookie is set by this service alone: an unknown one is of a session that is over.
            raise (SessionEndedError if self.has_cookie else InvalidToken) from error
        return self.answer(tokens)


class VerifyView(ProofInBodyView):
    """`POST jwt/verify/`: whether a token would be taken now."""

    @swagger_auto_schema(
        operation_summary="Ask whether a token would be taken now",
        request_body=TokenSerializer,
        responses={200: EmptySerializer, 401: "It would not: `token_not_valid`."},
    )
    def post(self, request: Request) -> Response:
        """200 `{}`, or 401 with the code `token_not_valid`."""
        serializer = TokenSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            check_token(token=serializer.validated_data["token"], now=clock.now())
        except TokenRefused as error:
            raise InvalidToken from error
        return Response({})


class LogoutView(RefreshTokenView):
    """`POST jwt/logout/`: the end of a session, with its refresh token as the proof."""

    body_is_optional = True

    @swagger_auto_schema(
        operation_summary="Log out",
        manual_parameters=[HEADER_PARAMETER],
        request_body=RefreshSerializer,
        responses={
            204: "The session has ended. With `X-Refresh-Cookie` also where there was none; the cookie is deleted.",
            401: "The token has expired: `session_ended`. No refresh token of ours: `token_not_valid`.",
            403: FOREIGN_ORIGIN,
        },
    )
    def post(self, request: Request) -> Response:
        """204, also the second time; 401 for what is no refresh token of ours."""
        token = self.read_token(request)
        response = Response(status=status.HTTP_204_NO_CONTENT)
        if self.has_cookie:
            delete_token(response)
        try:
            user_id = None if token is None else end_session(refresh=token, now=clock.now())
        except TokenRefused as error:
            if self.has_cookie:
                return response
            raise (SessionEndedError if isinstance(error, SessionOver) else InvalidToken) from error
        if user_id is not None:
            record_event(user_id=user_id, action=LOGOUT, object_type="user", object_id=user_id, actor_id=user_id)
        return response
