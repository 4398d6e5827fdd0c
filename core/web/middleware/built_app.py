"""The files of the app for browsers."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from core.web.built_app import serve_app_file

Handler = Callable[[HttpRequest], HttpResponseBase]


class BuiltAppMiddleware:
    """Answer with a file of the built app where the path is one's. Its pages are a view's: they have no dot.

    whitenoise's own middleware reads the list of files once, at the start; the app may be built after it.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the file, or call the next middleware."""
        response = serve_app_file(path=request.path_info, request=request) if "." in request.path_info else None
        return self.get_response(request) if response is None else response
