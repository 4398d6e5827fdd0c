"""What a form offers before anybody is logged in: time zones, languages, currencies, and what the server is."""

import datetime
from decimal import Decimal

import pytest

from core.accounts.holiday_calendars import is_holiday_calendar
from core.kernel.working_days import list_calendar_codes
from core.models import User
from core.tests.conftest import client_of
from core.tests.support.factories import ExchangeRateFactory, UserFactory

UNKNOWN_CALENDARS = [
    *("XX", "de", "DE-XX", "DE-Bayern", "DEU", "DE-", "DE-BY-BY", "-"),
    *("ECB-BY", "EuropeanCentralBank", "SIFMA", "Locale", "SUN", "HolidayBase"),
]
LISTS = ["timezones", "languages", "holiday-calendars", "currencies"]


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


def find_calendars(api, *codes, **headers):
    rows = {row["code"]: row for row in api.get("/api/holiday-calendars/", **headers).json()["results"]}
    return [rows[code] for code in codes]


def test_holiday_calendars_are_listed_with_their_weekend_and_their_next_holidays(anonymous):
    bavaria, markets, saudi_arabia = find_calendars(anonymous, "DE-BY", "ECB", "SA")

    assert bavaria == {
        "code": "DE-BY",
        "name": "Germany, Bayern",
        "weekend": [6, 7],
        "next": ["2026-12-25", "2026-12-26", "2027-01-01"],
    }
    assert (markets["name"], markets["next"]) == (
        "European Central Bank",
        ["2026-12-25", "2026-12-26", "2027-01-01"],
    )
    assert (saudi_arabia["name"], saudi_arabia["weekend"]) == ("Saudi Arabia", [5, 6])


def test_the_next_holidays_begin_with_today(anonymous, clock):
    clock.move_to(datetime.datetime(2026, 12, 26, 12, tzinfo=datetime.UTC))

    (bavaria,) = find_calendars(anonymous, "DE-BY")

    assert bavaria["next"] == ["2026-12-26", "2027-01-01", "2027-01-06"]


def test_countries_are_named_in_the_language_that_is_asked_for(anonymous):
    (bavaria,) = find_calendars(anonymous, "DE-BY", headers={"Accept-Language": "de"})

    assert bavaria["name"] == "Deutschland, Bayern"


def test_each_calendar_that_is_listed_can_be_chosen_once_it_has_a_name_and_no_other(api):
    listed = [row["code"] for row in read(api, "holiday-calendars")["results"]]

    assert listed == sorted(set(listed))
    for code in listed[::25]:
        assert api.patch("/api/auth/users/me/", {"holiday_calendar": code}).status_code == 200, code
    for code in UNKNOWN_CALENDARS:
        answer = api.patch("/api/auth/users/me/", {"holiday_calendar": code})
        assert (answer.status_code, list(answer.json())) == (400, ["holiday_calendar"]), code
    assert api.patch("/api/auth/users/me/", {"holiday_calendar": ""}).status_code == 200


def test_a_calendar_that_is_no_longer_known_stays_where_it_was_chosen(alice):
    User.objects.filter(pk=alice.pk).update(holiday_calendar="XX-GONE")
    api = client_of(User.objects.get(pk=alice.pk))

    kept = api.patch("/api/auth/users/me/", {"holiday_calendar": "XX-GONE", "first_name": "Al"})
    other = api.patch("/api/auth/users/me/", {"holiday_calendar": "XX-LOST"})

    assert (kept.status_code, other.status_code) == (200, 400)


def test_exactly_the_calendars_of_the_list_are_known():
    assert [code for code in list_calendar_codes() if not is_holiday_calendar(code)] == []
