"""The containers, as far as a machine without containers can tell."""

import configparser
import re

import pytest
import yaml
from django.core.management import get_commands

from core.tests.support.servers import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("build") == "."}
BEAT_FILE = "/tmp/celerybeat-schedule"  # noqa: S108  (in a container of its own)
SECRET_WORDS = re.compile(r"SECRET|PASSWORD|TOKEN|KEY|DATABASE_URL|EMAIL_URL")


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def test_the_processes_are_those_that_were_proved():
    assert {name: service.get("command") for name, service in OURS.items()} == {
        "migrate": ["python", "manage.py", "migrate", "--noinput"],
        # gunicorn reads gunicorn.conf.py where it is started, as the servers of the tests do.
        "web": ["gunicorn"],
        "worker": ["celery", "-A", "fintech_app", "worker", "--loglevel", "INFO", "--concurrency", "2"],
        "beat": ["celery", "-A", "fintech_app", "beat", "--loglevel", "INFO", "--schedule", BEAT_FILE],
    }
    assert "migrate" in get_commands()
    assert "core.operations.probe" in read("Dockerfile")


@pytest.mark.parametrize("file", ["Dockerfile", "deploy/pgbouncer/Dockerfile", "docker-compose.yml"])
def test_every_image_is_pinned_to_a_version(file):
    images = re.findall(r"^(?:FROM |ARG \w+_IMAGE=|\s+image: )(\S+)", read(file), re.MULTILINE)
    # Built here, under the version that is given; or named a line further up.
    foreign = [
        image for image in images if "APP_VERSION" not in image and image not in ("${PYTHON_IMAGE}", "${NODE_IMAGE}")
    ]

    assert foreign
    assert [image for image in foreign if not re.search(r":\S*[0-9a-z]", image) or image.endswith(":latest")] == []


def test_every_secret_is_a_file_and_stands_nowhere_in_the_clear():
    declared = COMPOSE["secrets"]
    assert [name for name, secret in declared.items() if not secret["file"].startswith("./deploy/secrets/")] == []
    assert read("deploy/secrets/.gitignore").splitlines()[0] == "*"
    for name, service in SERVICES.items():
        granted = set(service.get("secrets", []))
        assert granted <= declared.keys(), name
        for variable, value in (service.get("environment") or {}).items():
            if SECRET_WORDS.search(variable):
                assert variable.endswith("_FILE"), f"{name}: {variable}"
                assert value.removeprefix("/run/secrets/") in granted, f"{name}: {variable}"


def test_the_page_for_operators_makes_every_secret():
    page = read("docs/operating.md")
    files = [secret["file"].rpartition("/")[2] for secret in COMPOSE["secrets"].values()]

    assert [file for file in files if file not in page] == []


def test_our_containers_can_change_nothing_but_their_data():
    for name, service in OURS.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
    assert re.search(r"^USER 10001:10001$", read("Dockerfile"), re.MULTILINE)


def test_no_container_has_more_rights_than_it_needs():
    for name, service in SERVICES.items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
    # The image's entrypoint changes to its own user. The others start as theirs.
    assert [name for name, service in SERVICES.items() if "cap_add" in service] == ["postgres"]
    assert {name: SERVICES[name]["user"] for name in ("redis", "proxy")} == {"redis": "redis", "proxy": "nginx"}
    assert "USER postgres" in read("deploy/pgbouncer/Dockerfile")


def test_everything_that_lasts_is_bounded_and_comes_back():
    for name, service in SERVICES.items():
        assert service["restart"] in ("unless-stopped", "on-failure:10"), name
        if name != "migrate":
            assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}, name
            # The server's own check is the image's.
            assert "healthcheck" in service or name == "web", name


def test_the_servers_find_one_another():
    pooler = configparser.ConfigParser()
    pooler.read_string(read("deploy/pgbouncer/pgbouncer.ini"))

    assert pooler["databases"]["allowance"].split() == ["host=postgres", "port=5432", "dbname=allowance"]
    assert pooler["pgbouncer"]["pool_mode"] == "transaction"
    assert "server web:8000;" in read("deploy/nginx/nginx.conf")
    assert "PORT=8000" in read("Dockerfile")
    assert OURS["web"]["environment"]["REDIS_URL"] == "redis://redis:6379/0"
    assert {"postgres", "redis", "web"} <= SERVICES.keys()
