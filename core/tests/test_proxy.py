"""The proxy of the containers, with its own configuration, in front of a server."""

import datetime
import os
import re
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.tests.support.servers import ROOT, find_free_port

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
pytestmark = [
    pytest.mark.server,
    pytest.mark.once,
    pytest.mark.skipif(NGINX is None, reason="LEFT OUT: nginx is not installed (Debian: apt-get install nginx-light)"),
]

BEHIND_PROXY = {
    "SITE_URL": "https://allowance.example.org",
    "ALLOWED_HOSTS": "allowance.example.org",
    "TRUSTED_PROXIES": "1",
}


def _write_certificate(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "allowance.example.org")])
    today = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "tls_certificate").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "tls_key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _write_configuration(folder, *, port, plain_port, tls_port):
    """A copy whose ports and paths are free here; all else is what the container runs."""
    text = (ROOT / "deploy/nginx/nginx.conf").read_text(encoding="utf-8")
    for old, new in [
        ("listen 8080;", f"listen 127.0.0.1:{plain_port};"),
        ("listen 8443 ", f"listen 127.0.0.1:{tls_port} "),
        ("server web:8000;", f"server 127.0.0.1:{port};"),
        (" /tmp/", f" {folder}/"),
        ("/run/secrets/", f"{folder}/"),
        # A test need not wait as long as a person would.
        ("proxy_read_timeout 35s;", "proxy_read_timeout 1s;"),
    ]:
        assert old in text, old
        text = text.replace(old, new)
    path = folder / "nginx.conf"
    # Started by root, it would serve as another user, who cannot reach this folder.
    user = "user root;\n" if os.geteuid() == 0 else ""
    path.write_text(f"{user}error_log {folder}/error.log;\n{text}", encoding="utf-8")
    return path


@contextmanager
def _proxy_before(port, folder):
    """Clients of the plain and of the TLS port."""
    plain_port, tls_port = find_free_port(), find_free_port()
    _write_certificate(folder)
    configuration = _write_configuration(folder, port=port, plain_port=plain_port, tls_port=tls_port)
    process = subprocess.Popen([NGINX, "-c", str(configuration), "-g", "daemon off;"], stderr=subprocess.DEVNULL)
    host = {"Host": "allowance.example.org"}
    plain = httpx.Client(base_url=f"http://127.0.0.1:{plain_port}", headers=host, timeout=10)
    secure = httpx.Client(base_url=f"https://127.0.0.1:{tls_port}", headers=host, timeout=10, verify=False)  # noqa: S501
    try:
        for _try in range(100):
            try:
                plain.get("/metrics")
                break
            except httpx.TransportError:
                assert process.poll() is None, (folder / "error.log").read_text()
                time.sleep(0.05)
        yield plain, secure
    finally:
        plain.close()
        secure.close()
        process.terminate()
        process.wait(10)


@pytest.fixture
def proxied(start_api, tmp_path):
    """The server with its proxy: clients of both ports."""
    server = start_api(env=BEHIND_PROXY)
    folder = tmp_path / "proxy"
    folder.mkdir()
    with _proxy_before(server.port, folder) as (plain, secure):
        yield server, plain, secure


@pytest.fixture
def unanswered(tmp_path):
    """The proxy in front of nothing."""
    folder = tmp_path / "proxy"
    folder.mkdir()
    with _proxy_before(find_free_port(), folder) as (_plain, secure):
        yield secure


def test_plain_calls_are_redirected_to_the_hosts_that_the_service_has(proxied):
    _server, plain, secure = proxied

    known = plain.get("/swagger/")
    foreign = plain.get("/swagger/", headers={"Host": "evil.example.com"})

    assert (known.status_code, known.headers["location"]) == (301, "https://allowance.example.org/swagger/")
    assert foreign.status_code == 400
    assert "evil" not in foreign.headers.get("location", "")
    assert secure.get("/api/").json()["product"] == "fintech-allowance"
    assert plain.get("/health/live/").status_code == 200


def test_numbers_for_operators_are_not_for_everybody(proxied):
    _server, plain, secure = proxied

    assert {client.get("/metrics").status_code for client in (plain, secure)} == {404}


def test_a_body_is_bounded_by_its_path(proxied):
    _server, _plain, secure = proxied

    answer = secure.post("/api/auth/jwt/create/", content=b"x" * 1_200_000)

    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
    assert "x-request-id" not in answer.headers
    # A large body of an import reaches the API.
    assert "x-request-id" in secure.post("/api/import/", content=b"x" * 2_000_000).headers


@pytest.mark.parametrize(
    ("method", "code"),
    [
        *[("GET", "unavailable")],
        *[(method, "outcome_unknown") for method in ("POST", "PUT", "PATCH", "DELETE")],
    ],
)
def test_a_write_without_an_answer_has_an_unknown_outcome(unanswered, method, code):
    answer = unanswered.request(method, "/api/transaction/", content=b"{}" if method != "GET" else None)

    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, code, "2")


def test_a_head_without_an_answer_is_a_503(unanswered):
    assert unanswered.head("/api/").status_code == 503


def test_a_flood_from_one_address_is_refused_with_an_answer_of_the_apis_shape(proxied):
    _server, _plain, secure = proxied

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _number: secure.get("/health/live/"), range(400)))
    refused = [answer for answer in answers if answer.status_code == 429]

    assert {answer.status_code for answer in answers} == {200, 429}
    assert refused[0].json()["code"] == "throttled"
    assert refused[0].headers["retry-after"] == "2"


def test_the_server_keeps_an_idle_connection_longer_than_the_proxy():
    kept_by_proxy = re.search(r"keepalive 32;.*?keepalive_timeout (\d+)s;", _read("deploy/nginx/nginx.conf"), re.DOTALL)
    kept_by_server = re.search(r"^IDLE_SECONDS = (\d+)$", _read("fintech_app/server.py"), re.MULTILINE)

    assert int(kept_by_proxy[1]) < int(kept_by_server[1])


def _read(name):
    return (ROOT / name).read_text(encoding="utf-8")
