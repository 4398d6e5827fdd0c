"""The top of the URLs: the API's own are in `core.urls`."""

from django.contrib import admin
from django.urls import include, path

from core.accounts.admin_login import ask_for_second_factor
from core.web.errors import not_found, server_error

ask_for_second_factor(site=admin.site)

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("core.urls")),
]

handler404 = not_found
handler500 = server_error
