"""A server on a database that was filled from a copy."""

import shutil
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import psycopg2
import pytest

from core.tests.support.servers import Server, run_engine

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(
        run_engine() == "postgresql" and shutil.which("pg_dump") is None, reason="LEFT OUT: pg_dump is not installed"
    ),
]


@contextmanager
def _empty_database(server, folder):
    """The address of a database without tables, on the engine of this server."""
    if run_engine() == "sqlite":
        yield f"sqlite:///{folder / 'restored.sqlite3'}"
        return
    url = urlsplit(server.env["DATABASE_URL"])
    name = url.path[1:] + "_restored"
    with closing(psycopg2.connect(url._replace(path="/postgres").geturl())) as maker:
        maker.autocommit = True
        with maker.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
            yield url._replace(path=f"/{name}").geturl()
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_a_restored_copy_serves_the_same_figure_and_no_login_of_before(start_api, tmp_path):
    server = start_api()
    alice = server.sign_up("alice")
    alice.post("/api/transaction/", json={"amount": "7.50"})
    before = alice.get("/api/allowance/today/").json()
    server.manage("backup", str(tmp_path / "copy"))
    folder = tmp_path / "restored"
    folder.mkdir()

    with _empty_database(server, tmp_path) as url:
        restored = Server(server.env | {"DATABASE_URL": url}, folder)
        restored.manage("restore", str(tmp_path / "copy"))
        try:
            restored.start()
            with_old_token = restored.client(Authorization=alice.headers["Authorization"]).get("/api/allowance/today/")
            after = restored.log_in("alice").get("/api/allowance/today/").json()
        finally:
            for client in restored.clients:
                client.close()
            restored.kill()

    assert with_old_token.status_code == 401
    assert after == before
