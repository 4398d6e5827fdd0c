"""Login, refresh, verify, logout."""

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
from core.accounts.services.sessions import TokenPair, TokenRefused, check_token, end_session, refresh_session
from core.audit.services import LOGOUT, record_event
from core.limits.client_address import get_client_network
from core.limits.throttles import mark_counted


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


class ProofInBodyView(APIView):
    """A view whose proof is in the body. A header is not looked at: an old one must not stand in the way."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get_authenticate_header(self, request: Request) -> str:
        """A refusal is a 401, which names the scheme."""
        return SessionAuthentication().authenticate_header(request)


class LoginView(ProofInBodyView):
    """`POST jwt/create/`: a name, a password and, with a second factor, a code, for a pair of tokens."""

    # Logins count themselves; whatever is refused before counts as a call.
    throttle_classes = ()

    @swagger_auto_schema(
        operation_summary="Log in",
        request_body=LoginSerializer,
        responses={
            200: TokenPairSerializer,
            401: (
                "Wrong, unknown or inactive: `no_active_account`. With a second factor on: `otp_required` without a "
                "code, `otp_invalid` with a wrong, used or old one."
            ),
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
            tokens = log_in(credentials=credentials, network=get_client_network(request._request), now=clock.now())
        except LoginRefused as error:
            raise NoActiveAccount from error
        except CodeRequired as error:
            raise CodeRequiredError from error
        except CodeRefused as error:
            raise CodeInvalidError from error
        return _answer(tokens)


class RefreshView(ProofInBodyView):
    """`POST jwt/refresh/`: a refresh token for a new pair."""

    @swagger_auto_schema(
        operation_summary="Get the next pair of tokens",
        request_body=RefreshSerializer,
        responses={200: TokenPairSerializer, 401: "No refresh token of ours, or used, or ended: `token_not_valid`."},
    )
    def post(self, request: Request) -> Response:
        """200, or 401 with the code `token_not_valid`."""
        serializer = RefreshSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            tokens = refresh_session(refresh=serializer.validated_data["refresh"], now=clock.now())
        except TokenRefused as error:
            raise InvalidToken from error
        return _answer(tokens)


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
            check_token(token=serializer.validated_data["token"])
        except TokenRefused as error:
            raise InvalidToken from error
        return Response({})


class LogoutView(ProofInBodyView):
    """`POST jwt/logout/`: the end of a session, with its refresh token as the proof."""

    @swagger_auto_schema(
        operation_summary="Log out",
        request_body=RefreshSerializer,
        responses={204: "The session has ended.", 401: "No refresh token of ours: `token_not_valid`."},
    )
    def post(self, request: Request) -> Response:
        """204, also the second time; 401 for what is no refresh token of ours."""
        serializer = RefreshSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            user_id = end_session(refresh=serializer.validated_data["refresh"], now=clock.now())
        except TokenRefused as error:
            raise InvalidToken from error
        if user_id is not None:
            record_event(user_id=user_id, action=LOGOUT, object_type="user", object_id=user_id, actor_id=user_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _answer(tokens: TokenPair) -> Response:
    return Response(TokenPairSerializer(tokens).data)
