"""What each frequent question reads, as the database itself explains it: an index, and no more of it than is shown."""

import base64
import datetime
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import Transaction
from core.tests.conftest import TODAY
from core.tests.support.crowds import MANY, make_strangers, record_many
from core.tests.support.factories import IncomeFactory, TransactionFactory
from core.tests.support.logins import client_with, log_in

PURCHASES = "/api/transaction/"
TODAY_URL = "/api/allowance/today/"
YESTERDAY = TODAY - datetime.timedelta(days=1)
PAGE_ROWS = 50


@pytest.fixture
def long_history(alice):
    """A hundred purchases on each of a thousand days, and some of today."""
    make_strangers(count=2_000)
    record_many(alice)
    IncomeFactory(user=alice)
    for _ in range(3):
        TransactionFactory(user=alice)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def explain_all(ask, *, reading):
    """Return the plans of the statements that read this table while `ask` runs, see `explain`."""
    with CaptureQueriesContext(connection) as captured:
        assert ask().status_code < 300
    sent = [part for query in captured.captured_queries for part in query["sql"].split("; ")]
    reads = [sql for sql in sent if sql.startswith("SELECT") and re.search(rf'(FROM|JOIN) "{reading}"', sql)]
    return [explain_statement(statement) for statement in reads]


def explain(ask, *, reading):
    """Return the plan of the one statement that reads this table while `ask` runs."""
    (plan,) = explain_all(ask, reading=reading)
    return plan


def explain_statement(statement):
    """Return the plan as text, and how many pages of 8 KiB it reads (None on SQLite)."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
            return "\n".join(row[3] for row in cursor.fetchall()), None
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}")
        (plan,) = cursor.fetchone()[0]
    pages = plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]
    return json.dumps(plan["Plan"]), pages


def assert_reads(plan, *, index, at_most):
    text, pages = plan
    # SQLite names the index of a constraint itself.
    assert index in text or "sqlite_autoindex" in text
    # PostgreSQL's words for reading a whole table, and for sorting, and SQLite's for the former. A deep page is two
    # searches there, whose few rows it sorts itself.
    assert "Seq Scan" not in text
    assert "Sort" not in text
    assert re.search("^SCAN", text, re.MULTILINE) is None
    assert pages is None or pages <= at_most


def find_deep_page():
    row = Transaction.objects.order_by("date", "id")[MANY // 2]
    cursor = base64.urlsafe_b64encode(f"n|{row.date}|{row.pk}".encode()).decode()
    return f"{PURCHASES}?cursor={cursor}"


@pytest.mark.parametrize("find_page", [lambda: PURCHASES, find_deep_page], ids=["first", "deep"])
def test_a_page_of_purchases_reads_its_own_rows_at_any_depth(api, long_history, find_page):
    path = find_page()

    plans = explain_all(lambda: api.get(path), reading="core_transaction")

    assert 1 <= len(plans) <= 2
    for plan in plans:
        # Fifty-one rows and their days, each found by an index of three levels at most.
        assert_reads(plan, index="transaction_newest_first", at_most=4 * (PAGE_ROWS + 1))


def test_todays_figure_reads_one_row(alice, long_history):
    with_token = client_with(log_in(alice)["access"])

    plan = explain(lambda: with_token.get(TODAY_URL), reading="core_dailyallowance")

    # One session, one person, one day, each found by an index.
    assert_reads(plan, index="dailyallowance_one_a_day", at_most=12)


def test_a_purchase_reads_its_days_sum_from_the_index_alone(api, long_history):
    text, pages = explain(lambda: api.post(PURCHASES, {"amount": "1"}), reading="core_transaction")

    assert "transaction_day_sum" in text
    assert "COVERING INDEX" in text or "Index Only Scan" in text
    assert pages is None or pages <= 20
