"""The sessions of the caller: listed, and ended."""

from typing import Any

from django.db.models import QuerySet
from drf_yasg.utils import no_body, swagger_auto_schema
from rest_framework import exceptions, mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.accounts.serializers.sessions import SessionSerializer
from core.accounts.services.sessions import SESSION_CLAIM, revoke_session, revoke_sessions
from core.models import Session
from core.web.callers import get_caller
from core.web.viewsets import OwnedQuerysetMixin


class SessionViewSet(OwnedQuerysetMixin, mixins.ListModelMixin):
    """The caller's sessions that are in force, the newest first. One that is deleted ends at once."""

    queryset = Session.objects.order_by("-created_at", "-id")
    serializer_class = SessionSerializer

    def get_queryset(self) -> QuerySet[Session]:
        """Return the sessions that are in force."""
        sessions: Any = super().get_queryset()
        in_force: QuerySet[Session] = sessions.live(now=clock.now()).with_last_seen()
        return in_force

    def get_serializer_context(self) -> dict[str, Any]:
        """Return DRF's context, with the id of the request's session."""
        return {**super().get_serializer_context(), "session_id": _find_session_id(self.request)}

    @swagger_auto_schema(
        operation_summary="End one session",
        operation_description="Also the one of this request. Its access token is refused at once, too.",
        responses={204: "Ended."},
    )
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """204."""
        session = self.get_object()
        if not revoke_session(user_id=session.user_id, session_id=session.pk, now=clock.now()):
            raise exceptions.NotFound
        return Response(status=status.HTTP_204_NO_CONTENT)

    @swagger_auto_schema(
        operation_summary="End every other session",
        operation_description="Their access tokens are refused at once, too, as are logins to the admin.",
        request_body=no_body,
        responses={204: "Ended."},
    )
    @action(["post"], detail=False, url_path="revoke-others")
    def revoke_others(self, request: Request) -> Response:
        """204."""
        user = get_caller(request)
        revoke_sessions(user_id=user.pk, now=clock.now(), except_id=_find_session_id(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _find_session_id(request: Request) -> int | None:
    """Return the id of the request's session."""
    session_id: int | None = getattr(request.auth, "payload", {}).get(SESSION_CLAIM)
    return session_id
