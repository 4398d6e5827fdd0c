"""Headers of every response."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Handler = Callable[[HttpRequest], HttpResponse]

# Nothing here needs a device, a sensor or a payment handler of the browser.
_PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "autoplay",
        "camera",
        "display-capture",
        "fullscreen",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)
_API_POLICY = "default-src 'none'; frame-ancestors 'none'"


class ResponseHeadersMiddleware:
    """Set the headers of all responses; a view's own values stay.

    Responses of the API and the admin hold personal data: they are stored nowhere. Those of the API are JSON, which
    loads nothing.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set what is missing."""
        response = self.get_response(request)
        headers = response.headers
        headers.setdefault("Permissions-Policy", _PERMISSIONS_POLICY)
        if request.path.startswith(("/api/", "/admin/")):
            headers.setdefault("Cache-Control", "no-store")
        if request.path.startswith("/api/"):
            headers.setdefault("Content-Security-Policy", _API_POLICY)
        return response
