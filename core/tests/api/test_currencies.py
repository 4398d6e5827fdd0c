"""The list of currencies."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.tests.conftest import client_of
from core.tests.support.factories import ExchangeRateFactory, UserFactory

URL = "/api/currencies/"


@pytest.fixture
def rates(db: None) -> None:
    """One euro: 1.25 dollars on the 20th and 1.20 a week before, 160 yen."""
    ExchangeRateFactory.create(date=datetime.date(2026, 11, 13), rate=Decimal("1.20"))
    ExchangeRateFactory.create(date=datetime.date(2026, 11, 20), rate=Decimal("1.25"))
    ExchangeRateFactory.create(quote="JPY", date=datetime.date(2026, 11, 19), rate=Decimal(160))


def read(api: Any, **parameters: str) -> dict[str, dict[str, Any]]:
    answer = api.get(URL, {"page_size": "200", **parameters})
    assert answer.status_code == 200, answer.content
    return {row["code"]: row for row in answer.json()["results"]}


def test_every_currency_is_listed_with_its_decimals_and_its_rate_into_ones_own(api, rates):
    listed = read(api)

    assert len(listed) > 150
    assert listed["USD"] == {
        "code": "USD",
        "name": "US Dollar",
        "decimals": 2,
        "rate": "0.8",
        "rate_date": "2026-11-20",
    }
    assert listed["JPY"] == {
        "code": "JPY",
        "name": "Japanese Yen",
        "decimals": 0,
        "rate": "0.00625",
        "rate_date": "2026-11-19",
    }
    assert listed["KWD"] == {
        "code": "KWD",
        "name": "Kuwaiti Dinar",
        "decimals": 3,
        "rate": None,
        "rate_date": None,
    }
    assert (listed["EUR"]["rate"], listed["EUR"]["rate_date"]) == ("1", "2026-11-22")


def test_a_pair_goes_over_the_euro_and_shows_the_older_day(rates, clock):
    listed = read(client_of(UserFactory.create(currency="USD")))

    # 1.25 / 160
    assert (listed["JPY"]["rate"], listed["JPY"]["rate_date"]) == ("0.0078125", "2026-11-19")
    assert (listed["EUR"]["rate"], listed["EUR"]["rate_date"]) == ("1.25", "2026-11-20")


def test_rates_are_as_of_the_day_that_is_asked_for(api, rates):
    before = read(api, date="2026-11-19")
    long_before = read(api, date="2026-11-12")

    assert (before["USD"]["rate"], before["USD"]["rate_date"]) == ("0.833333333333", "2026-11-13")
    assert long_before["USD"]["rate"] is None


@pytest.mark.parametrize("day", ["2026-11-23", "1999-12-31", "yesterday", "2026-02-30", "2026-11-22T12:00"])
def test_a_day_that_cannot_be_asked_for_is_refused(api, day):
    answer = api.get(URL, {"date": day})

    assert (answer.status_code, list(answer.json())) == (400, ["date"])


def test_codes_and_names_can_be_searched(api):
    assert list(read(api, search="chf")) == ["CHF"]
    assert "CHF" in read(api, search="swiss")
    assert read(api, search="doubloon") == {}


@pytest.mark.parametrize(
    ("profile", "header", "name"),
    [
        ("de", None, "Schweizer Franken"),
        ("", "de-CH,de;q=0.9", "Schweizer Franken"),
        ("en", "de", "Swiss Franc"),
        ("fr", "de", "franc suisse"),
        ("pt-br", None, "Franco suíço"),
        ("zh-hans", None, "瑞士法郎"),
        ("", "tlh", "Swiss Franc"),
        ("", None, "Swiss Franc"),
    ],
)
def test_names_are_in_the_callers_language(db, clock, profile, header, name):
    api = client_of(UserFactory.create(language=profile))
    if header:
        api.credentials(HTTP_ACCEPT_LANGUAGE=header)

    assert read(api)["CHF"]["name"] == name


def test_an_answer_that_still_holds_is_not_sent_again(api, rates):
    first = api.get(URL)

    again = api.get(URL, HTTP_IF_NONE_MATCH=first["ETag"])
    ExchangeRateFactory.create(quote="AUD", date=datetime.date(2026, 11, 21), rate=Decimal("1.6"))
    changed = api.get(URL, HTTP_IF_NONE_MATCH=first["ETag"])

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_an_answer_is_kept_by_nobody_else(api, rates):
    answer = api.get(URL)

    assert answer["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "Accept-Language"} <= {name.strip() for name in answer["Vary"].split(",")}


def test_somebody_with_another_currency_gets_an_answer_of_their_own(api, rates):
    mine = api.get(URL)

    theirs = client_of(UserFactory.create(currency="USD")).get(URL, HTTP_IF_NONE_MATCH=mine["ETag"])

    assert theirs.status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_list_cannot_be_written(api, method):
    assert getattr(api, method)(URL, {}).status_code == 405


def test_the_list_costs_three_statements_however_many_rates_there_are(api, rates):
    def count() -> int:
        with CaptureQueriesContext(connection) as statements:
            read(api)
        return len(statements)

    # The first use of a session's tokens is noted, which takes a statement of its own.
    read(api)
    few = count()
    for day in range(1, 19):
        ExchangeRateFactory.create(quote="CAD", date=datetime.date(2026, 11, day))
        ExchangeRateFactory.create(base="CAD", quote="NZD", date=datetime.date(2026, 11, day))

    assert (few, count()) == (3, 3)
