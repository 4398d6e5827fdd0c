"""What every answer carries, and what no request gets past."""

import json
import logging

import pytest
from django.urls import include, path
from rest_framework.test import APIClient
from rest_framework.views import APIView

from core.context import RequestIdFilter
from core.tests.conftest import client_of
from core.urls import urlpatterns as _our_urls
from core.web.errors import bad_request, not_found, server_error

PAGES = ["/", "/swagger/", "/redoc/", "/swagger.json", "/admin/login/", "/api/income/", "/api/nowhere/"]


class CrashView(APIView):
    """Crashes."""

    permission_classes = ()

    def get(self, request):
        raise ZeroDivisionError("the secret of the crash")


urlpatterns = [path("api/crash/", CrashView.as_view()), path("", include(_our_urls))]
handler400, handler404, handler500 = bad_request, not_found, server_error


@pytest.mark.parametrize("page", PAGES)
def test_every_answer_keeps_browsers_on_a_short_leash(anonymous, page):
    headers = anonymous.get(page).headers

    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Server" not in headers
    policy = dict(directive.split(" ", 1) for directive in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    if page.startswith("/api/"):
        # An answer in JSON loads nothing at all.
        assert len(policy) == 2
    else:
        assert policy["script-src"] == "'self'"
        assert policy["base-uri"] == "'none'"


@pytest.mark.parametrize("page", ["/swagger/", "/redoc/"])
def test_only_the_documents_pages_may_style_themselves(anonymous, page):
    assert "style-src 'self' 'unsafe-inline'" in anonymous.get(page).headers["Content-Security-Policy"]
    assert "unsafe-inline" not in anonymous.get("/admin/login/").headers["Content-Security-Policy"]
    assert "unsafe-eval" not in anonymous.get(page).headers["Content-Security-Policy"]


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize("page", ["/api/income/", "/api/auth/users/me/", "/api/auth/jwt/create/", "/api/nowhere/"])
def test_nothing_private_is_stored_on_its_way(anonymous, method, page):
    assert getattr(anonymous, method)(page).headers["Cache-Control"] == "no-store"


def test_the_admin_is_stored_nowhere(anonymous):
    assert "no-store" in anonymous.get("/admin/login/").headers["Cache-Control"]


@pytest.mark.parametrize(
    ("send", "status", "code"),
    [
        (lambda client: client.get("/api/nowhere/"), 404, "not_found"),
        (lambda client: client.get("/api/income"), 404, "not_found"),
        (lambda client: client.get("/api/income/abc/"), 404, "not_found"),
        (lambda client: client.get("/api/income/999/"), 404, "not_found"),
        (lambda client: client.get("/api/auth/jwt/createX"), 404, "not_found"),
        (lambda client: client.put("/api/income/"), 405, "method_not_allowed"),
        (lambda client: client.trace("/api/income/"), 405, "method_not_allowed"),
        (lambda client: client.get("/api/income/", HTTP_ACCEPT="text/html"), 406, "not_acceptable"),
        (lambda client: client.post("/api/income/", "a=b", content_type="text/plain"), 415, "unsupported_media_type"),
        (lambda client: client.post("/api/income/", "{", content_type="application/json"), 400, "parse_error"),
        (lambda client: client.get("/api/income/", HTTP_HOST="evil.example.org"), 400, "bad_request"),
        (lambda client: client.get("/", HTTP_HOST="evil.example.org"), 400, "bad_request"),
        (lambda client: client.get("/api/income/", HTTP_HOST="a b"), 400, "bad_request"),
    ],
)
@pytest.mark.parametrize("debug", [False, True])
def test_every_refusal_is_json_with_a_code(api, settings, debug, send, status, code):
    settings.DEBUG = debug

    answer = send(api)

    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.json()["code"] == code
    assert set(answer.json()) == {"detail", "code"}


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("debug", [False, True])
def test_a_crash_is_json_that_says_nothing_of_its_cause(db, settings, debug, caplog):
    settings.DEBUG = debug
    client = APIClient(raise_request_exception=False)

    answer = client.get("/api/crash/", HTTP_X_REQUEST_ID="the-crash")

    assert answer.status_code == 500
    assert answer.json() == {"detail": "Something went wrong on our side.", "code": "server_error"}
    assert answer.headers["X-Request-ID"] == "the-crash"
    assert any(record.exc_info for record in caplog.records)


@pytest.mark.parametrize("length", [1024 * 1024, 1024 * 1024 + 1])
@pytest.mark.parametrize("path", ["/api/income/", "/api/auth/jwt/create/", "/api/auth/users/"])
def test_a_body_over_one_mebibyte_is_413_and_one_of_that_size_is_read(api, path, length):
    body = json.dumps({"name": ""})
    body = body.replace('""', '"' + "x" * (length - len(body)) + '"')

    answer = api.post(path, body, content_type="application/json")

    assert len(body) == length
    assert (answer.status_code, answer.json().get("code")) in [(400, None), (413, "payload_too_large")]
    assert (answer.status_code == 413) is (length > 1024 * 1024)


def test_a_body_of_another_type_is_measured_too(api):
    answer = api.post("/api/income/", "x" * (1024 * 1024 + 1), content_type="text/plain")

    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")


@pytest.mark.parametrize("body", ["[" * 100_000, '{"a":' * 100_000, '{"amount": ' + "[" * 33 + "]" * 33 + "}"])
def test_a_body_nested_too_deeply_is_400(api, body):
    answer = api.post("/api/income/", body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("abc-DEF_1.2", True),
        ("a" * 64, True),
        ("a" * 65, False),
        ("", False),
        ("a b", False),
        ("a\nforged line", False),
        ("é", False),
        ("<script>", False),
    ],
)
def test_a_clean_request_id_comes_back_and_any_other_is_replaced(anonymous, given, kept):
    answer = anonymous.get("/api/income/", HTTP_X_REQUEST_ID=given)

    returned = answer.headers["X-Request-ID"]
    assert (returned == given) is kept
    assert kept or (len(returned) == 32 and returned.isalnum())


def test_log_lines_carry_the_requests_id(anonymous, caplog):
    caplog.handler.addFilter(RequestIdFilter())
    with caplog.at_level(logging.WARNING):
        anonymous.get("/api/nowhere/", HTTP_X_REQUEST_ID="line-1")

    assert [record.request_id for record in caplog.records] == ["line-1"]


def test_only_listed_origins_may_read_answers(settings, anonymous):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.org"]

    ours = anonymous.get("/api/income/", HTTP_ORIGIN="https://app.example.org").headers
    theirs = anonymous.get("/api/income/", HTTP_ORIGIN="https://evil.example.org").headers

    assert ours["Access-Control-Allow-Origin"] == "https://app.example.org"
    assert set(ours["Access-Control-Expose-Headers"].split(", ")) == {
        "etag",
        "idempotent-replayed",
        "retry-after",
        "x-request-id",
        "x-revision",
    }
    assert "Access-Control-Allow-Credentials" not in ours
    assert "Access-Control-Allow-Origin" not in theirs


def test_a_preflight_lets_a_key_and_a_token_through(settings, anonymous):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.org"]

    headers = anonymous.options(
        "/api/income/",
        HTTP_ORIGIN="https://app.example.org",
        HTTP_ACCESS_CONTROL_REQUEST_METHOD="POST",
        HTTP_ACCESS_CONTROL_REQUEST_HEADERS="authorization,idempotency-key,if-match",
    ).headers

    allowed = set(headers["Access-Control-Allow-Headers"].split(", "))
    assert {"authorization", "content-type", "idempotency-key", "if-match"} <= allowed


@pytest.fixture
def behind_a_proxy(settings, db):
    """The settings of an https site behind a trusted proxy."""
    settings.SECURE_SSL_REDIRECT, settings.SECURE_REDIRECT_EXEMPT = True, [r"^health/"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 60
    return client_of(None)


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("path", ["/api/income/", "/", "/admin/"])
def test_a_proxy_that_is_trusted_turns_plain_reads_to_https(behind_a_proxy, method, path):
    plain = getattr(behind_a_proxy, method)(path, HTTP_X_FORWARDED_PROTO="http")

    assert (plain.status_code, plain.headers["Location"]) == (301, f"https://testserver{path}")


def test_a_call_that_came_over_https_is_answered(behind_a_proxy):
    secure = behind_a_proxy.get("/api/income/", HTTP_X_FORWARDED_PROTO="https")

    assert secure.status_code == 401
    assert secure.headers["Strict-Transport-Security"] == "max-age=60"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_a_plain_write_is_refused_and_not_redirected(behind_a_proxy, method):
    plain = getattr(behind_a_proxy, method)("/api/income/", HTTP_X_FORWARDED_PROTO="http")

    assert (plain.status_code, plain.json()["code"]) == (400, "https_required")


@pytest.mark.parametrize("method", ["get", "head", "post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize("path", ["/api/income/", "/", "/admin/login/"])
def test_a_proxy_that_does_not_say_how_a_call_came_is_told(behind_a_proxy, method, path):
    answer = getattr(behind_a_proxy, method)(path)

    assert answer.status_code == 400
    assert method == "head" or answer.json() == {
        "detail": "The proxy in front of this server must send X-Forwarded-Proto.",
        "code": "forwarded_proto_missing",
    }


@pytest.mark.parametrize("proto", [{}, {"HTTP_X_FORWARDED_PROTO": "http"}])
def test_probes_need_neither_https_nor_a_proxy(behind_a_proxy, proto):
    assert behind_a_proxy.get("/health/live/", **proto).status_code == 200


def test_without_a_trusted_proxy_the_header_is_not_asked_for(behind_a_proxy, settings):
    settings.SECURE_PROXY_SSL_HEADER, settings.SECURE_REDIRECT_EXEMPT = None, [r""]

    assert behind_a_proxy.post("/api/income/").status_code == 401
