"""Incomes and bills over the API: the days of the month, start and end, weekends, and what each of them refuses."""

import pytest

from core.models import AuditEvent, Expense, Income

SALARY = {"amount": "1500", "frequency": "semi-monthly", "next_payment_date": "2026-11-15"}
RENT = {"name": "rent", "amount": "1000", "frequency": "monthly", "due_date": "2026-12-05"}


def add(api, kind, body, **more):
    answer = api.post(f"/api/{kind}/", body | more)
    assert answer.status_code == 201, answer.json()
    return answer.json()


def schedule_of(row):
    return {name: row[name] for name in ("frequency", "days", "start_date", "end_date", "adjust", "next_occurrence")}


def refusal(answer):
    assert answer.status_code == 400, answer.json()
    return answer.json()


def test_a_new_item_has_no_bounds_and_stays_on_its_dates(api):
    assert add(api, "expense", RENT) == {
        "id": Expense.objects.get().pk,
        "name": "rent",
        "amount": "1000.00",
        "currency": "EUR",
        "frequency": "monthly",
        "due_date": "2026-12-05",
        "days": None,
        "start_date": None,
        "end_date": None,
        "adjust": "none",
        "next_occurrence": "2026-12-05",
        "created_at": "2026-11-22T12:00:00.000000Z",
        "updated_at": "2026-11-22T12:00:00.000000Z",
    }


@pytest.mark.parametrize(
    ("anchor", "days", "shown"),
    [
        ("2026-11-15", [15, 31], [15, 31]),
        ("2026-11-30", [31, 15], [15, 31]),
        ("2026-11-15", None, [15, 30]),
        ("2026-11-01", None, [1, 16]),
        ("2026-11-16", None, [1, 16]),
        ("2026-10-31", None, [16, 31]),
        # The 28th counts as the 28th in every month: 7 days to either side.
        ("2026-11-07", [7, 28], [7, 28]),
    ],
)
def test_a_semi_monthly_item_has_two_days_of_the_month(anchor, days, shown, api):
    given = {} if days is None else {"days": days}

    made = add(api, "income", SALARY, next_payment_date=anchor, **given)

    assert (made["days"], made["next_payment_date"]) == (shown, anchor)
    assert api.get(f"/api/income/{made['id']}/").json() == made


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"days": [15, 21]}, "days"),
        # From the 27th to the 5th of the next month are 6 days in February.
        ({"days": [5, 27], "next_payment_date": "2026-11-05"}, "days"),
        ({"days": [15, 15]}, "days"),
        ({"days": [14, 31]}, "days"),
        ({"days": [15]}, "days"),
        ({"days": [1, 15, 31]}, "days"),
        ({"days": [0, 15]}, "days"),
        ({"days": [15, 32]}, "days"),
        ({"days": [15, "31"]}, "days"),
        ({"days": [15, 30.5]}, "days"),
        ({"days": [True, 15]}, "days"),
        ({"days": "15,31"}, "days"),
        ({"days": {"0": 15}}, "days"),
        ({"frequency": "monthly", "days": [15, 31]}, "days"),
        ({"frequency": "daily", "adjust": "before"}, "adjust"),
        ({"frequency": "daily", "adjust": "after"}, "adjust"),
        ({"adjust": "earlier"}, "adjust"),
        ({"adjust": ""}, "adjust"),
        ({"adjust": None}, "adjust"),
        ({"start_date": "2026-11-16"}, "next_payment_date"),
        ({"start_date": "1999-12-31"}, "start_date"),
        ({"start_date": "2046-11-23"}, "start_date"),
        ({"start_date": "soon"}, "start_date"),
        ({"end_date": "1999-12-31"}, "end_date"),
        ({"end_date": "2046-11-23"}, "end_date"),
        ({"start_date": "2026-11-10", "end_date": "2026-11-09"}, "end_date"),
        # Running, so that the date before would count, but for the start.
        ({"start_date": "2026-11-10", "end_date": "2026-11-12"}, "end_date"),
        # A job that has not begun has no date before its first.
        ({"frequency": "monthly", "next_payment_date": "2027-03-01", "end_date": "2027-02-15"}, "end_date"),
        ({"frequency": "once", "next_payment_date": "2027-03-01", "end_date": "2027-02-15"}, "end_date"),
    ],
)
def test_what_makes_no_schedule_is_refused_on_its_field_and_leaves_nothing_behind(changes, field, api):
    answer = api.post("/api/income/", SALARY | changes)

    assert list(refusal(answer)) == [field]
    assert not Income.objects.exists()
    assert not AuditEvent.objects.filter(object_type="income").exists()


def test_a_refused_change_leaves_the_row_as_it_was(api):
    made = add(api, "income", SALARY, days=[15, 31])

    answer = api.patch(f"/api/income/{made['id']}/", {"days": [10, 25]})

    assert refusal(answer) == {"days": ["The date is none of these days of the month."]}
    assert api.get(f"/api/income/{made['id']}/").json() == made


def test_the_days_left_out_follow_from_a_date_of_another_schedule(api):
    path = f"/api/income/{add(api, 'income', SALARY, days=[15, 31])['id']}/"

    assert api.patch(path, {"next_payment_date": "2026-11-30"}).json()["days"] == [15, 31]
    assert api.patch(path, {"next_payment_date": "2026-12-10"}).json()["days"] == [10, 25]
    assert api.patch(path, {"days": [10, 26]}).json()["days"] == [10, 26]
    assert api.patch(path, {"days": None}).json()["days"] == [10, 26]


def test_another_frequency_needs_no_days_and_takes_them_away(api):
    path = f"/api/income/{add(api, 'income', SALARY, days=[15, 31])['id']}/"

    monthly = api.patch(path, {"frequency": "monthly"}).json()
    again = api.patch(path, {"frequency": "semi-monthly"}).json()

    assert (monthly["days"], monthly["next_occurrence"]) == (None, "2026-12-15")
    assert (again["days"], again["next_occurrence"]) == ([15, 30], "2026-11-30")


def test_what_is_left_alone_stays_valid(api):
    path = f"/api/income/{add(api, 'income', SALARY, days=[15, 31], adjust='before', end_date='2026-12-31')['id']}/"

    read = api.get(path).json()
    renamed = api.patch(path, {"name": "job"}).json()
    replaced = api.put(path, read | {"name": "work"}).json()
    daily = api.patch(path, {"frequency": "daily"})

    assert schedule_of(renamed) == schedule_of(replaced) == schedule_of(read)
    assert refusal(daily) == {"adjust": ["A daily item is not moved from weekends and holidays."]}
    assert api.patch(path, {"frequency": "daily", "adjust": "none"}).status_code == 200


def test_a_put_without_the_optional_fields_leaves_them_as_they_are(api):
    made = add(api, "income", SALARY, days=[15, 31], adjust="after", start_date="2026-11-01", end_date="2027-01-31")

    replaced = api.put(f"/api/income/{made['id']}/", SALARY).json()

    assert schedule_of(replaced) == {
        "frequency": "semi-monthly",
        "days": [15, 31],
        "start_date": "2026-11-01",
        "end_date": "2027-01-31",
        "adjust": "after",
        "next_occurrence": "2026-11-30",
    }


def test_null_takes_a_bound_away(api):
    path = f"/api/expense/{add(api, 'expense', RENT, start_date='2026-12-05', end_date='2027-01-31')['id']}/"

    freed = api.patch(path, {"start_date": None, "end_date": None}).json()

    assert (freed["start_date"], freed["end_date"]) == (None, None)


def test_an_end_before_the_date_moves_the_date_back(api):
    made = add(api, "expense", RENT, due_date="2026-11-30", end_date="2026-11-15")

    freed = api.patch(f"/api/expense/{made['id']}/", {"end_date": None}).json()

    assert (made["due_date"], made["end_date"], made["next_occurrence"]) == ("2026-10-30", "2026-11-15", None)
    assert (freed["due_date"], freed["end_date"], freed["next_occurrence"]) == ("2026-10-30", None, "2026-11-30")


def test_the_next_occurrence_is_the_first_date_that_counts(api, clock):
    begins = add(api, "expense", RENT, due_date="2027-03-01")
    runs = add(api, "expense", RENT)
    ends = add(api, "expense", RENT, due_date="2026-11-05", end_date="2026-11-30")
    past = add(api, "expense", RENT, due_date="2026-11-05", frequency="once")
    today = add(api, "expense", RENT, due_date="2026-10-22")

    assert [row["next_occurrence"] for row in (begins, runs, ends, past, today)] == [
        "2027-03-01",
        "2026-12-05",
        None,
        None,
        "2026-11-22",
    ]


def test_bounds_are_counted_from_the_users_own_day(api, alice):
    # It is the 23rd there.
    api.patch("/api/auth/users/me/", {"timezone": "Pacific/Kiritimati"})

    made = add(api, "expense", RENT, due_date="2026-11-23", end_date="2046-11-23")
    api.patch("/api/auth/users/me/", {"timezone": "UTC"})
    kept = api.put(f"/api/expense/{made['id']}/", RENT | {"due_date": "2026-11-23", "end_date": "2046-11-23"})

    # The day before, it would be refused of a new bill.
    assert kept.status_code == 200
    assert list(refusal(api.post("/api/expense/", RENT | {"end_date": "2046-11-23"}))) == ["end_date"]


def test_a_schedule_is_in_the_audit_as_it_was_entered(api):
    made = add(api, "income", SALARY, days=[15, 31])
    api.patch(f"/api/income/{made['id']}/", {"days": [15, 30], "adjust": "before", "end_date": "2027-06-30"})

    created, updated = AuditEvent.objects.filter(object_type="income").order_by("pk")

    assert created.changes == {
        "name": [None, ""],
        "amount": [None, "1500.00"],
        "currency": [None, "EUR"],
        "frequency": [None, "semi-monthly"],
        "days": [None, "[15, 31]"],
        "adjust": [None, "none"],
        "next_payment_date": [None, "2026-11-15"],
    }
    assert updated.changes == {
        "days": ["[15, 31]", "[15, 30]"],
        "end_date": [None, "2027-06-30"],
        "adjust": ["none", "before"],
    }


def test_a_strangers_schedule_does_not_exist(api, strangers_api):
    made = add(api, "income", SALARY, days=[15, 31])
    path = f"/api/income/{made['id']}/"

    answers = [
        strangers_api.patch(path, {"days": [15, 30]}),
        strangers_api.put(path, SALARY),
        strangers_api.delete(path),
        strangers_api.patch("/api/income/999999/", {"days": [15, 30]}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({answer.content for answer in answers}) == 1
    assert api.get(path).json() == made
