"""Prepares the data of a checkout and becomes the server: `serve.py serve` or `serve.py dev`.

`serve.py manage COMMAND …` runs a management command with the same key and data instead.

A key is made once and kept beside the data, so that none stands in the repository and sessions outlive a
restart. Tables are brought up to date, the demo account is made where there is none.
"""

import os
import runpy
import secrets
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AT_HOME = ("127.0.0.1", "localhost", "::1")


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
    if os.environ.get("SECRET_KEY") or os.environ.get("SECRET_KEY_FILE"):
        return
    path = data_dir / "secret_key"
    try:
        # The data is its owner's, and so is the folder.
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Nobody else may read it, not even for the moment before a chmod.
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
        # A key that a power cut takes away would end every session, and lose second factors.
        for folder in (data_dir, data_dir.parent):
            _sync_folder(folder)
    os.environ["SECRET_KEY_FILE"] = str(path)


def _print_mails_at_home(file_values: Mapping[str, str | None]) -> None:
    """Who tries this out on their own machine reads mails in the terminal. Elsewhere a log may have other readers."""
    names = ("EMAIL_URL", "EMAIL_URL_FILE", "SITE_URL")
    if not any(os.environ.get(name) or file_values.get(name) for name in names):
        host = os.environ.get("HOST") or file_values.get("HOST") or "127.0.0.1"
        if host in AT_HOME:
            os.environ["EMAIL_URL"] = "console:"


def _refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # As the server does: a port whose last owner has just left is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            sys.exit(f"PORT: {host}:{port} cannot be had ({error.strerror}); choose another: PORT={port + 1} make run")


def _become_the_server() -> None:
    """As `python -m gunicorn` does it, but in this process: what is imported already need not be imported again."""
    from django.db import connections

    # Two processes on one connection would read each other's answers, and SQLite's locks do not survive a fork.
    connections.close_all()
    sys.argv[1:] = ["--config", "gunicorn.conf.py"]
    runpy.run_module("gunicorn", run_name="__main__", alter_sys=True)


def main(mode: str) -> None:
    """Prepare, say where and how to log in, and become the server."""
    # What is compiled for this start is kept for the next, whatever the environment says; see bin/setup.
    sys.dont_write_bytecode = False
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "fintech_app.settings"
    # The settings read .env themselves; the key must be there before them.
    from dotenv import dotenv_values

    file_values = dotenv_values(ROOT / ".env") if os.environ.get("ENV_FILE") is None else {}
    for name in ("SECRET_KEY", "SECRET_KEY_FILE", "DATA_DIR"):
        if not os.environ.get(name) and file_values.get(name):
            os.environ[name] = str(file_values[name])
    _print_mails_at_home(file_values)
    _keep_key(Path(os.environ.get("DATA_DIR") or ROOT / "var"))

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
    at_home = settings.HOST in AT_HOME
    try:
        call_command("seed_demo", staff=at_home)
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
