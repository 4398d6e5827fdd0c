"""What holds over the API holds for staff: the same rules, the same words, the owner's own day."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.allowance.services import open_day
from core.ledger.services import TransactionEntry, record_transactions
from core.models import (
    AuditEvent,
    DailyAllowance,
    ExchangeRate,
    Expense,
    Income,
    SavingsGoal,
    Session,
    Transaction,
    User,
)
from core.tests.admin.browser_form import fields_of
from core.tests.conftest import NOON, TODAY
from core.tests.support.factories import (
    ExpenseFactory,
    IncomeFactory,
    ReconciliationFactory,
    SavingsGoalFactory,
    TransactionFactory,
    UserFactory,
)

NO_RATE = "No exchange rate from JPY to EUR is known for 2026-11-22 or a day before it."
NBSP = "\N{NO-BREAK SPACE}"
MUCH = Decimal(999_999_999_999)


def page(name, *args):
    return reverse(f"admin:core_{name}", args=args)


def figure_of(user):
    row = DailyAllowance.objects.get(user=user, date=TODAY)
    return row.amount, row.remaining_amount


def add_income(staff, person, **fields):
    entered = {"owner": person.pk, "amount": "900", "frequency": "monthly", "next_payment_date": "2026-12-01"}
    return staff.post(page("income_add"), entered | fields)


def errors_of(response):
    assert response.status_code == 200
    return {field: list(problems) for field, problems in response.context_data["adminform"].errors.items()}


def messages_of(response):
    return [str(message) for message in response.context["messages"]]


def test_an_income_that_staff_add_is_the_owners_and_changes_their_figure(staff, alice):
    answer = add_income(staff, alice, amount="900.50", name="wage")

    income = Income.objects.get()
    assert answer.status_code == 302
    assert (income.user, income.name, income.amount, income.currency) == (alice, "wage", Decimal("900.5"), "EUR")
    assert (income.added_on, income.scheduled_on) == (TODAY, TODAY)
    # 900.50 for the nine days that are left.
    assert figure_of(alice) == (Decimal("100.050"), Decimal("100.050"))


@pytest.mark.parametrize(
    ("entered", "errors"),
    [
        ({"amount": "12.505"}, {"amount": ["EUR has 2 decimals."]}),
        ({"amount": "1500.5", "currency": "JPY"}, {"amount": ["JPY has no decimals."]}),
        ({"amount": "-1"}, {"amount": ["Must be greater than 0."]}),
        ({"amount": "NaN"}, {"amount": ["Enter a number."]}),
        ({"amount": "1e400"}, {"amount": ["Ensure that there are no more than 18 digits in total."]}),
        ({"next_payment_date": "1999-12-31"}, {"next_payment_date": ["Must lie from 2000-01-01 to 2046-11-22."]}),
        ({"next_payment_date": "2046-11-23"}, {"next_payment_date": ["Must lie from 2000-01-01 to 2046-11-22."]}),
        ({"owner": "987654"}, {"owner": ["Select a valid choice. That choice is not one of the available choices."]}),
        ({"owner": "9" * 30}, {"owner": ["Select a valid choice. That choice is not one of the available choices."]}),
        ({"currency": "JPY"}, {"currency": [NO_RATE]}),
    ],
)
def test_what_the_api_refuses_the_form_refuses_with_the_same_words(staff, alice, entered, errors):
    answer = add_income(staff, alice, **entered)

    assert errors_of(answer) == errors
    assert not Income.objects.exists()


def test_a_row_in_a_withdrawn_currency_can_be_changed_and_no_other_given_it(staff, alice):
    ExchangeRate.objects.create(base="EUR", quote="BGN", date=TODAY, rate=Decimal(2))
    entered = {"amount": "24.50", "currency": "BGN", "frequency": "monthly", "next_payment_date": "2026-12-01"}
    old = IncomeFactory(user=alice, amount=Decimal(24), currency="BGN")
    other = IncomeFactory(user=alice)

    changed = staff.post(page("income_change", old.pk), entered)
    refused = staff.post(page("income_change", other.pk), entered)

    old.refresh_from_db()
    assert (changed.status_code, old.amount, old.currency) == (302, Decimal("24.5"), "BGN")
    assert errors_of(refused) == {
        "currency": ["Select a valid choice. BGN is not one of the available choices."],
    }


def test_goals_over_100_percent_are_refused(staff, alice):
    SavingsGoalFactory(user=alice, percentage=Decimal(60))

    answer = staff.post(page("savingsgoal_add"), {"owner": alice.pk, "percentage": "40.01"})

    assert errors_of(answer) == {"percentage": ["All goals together would be 100.01 percent; they may not pass 100."]}
    assert SavingsGoal.objects.count() == 1


def test_a_goal_may_be_saved_again_when_all_are_taken(staff, alice):
    goal = SavingsGoalFactory(user=alice, percentage=Decimal(100))

    answer = staff.post(page("savingsgoal_change", goal.pk), {"name": "everything", "percentage": "100.00"})

    goal.refresh_from_db()
    assert (answer.status_code, goal.name) == (302, "everything")


def test_the_future_is_that_of_the_owner_and_not_of_the_server(staff, alice):
    # Noon in UTC: on Kiritimati, 14 hours ahead, it is tomorrow already.
    early = UserFactory(username="early", timezone="Pacific/Kiritimati")
    tomorrow = {"date": "2026-11-23", "amount": "5", "kind": "spend"}

    refused = staff.post(page("transaction_add"), {"owner": alice.pk, **tomorrow})
    taken = staff.post(page("transaction_add"), {"owner": early.pk, **tomorrow})

    assert errors_of(refused) == {"date": ["A transaction cannot lie in the future."]}
    assert taken.status_code == 302
    assert list(Transaction.objects.values_list("user__username", "date")) == [("early", datetime.date(2026, 11, 23))]


def test_a_purchase_without_a_date_is_of_the_owners_today(staff, alice):
    early = UserFactory(username="early", timezone="Pacific/Kiritimati")

    for owner in (alice, early):
        staff.post(page("transaction_add"), {"owner": owner.pk, "amount": "5", "kind": "spend"})

    assert dict(Transaction.objects.values_list("user__username", "date")) == {
        "alice": TODAY,
        "early": datetime.date(2026, 11, 23),
    }


def test_a_purchase_that_is_moved_corrects_both_days(staff, alice):
    bought = TransactionFactory(user=alice, amount=Decimal(10))

    staff.post(page("transaction_change", bought.pk), {"date": "2026-11-20", "amount": "10", "kind": "spend"})

    spent = {row.date.day: row.amount - row.remaining_amount for row in DailyAllowance.objects.filter(user=alice)}
    assert spent == {20: Decimal(10), 22: Decimal(0)}


def test_a_row_stays_its_owners_whatever_the_form_says(staff, alice, bob):
    income = IncomeFactory(user=alice)

    staff.post(
        page("income_change", income.pk),
        {"owner": bob.pk, "amount": "900", "frequency": "monthly", "next_payment_date": "2026-12-01"},
    )

    income.refresh_from_db()
    assert (income.user, income.amount) == (alice, Decimal(900))


@pytest.fixture
def full_day(alice):
    """A day that holds all that a day can hold, thanks to one refund."""
    entries = [TransactionEntry(date=TODAY, amount=MUCH) for _ in range(11)]
    refund = TransactionEntry(date=TODAY, amount=MUCH, kind="refund")
    return record_transactions(owner=alice, entries=[*entries, refund], today=TODAY)


TOO_MUCH = "The transactions of this day add up to more than can be kept exactly."


def test_what_only_the_write_finds_out_is_said_beside_the_form(staff, alice, full_day):
    answer = staff.post(page("transaction_add"), {"owner": alice.pk, "amount": str(MUCH), "kind": "spend"})

    assert errors_of(answer) == {"__all__": [TOO_MUCH]}
    assert Transaction.objects.count() == 12


def test_a_deletion_that_breaks_a_rule_is_refused_with_a_message(staff, alice, full_day):
    refund = full_day[-1]

    one = staff.post(page("transaction_delete", refund.pk), {"post": "yes"}, follow=True)
    many = staff.post(
        page("transaction_changelist"),
        {"action": "delete_selected", "_selected_action": [refund.pk], "post": "yes"},
        follow=True,
    )

    assert messages_of(one) == [TOO_MUCH]
    assert messages_of(many) == [TOO_MUCH]
    assert Transaction.objects.count() == 12


def test_many_rows_deleted_at_once_refresh_each_owner_once(staff, alice, bob):
    for owner in (alice, bob):
        IncomeFactory(user=owner, amount=Decimal(900), next_payment_date=datetime.date(2026, 12, 1))
    bills = [ExpenseFactory(user=owner, amount=Decimal(90)) for owner in (alice, alice, alice, bob)]
    kept = ExpenseFactory(user=bob, amount=Decimal(45))

    with CaptureQueriesContext(connection) as statements:
        answer = staff.post(
            page("expense_changelist"),
            {"action": "delete_selected", "_selected_action": [bill.pk for bill in bills], "post": "yes"},
            follow=True,
        )

    refreshed = [
        one for one in statements.captured_queries if one["sql"].startswith('INSERT INTO "core_dailyallowance"')
    ]
    assert messages_of(answer) == ["Successfully deleted 4 expenses."]
    assert list(Expense.objects.all()) == [kept]
    assert len(refreshed) == 2
    assert figure_of(alice) == (Decimal(100), Decimal(100))
    assert figure_of(bob) == (Decimal(95), Decimal(95))


def test_a_days_figure_can_be_read_and_not_written(staff, alice):
    row = TransactionFactory(user=alice).allowance

    tried = [
        staff.get(page("dailyallowance_add")),
        staff.post(page("dailyallowance_add"), {"amount": "1"}),
        staff.post(page("dailyallowance_change", row.pk), {"amount": "1"}),
        staff.post(page("dailyallowance_delete", row.pk), {"post": "yes"}),
    ]

    row.refresh_from_db()
    assert [answer.status_code for answer in tried] == [403, 403, 403, 403]
    assert (row.amount, row.remaining_amount) == (Decimal(0), Decimal(-10))


@pytest.mark.parametrize(
    ("currency", "amount", "shown"),
    [("EUR", "12.5", "12.50 EUR"), ("JPY", "1500", "1500 JPY"), ("KWD", "1.25", "1.250 KWD")],
)
def test_amounts_are_shown_in_the_currencys_own_decimals(staff, currency, amount, shown):
    owner = UserFactory(currency=currency)
    income = IncomeFactory(user=owner, amount=Decimal(amount))

    listed = staff.get(page("income_changelist")).content.decode()
    form = staff.get(page("income_change", income.pk)).content.decode()

    assert ">" + shown.replace(" ", NBSP) + "<" in listed
    assert f'value="{shown[:-4]}"' in form


def test_the_list_of_purchases_comes_with_the_sums_of_all_that_it_lists(staff, alice, bob):
    pounds = UserFactory(username="carol", currency="GBP")
    TransactionFactory(user=alice, amount=Decimal("10.10"), category="food")
    TransactionFactory(user=bob, amount=Decimal("5.05"), category="food")
    TransactionFactory(user=bob, amount=Decimal("2.00"), category="food", kind="refund")
    TransactionFactory(user=pounds, amount=Decimal(7), category="food")
    TransactionFactory(user=alice, amount=Decimal(99), category="rent")

    def sums(query):
        rows = staff.get(page("transaction_changelist") + query).context_data["sums"]
        return [{name: str(shown).replace(NBSP, " ") for name, shown in row.items()} for row in rows]

    food = sums("?q=food")
    bobs = sums(f"?owner={bob.pk}&kind__exact=spend")

    euros = {"spends": "2", "spent": "15.15 EUR", "refunds": "1", "refunded": "2.00 EUR", "net": "13.15 EUR"}
    assert food == [
        euros,
        {"spends": "1", "spent": "7.00 GBP", "refunds": "0", "refunded": "0.00 GBP", "net": "7.00 GBP"},
    ]
    assert bobs == [{"spends": "1", "spent": "5.05 EUR", "refunds": "0", "refunded": "0.00 EUR", "net": "5.05 EUR"}]


def test_the_list_of_people_shows_each_ones_own_today(staff, alice):
    early = UserFactory(username="early", timezone="Pacific/Kiritimati")
    UserFactory(username="new")
    for owner in (alice, early):
        IncomeFactory(user=owner, amount=Decimal(900), next_payment_date=datetime.date(2026, 12, 1))
    TransactionFactory(user=early, amount=Decimal(12))
    # Yesterday's row, as it is on Kiritimati, must not be taken for today's.
    open_day(owner=early, today=TODAY)

    listed = staff.get(page("user_changelist")).context_data["cl"].model_admin
    people = {person.username: person for person in staff.get(page("user_changelist")).context_data["cl"].result_list}

    shown = {
        name: (listed.today(people[name]).replace(NBSP, " "), listed.today_status(people[name]))
        for name in ("alice", "early", "new")
    }
    assert shown == {
        "alice": ("100.00 EUR of 100.00 EUR", "ok"),
        # 900 over the eight days from the 23rd.
        "early": ("100.50 EUR of 112.50 EUR", "ok"),
        "new": ("", ""),
    }


def test_the_page_of_a_person_leads_to_their_rows(staff, alice, bob):
    IncomeFactory(user=alice, amount=Decimal(900), next_payment_date=datetime.date(2026, 12, 1))
    TransactionFactory(user=alice, amount=Decimal(40))
    TransactionFactory(user=bob)

    shown = staff.get(page("user_change", alice.pk)).content.decode()
    hers = staff.get(page("transaction_changelist") + f"?owner={alice.pk}").context_data["cl"]
    form = staff.get(page("expense_add") + f"?owner={alice.pk}").context_data["adminform"].form

    assert "60.00 EUR of 100.00 EUR remaining on" in shown.replace(NBSP, " ")
    assert f'<a href="/admin/core/transaction/?owner={alice.pk}">1 transaction</a>' in shown
    assert f'<a href="/admin/core/expense/add/?owner={alice.pk}">add</a>' in shown
    assert [row.user for row in hers.result_list] == [alice]
    assert form["owner"].value() == str(alice.pk)


def test_todays_figure_can_be_recomputed(staff, alice):
    IncomeFactory(user=alice, amount=Decimal(900), next_payment_date=datetime.date(2026, 12, 1))
    DailyAllowance.objects.update(amount=1)

    staff.post(page("user_changelist"), {"action": "recalculate_today", "_selected_action": [alice.pk]})

    assert figure_of(alice) == (Decimal(100), Decimal(100))


def test_two_members_of_staff_take_no_row_with_them(staff, alice):
    """A row that is gone by the time the form comes back is a friendly redirect."""
    income = IncomeFactory(user=alice)
    income.delete()

    answer = staff.post(page("income_change", income.pk), {"amount": "1"})

    assert (answer.status_code, User.objects.filter(username="alice").exists()) == (302, True)


def test_a_rate_that_staff_correct_is_theirs_and_the_feed_leaves_it_alone(staff):
    rate = ExchangeRate.objects.create(base="EUR", quote="GBP", date=TODAY, rate=Decimal("8.5"), source="ecb")
    entered = {"base": "EUR", "quote": "GBP", "date": "2026-11-22", "rate": "0.85"}

    answer = staff.post(page("exchangerate_change", rate.pk), entered)

    rate.refresh_from_db()
    assert (answer.status_code, rate.rate, rate.source) == (302, Decimal("0.85"), "staff")


def test_a_rate_that_staff_only_looked_at_stays_the_feeds(staff):
    rate = ExchangeRate.objects.create(base="EUR", quote="GBP", date=TODAY, rate=Decimal("0.85"), source="ecb")
    address = page("exchangerate_change", rate.pk)

    staff.post(address, fields_of(staff.get(address)))

    rate.refresh_from_db()
    assert rate.source == "ecb"


@pytest.mark.parametrize(
    ("entered", "errors"),
    [
        ({"quote": "EUR"}, {"quote": ["A currency is always worth one of itself."]}),
        ({"rate": "0"}, {"rate": ["Must be greater than 0."]}),
        ({"rate": "1e30"}, {"rate": ["Ensure that there are no more than 19 digits in total."]}),
        ({"quote": "GBP"}, {"__all__": ["Exchange rate with this Base, Quote and Date already exists."]}),
        ({"date": "99999-01-01"}, {"date": ["Enter a valid date."]}),
    ],
)
def test_a_rate_that_cannot_be_is_refused(staff, entered, errors):
    ExchangeRate.objects.create(base="EUR", quote="GBP", date=TODAY, rate=Decimal("0.85"))
    proper = {"base": "EUR", "quote": "JPY", "date": "2026-11-22", "rate": "160"}

    assert errors_of(staff.post(page("exchangerate_add"), proper | entered)) == errors


def test_nothing_of_a_sessions_tokens_is_shown(staff, alice):
    session = Session.objects.create(user=alice, created_at=NOON, expires_at=NOON)

    shown = staff.get(page("session_change", session.pk)).content.decode()
    listed = staff.get(page("session_changelist")).content.decode()

    assert str(session.refresh_id) not in shown + listed


def test_a_reconciliation_is_read_and_deleted_but_never_changed(staff, alice):
    IncomeFactory(user=alice)
    stated = ReconciliationFactory(user=alice, amount=Decimal(240), covers="balance")
    assert figure_of(alice) == (Decimal("26.66"), Decimal("26.66"))

    read = staff.get(page("reconciliation_change", stated.pk))
    changed = staff.post(page("reconciliation_change", stated.pk), {"amount": "1"})
    deleted = staff.post(page("reconciliation_delete", stated.pk), {"post": "yes"})

    assert (read.status_code, changed.status_code, deleted.status_code) == (200, 403, 302)
    assert figure_of(alice) == (Decimal("333.33"), Decimal("333.33"))
    event = AuditEvent.objects.latest("pk")
    assert (event.user, event.action, event.object_type) == (alice, "deleted", "reconciliation")


def test_many_reconciliations_are_deleted_at_once(staff, alice, bob):
    IncomeFactory(user=alice)
    rows = [ReconciliationFactory(user=person) for person in (alice, alice, bob)]

    chosen = {"action": "delete_selected", "_selected_action": [row.pk for row in rows], "post": "yes"}
    answer = staff.post(page("reconciliation_changelist"), chosen)

    assert answer.status_code == 302
    assert figure_of(alice) == (Decimal("333.33"), Decimal("333.33"))
    assert AuditEvent.objects.filter(action="deleted", object_type="reconciliation").count() == 3
