"""What the linter of migrations lets through and stops, and what migrations make of the rows that are there."""

import datetime
import importlib
import subprocess
import sys

import pytest
from django.apps import apps

from core.models import Expense, SavingsGoal
from core.tests.conftest import TODAY
from core.tests.support.factories import ExpenseFactory, SavingsGoalFactory
from core.tests.support.servers import ROOT


def is_let_through(sql):
    done = subprocess.run(
        [sys.executable, "bin/lint_migrations.py", "--stdin"],
        cwd=ROOT,
        input=f"BEGIN;\n{sql}\nCOMMIT;\n",
        capture_output=True,
        text=True,
        timeout=30,
    )
    return done.returncode == 0


@pytest.mark.parametrize(
    "sql",
    [
        # Keeps writers away while it reads the whole table.
        'CREATE INDEX "i" ON "core_transaction" ("category");',
        'ALTER TABLE "core_transaction" ADD CONSTRAINT "c" CHECK ("amount" > 0);',
        'ALTER TABLE "core_transaction" ALTER COLUMN "id" TYPE numeric;',
        # The version before it does not know the column, and its inserts fail: Django takes the default away again.
        'ALTER TABLE "core_transaction" ADD COLUMN "n" integer DEFAULT 1 NOT NULL; '
        'ALTER TABLE "core_transaction" ALTER COLUMN "n" DROP DEFAULT;',
        'ALTER TABLE "core_transaction" DROP COLUMN "category";',
        'ALTER TABLE "core_transaction" RENAME COLUMN "category" TO "kind_of";',
    ],
)
def test_a_migration_that_people_would_feel_is_stopped(sql):
    assert not is_let_through(sql)


def test_a_migration_that_only_adds_is_let_through():
    assert is_let_through(
        'ALTER TABLE "core_transaction" ADD COLUMN "n" integer DEFAULT 1 NOT NULL; '
        'ALTER TABLE "core_transaction" ADD CONSTRAINT "c" CHECK ("n" > 0) NOT VALID; '
        'CREATE TABLE "core_x" ("id" bigint NOT NULL PRIMARY KEY, "name" varchar(50) NOT NULL); '
        'CREATE INDEX "core_x_name" ON "core_x" ("name");'
    )


@pytest.mark.drifts
@pytest.mark.parametrize(
    ("frequency", "anchor", "scheduled_on", "first_date"),
    [
        # One step before the 5th of December lies on or before the day on which it was set, or after it.
        ("monthly", datetime.date(2026, 12, 5), datetime.date(2026, 11, 5), None),
        ("monthly", datetime.date(2026, 12, 5), datetime.date(2026, 11, 4), datetime.date(2026, 12, 5)),
        ("monthly", datetime.date(2026, 3, 31), datetime.date(2026, 2, 28), None),
        ("weekly", datetime.date(2026, 12, 5), datetime.date(2026, 11, 28), None),
        ("annual", datetime.date(2028, 2, 29), datetime.date(2027, 2, 27), datetime.date(2028, 2, 29)),
        ("once", datetime.date(2026, 12, 5), datetime.date(2026, 12, 31), datetime.date(2026, 12, 5)),
    ],
)
def test_items_that_are_there_get_the_first_date_that_they_have_had(alice, frequency, anchor, scheduled_on, first_date):
    goal = SavingsGoalFactory.create(user=alice)
    item = ExpenseFactory.create(user=alice, frequency=frequency, due_date=anchor)
    Expense.objects.filter(pk=item.pk).update(scheduled_on=scheduled_on, first_date=None, valued_on=None)
    SavingsGoal.objects.filter(pk=goal.pk).update(added_on=None)

    importlib.import_module("core.migrations.0016_first_dates").fill(apps, None)

    item.refresh_from_db()
    goal.refresh_from_db()
    assert (item.first_date, item.valued_on) == (first_date, TODAY)
    assert goal.added_on == TODAY
