"""The second factor over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from drf_yasg.utils import swagger_auto_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.accounts.serializers import (
    BackupCodesSerializer,
    CodeSerializer,
    CurrentPasswordSerializer,
    PasswordAndCodeSerializer,
    SecondFactorStatusSerializer,
    SetupSerializer,
)
from core.accounts.services import second_factor as services
from core.accounts.services.sessions import SESSION_CLAIM
from core.accounts.services.tries import count_wrong_code
from core.accounts.views.proofs import check_current_password
from core.web.callers import get_caller
from core.web.exceptions import Conflict

_STATES = "It is on already (`2fa_enabled`), or off (`2fa_disabled`)."


class SecondFactorIsOnError(Conflict):
    """The account has a second factor, which must be removed before another one is set up."""

    default_detail = "Two-factor login is on."
    default_code = "2fa_enabled"


class SecondFactorIsOffError(Conflict):
    """The account has no second factor."""

    default_detail = "Two-factor login is off."
    default_code = "2fa_disabled"


@contextmanager
def _states_as_conflicts() -> Iterator[None]:
    try:
        yield
    except services.SecondFactorIsOn as error:
        raise SecondFactorIsOnError from error
    except services.SecondFactorIsOff as error:
        raise SecondFactorIsOffError from error


class SecondFactorView(APIView):
    """Whether a second factor is on, and its end."""

    @swagger_auto_schema(
        operation_id="second_factor_read",
        operation_summary="Read whether two-factor login is on",
        responses={200: SecondFactorStatusSerializer},
    )
    def get(self, request: Request) -> Response:
        """200."""
        return Response(SecondFactorStatusSerializer(services.get_status(user_id=get_caller(request).pk)).data)

    @swagger_auto_schema(
        operation_id="second_factor_disable",
        operation_summary="Switch two-factor login off",
        request_body=PasswordAndCodeSerializer,
        responses={204: "It is off.", 409: _STATES},
    )
    def delete(self, request: Request) -> Response:
        """204. Takes the password and a code."""
        with _states_as_conflicts(), _proving_both(request) as code:
            services.disable(user_id=get_caller(request).pk, code=code, now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class TotpView(APIView):
    """Begins to switch two-factor login on: a secret for an app, not in force yet."""

    @swagger_auto_schema(
        operation_id="second_factor_setup",
        operation_summary="Begin to switch two-factor login on",
        request_body=CurrentPasswordSerializer,
        responses={201: SetupSerializer, 409: _STATES},
    )
    def post(self, request: Request) -> Response:
        """201. Takes the password."""
        user = get_caller(request)
        given = _read(CurrentPasswordSerializer, request)
        check_current_password(request=request, user=user, password=given["current_password"])
        with _states_as_conflicts():
            setup = services.begin_setup(user_id=user.pk, now=clock.now())
        return Response(SetupSerializer(setup).data, status=status.HTTP_201_CREATED)


class TotpConfirmView(APIView):
    """Switches two-factor login on, by a first code of the app. Every other session ends."""

    @swagger_auto_schema(
        operation_id="second_factor_confirm",
        operation_summary="Switch two-factor login on",
        request_body=CodeSerializer,
        responses={200: BackupCodesSerializer, 409: _STATES},
    )
    def post(self, request: Request) -> Response:
        """200 with ten backup codes."""
        user = get_caller(request)
        given = _read(CodeSerializer, request)
        session_id = getattr(request.auth, "payload", {}).get(SESSION_CLAIM)
        with _states_as_conflicts(), count_wrong_code(user_id=user.pk, refusal=services.WrongCode):
            codes = services.confirm_setup(user_id=user.pk, code=given["code"], now=clock.now(), session_id=session_id)
        return Response(BackupCodesSerializer({"backup_codes": codes}).data)


class BackupCodesView(APIView):
    """Ten new backup codes; the old ones are void."""

    @swagger_auto_schema(
        operation_id="second_factor_backup_codes",
        operation_summary="Replace the backup codes",
        request_body=PasswordAndCodeSerializer,
        responses={200: BackupCodesSerializer, 409: _STATES},
    )
    def post(self, request: Request) -> Response:
        """200. Takes the password and a code."""
        with _states_as_conflicts(), _proving_both(request) as code:
            codes = services.renew_backup_codes(user_id=get_caller(request).pk, code=code, now=clock.now())
        return Response(BackupCodesSerializer({"backup_codes": codes}).data)


def _read(serializer_class: Any, request: Request) -> Any:
    serializer = serializer_class(data=request.data)
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


@contextmanager
def _proving_both(request: Request) -> Iterator[str]:
    """Check the password, and yield the code that the block is to use. One that is refused there counts."""
    user = get_caller(request)
    given = _read(PasswordAndCodeSerializer, request)
    check_current_password(request=request, user=user, password=given["current_password"])
    with count_wrong_code(user_id=user.pk, refusal=services.WrongCode):
        yield given["otp"]
