"""Pay periods that are over are closed once, and what is past moves only with what happened then."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.allowance.services import check_periods, open_day
from core.clock import today_for
from core.currencies.domain import UnknownRate
from core.models import DailyAllowance, Expense, Income, PayPeriod, SavingsGoal, Transaction, User
from core.tests.support.factories import (
    ExchangeRateFactory,
    ExpenseFactory,
    IncomeFactory,
    OccurrencePatchFactory,
    ReconciliationFactory,
    SavingsGoalFactory,
    TransactionFactory,
)

NOVEMBER = datetime.date(2026, 11, 1)


def noon(text: str) -> datetime.datetime:
    return datetime.datetime.combine(datetime.date.fromisoformat(text), datetime.time(12), tzinfo=datetime.UTC)


@pytest.fixture
def carrier(alice, clock):
    """600 a month from 1 November on, entered in October; carries what is left, and repays. In November."""
    clock.move_to(noon("2026-10-10"))
    User.objects.filter(pk=alice.pk).update(date_joined=noon("2026-10-10"))
    IncomeFactory(user=alice, amount=Decimal(600), next_payment_date=NOVEMBER)
    clock.move_to(noon("2026-11-10"))
    alice.refresh_from_db()
    alice.leftover, alice.overspend = "carry", "repay"
    alice.save()
    return alice


@pytest.mark.parametrize(
    ("spent", "pool", "due"), [("540", "660.00", "0.00"), ("640", "560.00", "0.00"), ("1300", "0.00", "100.00")]
)
def test_a_period_takes_over_what_the_one_before_left_or_owes(carrier, clock, spent, pool, due):
    TransactionFactory(user=carrier, amount=Decimal(spent))

    clock.move_to(noon("2026-12-01"))
    day = open_day(owner=carrier, today=datetime.date(2026, 12, 1))

    assert (day.pool, day.due) == (Decimal(pool), Decimal(due))
    closed = PayPeriod.objects.get(user=carrier, start=NOVEMBER)
    assert (closed.pool, closed.spent, closed.left) == (600, Decimal(spent), 600 - Decimal(spent))


def test_a_late_entry_changes_what_the_closed_period_left_and_what_is_carried(carrier, clock):
    TransactionFactory(user=carrier, amount=Decimal(540))
    clock.move_to(noon("2026-12-04"))
    before = open_day(owner=carrier, today=datetime.date(2026, 12, 4))

    TransactionFactory(user=carrier, amount=Decimal(25), date=datetime.date(2026, 11, 29))

    after = DailyAllowance.objects.get(user=carrier, date=datetime.date(2026, 12, 4))
    assert (before.pool, before.amount, after.pool, after.amount) == (
        Decimal("660.00"),
        Decimal("23.57"),
        Decimal("635.00"),
        Decimal("22.67"),
    )
    Transaction.objects.get(amount=25).delete()
    after.refresh_from_db()
    assert (after.pool, after.amount) == (Decimal("660.00"), Decimal("23.57"))


def test_a_first_read_and_a_first_write_close_a_period_once(carrier, clock):
    clock.move_to(noon("2026-12-01"))

    open_day(owner=carrier, today=datetime.date(2026, 12, 1))
    TransactionFactory(user=carrier)

    assert list(PayPeriod.objects.values_list("start", flat=True)) == [NOVEMBER, datetime.date(2026, 10, 1)]


def test_what_was_put_aside_goes_along_with_a_date_that_is_moved(alice, clock):
    clock.move_to(noon("2026-10-10"))
    User.objects.filter(pk=alice.pk).update(date_joined=noon("2026-10-10"))
    IncomeFactory(user=alice, next_payment_date=NOVEMBER)
    bill = ExpenseFactory(user=alice, frequency="annual", amount=Decimal(1200), due_date=datetime.date(2027, 1, 15))
    clock.move_to(noon("2026-12-10"))
    before = open_day(owner=alice, today=datetime.date(2026, 12, 10))

    bill.refresh_from_db()
    bill.due_date = datetime.date(2027, 1, 20)
    bill.save()

    # 300 in October and November; the other 600 are shared by December and January.
    after = DailyAllowance.objects.get(user=alice, date=datetime.date(2026, 12, 10))
    assert (before.pool, after.pool) == (Decimal("2700.00"), Decimal("2700.00"))
    lines = PayPeriod.objects.get(user=alice, start=NOVEMBER).lines
    assert [line["key"] for line in lines if line["type"] == "expense"] == [["expense", bill.pk, "2027-01-20"]]


@pytest.mark.drifts
def test_a_closed_period_that_differs_is_found_and_mended(carrier, clock):
    TransactionFactory(user=carrier, amount=Decimal(540))
    clock.move_to(noon("2026-12-01"))
    open_day(owner=carrier, today=datetime.date(2026, 12, 1))
    PayPeriod.objects.filter(start=NOVEMBER).update(left=Decimal(999))

    found = [str(drift) for drift in check_periods(today_for=today_for, mend=True)]

    assert found == [f"user {carrier.pk}, 2026-11-01: left is 999.000, should be 60.000"]
    assert list(check_periods(today_for=today_for)) == []


@pytest.fixture
def planner(alice, clock):
    """3000 a month and a rent of 1000, entered in November; on 2 December nothing was read or written since."""
    IncomeFactory(user=alice)
    ExpenseFactory(user=alice)
    SavingsGoalFactory(user=alice)
    clock.move_to(noon("2026-12-02"))
    return alice


def change_settings(person, **values):
    person.refresh_from_db()
    for name, value in values.items():
        setattr(person, name, value)
    person.save()


WRITES = {
    "a higher rent": lambda person: Expense.objects.update_or_create(user=person, defaults={"amount": Decimal(1500)}),
    "another payday": lambda person: Income.objects.update_or_create(
        user=person, defaults={"next_payment_date": datetime.date(2026, 12, 10)}
    ),
    "a second income": lambda person: IncomeFactory(user=person, amount=Decimal(4000), frequency="weekly"),
    "no income": lambda person: Income.objects.get(user=person).delete(),
    "no bills": lambda person: Expense.objects.filter(user=person).delete(),
    "no goals": lambda person: SavingsGoal.objects.filter(user=person).delete(),
    "a larger goal": lambda person: SavingsGoal.objects.update_or_create(
        user=person, defaults={"percentage": Decimal(50)}
    ),
    "both settings": lambda person: change_settings(person, leftover="carry", overspend="repay"),
    "another calendar": lambda person: change_settings(person, holiday_calendar="SA"),
    "another currency": lambda person: change_settings(person, currency="USD"),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_what_is_over_closes_by_the_plan_as_it_was_before_the_first_write_after_it(planner, write):
    ExchangeRateFactory(rate=Decimal(1))

    write(planner)

    closed = PayPeriod.objects.get(user=planner)
    assert (closed.start, closed.end, closed.pool, closed.carries) == (
        NOVEMBER,
        datetime.date(2026, 12, 1),
        Decimal(1700),
        False,
    )


def test_a_plan_whose_figure_cannot_be_calculated_can_still_be_changed(planner):
    foreign = ExpenseFactory(user=planner, amount=Decimal(1))
    Expense.objects.filter(pk=foreign.pk).update(currency="USD")
    DailyAllowance.objects.all().delete_locked()
    PayPeriod.objects.all().delete_locked()
    with pytest.raises(UnknownRate):
        open_day(owner=planner, today=datetime.date(2026, 12, 2))

    Expense.objects.get(pk=foreign.pk).delete()

    assert open_day(owner=planner, today=datetime.date(2026, 12, 2)).pool == Decimal(1700)


def test_a_reconciliation_that_is_deleted_later_counts_no_more_in_its_closed_period(carrier, clock):
    stated = ReconciliationFactory(
        user=carrier, date=datetime.date(2026, 11, 10), amount=Decimal(100), covers="balance"
    )
    clock.move_to(noon("2026-12-04"))
    before = open_day(owner=carrier, today=datetime.date(2026, 12, 4))

    stated.delete()

    # 600 and the 100 that were stated; then the whole 600 of November.
    after = DailyAllowance.objects.get(user=carrier, date=datetime.date(2026, 12, 4))
    assert (before.pool, after.pool) == (Decimal(700), Decimal(1200))


def test_a_skip_that_is_taken_back_later_counts_no_more_in_the_period_in_which_it_was_said(carrier, clock):
    bill = ExpenseFactory(user=carrier, frequency="annual", amount=Decimal(200), due_date=datetime.date(2026, 12, 5))
    skip = OccurrencePatchFactory(user=carrier, expense=bill, amount=None, said_on=datetime.date(2026, 11, 10))
    clock.move_to(noon("2026-12-04"))
    before = open_day(owner=carrier, today=datetime.date(2026, 12, 4))

    skip.delete()

    # 100 are put aside in November and in December: skipped, November has its 600 and December 600 more.
    after = DailyAllowance.objects.get(user=carrier, date=datetime.date(2026, 12, 4))
    assert (before.pool, after.pool) == (Decimal(1200), Decimal(1000))


def test_what_is_spent_on_the_last_day_of_a_period_lowers_tomorrow_where_the_rest_is_carried(carrier, clock):
    clock.move_to(noon("2026-11-30"))
    before = open_day(owner=carrier, today=datetime.date(2026, 11, 30))

    TransactionFactory(user=carrier, amount=Decimal(290))

    # 1200 over the 31 days of December, then 910.
    after = DailyAllowance.objects.get(pk=before.pk)
    assert (before.tomorrow, after.tomorrow) == (Decimal("38.70"), Decimal("29.35"))


def count_statements(call):
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)


@pytest.mark.parametrize("years", [1, 3])
def test_a_late_entry_costs_at_most_six_statements_more_whatever_the_number_of_pay_periods(alice, clock, years):
    joined = datetime.date(2026 - years, 11, 22)
    User.objects.filter(pk=alice.pk).update(date_joined=noon(f"{joined}"), leftover="carry", overspend="repay")
    clock.move_to(noon(f"{joined}"))
    IncomeFactory(user=alice, amount=Decimal(700), frequency="weekly", next_payment_date=joined)
    clock.move_to(noon("2026-11-24"))
    alice.refresh_from_db()
    open_day(owner=alice, today=datetime.date(2026, 11, 24))

    yesterday = count_statements(
        lambda: TransactionFactory(user=alice, date=datetime.date(2026, 11, 23), amount=Decimal(1))
    )
    late = count_statements(lambda: TransactionFactory(user=alice, date=joined, amount=Decimal(2)))

    assert PayPeriod.objects.filter(user=alice).count() == 52 * years
    assert late <= yesterday + 6
    # All of the 700 a week are carried, but for the 2.
    weeks = PayPeriod.objects.filter(user=alice).count()
    assert DailyAllowance.objects.get(date=datetime.date(2026, 11, 24)).pool == 700 * (weeks + 1) - 2
