"""The page at `/`: it leads a person to what they can do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """A short page of links."""
    return render(request, "core/landing.html")
