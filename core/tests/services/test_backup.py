"""Copies of the database: whole, consistent, and restored only where nothing is lost."""

import os
import shutil
import sqlite3
import stat

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from core.models import Transaction
from core.tests.factories import IncomeFactory, TransactionFactory

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
