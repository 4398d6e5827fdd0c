"""What a user chooses about the figure: carry, repay, weights of the week. And `updated_at` of a profile."""

import datetime

import pytest
from django.db import IntegrityError
from django.db import transaction as db_transaction

from core.models import AuditEvent, PayPeriod, User
from core.tests.conftest import NOON, TODAY
from core.tests.support.factories import PASSWORD, IncomeFactory, UserFactory
from core.tests.support.logins import client_with, log_in

ME = "/api/auth/users/me/"
EVEN = [1, 1, 1, 1, 1, 1, 1]


def log_in_again(user):
    """Return a client with a real token: each call reads the user from the database. It lasts ten minutes."""
    return client_with(log_in(user)["access"])


@pytest.fixture
def api(alice):
    """Alice's client, logged in at noon."""
    return log_in_again(alice)


def read(api):
    return api.get(ME).json()


def test_a_new_user_has_the_defaults(anonymous):
    body = {"username": "carol", "email": "carol@example.org", "password": PASSWORD}

    made = anonymous.post("/api/auth/users/", body).json()

    assert {name: made[name] for name in ("leftover", "overspend", "weekday_weights")} == {
        "leftover": "forget",
        "overspend": "forgive",
        "weekday_weights": EVEN,
    }
    assert made["updated_at"] == "2026-11-22T12:00:00.000000Z"


def test_settings_can_be_chosen_at_registration_and_later(anonymous, api, alice):
    chosen = {"leftover": "carry", "overspend": "repay", "weekday_weights": [1, 1, 1, 1, 1, 3, 2]}
    body = {"username": "carol", "email": "carol@example.org", "password": PASSWORD}

    made = anonymous.post("/api/auth/users/", body | chosen)
    changed = api.patch(ME, chosen)

    assert (made.status_code, changed.status_code) == (201, 200)
    for answer in (made.json(), changed.json(), read(api)):
        assert {name: answer[name] for name in chosen} == chosen


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("leftover", "keep"),
        ("leftover", ""),
        ("leftover", None),
        ("overspend", "carry"),
        ("weekday_weights", [1, 1, 1, 1, 1, 1]),
        ("weekday_weights", [1, 1, 1, 1, 1, 1, 1, 1]),
        ("weekday_weights", [0, 0, 0, 0, 0, 0, 0]),
        ("weekday_weights", [1, 1, 1, 1, 1, 1, 11]),
        ("weekday_weights", [1, 1, 1, 1, 1, 1, -1]),
        ("weekday_weights", [1, 1, 1, 1, 1, 1, 1.5]),
        ("weekday_weights", [1, 1, 1, 1, 1, 1, True]),
        ("weekday_weights", [1, 1, 1, 1, 1, 1, "1"]),
        ("weekday_weights", "1111111"),
        ("weekday_weights", {"0": 1}),
        ("weekday_weights", None),
    ],
)
def test_a_value_that_is_none_of_the_choices_is_refused(field, value, api):
    before = read(api)

    answer = api.patch(ME, {field: value})

    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert all(isinstance(problem, str) for problem in answer.json()[field])
    assert read(api) == before


@pytest.mark.parametrize(("setting", "chosen"), [("leftover", "carry"), ("overspend", "repay")])
def test_the_local_day_of_a_choice_is_kept_and_choosing_the_same_again_changes_nothing(setting, chosen, alice, clock):
    log_in_again(alice).patch(ME, {"timezone": "Pacific/Kiritimati"})

    log_in_again(alice).patch(ME, {setting: chosen})
    first = getattr(User.objects.get(username="alice"), f"{setting}_chosen_on")
    clock.move_to(NOON + datetime.timedelta(days=3))
    log_in_again(alice).patch(ME, {setting: chosen, "first_name": "Al"})

    # It is 14 hours later there.
    assert first == TODAY + datetime.timedelta(days=1)
    assert getattr(User.objects.get(username="alice"), f"{setting}_chosen_on") == first


def test_another_choice_has_another_day(alice, clock):
    log_in_again(alice).patch(ME, {"leftover": "carry"})
    clock.move_to(NOON + datetime.timedelta(days=3))

    log_in_again(alice).patch(ME, {"leftover": "forget"})

    assert User.objects.get(username="alice").leftover_chosen_on == TODAY + datetime.timedelta(days=3)


def test_a_default_has_no_day_and_a_choice_at_registration_has(clock, db):
    plain = UserFactory.create()
    careful = UserFactory.create(leftover="carry", overspend="repay")

    assert (plain.leftover_chosen_on, plain.overspend_chosen_on) == (None, None)
    assert (careful.leftover_chosen_on, careful.overspend_chosen_on) == (TODAY, TODAY)


def test_a_row_that_was_read_before_a_choice_does_not_undo_its_day(alice, api):
    stale = User.objects.get(pk=alice.pk)
    api.patch(ME, {"leftover": "carry"})

    stale.leftover = "carry"
    stale.save(update_fields=["leftover"])

    assert User.objects.get(pk=alice.pk).leftover_chosen_on == TODAY


def test_settings_are_in_the_audit(api, alice):
    api.patch(ME, {"leftover": "carry", "weekday_weights": [1, 1, 1, 1, 1, 3, 2]})

    assert AuditEvent.objects.latest("pk").changes == {
        "leftover": ["forget", "carry"],
        "weekday_weights": ["[1, 1, 1, 1, 1, 1, 1]", "[1, 1, 1, 1, 1, 3, 2]"],
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("leftover", "keep"),
        ("overspend", "keep"),
        ("weekday_weights", [1] * 6),
        ("weekday_weights", [1] * 8),
        ("weekday_weights", [0] * 7),
        ("weekday_weights", [1, 1, 1, 1, 1, 1, 11]),
        ("weekday_weights", {}),
    ],
)
def test_the_database_refuses_what_is_no_setting(field, value, alice):
    with pytest.raises(IntegrityError), db_transaction.atomic():
        User.objects.filter(pk=alice.pk).update(**{field: value})


def test_updated_at_moves_with_the_profile_and_with_nothing_else(alice, clock):
    clock.move_to(NOON + datetime.timedelta(hours=1))
    api = log_in_again(alice)
    alice.last_login = NOON
    alice.save(update_fields=["last_login"])
    api.post("/api/transaction/", {"amount": "1"})
    untouched = read(api)["updated_at"]

    changed = api.patch(ME, {"first_name": "Al"}).json()["updated_at"]

    assert (untouched, changed) == ("2026-11-22T12:00:00.000000Z", "2026-11-22T13:00:00.000000Z")


@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_profile_that_was_changed_meanwhile_is_not_written(method, api, clock):
    body = read(api)
    tag = f'"{body["updated_at"]}"'
    clock.move_to(NOON + datetime.timedelta(seconds=1))
    body["first_name"] = "Al"

    answers = [getattr(api, method)(ME, body, headers={"If-Match": tag}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 412]
    assert answers[1].json()["code"] == "changed_meanwhile"


def test_an_account_that_was_changed_meanwhile_is_not_deleted(api, clock, alice):
    api.patch(ME, {"first_name": "Al"})
    stale = {"If-Match": '"2000-01-01T00:00:00.000000Z"'}

    answer = api.delete(ME, {"current_password": PASSWORD}, headers=stale)

    assert (answer.status_code, answer.json()["code"]) == (412, "changed_meanwhile")
    assert User.objects.filter(pk=alice.pk).exists()


@pytest.mark.parametrize("looks_first", [True, False])
def test_a_change_as_the_first_write_of_a_pay_period_leaves_the_one_before_as_it_was(looks_first, alice, api, clock):
    api.patch(ME, {"leftover": "carry", "overspend": "repay"})
    IncomeFactory(user=alice)
    clock.move_to(datetime.datetime(2027, 1, 2, 12, tzinfo=datetime.UTC))
    api = log_in_again(alice)
    if looks_first:
        api.get("/api/allowance/today/")

    answer = api.patch(ME, {"leftover": "forget", "overspend": "forgive"})

    assert answer.status_code == 200
    # November, in which both were chosen, and December, in which they held.
    assert list(PayPeriod.objects.order_by("start").values_list("start", "carries", "repays", "carried")) == [
        (datetime.date(2026, 11, 1), False, False, 0),
        (datetime.date(2026, 12, 1), True, True, 3000),
    ]
