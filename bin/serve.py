"""Prepare the data of a checkout and run the server: `serve.py serve` or `serve.py dev`.

`serve.py manage COMMAND …` runs a management command with the same key and data instead.

A key is made once and kept beside the data, so that none stands in the repository and sessions outlive a
restart. Tables are brought up to date. The demo accounts are made where there are none; where other machines
reach the server they are not, and those that still have the password that was drawn are deactivated.
"""

import os
import runpy
import secrets
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from fintech_app.environment import is_this_machine  # noqa: E402
from fintech_app.files import make_private_folder  # noqa: E402


def _say(text: str) -> None:
    print(text, flush=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _keep_key(data_dir: Path) -> None:
    """Name the file with the key in the environment; draw a key where there is none yet."""
    path = data_dir / "secret_key"
    try:
        make_private_folder(data_dir)
        # Created with this mode: others may not read it before a chmod either.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    except OSError as error:
        sys.exit(f"DATA_DIR: {path} cannot be written ({error.strerror})")
    else:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(50) + "\n")
            file.flush()
            os.fsync(file.fileno())
        # Losing the key in a power cut would end every session and lose second factors.
        for folder in (data_dir, data_dir.parent):
            _sync_folder(folder)
    os.environ["SECRET_KEY_FILE"] = str(path)


def is_reached_from_elsewhere(values: Mapping[str, str]) -> bool:
    """Return whether one of the variables says that other machines reach this server, directly or by a proxy."""
    site = urlsplit(values.get("SITE_URL") or "http://localhost").hostname or ""
    hosts = [values.get("HOST") or "localhost", site, *values.get("ALLOWED_HOSTS", "").split(",")]
    named = [host.strip() for host in hosts if host.strip()]
    return values.get("TRUSTED_PROXIES", "0") != "0" or not all(map(is_this_machine, named))


def _read_variables() -> dict[str, str]:
    """Return what the settings will read: the environment, and the file `.env` for what is not in it."""
    named = os.environ.get("ENV_FILE")
    # ENV_FILE= (empty) switches the file off.
    file_values = {} if named == "" else dotenv_values(named or ROOT / ".env")
    in_file = {name: value for name, value in file_values.items() if value}
    return in_file | {name: value for name, value in os.environ.items() if value}


def _refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # The server sets this option too: the port of a process that has just ended is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            sys.exit(f"PORT: {host}:{port} cannot be had ({error.strerror}); choose another: PORT={port + 1} make run")


def _become_the_server() -> None:
    """Run gunicorn in this process, which has imported most of what it needs."""
    from django.db import connections

    # Processes must not share a connection, and SQLite's locks do not survive a fork.
    connections.close_all()
    sys.argv[1:] = ["--config", "gunicorn.conf.py"]
    runpy.run_module("gunicorn", run_name="__main__", alter_sys=True)


def main(mode: str) -> None:
    """Prepare the data, print the address and the logins, and run the server."""
    # What is compiled for this start is kept for the next, whatever the environment says; see bin/setup.
    sys.dont_write_bytecode = False
    os.chdir(ROOT)
    os.environ["DJANGO_SETTINGS_MODULE"] = "fintech_app.settings"
    variables = _read_variables()
    from_elsewhere = is_reached_from_elsewhere(variables)
    # Mails hold links that log in. Where others reach the server, its log may have other readers too.
    if not from_elsewhere and not any(variables.get(name) for name in ("EMAIL_URL", "EMAIL_URL_FILE")):
        os.environ["EMAIL_URL"] = "console:"
    # The settings read the key, so it must be there before them.
    if not any(variables.get(name) for name in ("SECRET_KEY", "SECRET_KEY_FILE")):
        _keep_key(Path(variables.get("DATA_DIR") or ROOT / "var"))

    # A bad value ends this here, with one line.
    from fintech_app import settings

    if mode == "manage":
        from django.core.management import execute_from_command_line

        execute_from_command_line(["manage.py", *sys.argv[2:]])
        return
    _refuse_taken_port(settings.HOST, settings.PORT)

    import django
    from django.core.management import CommandError, call_command
    from django.db import OperationalError

    django.setup()
    engine = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2].replace("sqlite3", "SQLite")
    _say(f"Preparing the data ({engine.replace('postgresql', 'PostgreSQL')}) ...")
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except OperationalError as error:
        sys.exit("DATABASE_URL: the database does not answer (" + " ".join(str(error).split()) + ")")
    try:
        # The passwords of the demo accounts are printed, to the terminal or a log.
        call_command("seed_demo", deactivate=True) if from_elsewhere else call_command("seed_demo", staff=True)
    except CommandError as error:
        sys.exit(str(error))

    host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
    address = f"http://{host}:{settings.PORT}"
    _say(f"Serving at {address} (API documents at {address}/swagger/, admin at {address}/admin/). Stop with Ctrl-C.")
    if mode == "dev":
        os.execv(sys.executable, [sys.executable, "manage.py", "runserver", f"{host}:{settings.PORT}"])
    os.environ.setdefault("GUNICORN_CMD_ARGS", "--log-level warning" if settings.LOG_LEVEL == "INFO" else "")
    _become_the_server()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "serve")
