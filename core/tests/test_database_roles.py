"""The roles of the containers' database: the service's owns nothing, and so cannot take a protection away."""

from contextlib import closing

import psycopg2
import pytest
from psycopg2.errors import InsufficientPrivilege
from services import Unavailable, postgres_server

from core.tests.support.servers import base_environment, manage

pytestmark = [pytest.mark.server, pytest.mark.once]
PASSWORD = "of-this-test-alone"

FORBIDDEN = [
    "DROP TRIGGER {trigger} ON core_auditevent",
    "ALTER TABLE core_auditevent DISABLE TRIGGER ALL",
    "TRUNCATE core_auditevent",
    "DROP TABLE core_auditevent CASCADE",
    "ALTER TABLE core_auditevent OWNER TO allowance",
    "SET ROLE allowance_owner",
    "SET session_replication_role = replica",
    "CREATE TABLE public.mine (id int)",
    "CREATE SCHEMA mine",
    "CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
]


@pytest.fixture(scope="module")
def database():
    """The address of a database with these roles, migrated by its owner, for each role."""
    try:
        with postgres_server() as postgres:
            postgres.make_roles(password=PASSWORD)

            def address(role):
                return f"postgres://{role}:{PASSWORD}@127.0.0.1:{postgres.port}/allowance"

            manage("migrate", "-v0", env=base_environment(DATABASE_URL=address("allowance_owner")))
            yield address
    except Unavailable as reason:
        pytest.skip(f"LEFT OUT: {reason}")


def test_the_service_works_with_a_role_that_owns_nothing(database, tmp_path):
    env = base_environment(DATABASE_URL=database("allowance"), DATA_DIR=str(tmp_path))

    printed = manage("seed_demo", "--staff", env=env).stdout
    manage("run_jobs", "open-days", "clean-up", "check-drift", env=env)

    assert "Demo login: demo / " in printed
    with closing(psycopg2.connect(database("allowance"))) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = 'allowance'::regrole")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_service_cannot_take_the_protection_of_events_away(database, statement):
    with closing(psycopg2.connect(database("allowance"))) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgfoid::regproc::text FROM pg_trigger"
            " WHERE tgrelid = 'core_auditevent'::regclass AND NOT tgisinternal ORDER BY tgname"
        )
        trigger, function = cursor.fetchall()[0]

        with pytest.raises(InsufficientPrivilege):
            cursor.execute(statement.format(trigger=trigger, function=function))
