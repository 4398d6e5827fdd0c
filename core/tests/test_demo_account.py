"""The demo account of `make run`: for this machine alone."""

import io
import sqlite3
from contextlib import closing

import pytest
from django.core.management import call_command
from serve import is_reached_from_elsewhere

from core.models import AuditEvent, User
from core.tests.support.servers import Server, base_environment

HERE = [
    {},
    {
        "HOST": "127.0.0.1",
        "SITE_URL": "http://localhost:8000",
        "ALLOWED_HOSTS": "localhost, [::1]",
        "TRUSTED_PROXIES": "0",
    },
    {"HOST": "::1", "SITE_URL": "http://[::1]:8000", "ALLOWED_HOSTS": "app.localhost,127.0.0.2"},
]
ELSEWHERE = [
    {"HOST": "0.0.0.0"},  # noqa: S104
    {"HOST": "192.168.1.5"},
    {"SITE_URL": "https://allowance.example.org"},
    {"ALLOWED_HOSTS": "localhost,allowance.example.org"},
    {"ALLOWED_HOSTS": "*"},
    {"TRUSTED_PROXIES": "1"},
]


@pytest.mark.parametrize("variables", HERE, ids=str)
def test_a_server_that_names_this_machine_alone_is_not_reached_from_elsewhere(variables):
    assert not is_reached_from_elsewhere(variables)


@pytest.mark.parametrize("variables", ELSEWHERE, ids=str)
def test_one_variable_that_names_another_machine_is_enough(variables):
    assert is_reached_from_elsewhere(variables)


class _MadeRun(Server):
    """What `make run` starts, once the environment is there."""

    command = ("bin/serve.py", "serve")


def _log_in(server, name, password):
    return server.client().post("/api/auth/jwt/create/", json={"username": name, "password": password}).status_code


@pytest.mark.server
@pytest.mark.once
def test_demo_accounts_are_deactivated_once_other_machines_reach_the_server(tmp_path):
    server = _MadeRun(base_environment(SECRET_KEY="", DATA_DIR=str(tmp_path / "var")), tmp_path)
    try:
        server.start()
        logins = dict(line.split(" ", 1) for line in (tmp_path / "var/demo-login").read_text().splitlines())
        at_home = [_log_in(server, name, password) for name, password in logins.items()]
        server.stop()
        seen = len(server.log)
        server.env["ALLOWED_HOSTS"] = "localhost,127.0.0.1,allowance.example.org"
        server.start()
        from_elsewhere = [_log_in(server, name, password) for name, password in logins.items()]
        said = server.log[seen:]
    finally:
        for client in server.clients:
            client.close()
        server.kill()

    assert at_home == [200, 200]
    assert from_elsewhere == [401, 401]
    assert said.count("Deactivated: demo, a demo account; other machines reach this server.\n") == 1
    assert said.count("Deactivated: demo-staff, a demo account; other machines reach this server.\n") == 1
    assert not any(password in said for password in logins.values())


@pytest.mark.server
@pytest.mark.once
def test_no_demo_account_is_made_where_other_machines_reach_the_server(tmp_path):
    env = base_environment(SECRET_KEY="", EMAIL_URL="", DATA_DIR=str(tmp_path / "var"), TRUSTED_PROXIES="1")
    server = _MadeRun(env, tmp_path)
    try:
        server.start()
        said = server.log
    finally:
        server.kill()

    assert "emo" not in said
    assert not (tmp_path / "var/demo-login").exists()
    with closing(sqlite3.connect(tmp_path / "var/app.sqlite3")) as connection:
        assert connection.execute("SELECT count(*) FROM core_user").fetchone() == (0,)


def call_seed_demo(**options):
    printed = io.StringIO()
    call_command("seed_demo", stdout=printed, **options)
    return printed.getvalue()


def test_an_account_with_a_password_of_its_own_stays(db, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    call_seed_demo(staff=True)
    demo = User.objects.get(username="demo")
    demo.set_password("A-password-of-its-own-7")
    demo.save()

    printed = call_seed_demo(deactivate=True)

    assert printed == "Deactivated: demo-staff, a demo account; other machines reach this server.\n"
    assert dict(User.objects.values_list("username", "is_active")) == {"demo": True, "demo-staff": False}
    assert AuditEvent.objects.filter(user__username="demo-staff").latest("pk").changes == {
        "is_active": ["true", "false"]
    }
    assert call_seed_demo(staff=True).splitlines()[1] == "Demo staff: demo-staff (deactivated)"
