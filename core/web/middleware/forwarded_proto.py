"""The header in which a proxy says whether a request came over https."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from core.web.errors import error_response
from core.web.exceptions import ForwardedProtoMissing, HttpsRequired

Handler = Callable[[HttpRequest], HttpResponse]


class ForwardedProtoMiddleware:
    """Refuse what `SecurityMiddleware` could only redirect to itself, or redirect without its body.

    With an https `SITE_URL` behind trusted proxies, a request without `X-Forwarded-Proto` means that the proxy is not
    set up to send it: a redirect to https would come back the same way. One that came over http is redirected by
    `SecurityMiddleware` where it is GET or HEAD, and refused where a redirect would lose its body.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return 400, or call the next middleware."""
        if settings.SECURE_SSL_REDIRECT and settings.SECURE_PROXY_SSL_HEADER and not request.is_secure():
            if "X-Forwarded-Proto" not in request.headers:
                return error_response(ForwardedProtoMissing())
            if request.method not in ("GET", "HEAD"):
                return error_response(HttpsRequired())
        return self.get_response(request)
