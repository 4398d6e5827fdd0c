"""The SQLite file is one that SQLite's own tools can check and write."""

import sqlite3

import pytest
from django.apps import apps
from django.db import connection

from core.tests.conftest import TODAY
from core.tests.support.factories import ExchangeRateFactory, ExpenseFactory, IncomeFactory, TransactionFactory

pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL's own tools know every function that PostgreSQL has"
)


@pytest.fixture
def stock_connection(transactional_db, clock, alice):
    """A copy of the database, opened without anything that Django adds to its own connections."""
    IncomeFactory(user=alice)
    ExpenseFactory(user=alice)
    ExchangeRateFactory(quote="USD")
    TransactionFactory(user=alice, date=TODAY)
    copy = sqlite3.connect(":memory:")
    connection.connection.backup(copy)
    yield copy
    copy.close()


def test_a_stock_tool_finds_the_file_sound(stock_connection):
    assert stock_connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert stock_connection.execute("SELECT COUNT(*) FROM core_user").fetchone() == (1,)


@pytest.mark.parametrize("table", ["core_user", "core_income", "core_expense", "core_transaction", "core_exchangerate"])
def test_a_stock_tool_writes_rows(stock_connection, table):
    assert stock_connection.execute(f"UPDATE {table} SET id = id").rowcount == 1  # noqa: S608


def test_no_table_has_a_check_that_needs_a_function_of_djangos(stock_connection):
    statements = dict(stock_connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))

    assert {model._meta.db_table for model in apps.get_app_config("core").get_models()} <= set(statements)
    assert [name for name, sql in statements.items() if " REGEXP " in sql.upper()] == []


@pytest.mark.parametrize("code", ["eur", "Eur", "EU", "", "E"])
def test_what_is_no_code_is_refused_by_the_database_itself(stock_connection, code):
    with pytest.raises(sqlite3.IntegrityError, match="user_currency_code"):
        stock_connection.execute("UPDATE core_user SET currency = ?", [code])
