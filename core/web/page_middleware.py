"""Middleware for pages, which a call of the API passes by.

The API knows a caller by the token in the header and answers in JSON: it has no session, no cookie, no messages,
and one policy for browsers that never changes. Together these cost a call as much as its statement.
"""

from typing import Any

from csp.middleware import CSPMiddleware
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest

API_PREFIX = "/api/"


class _ForPages:
    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        """Hand a call of the API on as it is."""
        if request.path_info.startswith(API_PREFIX):
            return self.get_response(request)
        return super().__call__(request)  # type: ignore[misc]


class PagePolicyMiddleware(_ForPages, CSPMiddleware):
    """The Content-Security-Policy of a page; `AnswerHeadersMiddleware` gives the API's."""


class PageSessionMiddleware(_ForPages, SessionMiddleware):
    """A session by cookie."""


class PageAuthenticationMiddleware(_ForPages, AuthenticationMiddleware):
    """The session's user."""


class PageMessageMiddleware(_ForPages, MessageMiddleware):
    """What the admin has to say after a form was sent."""
