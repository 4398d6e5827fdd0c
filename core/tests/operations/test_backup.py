"""Copies of the database: whole, consistent, and restored only where nothing is lost."""

import os
import shutil
import sqlite3
import stat
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from core.models import Transaction
from core.tests.support.factories import IncomeFactory, TransactionFactory

pytestmark = pytest.mark.django_db(transaction=True)


def _can_copy() -> bool:
    return connection.vendor == "sqlite" or shutil.which("pg_dump") is not None


def test_a_copy_holds_what_the_database_holds(alice, tmp_path):
    if not _can_copy():
        pytest.skip("LEFT OUT: pg_dump is not installed")
    IncomeFactory.create(user=alice)
    TransactionFactory.create_batch(3, user=alice)
    path = tmp_path / "copy"

    call_command("backup", str(path), verbosity=0)

    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]
    if connection.vendor == "sqlite":
        copy = sqlite3.connect(path)
        count, total = copy.execute("SELECT count(*), sum(base_amount) FROM core_transaction").fetchone()
        copy.close()
        assert (count, total) == (Transaction.objects.count(), 30_000)
    else:
        assert path.read_bytes().startswith(b"PGDMP")


def test_a_copy_never_replaces_another(alice, tmp_path):
    path = tmp_path / "copy"
    path.write_text("precious")

    with pytest.raises(CommandError, match="never replaces"):
        call_command("backup", str(path))

    assert path.read_text() == "precious"


def test_a_database_with_accounts_is_not_overwritten(alice, tmp_path):
    path = tmp_path / "copy"
    path.write_text("x")

    with pytest.raises(CommandError, match="holds accounts"):
        call_command("restore", str(path))


def test_a_copy_that_is_not_there_is_told(db, tmp_path):
    with pytest.raises(CommandError, match="There is no"):
        call_command("restore", str(tmp_path / "nothing"))


def test_a_file_that_is_no_copy_changes_nothing(db, tmp_path):
    if not _can_copy():
        pytest.skip("LEFT OUT: pg_restore is not installed")
    path = tmp_path / "copy"
    path.write_bytes(b"no copy at all" * 100)

    with pytest.raises(CommandError):
        call_command("restore", str(path))

    assert Transaction.objects.count() == 0


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no program that copies")
def test_pg_dump_gets_every_option_of_the_connection(alice, tmp_path, monkeypatch):
    # In the place of PostgreSQL's program: one that keeps what it was given.
    program = tmp_path / "pg_dump"
    program.write_text(f'#!/bin/sh\ncp "$PGSERVICEFILE" {tmp_path}/options\necho "$@" >{tmp_path}/arguments\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "sslmode", "verify-full")
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "sslrootcert", "/etc/authority of ours.pem")
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "not-in-arguments")

    call_command("backup", str(tmp_path / "copy"), verbosity=0)

    options = (tmp_path / "options").read_text().splitlines()
    assert {
        "sslmode=verify-full",
        "sslrootcert=/etc/authority of ours.pem",
        "password=not-in-arguments",
        f"dbname={connection.settings_dict['NAME']}",
        "connect_timeout=3",
    } <= set(options)
    assert "not-in-arguments" not in (tmp_path / "arguments").read_text()


def test_a_folder_that_is_not_there_is_told(alice, tmp_path):
    with pytest.raises(CommandError, match="cannot be written: No such file or directory"):
        call_command("backup", str(Path(tmp_path) / "missing" / "copy"))
