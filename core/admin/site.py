"""The admin site: its login, and its titles."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from core.admin.deletion import delete_selected
from core.admin.login import StaffLoginForm


class StaffAdminSite(AdminSite):
    """The admin for staff. Login counts tries, and asks for the second factor."""

    site_header = "Allowance, for staff"
    site_title = "Allowance"
    index_title = "People and their rows"
    login_form = StaffLoginForm
    login_template = "admin/core/login.html"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.add_action(delete_selected, "delete_selected")

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Return the login page, with status 429 past a limit."""
        response: HttpResponse = super().login(request, extra_context)
        form = (getattr(response, "context_data", None) or {}).get("form")
        if form is not None and form.wait_seconds is not None:
            response.status_code = 429
            response.headers["Retry-After"] = str(form.wait_seconds)
        return response
