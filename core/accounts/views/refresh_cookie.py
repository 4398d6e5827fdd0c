"""The refresh token in an httpOnly cookie, for browsers."""

from enum import Enum

from django.conf import settings
from drf_yasg import openapi
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response

from core.accounts.tokens import RefreshToken

HEADER = "X-Refresh-Cookie"
PATH = "/api/auth/jwt/"

HEADER_PARAMETER = openapi.Parameter(
    HEADER,
    openapi.IN_HEADER,
    type=openapi.TYPE_STRING,
    enum=["1", "session"],
    description=(
        "For browsers, on pages of this site alone: the refresh token travels in an httpOnly cookie and stands in no "
        "body. With `session` the browser forgets the cookie when it is closed. Without this header the cookie is not "
        "looked at."
    ),
)
FOREIGN_ORIGIN = "With `X-Refresh-Cookie`, an `Origin` other than this site's: `foreign_origin`."


class CookieUse(Enum):
    """What the header asks for; the value is the header's, "" without one."""

    NONE = ""
    LASTING = "1"
    UNTIL_CLOSED = "session"


class ForeignOrigin(exceptions.PermissionDenied):
    """A page of another site asks for the cookie."""

    default_detail = "Only pages of this site may use the cookie."
    default_code = "foreign_origin"


class HeaderInvalid(exceptions.APIException):
    """The header has an unknown value."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_detail = f"{HEADER} is `1` or `session`."
    default_code = "refresh_cookie_invalid"


def read_use(request: Request) -> CookieUse:
    """Return what the request wants with the cookie. Raises HeaderInvalid, ForeignOrigin.

    Another site's page cannot send the header without a preflight, which is refused. `Origin` is checked all the same.
    """
    if HEADER not in request.headers:
        return CookieUse.NONE
    try:
        use = CookieUse(request.headers[HEADER])
    except ValueError as error:
        raise HeaderInvalid from error
    if use is CookieUse.NONE:
        raise HeaderInvalid
    if request.headers.get("Origin") not in (None, settings.SITE_URL, f"{request.scheme}://{request.get_host()}"):
        raise ForeignOrigin
    return use


def find_token(request: Request) -> str | None:
    """Return the refresh token of the cookie; None without one."""
    return request.COOKIES.get(settings.REFRESH_COOKIE_NAME) or None


def set_token(response: Response, *, token: str, use: CookieUse) -> None:
    """Set the cookie."""
    lifetime = RefreshToken.lifetime
    assert lifetime is not None  # noqa: S101
    response.set_cookie(
        settings.REFRESH_COOKIE_NAME,
        token,
        max_age=lifetime if use is CookieUse.LASTING else None,
        path=PATH,
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Strict",
    )


def delete_token(response: Response) -> None:
    """Make the browser forget the cookie."""
    response.delete_cookie(settings.REFRESH_COOKIE_NAME, path=PATH, samesite="Strict")
