"""The base of the viewsets of a person's entries."""

from typing import Any

from core import clock
from core.web.viewsets import OwnedModelViewSet, OwnedWriteMixin


class TodayMixin(OwnedWriteMixin):
    """Serializers get the owner's local day, `today`."""

    def get_serializer_context(self) -> dict[str, Any]:
        """The owner, and the day that it is for them."""
        context = super().get_serializer_context()
        if not getattr(self, "swagger_fake_view", False):
            context["today"] = clock.today_for(self.owner)
        return context


class LedgerViewSet(TodayMixin, OwnedModelViewSet):
    """Entries whose serializers need the owner's day."""
