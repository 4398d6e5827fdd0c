"""The top of the URLs: the API's own are in `core.urls`."""

from django.contrib import admin
from django.urls import include, path

from core.web.errors import not_found, server_error

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("core.urls")),
]

handler404 = not_found
handler500 = server_error
