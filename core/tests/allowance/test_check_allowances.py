"""`check_allowances`: what differs is found, named and mended; nothing else is touched."""

import datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core.allowance.services import check_days, drift
from core.models import DailyAllowance, ExchangeRate, Expense, Transaction
from core.tests.conftest import TODAY
from core.tests.support.factories import (
    ExchangeRateFactory,
    ExpenseFactory,
    IncomeFactory,
    TransactionFactory,
    UserFactory,
)

YESTERDAY = TODAY - datetime.timedelta(days=1)


@pytest.fixture(autouse=True, params=[5, 0], ids=["few people", "many people"])
def ways(request, monkeypatch):
    """People are looked at one by one, or many at once first: what is found must be the same."""
    monkeypatch.setattr(drift, "_FEW_PEOPLE", request.param)


@pytest.fixture
def household(alice):
    """900 a month, 10 spent yesterday and 10 today: 9 days are left, (900 - 10) / 9 = 98.88."""
    IncomeFactory(user=alice, amount=Decimal(900))
    TransactionFactory(user=alice, date=YESTERDAY)
    TransactionFactory(user=alice)
    return alice


def run(*arguments):
    out = StringIO()
    try:
        call_command("check_allowances", *arguments, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue() + str(error)
    return 0, out.getvalue()


def amounts(day):
    row = DailyAllowance.objects.get(date=day)
    return row.amount, row.remaining_amount


def test_a_sound_database_has_no_differences(household):
    assert run() == (0, "2 days checked, 0 differences.\n")


def test_a_purchase_stored_behind_our_back_is_found_and_mended(household):
    Transaction.objects.filter(date=YESTERDAY).update(amount=Decimal(28), base_amount=Decimal(28))
    before = amounts(TODAY)

    found = run()
    mended = run("--fix")
    after = run()

    # Yesterday's amount was 900 / 10 and stays; today loses (28 - 10) / 9 = 2.
    assert before == (Decimal("98.88"), Decimal("88.88"))
    assert found[0] == 1
    assert f"user {household.pk}, {YESTERDAY}: remaining_amount is 80.000, should be 62.000" in found[1]
    assert f"user {household.pk}, {TODAY}: amount is 98.880, should be 96.88" in found[1]
    assert mended[0] == 0
    assert after == (0, "2 days checked, 0 differences.\n")
    assert amounts(YESTERDAY) == (Decimal(90), Decimal(62))
    assert amounts(TODAY) == (Decimal("96.88"), Decimal("86.88"))


def test_a_bill_stored_behind_our_back_changes_today_and_no_past_day(household):
    Expense.objects.bulk_create(
        [ExpenseFactory.build(user=household, amount=90, currency="EUR", added_on=TODAY, scheduled_on=TODAY)]
    )

    found = run()
    run("--fix")

    assert found[0] == 1
    assert str(YESTERDAY) not in found[1]
    assert amounts(YESTERDAY) == (Decimal(90), Decimal(80))
    # (900 - 90 - 10) / 9 = 88.88
    assert amounts(TODAY) == (Decimal("88.88"), Decimal("78.88"))


def test_a_purchase_on_another_days_row_is_put_on_its_own(household):
    Transaction.objects.filter(date=TODAY).update(allowance=DailyAllowance.objects.get(date=YESTERDAY))

    found = run()
    mended = run("--fix")

    assert found[0] == 1
    assert f"is the row of user {household.pk}, {YESTERDAY}, should be the row of its own day and owner" in found[1]
    assert mended[0] == 0
    assert run()[0] == 0
    assert Transaction.objects.get(date=TODAY).allowance.date == TODAY


def test_a_purchase_on_a_strangers_row_is_brought_home(household, bob):
    strangers = TransactionFactory(user=bob)
    Transaction.objects.filter(pk=strangers.pk).update(allowance=DailyAllowance.objects.get(user=household, date=TODAY))

    found = run()
    mended = run("--fix")

    assert (found[0], mended[0], run()[0]) == (1, 0, 0)
    assert Transaction.objects.get(pk=strangers.pk).allowance.user == bob


def test_many_days_are_read_in_chunks(household, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(drift, "CHUNK_ROWS", 7)
    for days in range(2, 32):
        TransactionFactory(user=household, date=TODAY - datetime.timedelta(days=days))

    # 32 days in chunks of 7: 5 statements and one that finds no more; 15 for today's row; a count; the transactions.
    with django_assert_max_num_queries(32):
        status, text = run()

    assert (status, text) == (0, "32 days checked, 0 differences.\n")


@pytest.mark.drifts
def test_what_no_statement_can_see_is_still_seen_by_the_suite(household):
    DailyAllowance.objects.filter(date=TODAY).update(tomorrow=Decimal(1))

    differences = [str(found) for found in check_days(today_for=lambda user: TODAY)]

    # (890 - 10) / 8 = 110
    assert differences == [f"user {household.pk}, {TODAY}: tomorrow is 1.000, should be 110.00"]


@pytest.mark.drifts
def test_a_person_whose_rate_is_missing_is_named_and_the_others_are_checked(household):
    bob = UserFactory.create(username="bob")
    ExchangeRateFactory.create(quote="USD", date=TODAY)
    IncomeFactory.create(user=bob, amount=Decimal(90), currency="USD")
    ExchangeRate.objects.all().delete()
    Transaction.objects.filter(date=YESTERDAY).update(amount=Decimal(28), base_amount=Decimal(28))

    status, found = run()
    mending, mended = run("--fix")

    missing = "No exchange rate from USD to EUR is known for 2026-11-22 or a day before it."
    stuck = f"user {bob.pk}, 2026-11-22: cannot be recomputed: {missing}"
    assert (status, mending) == (1, 1)
    assert stuck in found.splitlines()
    assert mended.splitlines()[-1] == "3 days checked, 6 differences, 1 of which cannot be recomputed."
    assert amounts(YESTERDAY) == (Decimal(90), Decimal(62))
