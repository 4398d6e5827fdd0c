"""What a form offers before anybody is logged in: time zones, languages, currencies, and what the server is."""

import datetime
from decimal import Decimal

import pytest

from core.tests.conftest import client_of
from core.tests.factories import ExchangeRateFactory, UserFactory

LISTS = ["timezones", "languages", "currencies"]


def read(api, name, **parameters):
    answer = api.get(f"/api/{name}/", parameters)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_the_server_says_what_it_is_to_anybody(anonymous):
    answer = anonymous.get("/api/")

    assert answer.status_code == 200
    assert answer.json() == {"product": "fintech-allowance", "version": "0.1.0", "api": 1}


def test_a_token_that_is_over_does_not_keep_the_server_from_saying_what_it_is(anonymous):
    assert anonymous.get("/api/", headers={"Authorization": "Bearer x"}).status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["/api/", *(f"/api/{name}/" for name in LISTS)])
def test_what_there_is_to_choose_cannot_be_written(path, method, anonymous):
    assert getattr(anonymous, method)(path, {}).status_code == 405


@pytest.mark.parametrize("name", LISTS)
def test_a_list_to_choose_from_is_whole_and_needs_no_token(name, anonymous):
    listed = read(anonymous, name)

    assert (listed["next"], listed["previous"]) == (None, None)
    assert listed["count"] == len(listed["results"]) > 0


@pytest.mark.parametrize("name", LISTS)
def test_a_list_to_choose_from_is_not_sent_again_while_it_holds(name, anonymous):
    first = anonymous.get(f"/api/{name}/")

    again = anonymous.get(f"/api/{name}/", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert "no-store" not in first["Cache-Control"]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_to_choose_from_refuses_a_token_that_is_none(name, anonymous):
    answer = anonymous.get(f"/api/{name}/", headers={"Authorization": "Bearer x"})

    assert answer.status_code == 401


def test_every_time_zone_is_listed_by_name_with_its_offset_of_now(anonymous, clock):
    names = [row["name"] for row in read(anonymous, "timezones")["results"]]
    in_winter = {row["name"]: row["offset"] for row in read(anonymous, "timezones")["results"]}
    clock.move_to(datetime.datetime(2026, 7, 1, 12, tzinfo=datetime.UTC))
    in_summer = {row["name"]: row["offset"] for row in read(anonymous, "timezones")["results"]}

    assert names == sorted(names)
    assert [in_winter[name] for name in ("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns")] == [
        "+00:00", "+01:00", "+05:45", "-03:30",
    ]  # fmt: skip
    assert in_summer["Europe/Berlin"] == "+02:00"


def test_each_time_zone_that_is_listed_can_be_chosen_and_no_other(api):
    listed = {row["name"] for row in read(api, "timezones")["results"]}

    assert {"Factory", "localtime", "posixrules"} & listed == set()
    for name in sorted(listed)[::40]:
        assert api.patch("/api/auth/users/me/", {"timezone": name}).status_code == 200, name


def test_the_languages_are_those_that_are_complete_each_in_its_own_words(anonymous):
    assert read(anonymous, "languages")["results"] == [{"code": "en", "name": "English"}]


def test_without_a_token_currencies_have_no_rates(anonymous):
    ExchangeRateFactory.create(date=datetime.date(2026, 11, 20), rate=Decimal("1.25"))

    rows = {row["code"]: row for row in read(anonymous, "currencies")["results"]}

    assert rows["USD"] == {"code": "USD", "name": "US Dollar", "decimals": 2, "rate": None, "rate_date": None}
    assert {row["rate"] for row in rows.values()} == {None}


def test_without_a_token_currencies_are_named_in_the_language_that_is_asked_for(anonymous):
    answer = anonymous.get("/api/currencies/", {"search": "chf"}, headers={"Accept-Language": "de"})

    assert [row["name"] for row in answer.json()["results"]] == ["Schweizer Franken"]


def test_currencies_without_a_token_cost_no_statement(anonymous, django_assert_num_queries):
    read(anonymous, "currencies")
    with django_assert_num_queries(0):
        read(anonymous, "currencies")


def test_every_currency_is_on_one_page_whatever_page_is_asked_for(clock, db):
    api = client_of(UserFactory.create())

    assert read(api, "currencies", page="4", page_size="5") == read(api, "currencies")
