"""Who asks for today's figure, and the figure along with it."""

from typing import Any

from rest_framework_simplejwt.exceptions import InvalidToken
from rest_framework_simplejwt.tokens import Token

from core import clock
from core.accounts.authentication import SessionAuthentication
from core.accounts.services.sessions import is_in_force, read_session_id, read_user_id
from core.allowance.queries import list_days_of_session
from core.models import User


class TodayAuthentication(SessionAuthentication):
    """As every call is authenticated. What clients poll costs one statement: the days of now come with the session.

    They are left on the person as `days_read`, by date; empty where none has been opened yet.
    """

    def get_user(self, validated_token: Token) -> Any:
        """The person of the token's session. Raises InvalidToken (401)."""
        session_id, user_id = read_session_id(token=validated_token), read_user_id(token=validated_token)
        days = []
        if session_id is not None and user_id is not None:
            first_day = clock.earliest_today()
            days = list_days_of_session(session_id=session_id, user_id=user_id, first_day=first_day)
        if not days:
            # No row yet, or no such session: the long way tells which.
            person: User = super().get_user(validated_token)
            person.days_read = {}
            return person
        user: User = days[0].user
        if not is_in_force(token=validated_token, user=user, revoked_at=days[0].session_revoked_at):
            raise InvalidToken
        user.days_read = {day.date: day for day in days}
        return user
