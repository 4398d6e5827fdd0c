"""Reading the environment. A value that cannot be meant ends the process with one line that names its variable.

What each variable is for, and its default, stands in `settings`; here is how they are read. A variable that is
empty counts as not set. No message repeats a value: it may be a secret.
"""

import base64
import hmac
import os
import re
import sys
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import dj_database_url
import dj_email_url
from dotenv import dotenv_values
from environs import Env, EnvError

from core.kernel.limits import Limit, parse_limit
from fintech_app.files import keep_database_private, make_private_folder

env = Env()


def refuse(name: str, problem: str) -> NoReturn:
    """End the process with one line. SystemExit, so that no caller takes it for a temporary error."""
    sys.exit(f"{name}: {problem}")


def read(parse: Callable[..., Any], name: str, default: Any) -> Any:
    """Return a variable, parsed by `parse`, or the default."""
    if not os.environ.get(name):
        return default
    try:
        return parse(name, default)
    except (EnvError, ValueError) as error:
        refuse(name, re.sub(r'^Environment variable "?[^" ]+"? (invalid: )?', "", str(error)))


def read_count(name: str, default: int, *, smallest: int, largest: int) -> int:
    """Return a whole number from `smallest` to `largest`, both included."""
    count: int = read(env.int, name, default)
    if not smallest <= count <= largest:
        refuse(name, f"is not a number from {smallest} to {largest}")
    return count


def make_folder(name: str, folder: Path) -> None:
    """Make the folder that the variable `name` asks for, if it is missing, for its owner alone. It must be writable."""
    try:
        make_private_folder(folder)
    except OSError as error:
        refuse(name, f"names a folder that cannot be made ({error.strerror})")
    if not os.access(folder, os.W_OK | os.X_OK):
        refuse(name, "names a folder that cannot be written")


def read_env_file(default: Path) -> None:
    """Take what a file `.env` says and the environment does not. ENV_FILE names another than `default`."""
    named = os.environ.get("ENV_FILE")
    # ENV_FILE= (empty) switches the file off.
    path = default if named is None else Path(named)
    if not path.is_file():
        if named:
            refuse("ENV_FILE", "names a file that does not exist")
        return
    for name, value in dotenv_values(path).items():
        if not os.environ.get(name):
            os.environ[name] = value or ""


def read_secret_files(names: Sequence[str]) -> None:
    """Take the value of each of these variables from the file that `<name>_FILE` names, where it is not set itself."""
    for name in names:
        path = os.environ.get(f"{name}_FILE")
        if path and not os.environ.get(name):
            try:
                os.environ[name] = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                refuse(f"{name}_FILE", f"cannot be read ({error.strerror})")
            except UnicodeDecodeError:
                refuse(f"{name}_FILE", "is not text")
            if not os.environ[name]:
                refuse(f"{name}_FILE", "names an empty file")


def read_limit(name: str, default: Limit) -> Limit | None:
    """Return the limit of `N/second|minute|hour|day`; None for `off`."""
    text = read(env.str, name, "")
    try:
        return parse_limit(text) if text else default
    except ValueError as error:
        refuse(name, str(error))


def is_this_machine(host: str) -> bool:
    """Return whether a host name or address is this machine's own, which no other machine can reach."""
    name = host.strip("[]").lower()
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def is_origin(text: str) -> bool:
    """Return whether this is a scheme, a host and maybe a port, and nothing else."""
    try:
        parts = urlsplit(text)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            # Reading the port checks it.
            and parts.port != 0
            and text == f"{parts.scheme}://{parts.netloc}"
            and "@" not in parts.netloc
        )
    except ValueError:
        return False


def is_redis_address(text: str) -> bool:
    """Return whether this is a valid redis://, rediss:// or unix:// address."""
    try:
        parts = urlsplit(text)
        # Reading the port checks it.
        named = bool(parts.path) if parts.scheme == "unix" else bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return parts.scheme in ("redis", "rediss", "unix") and named


def is_web_address(text: str) -> bool:
    """Return whether this is an http(s) address with a host."""
    try:
        parts = urlsplit(text)
        # Reading the port checks it.
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def read_origins(name: str) -> list[str]:
    """Return a list of origins, separated by commas."""
    origins: list[str] = [origin.strip() for origin in read(env.list, name, [])]
    if not all(is_origin(origin) for origin in origins):
        refuse(name, "lists something that is not an origin such as https://app.example.org")
    return origins


def read_hosts(name: str, default: list[str]) -> list[str]:
    """Return a list of host names, separated by commas."""
    hosts = [host.strip() for host in read(env.list, name, default)]
    for host in hosts:
        # A name, with a dot before it for its subdomains, an address, or * for any; never a port or a scheme.
        if not re.fullmatch(r"\*|\.?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?|\[[0-9A-Fa-f:.]+\]", host):
            refuse(name, "lists something that is not a host name such as api.example.org")
    return hosts


def read_encryption_keys(*, secret_key: str) -> list[str]:
    """Return the keys for stored secrets: the first encrypts, all decrypt.

    The last is derived from `secret_key`, for those who set none and for what they stored before they did.
    """
    keys: list[str] = [key.strip() for key in read(env.list, "FIELD_ENCRYPTION_KEY", [])]
    for key in keys:
        try:
            length = len(base64.b64decode(key, altchars=b"-_", validate=True))
        except ValueError:
            length = 0
        if length != 32:
            refuse("FIELD_ENCRYPTION_KEY", "lists something other than 32 bytes in URL-safe base64")
    derived = hmac.digest(secret_key.encode(), b"fields at rest", "sha256")
    return [*keys, base64.urlsafe_b64encode(derived).decode()]


def read_database(url: str, *, data_dir: Path, conn_max_age: int) -> dict[str, Any]:
    """Return Django's settings for the database at this address: PostgreSQL, or SQLite in a file."""
    try:
        config: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=conn_max_age))
    except (dj_database_url.UnknownSchemeError, dj_database_url.ParseError, ValueError, KeyError):
        refuse("DATABASE_URL", "is not a database address such as postgres://user:password@host:5432/name")
    if config["ENGINE"] == "django.db.backends.sqlite3":
        # One writer at a time; readers never wait, and a second writer waits instead of failing.
        # FULL: an acknowledged write survives a loss of power too.
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        }
        config["CONN_MAX_AGE"] = None
        # A file in tests too: threads that share a database in memory block each other.
        config["TEST"] = {"NAME": str(data_dir / "test.sqlite3")}
        if config["NAME"] != ":memory:":
            file = Path(config["NAME"])
            make_folder("DATABASE_URL" if os.environ.get("DATABASE_URL") else "DATA_DIR", file.parent)
            if file.is_dir():
                refuse("DATABASE_URL", "names a folder, not a file")
            try:
                keep_database_private(file)
            except OSError as error:
                refuse("DATABASE_URL", f"names a file that cannot be made ({error.strerror})")
    elif config["ENGINE"] == "django.db.backends.postgresql":
        if not config["NAME"]:
            refuse("DATABASE_URL", "names no database; it takes postgres://user:password@host:5432/name")
        config["CONN_HEALTH_CHECKS"] = True
        # A pooler in transaction mode gives each transaction another server session.
        config["DISABLE_SERVER_SIDE_CURSORS"] = True
        # A connection whose server is gone without a reset (lost power, a network that drops packets) is closed after
        # some ten seconds, on connections that wait for an answer as on those that wait for work.
        patience = {
            "connect_timeout": 3,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": 10_000,
        }
        config["OPTIONS"] = patience | config.get("OPTIONS", {})
    else:
        refuse("DATABASE_URL", "names an engine other than PostgreSQL or SQLite")
    return config


def read_email(url: str) -> dict[str, Any]:
    """Return Django's settings for the mail server at this address; without one, for a backend that sends nothing."""
    if not url:
        return {"EMAIL_BACKEND": "core.accounts.mail_servers.NoMailServer"}
    problem = "is not the address of a mail server such as smtp://user:password@host:587/?tls=True"
    # dj-email-url takes text without a scheme for a host, and passes an unknown scheme by.
    if urlsplit(url).scheme not in dj_email_url.SCHEMES:
        refuse("EMAIL_URL", problem)
    try:
        return dict(dj_email_url.parse(url))
    except (KeyError, ValueError):
        refuse("EMAIL_URL", problem)
