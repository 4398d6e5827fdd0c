"""The account itself: djoser's paths and bodies.

Of djoser's viewset the routes are kept, and what it does on them is done by the services: its own actions
look addresses up by exact case, mail inside the request, and take one token for every purpose. Accounts are
active from the start, so its two routes of activation are left out.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from django.core.exceptions import ValidationError as ModelValidationError
from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils.decorators import method_decorator
from djoser.views import UserViewSet
from drf_yasg.utils import no_body, swagger_auto_schema
from rest_framework import status
from rest_framework.authentication import BaseAuthentication
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from core import clock
from core.accounts.serializers import (
    CurrentPasswordSerializer,
    EmailChangeProofSerializer,
    LinkSerializer,
    ProfileChangeSerializer,
    ProfileSerializer,
)
from core.accounts.serializers.profile import check_email, check_password_rules, check_username
from core.accounts.services import profile as services
from core.accounts.services.verification import resend_verification
from core.accounts.throttles import RegistrationThrottle, ResetThrottle
from core.accounts.views.proofs import check_current_password, count_revealed_names, prove_by_code
from core.db.locks import owner_transaction
from core.models import MailKind, User
from core.models.user import check_names
from core.web.callers import get_caller
from core.web.conditions import check_unchanged

_OPEN_ACTIONS = {
    "create",
    "verify_email",
    "reset_password",
    "reset_password_confirm",
    "reset_username",
    "reset_username_confirm",
}

_CHANGE = {"request_body": ProfileChangeSerializer, "responses": {200: ProfileSerializer}}


@method_decorator(name="partial_update", decorator=swagger_auto_schema(**_CHANGE))
class AccountViewSet(UserViewSet):
    """Registration, profile, password. Accounts of others behave like accounts that do not exist."""

    queryset = User.objects.none()
    lookup_value_regex = r"[0-9]+"
    takes_if_match = True
    revision_actions = frozenset(
        {"update", "partial_update", "PUT me", "PATCH me", "set_username", "reset_username_confirm"}
    )

    # An attribute that is None is no action for the router.
    activation = None
    resend_activation = None

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Return no authentication for open actions: an expired token must not keep from a registration or a reset."""
        if self._is_open():
            return []
        authenticators: list[BaseAuthentication] = super().get_authenticators()
        return authenticators

    def get_permissions(self) -> list[BasePermission]:
        """Return AllowAny for the open actions, else the default."""
        return [AllowAny() if self._is_open() else IsAuthenticated()]

    def _is_open(self) -> bool:
        """Return whether the request is open: an open action, or a method that such a path does not have."""
        action_map: dict[str, str] = getattr(self, "action_map", None) or {}
        method = (self.request.method or "").lower() if self.request is not None else ""
        asked = {action_map[method]} if method in action_map else set(action_map.values())
        return bool(asked) and asked <= _OPEN_ACTIONS

    def get_throttles(self) -> list[BaseThrottle]:
        """Return the throttles. Registrations and requests for a link have limits of their own, counted first."""
        if self.action == "create":
            return [RegistrationThrottle()]
        if self.action in ("reset_password", "reset_username"):
            return [ResetThrottle()]
        return super().get_throttles()

    def permission_denied(self, request: Request, **kwargs: Any) -> NoReturn:
        """Refuse as DRF does: djoser's method reads a user that does not exist."""
        APIView.permission_denied(self, request, **kwargs)

    def get_queryset(self) -> QuerySet[User]:
        """Return the current user alone, also for staff."""
        if getattr(self, "swagger_fake_view", False):
            return User.objects.none()
        return User.objects.filter(pk=get_caller(self.request).pk).order_by("pk")

    # ---- The account --------------------------------------------------------------------------------

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Register: 201 with the profile."""
        serializer = self._read()
        values = serializer.validated_data
        try:
            user = services.register(values=values, now=clock.now())
        except ModelValidationError as taken:
            raise ValidationError(taken.message_dict) from taken
        except IntegrityError:
            # Another account took a name since it was checked; this finds which one.
            try:
                check_names(username=values["username"], email=values["email"], owner_id=None)
            except ModelValidationError as taken:
                raise ValidationError(taken.message_dict) from taken
            raise
        return Response(self.get_serializer(user).data, status=status.HTTP_201_CREATED)

    @swagger_auto_schema(**_CHANGE)
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change the profile: 200. A change of `email` takes `current_password` too, with a second factor on `otp`."""
        user = self.get_object()
        serializer = self.get_serializer(user, data=request.data, partial=kwargs.get("partial", False))
        serializer.is_valid(raise_exception=True)
        changes = serializer.validated_data
        is_moving = changes.get("email", user.email) != user.email
        # Without a change of address the body may hold nothing but a password and a code.
        proof = EmailChangeProofSerializer(data=request.data, partial=not is_moving)
        proof.is_valid(raise_exception=True)
        if is_moving:
            check_current_password(request=request, user=user, password=proof.validated_data["current_password"])
            # After the password, so that a session alone does not reveal which addresses are taken.
            with count_revealed_names(request=request):
                check_email(email=changes["email"], user=user)
        code = proof.validated_data.get("otp") if is_moving else None
        with prove_by_code(user=user, code=code, is_demanded=is_moving), self._lock_unchanged(user, expects_write=True):
            owner = services.update_profile(user=user, changes=changes, code=code, now=clock.now())
        return Response(self.get_serializer(owner).data)

    @contextmanager
    def _lock_unchanged(self, user: User, *, expects_write: bool = False) -> Iterator[None]:
        """Lock the account for a write. Raises ChangedMeanwhile where `If-Match` names another `updated_at`."""
        with owner_transaction(user.pk, expects_write=expects_write) as owner:
            check_unchanged(request=self.request, updated_at=owner.updated_at)
            yield

    @swagger_auto_schema(request_body=CurrentPasswordSerializer)
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Delete the account, by its password: 204."""
        user = self.get_object()
        given = self._read().validated_data
        check_current_password(request=request, user=user, password=given["current_password"])
        with self._lock_unchanged(user):
            services.delete_account(user=user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @swagger_auto_schema(methods=["put", "patch"], **_CHANGE)
    @swagger_auto_schema(method="delete", request_body=CurrentPasswordSerializer)
    @action(["get", "put", "patch", "delete"], detail=False)
    def me(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Read, change or delete the current user's account."""
        if request.method == "HEAD":
            # djoser has no HEAD.
            self.get_object = self.get_instance
            return super().retrieve(request, *args, **kwargs)
        response: Response = super().me(request, *args, **kwargs)
        return response

    @swagger_auto_schema(responses={204: "The address is proven."})
    @action(["post"], detail=False, serializer_class=LinkSerializer)
    def verify_email(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Prove the account's address by a mailed link: 204."""
        given = self._read().validated_data
        services.verify_email(uid=given["uid"], token=given["token"], now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @swagger_auto_schema(
        request_body=no_body, responses={204: "A link is on its way, unless the address is proven or has got enough."}
    )
    @action(["post"], detail=False)
    def resend_verification(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ask for another link by which the address is proven: 204."""
        resend_verification(user_id=get_caller(request).pk, now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    # ---- Password and username ----------------------------------------------------------------------

    @swagger_auto_schema(responses={204: "Changed. Every session has ended, this one too."})
    @action(["post"], detail=False)
    def set_password(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change the password, by the current one: 204. Every session ends, this one too."""
        user = get_caller(request)
        given = self._read().validated_data
        check_current_password(request=request, user=user, password=given["current_password"])
        check_password_rules(field="new_password", password=given["new_password"], user=user)
        services.change_password(user=user, new_password=given["new_password"])
        return Response(status=status.HTTP_204_NO_CONTENT)

    @swagger_auto_schema(responses={204: "Changed."})
    @action(["post"], detail=False)
    def set_username(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change the username, by the password: 204."""
        user = get_caller(request)
        given = self._read().validated_data
        check_current_password(request=request, user=user, password=given["current_password"])
        with count_revealed_names(request=request):
            check_username(username=given["new_username"], user=user)
        services.change_username(user=user, username=given["new_username"])
        return Response(status=status.HTTP_204_NO_CONTENT)

    @swagger_auto_schema(responses={204: "If the address is an account's, a link is on its way."})
    @action(["post"], detail=False)
    def reset_password(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ask for a link to a new password: 204, whatever the address is."""
        return self._mail_link(MailKind.PASSWORD_RESET)

    @swagger_auto_schema(responses={204: "If the address is an account's, a link is on its way."})
    @action(["post"], detail=False)
    def reset_username(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ask for a link to a new username: 204, whatever the address is."""
        return self._mail_link(MailKind.USERNAME_RESET)

    @swagger_auto_schema(responses={204: "Changed. Every session has ended."})
    @action(["post"], detail=False)
    def reset_password_confirm(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Choose a new password by a mailed link: 204. Every session ends."""
        given = self._read().validated_data
        user = self._find_user_of_link(given, MailKind.PASSWORD_RESET)
        check_password_rules(field="new_password", password=given["new_password"], user=user)
        services.reset_password(user=user, token=given["token"], new_password=given["new_password"], now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @swagger_auto_schema(responses={204: "Changed."})
    @action(["post"], detail=False)
    def reset_username_confirm(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Choose a new username by a mailed link: 204."""
        given = self._read().validated_data
        user = self._find_user_of_link(given, MailKind.USERNAME_RESET)
        with count_revealed_names(request=request):
            check_username(username=given["new_username"], user=user)
        services.reset_username(user=user, token=given["token"], username=given["new_username"], now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _find_user_of_link(self, given: dict[str, Any], purpose: MailKind) -> User:
        return services.get_user_by_link(uid=given["uid"], token=given["token"], purpose=purpose, now=clock.now())

    def _mail_link(self, purpose: MailKind) -> Response:
        given = self._read().validated_data
        services.request_link(email=given["email"], purpose=purpose, now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _read(self) -> BaseSerializer[Any]:
        serializer: BaseSerializer[Any] = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer
