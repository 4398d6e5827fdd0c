"""The environment is read once, at the start, and a bad value ends it with one line that names the variable."""

import ast
import json
import re
import subprocess
import sys

import pytest
from django.conf import settings

from core.tests.support.servers import ROOT, SECRET_KEY, base_environment

# Where the settings look before anything else, and what no file can say.
NOT_IN_EXAMPLE = {"ENV_FILE"}
DUMP = """
import json
from fintech_app import settings
print(json.dumps({name: repr(value) for name, value in vars(settings).items() if name.isupper()}))
"""

BAD_VALUES = [
    ("EXCHANGE_RATES_URL", "file:///etc/hostname"),
    ("EXCHANGE_RATES_URL", "rates.xml"),
    ("DEBUG", "maybe"),
    ("SECRET_KEY", ""),
    ("SECRET_KEY", "a-key-that-is-too-short"),
    ("SECRET_KEY_FILE", "/nowhere/key"),
    ("DATABASE_URL", "mysql://user@host/name"),
    ("DATABASE_URL", "nonsense"),
    ("DATABASE_URL", "postgres://host"),
    ("DATABASE_URL", "postgres://host:port/name"),
    ("DATABASE_URL", "sqlite:////proc/1/app.sqlite3"),
    ("DATABASE_URL", "sqlite:////tmp"),
    ("DATABASE_URL_FILE", "/nowhere/url"),
    ("CONN_MAX_AGE", "-1"),
    ("DATA_DIR", "/dev/null/data"),
    ("STATIC_ROOT", "/dev/null/static"),
    ("REDIS_URL", "http://host"),
    ("REDIS_URL", "redis://host:port/0"),
    ("EMAIL_URL", "nonsense"),
    ("EMAIL_URL", "pigeon://host"),
    ("EMAIL_URL", "smtp://user:password@host:port"),
    ("TRUSTED_PROXIES", "-1"),
    ("TRUSTED_PROXIES", "many"),
    ("ALLOWED_HOSTS", "https://api.example.org"),
    ("ALLOWED_HOSTS", "api.example.org:443"),
    ("SITE_URL", "foo"),
    ("SITE_URL", "https://example.org:port"),
    ("CORS_ALLOWED_ORIGINS", "foo"),
    ("CORS_ALLOWED_ORIGINS", "https://example.org/path"),
    ("CSRF_TRUSTED_ORIGINS", "intranet.example.org"),
    ("PORT", "abc"),
    ("PORT", "65536"),
    ("WEB_WORKERS", "0"),
    ("WEB_THREADS", "four"),
    ("ACCESS_TOKEN_MINUTES", "0"),
    ("REFRESH_TOKEN_DAYS", "-1"),
    ("LOG_LEVEL", "loud"),
    ("APP", "maybe"),
    ("ENV_FILE", "/nowhere/.env"),
]


def _run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=base_environment(**environment),
        capture_output=True,
        text=True,
        timeout=60,
    )


def _load(**environment: str) -> dict[str, str]:
    done = _run("-c", DUMP, **environment)
    assert done.returncode == 0, done.stderr
    values: dict[str, str] = json.loads(done.stdout)
    return values


# Importing what the settings import takes longer than reading them: it is done once, and each start is a fork.
STARTS = """
import json, os, sys
import celery, dj_database_url, dj_email_url, django.conf, dotenv, environs

ended = []
for environment in json.load(sys.stdin):
    out, err = os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(out[1], 1), os.dup2(err[1], 2)
        os.environ.clear()
        os.environ.update(environment)
        import fintech_app.settings
        sys.exit(0)
    os.close(out[1]), os.close(err[1])
    printed = [open(pipe[0]).read() for pipe in (out, err)]
    ended.append([os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), *printed])
json.dump(ended, sys.stdout)
"""


@pytest.fixture(scope="module")
def bad_starts(tmp_path_factory):
    """How a start with each bad value ended: its status and what it printed to either stream."""
    environments = []
    for name, value in BAD_VALUES:
        changed = {"DATA_DIR": str(tmp_path_factory.mktemp("data")), name: value}
        if name.endswith("_FILE") and name != "ENV_FILE":
            changed[name.removesuffix("_FILE")] = ""
        environments.append(base_environment(**changed))
    done = subprocess.run(
        [sys.executable, "-c", STARTS], cwd=ROOT, input=json.dumps(environments), capture_output=True, text=True,
        timeout=60, env=base_environment(PYTHONDONTWRITEBYTECODE="1"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return dict(zip(BAD_VALUES, json.loads(done.stdout), strict=True))


@pytest.mark.parametrize(("name", "value"), BAD_VALUES, ids=lambda text: text.rpartition("/")[2] or "empty")
def test_a_bad_value_ends_the_start_with_one_line_that_names_it(name, value, bad_starts):
    status, printed, complained = bad_starts[name, value]

    assert status == 1
    assert printed == ""
    assert re.fullmatch(rf"{name}: [^\n]+\n", complained), complained
    if len(value) > 8:
        # It may be a secret.
        assert value not in complained


@pytest.mark.parametrize(
    "command",
    [
        ("manage.py", "check"),
        ("-m", "gunicorn", "--config", "gunicorn.conf.py"),
        ("-c", "import fintech_app.wsgi"),
        ("-c", "import fintech_app.asgi"),
        *([("-m", "celery", "-A", "fintech_app", "report")] if (ROOT / "fintech_app" / "celery.py").exists() else []),
    ],
    ids=lambda command: next(part for part in reversed(command) if not part.startswith("-")),
)
def test_every_way_to_start_refuses_before_it_does_anything(command, tmp_path):
    done = _run(*command, DATA_DIR=str(tmp_path), TRUSTED_PROXIES="many")

    assert done.returncode != 0
    assert done.stderr == "TRUSTED_PROXIES: Not a valid integer.\n"
    assert list(tmp_path.iterdir()) == []


def test_a_secret_may_come_from_a_file(tmp_path):
    (tmp_path / "key").write_text(SECRET_KEY + "\n")

    values = _load(DATA_DIR=str(tmp_path), SECRET_KEY="", SECRET_KEY_FILE=str(tmp_path / "key"))

    assert values["SECRET_KEY"] == repr(SECRET_KEY)


def test_the_environment_goes_before_the_file_and_the_file_before_the_default(tmp_path):
    (tmp_path / "settings.env").write_text("PORT=8101\nWEB_THREADS=7\n")

    values = _load(DATA_DIR=str(tmp_path), ENV_FILE=str(tmp_path / "settings.env"), PORT="8102")

    assert (values["PORT"], values["WEB_THREADS"], values["WEB_WORKERS"]) == ("8102", "7", "2")
    assert values["SITE_URL"] == "'http://127.0.0.1:8102'"


def test_links_are_printed_where_somebody_asked_for_it_or_develops_and_nowhere_else(tmp_path):
    def name_backend(**environment):
        return _load(**{"EMAIL_URL": "", "DATA_DIR": str(tmp_path)} | environment)["EMAIL_BACKEND"]

    assert name_backend() == "'core.accounts.mail_servers.NoMailServer'"
    assert name_backend(DEBUG="1") == "'django.core.mail.backends.console.EmailBackend'"
    assert name_backend(EMAIL_URL="console:") == "'django.core.mail.backends.console.EmailBackend'"
    assert name_backend(EMAIL_URL="smtp://mail.example.org") == "'django.core.mail.backends.smtp.EmailBackend'"


def test_development_needs_no_key(tmp_path):
    values = _load(DATA_DIR=str(tmp_path), SECRET_KEY="", DEBUG="1")

    assert values["DEBUG"] == "True"


def _read_names() -> set[str]:
    """What the settings read: the first upper-case word of each call of a `read…` function or of the environment."""
    names = set()
    for file in ("settings.py", "environment.py"):
        for node in ast.walk(ast.parse((ROOT / "fintech_app" / file).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith(
                ("read", "os.environ.get", "os.getenv")
            ):
                words = [part.value for part in node.args if isinstance(part, ast.Constant)]
                # The name comes first; what follows is its default.
                names |= {
                    word for word in words[:1] if isinstance(word, str) and re.fullmatch(r"[A-Z][A-Z0-9_]+", word)
                }
    return names


def _listed_names() -> set[str]:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    return {line.partition("=")[0] for line in lines if line and not line.startswith("#")}


def test_the_example_lists_every_variable_that_is_read():
    assert _listed_names() == _read_names() - NOT_IN_EXAMPLE


def test_the_example_holds_the_defaults(tmp_path):
    """A copy of the example, unchanged, changes nothing."""
    # What the tests' own environment sets, back to nothing.
    blank = dict.fromkeys((name for name in base_environment() if name.startswith(("THROTTLE", "EMAIL"))), "")

    unset = _load(**blank | {"DATA_DIR": str(tmp_path)})
    copied = _load(**blank | {"DATA_DIR": str(tmp_path), "ENV_FILE": str(ROOT / ".env.example")})

    assert copied == unset


def test_sqlite_takes_its_one_writer_in_turn_and_postgresql_checks_its_connections(tmp_path):
    on_sqlite = _load(DATA_DIR=str(tmp_path))["DATABASES"]
    on_postgresql = _load(DATA_DIR=str(tmp_path), DATABASE_URL="postgres://user@host/name")["DATABASES"]

    assert "'transaction_mode': 'IMMEDIATE'" in on_sqlite
    assert "journal_mode=WAL" in on_sqlite
    assert "'CONN_HEALTH_CHECKS': True" in on_postgresql


def test_this_run_is_on_the_database_that_it_says():
    assert settings.DATABASES["default"]["ENGINE"] in {"django.db.backends.sqlite3", "django.db.backends.postgresql"}
