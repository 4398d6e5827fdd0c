"""The app for browsers: its pages, its files, and what stands in their place where it is not built."""

import gzip
import json
import os
import shutil

import pytest
from rest_framework.test import APIClient

HASH = "0123456789abcdef0123456789abcdef"
SCRIPT = f"/_expo/static/js/web/index-{HASH}.js"
INDEX = "<!doctype html><title>Allowance</title>"
ROUTES = ["/", "/welcome", "/first-steps", "/why", "/history", "/plan", "/settings", "/log"]
BELOW = ["/plan/", "/plan/income/12", "/history/2026-11-22", "/settings/sessions", "/log?amount=3.50&category=coffee"]
NOT_FOUND = {"detail": "Not found.", "code": "not_found"}
FILES = {
    "index.html": INDEX,
    "boot.js": "boot()",
    "sw.js": "listen()",
    "app.css": "body{}",
    "manifest.webmanifest": "{}",
    "icons/icon.svg": "<svg/>",
    SCRIPT[1:]: "app()" * 100,
}


def put(folder, files, number=1):
    """Put a build in place as the build does: whole, renamed."""
    draft = folder.with_name("draft")
    for name, text in files.items():
        path = draft / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(text.encode()))
        # A reproducible build has no times of its own.
        os.utime(path, (1_000_000_000, 1_000_000_000))
    (draft / "build.json").write_text(json.dumps({"hash": f"{number:064}"}))
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)


class Browser(APIClient):
    """A client that reads each answer to its end."""

    def request(self, **kwargs):
        answer = super().request(**kwargs)
        answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return answer


@pytest.fixture
def client(db, clock, settings, tmp_path):
    """A browser, of a server whose app can be put into `client.folder`."""
    settings.APP_DIR, settings.DATA_DIR = tmp_path / "dist", tmp_path
    browser = Browser()
    browser.folder = tmp_path / "dist"
    return browser


@pytest.fixture
def built(client):
    """The same with a built app."""
    put(client.folder, FILES)
    return client


def say(client, **status):
    """What the build writes of itself."""
    (client.folder.parent / "app-build.json").write_text(json.dumps(status))


def read(answer):
    return answer.body.decode()


# ---- Built ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*ROUTES, *BELOW])
def test_every_path_of_the_app_answers_with_its_page(built, path):
    answer = built.get(path)

    assert (answer.status_code, read(answer)) == (200, INDEX)
    assert answer.headers["Content-Type"] == 'text/html; charset="utf-8"'
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "Access-Control-Allow-Origin" not in answer.headers
    policy = dict(directive.split(" ", 1) for directive in answer.headers["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "worker-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/index.html", 'text/html; charset="utf-8"'),
        ("/boot.js", 'text/javascript; charset="utf-8"'),
        ("/sw.js", 'text/javascript; charset="utf-8"'),
        ("/app.css", 'text/css; charset="utf-8"'),
        ("/manifest.webmanifest", "application/manifest+json"),
        ("/icons/icon.svg", "image/svg+xml"),
        ("/build.json", "application/json"),
    ],
)
def test_files_without_a_hash_are_asked_for_each_time(built, path, kind):
    answer = built.get(path)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
    assert answer.headers["Cache-Control"] == "no-cache"


def test_files_with_a_hash_are_kept_for_a_year(built):
    answer = built.get(SCRIPT)

    assert read(answer) == "app()" * 100
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_browser_that_takes_it_gets_the_compressed_file(built):
    answer = built.get(SCRIPT, headers={"Accept-Encoding": "gzip, br"})

    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(answer.body).decode() == "app()" * 100
    assert built.get(f"{SCRIPT}.gz").status_code == 404


@pytest.mark.parametrize("path", ["/", "/plan", "/boot.js", SCRIPT])
def test_what_has_not_changed_is_not_sent_again(built, path):
    etag = built.get(path).headers["ETag"]

    again = built.get(path, headers={"If-None-Match": etag})
    other = built.get(path, headers={"If-None-Match": '"other"'})

    assert (again.status_code, read(again), again.headers["ETag"]) == (304, "", etag)
    assert other.status_code == 200


@pytest.mark.parametrize("path", ["/", "/history", "/boot.js", SCRIPT])
def test_head_has_the_headers_alone(built, path):
    get, head = built.get(path), built.head(path)

    assert (head.status_code, read(head)) == (200, "")
    for name in ("Content-Type", "Content-Length", "Cache-Control", "ETag"):
        assert head.headers[name] == get.headers[name]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["/", "/plan", "/boot.js"])
def test_a_page_can_only_be_read(built, method, path):
    assert getattr(built, method)(path).status_code in (405, 404)


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/plans",
        "/nowhere.js",
        "/plan/nowhere.js",
        "/plan/a.b/c",
        "/_expo/static/js/web/index-ffffffffffffffffffffffffffffffff.js",
        "/_expo",
        "/_expo/",
        "/icons/",
        "/icons",
        "/assets/",
        "/plan/../boot.js",
        "/../app-build.json",
        "/%2e%2e/app-build.json",
        "/icons/..%2f..%2fapp-build.json",
        "/icons/..\\..\\app-build.json",
        "/boot.js/",
        "/boot.js%00",
    ],
)
def test_anything_else_is_not_found_and_nothing_leads_to_a_page(built, settings, path):
    say(built, state="building", detail="", at="2026-11-22T12:00:00Z")

    answer = built.get(path)
    settings.DEBUG = True
    with_debug = built.get(path)

    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)
    assert with_debug.status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [("/swagger/", 200), ("/redoc/", 200), ("/swagger.json", 200), ("/admin/login/", 200), ("/api/", 200),
     ("/health/live/", 200), ("/api/nowhere.js", 404)],
)  # fmt: skip
def test_no_file_of_the_app_stands_before_a_page_of_the_server(built, path, status):
    before = read(built.get(path))
    put(built.folder, FILES | {f"{path.strip('/')}/index.html": "shadow"}, 2)

    answer = built.get(path)

    assert answer.status_code == status
    assert "shadow" not in read(answer)
    assert bool(before)


def test_an_app_that_is_built_while_the_server_runs_is_there_at_the_next_request(client):
    before = client.get("/boot.js")
    put(client.folder, FILES)

    assert (before.status_code, client.get("/boot.js").status_code, read(client.get("/"))) == (404, 200, INDEX)


def test_another_build_takes_the_place_of_the_one_before(built):
    old = built.get("/").headers["ETag"]
    other_script = SCRIPT.replace("0", "f")
    other_index = INDEX.replace("Allowance", "Allowancf")
    others = {name: text for name, text in FILES.items() if name != SCRIPT[1:]}

    put(built.folder, others | {"index.html": other_index, other_script[1:]: "other()"}, 2)
    answer = built.get("/", headers={"If-None-Match": old})

    assert (answer.status_code, read(answer)) == (200, other_index)
    assert [built.get(path).status_code for path in (SCRIPT, other_script)] == [404, 200]


def test_a_build_that_is_gone_leaves_the_page_that_says_so(built):
    built.get("/")
    shutil.rmtree(built.folder)

    assert "The app is not built on this server." in read(built.get("/"))
    assert built.get("/boot.js").status_code == 404


def test_a_file_that_is_gone_since_it_was_listed_is_not_found(built):
    built.get("/")
    (built.folder / "boot.js").unlink()
    (built.folder / "boot.js.gz").unlink()

    assert built.get("/boot.js").json() == NOT_FOUND


def test_a_host_that_is_not_ours_gets_no_file(built):
    assert built.get("/boot.js", headers={"Host": "evil.example.org"}).json()["code"] == "bad_request"


# ---- Not built --------------------------------------------------------------------------------------


STATES = [
    (None, "The app is not built on this server."),
    ({"state": "built", "detail": "", "at": "2026-11-22T12:00:00Z"}, "The app is not built on this server."),
    ({"state": "off", "detail": "", "at": "2026-11-22T12:00:00Z"}, "The app is not built on this server."),
    ({"state": "odd"}, "The app is not built on this server."),
    ({"state": "building", "detail": "", "at": "yesterday"}, "The app is not built on this server."),
    ({"state": "building", "detail": "", "at": "2026-11-22T12:00:00"}, "The app is not built on this server."),
    ({"state": "building", "detail": "", "at": "2026-11-22T11:59:00Z"}, "The app is being built"),
    ({"state": "building", "detail": "", "at": "2026-11-22T11:00:00Z"}, "built: It did not come to an end."),
    ({"state": "failed", "detail": "no <npm> & no node", "at": "2026-11-22T11:00:00Z"},
     "could not be built: no &lt;npm&gt; &amp; no node"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "sentence"), STATES)
def test_the_first_page_says_why_there_is_no_app_and_leads_to_the_documents(client, status, sentence):
    if status is not None:
        say(client, **status)

    answer = client.get("/")
    page = read(answer)

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"
    assert sentence in page
    for path in ("/swagger/", "/redoc/", "/swagger.json", "/admin/"):
        assert f'href="{path}"' in page
    # The page looks again by itself while the app is being built.
    assert ('http-equiv="refresh" content="5"' in page) is ("is being built" in page)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', "\xff"])
def test_a_broken_status_is_no_crash(client, text):
    (client.folder.parent / "app-build.json").write_text(text, encoding="latin-1")

    assert "The app is not built on this server." in read(client.get("/"))


@pytest.mark.parametrize("path", [*ROUTES[1:], *BELOW])
def test_other_pages_wait_for_the_build(client, path):
    say(client, state="building", detail="", at="2026-11-22T12:00:00Z")

    answer = client.get(path)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "The app is being built" in read(answer)


def test_where_it_is_switched_off_there_is_no_app_even_if_it_was_built(built, settings):
    settings.APP_ENABLED = False

    home = built.get("/")

    assert home.status_code == 200
    assert "The app is switched off on this server." in read(home)
    for path in ("/plan", "/welcome", "/boot.js", SCRIPT):
        assert (built.get(path).status_code, built.get(path).json()) == (404, NOT_FOUND)
