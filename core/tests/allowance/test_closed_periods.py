"""Pay periods that are over are closed once, and what is past moves only with what happened then."""

import datetime
from decimal import Decimal

import pytest

from core.allowance.services import check_periods, open_day
from core.clock import today_for
from core.models import DailyAllowance, PayPeriod, Transaction, User
from core.tests.support.factories import ExpenseFactory, IncomeFactory, TransactionFactory

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
