"""The settings of production, as Django's own check sees them, and the server as a stranger does."""

import json
import secrets
import socket
import subprocess
import sys

import pytest

from core.tests.support.servers import ROOT, base_environment

PRODUCTION = {
    "SECRET_KEY": secrets.token_hex(32),
    "SITE_URL": "https://allowance.example.org",
    "ALLOWED_HOSTS": "allowance.example.org",
}


@pytest.mark.parametrize("proxies", ["0", "1"])
def test_the_check_for_deployment_has_nothing_to_say(tmp_path, proxies):
    environment = base_environment(DATA_DIR=str(tmp_path), TRUSTED_PROXIES=proxies, **PRODUCTION)

    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "DEBUG"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "System check identified no issues (0 silenced).\n"


def talk(server, request, *, half_close=False):
    """What the server answers to these bytes, as `(status, body)`."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(request)
        if half_close:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(65536):
            answer += part
            head, found, body = answer.partition(b"\r\n\r\n")
            if found and len(body) >= _length_of(head):
                break
    head, _found, body = answer.partition(b"\r\n\r\n")
    assert b"server:" not in head.lower()
    return int(head.split()[1]), body


def _length_of(head):
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


def post(path, *headers, body=b""):
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chunks(*parts):
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in [*parts, b""])


@pytest.mark.server
def test_the_server_measures_bodies_however_they_come(live_api):
    login = json.dumps({"username": "nobody", "password": "wrong"}).encode()
    path = "/api/auth/jwt/create/"

    in_chunks = talk(live_api, post(path, "Transfer-Encoding: chunked", body=chunks(login[:5], login[5:])))
    too_many_chunks = talk(live_api, post(path, "Transfer-Encoding: chunked", body=chunks(*[b"x" * 65536] * 17)))
    claims_too_much = talk(live_api, post(path, "Content-Length: 1048577", body=b"{}"))
    claims_too_little = talk(live_api, post(path, "Content-Length: 2", body=b"{}" + b"x" * 100))
    claims_both = talk(
        live_api, post(path, "Content-Length: 2", "Transfer-Encoding: chunked", body=chunks(b"x" * 2_000_000))
    )

    assert (in_chunks[0], json.loads(in_chunks[1])["code"]) == (401, "no_active_account")
    assert (too_many_chunks[0], json.loads(too_many_chunks[1])["code"]) == (413, "payload_too_large")
    assert (claims_too_much[0], json.loads(claims_too_much[1])["code"]) == (413, "payload_too_large")
    # What lies beyond the claimed length is no part of the body.
    assert (claims_too_little[0], set(json.loads(claims_too_little[1]))) == (400, {"username", "password"})
    assert claims_both[0] in (400, 413)


@pytest.mark.server
def test_malformed_requests_kill_nothing(live_api):
    for request in [
        b"nonsense\r\n\r\n",
        b"GET /api/income/ HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /api/income/ HTTP/1.1\r\nHost: 127.0.0.1\r\nBad Header: x\r\n\r\n",
        b"GET /api/" + b"x" * 9000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /api/%00%ff%0a HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        post("/api/income/", "Content-Length: -1"),
        post("/api/income/", "Content-Length: abc"),
        post("/api/income/", "Transfer-Encoding: chunked", body=b"zz\r\n{}\r\n0\r\n\r\n"),
        post("/api/income/", "Transfer-Encoding: chunked", body=b"2\r\n{}oops\r\n0\r\n\r\n"),
    ]:
        status, _body = talk(live_api, request)
        assert 400 <= status < 500 or status == 505, request

    assert live_api.client().get("/swagger.json").status_code == 200


def test_cookies_of_production_are_this_hosts_alone(tmp_path):
    names = [
        f"{kind}_COOKIE_{what}" for kind in ("SESSION", "CSRF") for what in ("NAME", "SECURE", "HTTPONLY", "SAMESITE")
    ]
    names.append("REFRESH_COOKIE_NAME")
    code = f"from fintech_app import settings; print([getattr(settings, name) for name in {names}])"
    environment = base_environment(DATA_DIR=str(tmp_path), **PRODUCTION)

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)

    kept = ["__Host-session", True, True, "Lax", "__Host-csrf", True, True, "Lax", "__Secure-refresh"]
    assert done.stdout.strip() == str(kept)


@pytest.mark.parametrize(
    "path",
    ["/.git/config", "/.env", "/static/../fintech_app/settings.py", "/static/%2e%2e/%2e%2e/.env", "/var/app.sqlite3",
     "/static/", "/static/admin/", "/static//etc/passwd"],
)  # fmt: skip
def test_neither_source_nor_data_nor_folders_are_served(path, client, db):
    assert client.get(path).status_code == 404
