"""The top of the URLs: the API's own are in `core.urls`."""

from django.contrib import admin
from django.urls import include, path, re_path

from core.web.errors import bad_request, not_found, permission_denied, server_error
from core.web.unknown_paths import UnknownPathView

urlpatterns = [
    path("", include("core.urls")),
    path("admin/", admin.site.urls),
    # Last. A route, so that neither DEBUG's page nor a redirect to a path with a slash is the response.
    re_path(r"^api/", UnknownPathView.as_view()),
]

handler400 = bad_request
handler403 = permission_denied
handler404 = not_found
handler500 = server_error
