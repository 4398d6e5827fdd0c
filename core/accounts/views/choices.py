"""What a user chooses from in a profile."""

from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.accounts.languages import list_languages
from core.accounts.serializers.choices import LanguageSerializer, TimezoneSerializer
from core.accounts.timezones import format_offset, list_timezones
from core.web.choices import ChoiceViewSet


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
