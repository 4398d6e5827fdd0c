"""The admin site: its login, the page of one's own password, its titles."""

from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from core.admin.deletion import delete_selected
from core.admin.login import StaffLoginForm
from core.admin.password import OwnPasswordView, answer_waiting


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

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Return the view, which answers with a page of the admin where it refuses the caller or finds nothing."""
        checked = super().admin_view(view, cacheable)

        @wraps(checked)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            try:
                return checked(request, *args, **kwargs)
            except PermissionDenied:
                return self._refuse(request, 403, "Not allowed", "Your account has no permission for this.")
            except Http404:
                return self._refuse(request, 404, "Not found", "There is no such page or row.")

        return answer

    def _refuse(self, request: HttpRequest, status: int, title: str, reason: str) -> HttpResponse:
        context = {**self.each_context(request), "title": title, "reason": reason}
        response = TemplateResponse(request, "admin/core/refused.html", context, status=status)
        add_never_cache_headers(response)
        return response

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Return the login page, with status 429 past a limit."""
        response: HttpResponse = answer_waiting(super().login(request, extra_context))
        return response

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Return the page on which staff change their own password, with status 429 past a limit."""
        view = OwnPasswordView.as_view(
            success_url=reverse("admin:password_change_done", current_app=self.name),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        request.current_app = self.name
        return answer_waiting(view(request))
