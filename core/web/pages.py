"""The page at `/`: it leads a person to what they can do."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.http import require_safe


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """A short page of links."""
    return render(request, "core/landing.html")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for an icon on a page that names none, such as the document itself."""
    return HttpResponseRedirect(static("core/favicon.svg"))
