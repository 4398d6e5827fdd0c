"""Copies of the whole database, taken while it is in use, and restored into an empty one.

SQLite copies itself page by page under its own locks; PostgreSQL's `pg_dump` reads one snapshot. Either way
the copy is the state of the database at one instant.
"""

import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from django.db import connection

from core.models import User

_SERVICE = "allowance"


class BackupError(Exception):
    """A copy could not be made or read; the message says why."""


def _run(program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL's on the database, with every option of the connection. Raises BackupError.

    The options stand in a service file that only this user can read: other users of the machine can read arguments.
    """
    found = shutil.which(program)
    if found is None:
        raise BackupError(f"{program} is not installed; it comes with PostgreSQL's client package.")
    # Options that are no text or number are for the driver alone.
    options = {name: value for name, value in _get_connection_options().items() if isinstance(value, str | int)}
    if any("\n" in str(value) for value in options.values()):
        raise BackupError("An option of the database's address holds a line break.")
    lines = [f"[{_SERVICE}]", *(f"{name}={value}" for name, value in options.items())]
    with tempfile.TemporaryDirectory(prefix="allowance-copy-") as folder:
        file = Path(folder) / "service"
        file.touch(mode=0o600)
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        environment = {**os.environ, "PGSERVICEFILE": str(file)}
        done = subprocess.run([found, *arguments], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise BackupError(f"{program} failed: {done.stderr.strip()[-2000:]}")


def _get_connection_options() -> dict[str, Any]:
    options: dict[str, Any] = connection.get_connection_params()
    return options


def _sync(path: Path) -> None:
    """Wait until a file or a folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_whole(copy: sqlite3.Connection) -> bool:
    """Return whether every page and every constraint of a copy is valid."""
    # Some constraints use the function that Django adds to its own connections.
    copy.create_function("REGEXP", 2, lambda pattern, text: re.search(pattern, str(text)) is not None)
    return bool(copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok")


def _sqlite_connection() -> sqlite3.Connection:
    connection.ensure_connection()
    raw: Any = connection.connection
    return raw


def backup(*, path: Path) -> None:
    """Write a copy of the database to `path`, which must not exist yet. Raises BackupError.

    The copy appears under its name only when it is whole, and only its owner can read it. On return it is on the disk.
    """
    if path.exists():
        raise BackupError(f"{path} exists; a copy never replaces another.")
    partial = path.with_name(path.name + ".partial")
    try:
        partial.unlink(missing_ok=True)
        partial.touch(mode=0o600)
    except OSError as error:
        raise BackupError(f"{partial} cannot be written: {error.strerror}.") from error
    try:
        if connection.vendor == "sqlite":
            target = sqlite3.connect(partial)
            try:
                _sqlite_connection().backup(target)
                # The copy is one file, without a write-ahead log beside it.
                target.execute("PRAGMA journal_mode=DELETE")
                if not _is_whole(target):
                    raise BackupError("The copy is damaged.")
            finally:
                target.close()
        else:
            options = ("--format=custom", "--no-owner", "--no-privileges")
            _run("pg_dump", *options, f"--file={partial}", f"--dbname=service={_SERVICE}")
        _sync(partial)
        partial.rename(path)
        # The entry in the folder must be on the disk as well.
        _sync(path.parent)
    finally:
        partial.unlink(missing_ok=True)


def _holds_accounts() -> bool:
    if User._meta.db_table not in connection.introspection.table_names():
        return False
    return User.objects.exists()


def restore(*, path: Path) -> None:
    """Fill the database from a copy. Raises BackupError, and then the database is as it was.

    Only an empty database is filled: one that holds accounts is refused.
    """
    if not path.is_file():
        raise BackupError(f"There is no {path}.")
    if _holds_accounts():
        raise BackupError("This database holds accounts. Restore into an empty one, then point the service at it.")
    if connection.vendor == "sqlite":
        source = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            if not _is_whole(source):
                raise BackupError("The copy is damaged.")
            source.backup(_sqlite_connection())
        except sqlite3.DatabaseError as error:
            raise BackupError(f"The copy cannot be read: {error}") from error
        finally:
            source.close()
        return
    # One transaction: a copy that breaks off half-way leaves the database as it was.
    _run(
        "pg_restore",
        "--clean",
        "--if-exists",
        "--no-owner",
        "--no-privileges",
        "--single-transaction",
        "--exit-on-error",
        f"--dbname=service={_SERVICE}",
        str(path),
    )
