"""Purchases and refunds over the API. Alice has 900 a month until 1 December: on the 22nd the day allows 100."""

import datetime
from decimal import Decimal

import pytest

from core.ledger.services import TransactionEntry, record_transactions
from core.models import DailyAllowance, Transaction
from core.tests.conftest import TODAY
from core.tests.support.factories import ExpenseFactory, IncomeFactory

PATH = "/api/transaction/"


@pytest.fixture
def income(alice):
    return IncomeFactory(user=alice, amount=900)


def buy(api, amount="10", **more):
    answer = api.post(PATH, {"amount": amount, **more})
    assert answer.status_code == 201, answer.content
    return answer.json()


def day(api, date="2026-11-22"):
    """(amount, remaining_amount, spent) of a day's row."""
    (row,) = api.get("/api/allowance/", {"date_after": date, "date_before": date}).json()["results"]
    return row["amount"], row["remaining_amount"], row["spent"]


def test_a_purchase_shows_the_state_after_it(api, income):
    row = buy(api, "12.30", category="food", description="bread")

    assert row == {
        "id": row["id"],
        "allowance": DailyAllowance.objects.get().pk,
        "date": "2026-11-22",
        "amount": "12.30",
        "currency": "EUR",
        "base_amount": "12.30",
        "kind": "spend",
        "expense": None,
        "income": None,
        "occurrence": None,
        "client_id": None,
        "category": "food",
        "description": "bread",
        "remaining_amount": "87.70",
        "created_at": "2026-11-22T12:00:00.000000Z",
        "updated_at": "2026-11-22T12:00:00.000000Z",
    }
    assert api.get(f"{PATH}{row['id']}/").json() == row
    assert api.get(PATH).json() == {"next": None, "previous": None, "results": [row]}


def test_a_refund_gives_back(api, income):
    buy(api, "30")

    assert buy(api, "50", kind="refund")["remaining_amount"] == "120.00"
    assert day(api) == ("100.00", "120.00", "-20.00")


def test_read_only_and_unknown_fields_are_ignored(api, alice, income):
    row = buy(
        api,
        id=99,
        user=99,
        remaining_amount="5",
        base_amount="7",
        created_at="2000-01-01T00:00:00Z",
        is_staff=True,
        x=[],
    )

    alice.refresh_from_db()
    assert row["id"] != 99
    assert (row["remaining_amount"], row["base_amount"]) == ("90.00", "10.00")
    assert row["created_at"].startswith("2026-11-22")
    assert not alice.is_staff


def test_a_put_replaces_what_it_names_and_a_patch_changes_it(api, income):
    row = buy(api, category="food", description="bread")
    path = f"{PATH}{row['id']}/"

    put = api.put(path, {"amount": "20"})
    incomplete = api.put(path, {"category": "x"})
    patched = api.patch(path, {"category": "drink"})

    assert (put.status_code, put.json()["amount"], put.json()["remaining_amount"]) == (200, "20.00", "80.00")
    assert incomplete.json() == {"amount": ["This field is required."]}
    assert (patched.json()["category"], patched.json()["amount"]) == ("drink", "20.00")
    assert patched.json()["date"] == row["date"]


def test_a_deleted_purchase_is_given_back(api, income):
    row = buy(api)

    assert api.delete(f"{PATH}{row['id']}/").status_code == 204
    assert api.get(f"{PATH}{row['id']}/").status_code == 404
    assert day(api) == ("100.00", "100.00", "0.00")


# ---- Days ------------------------------------------------------------------------------------------


def test_date_or_allowance_or_both_name_the_day(api, income):
    first = buy(api, date="2026-11-21")

    by_row = buy(api, allowance=first["allowance"])
    by_both = buy(api, allowance=first["allowance"], date="2026-11-21")
    by_neither = buy(api)

    assert [row["date"] for row in (by_row, by_both, by_neither)] == ["2026-11-21", "2026-11-21", "2026-11-22"]
    assert by_row["allowance"] == by_both["allowance"] == first["allowance"]


def test_date_and_allowance_must_agree(api, income):
    row = buy(api, date="2026-11-21")

    for answer in (
        api.post(PATH, {"amount": "1", "allowance": row["allowance"], "date": "2026-11-20"}),
        api.patch(f"{PATH}{row['id']}/", {"allowance": row["allowance"], "date": "2026-11-20"}),
    ):
        assert answer.status_code == 400
        assert answer.json() == {"allowance": ["This row belongs to another day than `date`."]}


@pytest.mark.parametrize(
    ("date", "status"), [("2026-11-22", 201), ("2026-11-23", 400), ("2000-01-01", 201), ("1999-12-31", 400)]
)
def test_a_day_lies_between_the_year_2000_and_today(date, status, api, income):
    answer = api.post(PATH, {"amount": "1", "date": date})

    assert answer.status_code == status
    assert status == 201 or list(answer.json()) == ["date"]


def test_a_move_to_another_day_corrects_both(api, income):
    row = buy(api, "9")

    moved = api.patch(f"{PATH}{row['id']}/", {"date": "2026-11-21"}).json()

    # On the 21st ten days are left: 90 less 9. Today loses a ninth of 9.
    assert (moved["date"], moved["remaining_amount"]) == ("2026-11-21", "81.00")
    assert day(api, "2026-11-21") == ("90.00", "81.00", "9.00")
    assert day(api) == ("99.00", "99.00", "0.00")


def test_a_move_by_the_days_row_corrects_both_too(api, income):
    yesterday = buy(api, "9", date="2026-11-21")
    row = buy(api, "9")

    moved = api.patch(f"{PATH}{row['id']}/", {"allowance": yesterday["allowance"]}).json()

    assert (moved["date"], moved["remaining_amount"]) == ("2026-11-21", "72.00")
    assert day(api) == ("98.00", "98.00", "0.00")


def test_a_past_day_keeps_its_amount_when_the_plan_changes(api, income, alice):
    buy(api, "9", date="2026-11-21")

    ExpenseFactory(user=alice, amount=100)
    later = buy(api, "1", date="2026-11-21")

    assert day(api, "2026-11-21") == ("90.00", "80.00", "10.00")
    assert later["remaining_amount"] == "80.00"


# ---- Where and when --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("timezone", "utc", "date"),
    [
        ("Pacific/Kiritimati", "2026-11-22T09:59", "2026-11-22"),
        ("Pacific/Kiritimati", "2026-11-22T10:00", "2026-11-23"),
        ("Pacific/Pago_Pago", "2026-11-22T10:59", "2026-11-21"),
        ("Pacific/Pago_Pago", "2026-11-22T11:00", "2026-11-22"),
        ("Asia/Kathmandu", "2026-11-22T18:14", "2026-11-22"),
        ("Asia/Kathmandu", "2026-11-22T18:15", "2026-11-23"),
        # The clocks go forward at 01:00 UTC on 29 March, and back at 01:00 UTC on 25 October.
        ("Europe/Berlin", "2026-03-28T22:59", "2026-03-28"),
        ("Europe/Berlin", "2026-03-28T23:00", "2026-03-29"),
        ("Europe/Berlin", "2026-03-29T21:59", "2026-03-29"),
        ("Europe/Berlin", "2026-03-29T22:00", "2026-03-30"),
        ("Europe/Berlin", "2026-10-25T22:59", "2026-10-25"),
        ("Europe/Berlin", "2026-10-25T23:00", "2026-10-26"),
        # Here midnight itself is skipped: 5 September 2027 begins at 01:00, which is 04:00 UTC.
        ("America/Santiago", "2027-09-05T03:59", "2027-09-04"),
        ("America/Santiago", "2027-09-05T04:00", "2027-09-05"),
    ],
)
def test_today_is_the_day_where_the_person_lives(timezone, utc, date, api, alice, clock):
    alice.timezone = timezone
    alice.save()
    clock.move_to(datetime.datetime.fromisoformat(f"{utc}+00:00"))

    assert buy(api)["date"] == date
    assert api.get("/api/allowance/today/").json()["date"] == date
    assert api.get("/api/allowance/explain/").json()["date"] == date
    following = datetime.date.fromisoformat(date) + datetime.timedelta(days=1)
    assert api.post(PATH, {"amount": "1", "date": str(following)}).status_code == 400


def test_somebody_who_travels_west_keeps_both_days_right(api, alice, income):
    api.patch("/api/auth/users/me/", {"timezone": "Pacific/Kiritimati"})
    tomorrow = buy(api, "8")
    api.patch("/api/auth/users/me/", {"timezone": "Pacific/Pago_Pago"})
    alice.refresh_from_db()

    today = buy(api, "20")
    echoed = api.put(f"{PATH}{tomorrow['id']}/", {"amount": "8", "date": tomorrow["date"]})

    # It is the 22nd again: 900 / 9. The 23rd follows: (900 - 20) / 8 = 110, less 8.
    assert (tomorrow["date"], today["date"], today["remaining_amount"]) == ("2026-11-23", "2026-11-22", "80.00")
    assert day(api, "2026-11-23") == ("110.00", "102.00", "8.00")
    assert echoed.status_code == 200


# ---- Decimals --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("currency", "amount", "shown"),
    [
        ("EUR", "1.5", "1.50"),
        ("JPY", "1500", "1500"),
        ("JPY", "15e2", "1500"),
        ("KWD", "1.25", "1.250"),
        ("KWD", "0.001", "0.001"),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(currency, amount, shown, api, alice):
    alice.currency = currency
    alice.save()
    IncomeFactory(user=alice, amount=9000, currency=currency)

    row = buy(api, amount)

    decimals = len(shown.partition(".")[2])
    assert (row["amount"], row["currency"]) == (shown, currency)
    assert len(row["remaining_amount"].partition(".")[2]) == decimals
    assert api.get("/api/allowance/today/").json()["spent"] == shown


@pytest.mark.parametrize(
    ("currency", "amount"), [("EUR", "1.505"), ("EUR", "1.500"), ("JPY", "1.0"), ("JPY", "1.5"), ("KWD", "1.2505")]
)
def test_finer_amounts_than_the_currency_has_are_refused(currency, amount, api, alice):
    alice.currency = currency
    alice.save()

    answer = api.post(PATH, {"amount": amount})

    assert answer.status_code == 400
    assert list(answer.json()) == ["amount"]


# ---- Filters and pages -----------------------------------------------------------------------------


@pytest.fixture
def shopping(api):
    """Names by description: three days, two categories, a refund."""
    buy(api, "5", date="2026-11-20", category="food", description="bread")
    buy(api, "10", date="2026-11-21", category="food", description="cheese and BREAD")
    buy(api, "20.50", date="2026-11-21", category="home", description="lamp")
    buy(api, "7", date="2026-11-22", category="home", description="lamp back", kind="refund")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["lamp back", "lamp", "cheese and BREAD", "bread"]),
        ("date=2026-11-21", ["lamp", "cheese and BREAD"]),
        ("date_after=2026-11-21", ["lamp back", "lamp", "cheese and BREAD"]),
        ("date_before=2026-11-20", ["bread"]),
        ("date_after=2026-11-20&date_before=2026-11-20", ["bread"]),
        ("date_after=2026-11-22&date_before=2026-11-20", []),
        ("category=food", ["cheese and BREAD", "bread"]),
        ("category=FOOD", []),
        ("kind=refund", ["lamp back"]),
        ("min_amount=10", ["lamp", "cheese and BREAD"]),
        ("max_amount=7.00", ["lamp back", "bread"]),
        ("min_amount=20.50&max_amount=20.50", ["lamp"]),
        ("search=bread", ["cheese and BREAD", "bread"]),
        ("search=home", ["lamp back", "lamp"]),
        ("search=lamp%20back", ["lamp back"]),
        ("search=%25", []),
        ("search=_", []),
        ("category=food&min_amount=6&search=cheese", ["cheese and BREAD"]),
        ("unknown=1", ["lamp back", "lamp", "cheese and BREAD", "bread"]),
        ("date=&kind=", ["lamp back", "lamp", "cheese and BREAD", "bread"]),
    ],
)
def test_filters_narrow_the_list(query, found, api, shopping):
    assert [row["description"] for row in api.get(f"{PATH}?{query}").json()["results"]] == found


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("date", "22.11.2026"),
        ("date", "11/22/2026"),
        ("date_after", "20261122"),
        ("date_before", "x"),
        ("kind", "gift"),
        ("min_amount", "x"),
        ("max_amount", "NaN"),
        ("min_amount", "-1"),
        ("max_amount", "0.0001"),
        ("min_amount", "1e30"),
    ],
)
def test_a_filter_that_makes_no_sense_is_named(parameter, value, api, shopping):
    answer = api.get(PATH, {parameter: value})

    assert answer.status_code == 400
    assert list(answer.json()) == [parameter]


def walk(api, address, direction="next"):
    """Every page from an address on, as lists of ids."""
    pages = []
    while address:
        page = api.get(address).json()
        pages.append([row["id"] for row in page["results"]])
        address = page[direction]
    return pages


def test_pages_lead_forwards_and_back_over_every_row_once(api):
    ids = [buy(api, date=f"2026-11-{1 + number // 3:02}")["id"] for number in range(11)]
    newest_first = ids[::-1]

    forwards = walk(api, f"{PATH}?page_size=4")
    last = f"{PATH}?page_size=4"
    while (following := api.get(last).json()["next"]) is not None:
        last = following
    backwards = walk(api, last, "previous")

    assert forwards == [newest_first[:4], newest_first[4:8], newest_first[8:]]
    assert backwards == [newest_first[8:], newest_first[4:8], newest_first[:4]]


def test_rows_added_meanwhile_neither_repeat_nor_hide_others(api):
    ids = [buy(api, date="2026-11-20")["id"] for _ in range(6)]
    page = api.get(f"{PATH}?page_size=2").json()
    seen = [row["id"] for row in page["results"]]

    while page["next"]:
        buy(api, date="2026-11-21")
        page = api.get(page["next"]).json()
        seen += [row["id"] for row in page["results"]]
        if len(seen) == 4:
            Transaction.objects.get(pk=seen[-1]).delete()

    assert seen == ids[::-1]


def test_a_cursor_keeps_the_filters(api, shopping):
    page = api.get(f"{PATH}?category=food&page_size=1").json()

    following = api.get(page["next"]).json()

    assert [row["description"] for row in following["results"]] == ["bread"]
    assert following["next"] is None


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "=",
        "x",
        "é",
        "%00",
        "cD0x",  # p=1
        "bnwyMDI2LTExLTIyfHg=",  # n|2026-11-22|x
        "bnwyMDI2LTEzLTIyfDE=",  # n|2026-13-22|1
        "eHwyMDI2LTExLTIyfDE=",  # x|2026-11-22|1
        "bnwyMDI2LTExLTIyfC0x",  # n|2026-11-22|-1
    ],
)
def test_what_is_no_cursor_is_refused(cursor, api, shopping):
    answer = api.get(f"{PATH}?cursor={cursor}")

    assert answer.status_code == 400
    assert list(answer.json()) == ["cursor"]


@pytest.mark.parametrize(
    ("size", "rows"), [("", 50), ("1", 1), ("60", 55), ("0", 50), ("x", 50), ("-1", 50), ("1e9", 50)]
)
def test_a_page_has_fifty_rows_unless_it_is_told(size, rows, api, alice):
    record_transactions(owner=alice, today=TODAY, entries=[TransactionEntry(date=TODAY, amount=Decimal(1))] * 55)

    assert len(api.get(f"{PATH}?page_size={size}").json()["results"]) == rows


def test_a_page_has_at_most_two_hundred_rows(api, alice):
    record_transactions(owner=alice, today=TODAY, entries=[TransactionEntry(date=TODAY, amount=Decimal(1))] * 203)

    assert [len(api.get(f"{PATH}?page_size={size}").json()["results"]) for size in (200, 201, 10**6)] == [200] * 3
