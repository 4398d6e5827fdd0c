"""Headers that are set past Django's checks are those that Django would have set."""

import pytest
from django.http import HttpResponse
from django.http.response import BadHeaderError
from django.middleware.security import SecurityMiddleware
from django.test import RequestFactory, override_settings

from core.web.guards import AnswerHeadersMiddleware, TransportMiddleware
from core.web.headers import add_missing, check_headers, put_header, vary_by

SHORT = {"SECURE_HSTS_SECONDS": 0, "SECURE_SSL_REDIRECT": False}
SITE = {
    "SECURE_HSTS_SECONDS": 60,
    "SECURE_HSTS_PRELOAD": True,
    "SECURE_SSL_REDIRECT": True,
    "SECURE_REDIRECT_EXEMPT": [r"^api/open"],
    "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
    "ALLOWED_HOSTS": ["testserver"],
}


@pytest.mark.parametrize("settings_of_site", [SHORT, SITE, {**SITE, "SECURE_PROXY_SSL_HEADER": None}])
@pytest.mark.parametrize("path", ["/api/income/?page=2", "/api/open/"])
@pytest.mark.parametrize("asked", [{}, {"secure": True}, {"HTTP_X_FORWARDED_PROTO": "https"}])
@pytest.mark.parametrize("told", [{}, {"Referrer-Policy": "no-referrer"}, {"strict-transport-security": "max-age=1"}])
def test_the_apis_transport_says_what_djangos_says(settings_of_site, path, asked, told):
    def answer(_request):
        return HttpResponse(b"{}", headers=told)

    with override_settings(**settings_of_site):
        ours, djangos = (
            layer(answer)(RequestFactory().get(path, **asked)) for layer in (TransportMiddleware, SecurityMiddleware)
        )

    assert ours.status_code == djangos.status_code
    assert dict(ours.headers) == dict(djangos.headers)


def test_a_header_that_is_there_stays():
    answer = HttpResponse(headers={"cache-control": "max-age=1"})

    add_missing(answer, check_headers({"Cache-Control": "no-store", "X-Frame-Options": "DENY"}))

    assert answer.headers["Cache-Control"] == "max-age=1"
    assert answer.headers["x-frame-options"] == "DENY"
    assert ("X-Frame-Options", "DENY") in answer.items()


def test_a_header_is_replaced_whatever_its_case():
    answer = HttpResponse(headers={"etag": "1"})

    put_header(answer, "ETag", "2")

    assert [header for header in answer.items() if header[0].lower() == "etag"] == [("ETag", "2")]


def test_what_an_answer_varies_by_adds_up():
    answer = HttpResponse()

    vary_by(answer, "Accept-Language")
    vary_by(answer, "origin")

    assert answer.headers["Vary"] == "Accept-Language, origin"


@pytest.mark.parametrize("headers", [{"X-Name": "a\r\nSet-Cookie: b"}, {"X-Näme": "a"}])
def test_a_header_that_cannot_be_sent_is_refused_when_it_is_checked(headers):
    with pytest.raises((BadHeaderError, UnicodeError)):
        check_headers(headers)


def test_an_answer_to_a_head_tells_of_a_body_and_has_none():
    answer = AnswerHeadersMiddleware(lambda _request: HttpResponse(b"{}"))(RequestFactory().head("/api/income/"))

    assert (answer.content, answer.headers["Content-Length"]) == (b"", "2")
