"""What tests share: a clock that stands on the day of the worked examples, Alice, Bob, their clients, real servers."""

import datetime
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import override_settings
from rest_framework.test import APIClient

from core.allowance.services import Drift, check_days, check_transactions
from core.clock import today_for
from core.models import User
from core.tests.support.calls import noon
from core.tests.support.factories import UserFactory
from core.tests.support.logins import LoggedInClient, client_with, log_in
from core.tests.support.servers import Server, ServerFarm, run_engine

TODAY = datetime.date(2026, 11, 22)
NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)


@pytest.fixture(scope="session", autouse=True)
def settings_of_tests() -> Iterator[None]:
    """What every test wants otherwise than production does. Set once: each change of a setting wakes half of Django."""
    with override_settings(
        # Passwords cost nothing here; the product's own hashers stay known behind it.
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS],
        # A server looks through all of them once, at its start; every client of a test is a server of its own.
        WHITENOISE_AUTOREFRESH=True,
        # No app, whatever was built here.
        APP_DIR=Path("/nowhere"),
        # Mail goes out when a test says so, not beside it.
        MAIL_IN_BACKGROUND=False,
        # Nothing is limited, unless a test says what: `settings.THROTTLES = {**settings.THROTTLES, "login": …}`.
        THROTTLES=dict.fromkeys(settings.THROTTLES),
    ):
        yield


_TOUCHES_THE_ENGINE = {"db", "transactional_db", "start_api", "live_api"}


def _touches_the_engine(item: pytest.Item) -> bool:
    if item.get_closest_marker("once"):
        return False
    return bool(
        item.get_closest_marker("django_db")
        or item.get_closest_marker("server")
        or _TOUCHES_THE_ENGINE & set(getattr(item, "fixturenames", ()))
    )


def _waits_for_servers(item: pytest.Item) -> bool:
    return bool(item.get_closest_marker("server") or {"start_api", "live_api"} & set(getattr(item, "fixturenames", ())))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What touches no database says the same on either engine: it runs on SQLite alone.

    What waits for servers goes first: one process begins with all of it, while the others keep the machine busy,
    and the run does not end with one that waits alone.
    """
    items.sort(key=lambda item: not _waits_for_servers(item))
    if run_engine() == "postgresql":
        kept = [item for item in items if _touches_the_engine(item)]
        config.hook.pytest_deselected(items=[item for item in items if not _touches_the_engine(item)])
        items[:] = kept


# Whether there is anything to compare, in one statement: most tests leave no day and no purchase behind.
_ANY_ROWS = "SELECT EXISTS (SELECT 1 FROM core_dailyallowance) OR EXISTS (SELECT 1 FROM core_transaction)"


def _list_differences() -> list[Drift]:
    with connection.cursor() as cursor:
        cursor.execute(_ANY_ROWS)
        if not cursor.fetchone()[0]:
            return []
    return [*check_transactions(), *check_days(today_for=today_for)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """After every test that uses the database, its rows say what a recomputation says.

    A test that makes them differ on purpose is marked `drifts`. It runs within the test's clock and database.
    """
    outcome = yield
    names = set(getattr(item, "fixturenames", ()))
    uses_database = item.get_closest_marker("django_db") or names & {"db", "transactional_db"}
    if uses_database and not item.get_closest_marker("drifts"):
        differences = _list_differences()
        assert differences == [], "\n".join(map(str, differences))
    return outcome


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Noon of 22 November 2026 in UTC; `clock.move_to` travels on."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def alice(db: None, clock: time_machine.Traveller) -> User:
    """The owner: paid in euros, lives in UTC."""
    return UserFactory.create(username="alice")


@pytest.fixture
def bob(db: None, clock: time_machine.Traveller) -> User:
    """The stranger."""
    return UserFactory.create(username="bob")


def client_of(user: User | None) -> APIClient:
    """A client that is logged in as this person, or as nobody."""
    return APIClient() if user is None else LoggedInClient(user)


@pytest.fixture
def api(alice: User) -> APIClient:
    """Alice's client."""
    return client_of(alice)


@pytest.fixture
def arrive(alice: User, clock: time_machine.Traveller) -> Callable[[str], APIClient]:
    """Move the clock to noon of a day, and return Alice's client, which has logged in there."""

    def move(day: str) -> APIClient:
        clock.move_to(noon(day))
        return client_with(log_in(alice)["access"])

    return move


@pytest.fixture
def strangers_api(bob: User) -> APIClient:
    """Bob's client."""
    return client_of(bob)


@pytest.fixture(scope="session")
def engine() -> str:
    """`sqlite` or `postgresql`: what this run is on."""
    return run_engine()


@pytest.fixture(scope="session")
def _farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerFarm]:
    folder = tmp_path_factory.mktemp("live")
    # Each process of a run has a folder in the run's own.
    run_folder = folder.parent.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    farm = ServerFarm(folder, run_folder / "shared")
    yield farm
    farm.close()


@pytest.fixture
def start_api(_farm: ServerFarm) -> Iterator[Callable[..., Server]]:
    """Start real servers, each on a fresh database: `start_api(engine=, env=, now=)`. See `support.servers`."""
    yield _farm.start
    _farm.kill_servers()


@pytest.fixture
def live_api(start_api: Callable[..., Server]) -> Server:
    """One real server on a fresh database of the run's engine."""
    return start_api()


@pytest.fixture
def anonymous(db: None, clock: time_machine.Traveller) -> APIClient:
    """Nobody's client."""
    return client_of(None)
