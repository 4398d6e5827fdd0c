"""Taking in rates: from a server, from a file; all of a feed or nothing of it."""

import datetime
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from core.currencies import transport
from core.models import DailyAllowance, ExchangeRate
from core.tests.support.factories import ExchangeRateFactory, IncomeFactory, TransactionFactory, UserFactory
from core.tests.support.feeds import FeedServer, make_feed, serving_feeds

FRIDAY = {"2026-11-20": {"USD": "1.2500", "JPY": "160.00"}}


@pytest.fixture
def feeds() -> Iterator[FeedServer]:
    with serving_feeds() as server:
        yield server


def update(path: Path | None = None) -> tuple[str, str]:
    """Run the command. Returns what it said, and what it complained of."""
    said, complained = io.StringIO(), io.StringIO()
    call_command("update_exchange_rates", file=path, stdout=said, stderr=complained)
    return said.getvalue(), complained.getvalue()


def stored() -> list[tuple[str, str, str, str]]:
    return [
        (str(row.date), row.quote, f"{row.rate.normalize():f}", row.source)
        for row in ExchangeRate.objects.order_by("date", "quote")
    ]


def test_the_daily_feed_is_read_from_its_address(db, clock, feeds, settings: Settings):
    settings.EXCHANGE_RATES_URL = feeds.serve("/daily.xml", make_feed(FRIDAY))

    said, complained = update()

    assert stored() == [("2026-11-20", "JPY", "160", "ecb"), ("2026-11-20", "USD", "1.25", "ecb")]
    assert said == (
        "Read 2 rates of 1 days, the newest of 2026-11-20: 2 new, 0 changed, 0 known already, "
        "0 kept as staff entered it.\nFigures of today brought up to date: 0.\n"
    )
    assert complained == ""


def test_a_history_is_read_from_a_file_and_reading_it_again_changes_nothing(db, clock, tmp_path):
    history = tmp_path / "history.xml"
    history.write_bytes(make_feed({f"2026-11-{day}": {"USD": f"1.{day}", "CHF": "0.95"} for day in range(20, 10, -1)}))

    first, _ = update(history)
    before = list(ExchangeRate.objects.order_by("pk").values())
    second, _ = update(history)

    assert "Read 20 rates of 10 days, the newest of 2026-11-20: 20 new" in first
    assert "0 new, 0 changed, 20 known already" in second
    assert list(ExchangeRate.objects.order_by("pk").values()) == before


def test_a_corrected_rate_replaces_the_old_one_and_staffs_own_stays(db, clock, tmp_path):
    ExchangeRateFactory.create(quote="USD", date=datetime.date(2026, 11, 20), rate=Decimal("1.11"), source="ecb")
    ExchangeRateFactory.create(quote="JPY", date=datetime.date(2026, 11, 20), rate=Decimal("155.5"), source="staff")
    feed = tmp_path / "daily.xml"
    feed.write_bytes(make_feed(FRIDAY))

    said, _ = update(feed)

    assert stored() == [("2026-11-20", "JPY", "155.5", "staff"), ("2026-11-20", "USD", "1.25", "ecb")]
    assert "0 new, 1 changed, 0 known already, 1 kept as staff entered it" in said


def test_codes_that_are_not_offered_are_skipped_and_named(db, clock, tmp_path):
    feed = tmp_path / "daily.xml"
    feed.write_bytes(make_feed({"2026-11-20": {"USD": "1.25", "XDR": "0.58", "XAU": "0.0004"}}))

    said, _ = update(feed)

    assert stored() == [("2026-11-20", "USD", "1.25", "ecb")]
    assert "Skipped 2 currencies not offered here: XAU, XDR." in said


def test_rates_of_withdrawn_currencies_are_taken_in_for_the_rows_that_have_them(db, clock, tmp_path):
    feed = tmp_path / "daily.xml"
    feed.write_bytes(make_feed({"2026-11-20": {"USD": "1.25", "BGN": "1.95583"}}))

    update(feed)

    assert stored() == [("2026-11-20", "BGN", "1.95583", "ecb"), ("2026-11-20", "USD", "1.25", "ecb")]


def test_a_late_feed_is_taken_in_with_a_warning(db, clock, tmp_path):
    feed = tmp_path / "daily.xml"
    feed.write_bytes(make_feed({"2026-11-16": {"USD": "1.25"}}))

    _, complained = update(feed)

    assert stored() == [("2026-11-16", "USD", "1.25", "ecb")]
    assert complained == "The feed is late: its newest day, 2026-11-16, is 6 days old.\n"


def _day(content: str) -> bytes:
    return make_feed(FRIDAY).replace(b"</Cube>\n</Cube>", b"</Cube>\n" + content.encode() + b"\n</Cube>")


_THURSDAY = '<Cube time="2026-11-19"><Cube currency="USD" rate="{}"/></Cube>'
_BILLION_LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'

BROKEN = {
    "nothing": b"",
    "no days": make_feed({}),
    "no rate of a currency here": make_feed({"2026-11-20": {"XAU": "0.58"}}),
    "a day without rates": make_feed({**FRIDAY, "2026-11-19": {}}),
    "cut off": make_feed(FRIDAY)[:-20],
    "cut off after the first day": _day("").partition(b"</Cube>\n")[0],
    "a page": b"<html><body>Maintenance</body></html>",
    "JSON": b'{"rates": {}}',
    "text after the end": make_feed(FRIDAY) + b"<Envelope/>",
    "a rate of zero": _day(_THURSDAY.format("0.0000")),
    "a negative rate": _day(_THURSDAY.format("-1.25")),
    "no number": _day(_THURSDAY.format("NaN")),
    "infinity": _day(_THURSDAY.format("INF")),
    "an exponent": _day(_THURSDAY.format("1e400")),
    "too large a rate": _day(_THURSDAY.format("900000000")),
    "other digits": _day(_THURSDAY.format("١.٢٥")),
    "no rate": _day('<Cube time="2026-11-19"><Cube currency="USD"/></Cube>'),
    "no code": _day('<Cube time="2026-11-19"><Cube currency="dollar" rate="1"/></Cube>'),
    "the euro in itself": _day('<Cube time="2026-11-19"><Cube currency="EUR" rate="1"/></Cube>'),
    "a code twice": _day(
        '<Cube time="2026-11-19"><Cube currency="USD" rate="1"/><Cube currency="USD" rate="1"/></Cube>'
    ),
    "a day twice": _day(_THURSDAY.format("1") + _THURSDAY.format("1")),
    "no date": _day('<Cube time="yesterday"><Cube currency="USD" rate="1"/></Cube>'),
    "no such date": _day('<Cube time="2026-02-30"><Cube currency="USD" rate="1"/></Cube>'),
    "a rate outside of a day": _day('<Cube currency="USD" rate="1"/>'),
    "cubes too deep": _day('<Cube time="2026-11-19"><Cube currency="USD" rate="1"><Cube/></Cube></Cube>'),
    "elements too deep": make_feed(FRIDAY).replace(b"Reference rates", b"<a>" * 50 + b"</a>" * 50),
    "something else among the days": _day("<Note/>"),
    "entities": make_feed(FRIDAY).replace(b'<?xml version="1.0" encoding="UTF-8"?>', _BILLION_LAUGHS),
    "a type that lies elsewhere": make_feed(FRIDAY).replace(
        b'<?xml version="1.0" encoding="UTF-8"?>', b'<!DOCTYPE x SYSTEM "file:///etc/hostname">'
    ),
    "an encoding that is none": make_feed(FRIDAY).replace(b"UTF-8", b"UTF-9"),
    "bytes of another encoding": make_feed(FRIDAY).replace(b"Reference", b"R\xe9f\xe9rence"),
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_feed_changes_nothing(db, clock, tmp_path, body):
    ExchangeRateFactory.create(quote="USD", date=datetime.date(2026, 11, 19), rate=Decimal("1.11"))
    feed = tmp_path / "feed.xml"
    feed.write_bytes(body)

    with pytest.raises(CommandError, match=r"^The feed(?:'s)? [^\n]+ Nothing was changed\.$"):
        update(feed)

    assert stored() == [("2026-11-19", "USD", "1.11", "ecb")]


def test_a_feed_that_is_too_large_is_refused(db, clock, tmp_path, monkeypatch):
    monkeypatch.setattr(transport, "LARGEST_FEED_BYTES", 1024 * 1024)
    feed = tmp_path / "feed.xml"
    feed.write_bytes(make_feed(FRIDAY).replace(b"Reference rates", b"x" * 1024 * 1024))

    with pytest.raises(CommandError, match="The feed is larger than 1 MiB"):
        update(feed)

    assert stored() == []


@pytest.mark.parametrize(
    ("status", "headers", "message"),
    [
        (404, {}, "answered 404"),
        (500, {}, "answered 500"),
        (302, {"Location": "file:///etc/hostname"}, "answered 302"),
        (302, {"Location": "ftp://127.0.0.1/daily.xml"}, "redirects from http to ftp"),
        (302, {"Location": "/moved.xml"}, "answered 302"),
        (200, {"Content-Length": "100000"}, "not whole XML"),
    ],
)
def test_a_server_that_fails_changes_nothing(db, clock, feeds, settings: Settings, status, headers, message):
    settings.EXCHANGE_RATES_URL = feeds.serve("/moved.xml", make_feed(FRIDAY)[:400], status, **headers)

    with pytest.raises(CommandError, match=message):
        update()

    assert stored() == []


def test_a_redirect_to_another_page_is_followed(db, clock, feeds, settings: Settings):
    feeds.serve("/new.xml", make_feed(FRIDAY))
    settings.EXCHANGE_RATES_URL = feeds.serve("/old.xml", b"", 301, Location=f"{feeds.url}/new.xml")

    update()

    assert (len(stored()), feeds.requested) == (2, ["/old.xml", "/new.xml"])


def test_a_server_that_is_away_changes_nothing_and_its_password_is_not_told(db, clock, feeds, settings: Settings):
    settings.EXCHANGE_RATES_URL = "http://user:sesame@127.0.0.1:9/daily.xml"

    with pytest.raises(CommandError) as caught:
        update()

    assert "cannot be read" in str(caught.value)
    assert "sesame" not in str(caught.value)


def test_a_file_that_is_not_there_is_named(db, clock, tmp_path):
    with pytest.raises(CommandError, match=r"nowhere\.xml cannot be read: No such file or directory\."):
        update(tmp_path / "nowhere.xml")


def test_new_rates_change_todays_figures_and_no_other(db, clock, tmp_path):
    ExchangeRateFactory.create(quote="USD", rate=Decimal("1.5"))
    alice, bob = UserFactory.create(), UserFactory.create()
    IncomeFactory.create(user=alice, amount=Decimal(900), currency="USD", added_on=datetime.date(2026, 11, 1))
    IncomeFactory.create(user=bob, amount=Decimal(900))
    TransactionFactory.create(user=alice, date=datetime.date(2026, 11, 21), amount=Decimal(60))
    TransactionFactory.create(user=alice, amount=Decimal(10))
    untouched = DailyAllowance.objects.get(user=bob)
    feed = tmp_path / "daily.xml"
    feed.write_bytes(make_feed(FRIDAY))

    said, _ = update(feed)

    # 900 USD were 600 EUR: 60.00 on the 21st, and 60.00 after 60 of them are gone. Now they are 720: 73.33.
    past, today = DailyAllowance.objects.filter(user=alice).order_by("date")
    assert (past.amount, past.remaining_amount) == (Decimal(60), Decimal(0))
    assert (today.pool, today.amount, today.remaining_amount) == (Decimal(720), Decimal("73.33"), Decimal("63.33"))
    assert DailyAllowance.objects.get(user=bob).updated_at == untouched.updated_at
    assert "Figures of today brought up to date: 1." in said
