"""The pages of the app for browsers, and what stands in their place where it is not built."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from core import clock
from core.web.built_app import INDEX, BuildState, BuildStatus, read_build_status, serve_app_file

APP_ROUTES = ("welcome", "first-steps", "why", "history", "plan", "settings", "log")
"""The first parts of the app's own paths. What lies below them is the app's too, but for names with a dot."""

_RETRY_SECONDS = 5


@require_safe
def app_home(request: HttpRequest) -> HttpResponseBase:
    """The app; where it is not built, a page that says why and leads to the API's documents."""
    response = serve_app_file(path=INDEX, request=request)
    return _show_landing(request, read_build_status(now=clock.now())) if response is None else response


@require_safe
def app_page(request: HttpRequest) -> HttpResponseBase:
    """Another page of the app: 503 until it is built, 404 where it is switched off."""
    response = serve_app_file(path=INDEX, request=request)
    if response is not None:
        return response
    build = read_build_status(now=clock.now())
    if build.state is BuildState.OFF:
        raise Http404
    landing = _show_landing(request, build, status=HTTPStatus.SERVICE_UNAVAILABLE)
    landing.headers["Retry-After"] = str(_RETRY_SECONDS)
    return landing


def _show_landing(request: HttpRequest, build: BuildStatus, *, status: int = HTTPStatus.OK) -> HttpResponse:
    content = {"state": build.state.value, "detail": build.detail, "retry_seconds": _RETRY_SECONDS}
    response = render(request, "core/landing.html", content, status=status)
    patch_cache_control(response, no_cache=True)
    return response


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for an icon on a page that names none, such as the document itself."""
    return HttpResponseRedirect(static("core/favicon.svg"))
