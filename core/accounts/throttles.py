"""Limits of views that mail links or open accounts, by address."""

from django.http import HttpRequest
from rest_framework.request import Request

from core.accounts.services.tries import list_by_network
from core.limits.client_address import get_client_network
from core.limits.counter import Counter
from core.limits.throttles import CountingThrottle


class _NetworkThrottle(CountingThrottle):
    what: str

    def find_counter(self, request: Request | HttpRequest) -> Counter | None:
        """Return the counter of the caller's address; None without a limit."""
        return next(iter(list_by_network(what=self.what, network=get_client_network(request))), None)


class ResetThrottle(_NetworkThrottle):
    """Asking for a mail that resets something."""

    what = "reset"


class RegistrationThrottle(_NetworkThrottle):
    """Registrations. A refused one counts too: it reveals which names are taken."""

    what = "registration"
