"""What the linter of migrations lets through, and what it stops."""

import subprocess
import sys

import pytest

from core.tests.servers import ROOT


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
