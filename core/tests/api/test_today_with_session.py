"""Today's figure is read together with the session that asks for it."""

import datetime

import pytest

from core.accounts.services.sessions import revoke_sessions
from core.models import Session, User
from core.tests.conftest import NOON
from core.tests.support.factories import UserFactory
from core.tests.support.logins import client_with, log_in

TODAY_URL = "/api/allowance/today/"


def read_today(person):
    return client_with(log_in(person)["access"]).get(TODAY_URL).json()["date"]


@pytest.mark.parametrize(
    "end",
    [
        lambda user: revoke_sessions(user_id=user.pk, now=NOON),
        lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
        lambda user: Session.objects.all().delete(),
    ],
    ids=["revoked", "banned", "gone"],
)
@pytest.mark.parametrize("has_row", [True, False])
def test_todays_figure_is_for_a_session_that_is_in_force_alone(alice, end, has_row):
    api = client_with(log_in(alice)["access"])
    if has_row:
        api.get(TODAY_URL)

    end(alice)
    answer = api.get(TODAY_URL)

    assert (answer.status_code, answer.json()["code"]) == (401, "token_not_valid")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_todays_figure_is_for_the_person_that_the_token_names(alice, bob):
    api = client_with(log_in(alice)["access"])
    api.get(TODAY_URL)

    Session.objects.update(user=bob)
    refused = api.get(TODAY_URL)

    assert refused.status_code == 401


def test_todays_figure_is_that_of_the_persons_own_day(db, clock):
    clock.move_to(datetime.datetime(2026, 11, 22, 10, 30, tzinfo=datetime.UTC))
    people = [UserFactory.create(timezone=name) for name in ("Etc/GMT+12", "Pacific/Kiritimati")]

    days = [[read_today(person) for _time in range(2)] for person in people]
    clock.shift(datetime.timedelta(hours=3))
    later = [read_today(person) for person in people]

    assert days == [["2026-11-21"] * 2, ["2026-11-23"] * 2]
    assert later == ["2026-11-22", "2026-11-23"]
