"""Login, refresh, verify, logout."""

from django.contrib.auth import authenticate
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
from core.accounts.services.login import LoginRefused, log_in
from core.accounts.services.second_factor import CodeRefused, CodeRequired, has_second_factor
from core.accounts.services.sessions import TokenPair, TokenRefused, check_token, end_session, refresh_session
from core.accounts.views.proofs import name_account
from core.audit.services import LOGIN, LOGIN_FAILED, LOGOUT, record_event
from core.limits.throttles import begin_login, reserve_code
from core.models import User


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

    # `begin_login` counts logins; whatever is refused before it counts as a call.
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
        name = given["username"]
        owner = User.objects.find_by_login(name)
        # Counted before anything is hashed, an account the same under each of its names.
        login = begin_login(request=request, account=name_account(owner=owner, name=name))
        user = authenticate(request._request, username=name, password=given["password"])
        if user is None:
            login.failed()
            _record_failure(owner)
            raise NoActiveAccount
        login.passed()
        code = given.get("otp")
        wrong_code = reserve_code(user_id=user.pk) if code and has_second_factor(user_id=user.pk) else None
        try:
            tokens = log_in(user=user, code=code, now=clock.now())
        except LoginRefused as error:
            raise NoActiveAccount from error
        except CodeRequired as error:
            raise CodeRequiredError from error
        except CodeRefused as error:
            _record_failure(user)
            raise CodeInvalidError from error
        if wrong_code is not None:
            wrong_code.give_back()
        record_event(user_id=user.pk, action=LOGIN, object_type="user", object_id=user.pk, actor_id=user.pk)
        return _answer(tokens)


def _record_failure(owner: User | None) -> None:
    """Of nobody, too: writing takes a moment, and its absence would tell that there is no such account."""
    user_id = owner.pk if owner is not None else None
    record_event(user_id=user_id, action=LOGIN_FAILED, object_type="user", object_id=user_id or "")


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
