"""Lists of choices for a profile."""

from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.accounts.holiday_calendars import list_holiday_calendars
from core.accounts.languages import list_languages
from core.accounts.serializers.choices import HolidayCalendarSerializer, LanguageSerializer, TimezoneSerializer
from core.accounts.timezones import format_offset, list_timezones
from core.models import User
from core.web.choices import ChoiceViewSet, choose_language


class TimezoneViewSet(ChoiceViewSet):
    """Time zones."""

    serializer_class = TimezoneSerializer

    def list(self, request: Request) -> Response:
        """List time zones. All of them, by name, with their offsets at this moment."""
        now = clock.now()
        return self.respond([{"name": name, "offset": format_offset(name=name, at=now)} for name in list_timezones()])


class LanguageViewSet(ChoiceViewSet):
    """Languages."""

    serializer_class = LanguageSerializer

    def list(self, request: Request) -> Response:
        """List languages. Those into which everything is translated."""
        return self.respond([{"code": code, "name": name} for code, name in list_languages()])


class HolidayCalendarViewSet(ChoiceViewSet):
    """Holiday calendars."""

    serializer_class = HolidayCalendarSerializer

    def list(self, request: Request) -> Response:
        """List holiday calendars. Countries with their subdivisions, and financial markets."""
        today = clock.today_for(request.user) if isinstance(request.user, User) else clock.now().date()
        return self.respond(list_holiday_calendars(on_date=today, language=choose_language(request)))
