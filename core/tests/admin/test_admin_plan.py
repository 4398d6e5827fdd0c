"""Schedules and targets in the forms of the admin, and items that are marked as deleted."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.formats import date_format

from core.models import AuditEvent, Expense, Income, SavingsGoal
from core.tests.admin.browser_form import fields_of
from core.tests.support.factories import ExpenseFactory, IncomeFactory, SavingsGoalFactory, TransactionFactory

WAGE = {"amount": "1500", "frequency": "semi-monthly", "next_payment_date": "2026-11-15"}


def page(name, *args):
    return reverse(f"admin:core_{name}", args=args)


def errors_of(response):
    assert response.status_code == 200
    return {field: list(problems) for field, problems in response.context_data["adminform"].errors.items()}


def change(staff, row, **entered):
    """Open the page of a row, enter something, and send it."""
    path = page(f"{row._meta.model_name}_change", row.pk)
    return staff.post(path, fields_of(staff.get(path)) | entered)


@pytest.mark.parametrize(
    ("entered", "days"), [({"days": "15, 31"}, [15, 31]), ({"days": "31 15"}, [15, 31]), ({}, [15, 30])]
)
def test_staff_enter_the_days_of_the_month_bounds_and_weekends(staff, alice, entered, days):
    more = {"start_date": "2026-11-01", "end_date": "2027-06-30", "adjust": "before"}

    answer = staff.post(page("income_add"), WAGE | more | entered | {"owner": alice.pk})

    income = Income.objects.get()
    assert answer.status_code == 302
    assert (income.days, income.adjust, income.start_date, income.end_date) == (
        days,
        "before",
        datetime.date(2026, 11, 1),
        datetime.date(2027, 6, 30),
    )


@pytest.mark.parametrize(
    ("entered", "errors"),
    [
        ({"days": "15"}, {"days": ["Two whole numbers from 1 to 31 are required."]}),
        ({"days": "15, 32"}, {"days": ["Two whole numbers from 1 to 31 are required."]}),
        ({"days": "mid, last"}, {"days": ["Two whole numbers from 1 to 31 are required."]}),
        ({"days": "15, 20"}, {"days": ["Give two days of the month, at least 7 days apart."]}),
        (
            {"frequency": "monthly", "days": "15, 31"},
            {"days": ["Only a semi-monthly item has two days of the month."]},
        ),
        (
            {"frequency": "daily", "adjust": "after"},
            {"adjust": ["A daily item is not moved from weekends and holidays."]},
        ),
        ({"start_date": "2026-11-16"}, {"next_payment_date": ["The date is before the start date."]}),
        ({"end_date": "2046-11-23"}, {"end_date": ["Must lie from 2000-01-01 to 2046-11-22."]}),
        ({"start_date": "2026-11-10", "end_date": "2026-11-11"}, {"end_date": ["No date is left that counts."]}),
    ],
)
def test_what_the_api_refuses_of_a_schedule_the_form_refuses_with_the_same_words(staff, alice, entered, errors):
    answer = staff.post(page("income_add"), WAGE | entered | {"owner": alice.pk})

    assert errors_of(answer) == errors
    assert not Income.objects.exists()


def test_a_form_shows_the_stored_schedule_and_changes_what_is_entered_alone(staff, alice):
    income = IncomeFactory(
        user=alice,
        frequency="semi-monthly",
        next_payment_date=datetime.date(2026, 11, 15),
        days=[15, 31],
        end_date=datetime.date(2027, 6, 30),
        adjust="after",
    )

    shown = fields_of(staff.get(page("income_change", income.pk)))
    answer = change(staff, income, end_date="", days="15, 30")

    assert {name: shown[name] for name in ("next_payment_date", "days", "start_date", "end_date", "adjust")} == {
        "next_payment_date": "2026-11-15",
        "days": "15, 31",
        "start_date": "",
        "end_date": "2027-06-30",
        "adjust": "after",
    }
    income.refresh_from_db()
    assert answer.status_code == 302
    assert (income.days, income.end_date, income.adjust) == ([15, 30], None, "after")
    assert AuditEvent.objects.filter(object_type="income").latest("pk").changes == {
        "days": ["[15, 31]", "[15, 30]"],
        "end_date": ["2027-06-30", None],
    }


def test_an_end_before_the_date_moves_the_date_back(staff, alice):
    rent = ExpenseFactory(user=alice)

    answer = change(staff, rent, end_date="2026-11-30")

    rent.refresh_from_db()
    assert (answer.status_code, rent.due_date, rent.end_date) == (
        302,
        datetime.date(2026, 11, 5),
        datetime.date(2026, 11, 30),
    )


def test_a_percentage_becomes_a_target_and_back(staff, alice):
    goal = SavingsGoalFactory(user=alice)

    both = change(staff, goal, target_amount="600.50", target_date="2027-01-15")
    change(staff, goal, percentage="", target_amount="600.50", target_date="2027-01-15")
    goal.refresh_from_db()
    target = (goal.percentage, goal.target_amount, goal.target_date)
    shown = fields_of(staff.get(page("savingsgoal_change", goal.pk)))
    change(staff, goal, percentage="5", target_amount="", target_date="")
    goal.refresh_from_db()

    assert errors_of(both) == {"__all__": ["Give either a percentage, or a target amount with its date."]}
    assert target == (None, Decimal("600.5"), datetime.date(2027, 1, 15))
    assert shown["target_amount"] == "600.50"
    assert (goal.percentage, goal.target_amount, goal.target_date) == (5, None, None)


def test_a_target_is_listed_in_the_owners_currency(staff, alice):
    SavingsGoalFactory(user=alice, percentage=None, target_amount=600, target_date=datetime.date(2027, 1, 15))

    assert "600.00\N{NO-BREAK SPACE}EUR" in staff.get(page("savingsgoal_changelist")).content.decode()


@pytest.fixture
def deleted_rent(alice):
    """A rent that was deleted after a part of it was paid."""
    rent = ExpenseFactory(user=alice, name="old flat")
    TransactionFactory(user=alice, kind="bill", expense=rent, occurrence=datetime.date(2026, 12, 5))
    rent.delete()
    return Expense.including_deleted.get()


def names_in(staff, query):
    return [row.name for row in staff.get(page("expense_changelist") + query).context["cl"].result_list]


def test_deleted_items_are_listed_where_they_are_asked_for(staff, alice, deleted_rent):
    ExpenseFactory(user=alice, name="new flat")

    assert names_in(staff, "") == ["new flat"]
    assert names_in(staff, "?deleted=yes") == ["old flat"]
    assert names_in(staff, "?deleted=any") == ["new flat", "old flat"]


def test_a_deleted_item_is_read_only_and_says_when_it_was_deleted(staff, deleted_rent):
    path = page("expense_change", deleted_rent.pk)

    shown = staff.get(path)
    changed = staff.post(path, {"name": "again", "amount": "1", "frequency": "monthly", "due_date": "2026-12-05"})
    deletion = staff.post(page("expense_delete", deleted_rent.pk), {"post": "yes"})
    staff.post(
        page("expense_changelist") + "?deleted=any",
        {"action": "delete_selected", "_selected_action": [deleted_rent.pk], "post": "yes"},
    )

    assert (shown.status_code, changed.status_code, deletion.status_code) == (200, 403, 403)
    assert date_format(deleted_rent.deleted_at, "DATETIME_FORMAT") in shown.content.decode()
    assert 'name="amount"' not in shown.content.decode()
    assert list(Expense.including_deleted.values_list("name", "deleted_at")) == [("old flat", deleted_rent.deleted_at)]


def test_an_item_that_nothing_refers_to_is_gone_when_it_is_deleted(staff, alice):
    rent = ExpenseFactory(user=alice)

    staff.post(page("expense_delete", rent.pk), {"post": "yes"})

    assert not Expense.including_deleted.exists()
    assert not SavingsGoal.objects.exists()
