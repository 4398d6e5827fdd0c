"""Many people's days at once. After each test its rows are compared with a recomputation, as everywhere."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.allowance.services import (
    BulkResult,
    bulk,
    open_day,
    open_days_for_all,
    refresh_foreign_plans,
    refresh_many,
)
from core.clock import today_for
from core.models import DailyAllowance, ExchangeRate, User
from core.tests.conftest import TODAY
from core.tests.support.factories import (
    ExchangeRateFactory,
    ExpenseFactory,
    IncomeFactory,
    TransactionFactory,
    UserFactory,
)

YESTERDAY = TODAY - datetime.timedelta(days=1)


@pytest.fixture
def dollar(db: None, clock: Any) -> ExchangeRate:
    """One euro is 1.50 dollars."""
    rate: ExchangeRate = ExchangeRateFactory.create(rate=Decimal("1.5"))
    return rate


def plan_in_dollars(**profile: str) -> User:
    """900 dollars a month, with purchases yesterday and today."""
    person: User = UserFactory.create(**profile)
    IncomeFactory.create(user=person, amount=Decimal(900), currency="USD", added_on=datetime.date(2026, 11, 1))
    TransactionFactory.create(user=person, date=YESTERDAY, amount=Decimal(60))
    TransactionFactory.create(user=person, amount=Decimal(10))
    return person


def set_rate(rate: ExchangeRate, value: str) -> None:
    """Change a rate as the feed does, without a signal."""
    ExchangeRate.objects.filter(pk=rate.pk).update(rate=Decimal(value))


def day_of(person: User, day: datetime.date = TODAY) -> tuple[Decimal, Decimal]:
    row = DailyAllowance.objects.get(user=person, date=day)
    return row.amount, row.remaining_amount


def test_a_new_rate_changes_today_for_whoever_plans_by_it(dollar, monkeypatch):
    monkeypatch.setattr(bulk, "CHUNK_PEOPLE", 2)
    planners = [plan_in_dollars() for _ in range(5)]
    UserFactory.create()
    set_rate(dollar, "1.25")

    result = refresh_foreign_plans(today_for=today_for)

    # 720 EUR less 60 spent before, by 9 days: 73.33.
    assert result == BulkResult(written=5)
    assert [day_of(person) for person in planners] == [(Decimal("73.33"), Decimal("63.33"))] * 5
    assert [day_of(person, YESTERDAY) for person in planners] == [(Decimal(60), Decimal(0))] * 5


def test_a_second_refresh_writes_nothing(dollar):
    plan_in_dollars()
    set_rate(dollar, "1.25")
    refresh_foreign_plans(today_for=today_for)

    assert refresh_foreign_plans(today_for=today_for) == BulkResult()


def test_statements_do_not_grow_with_the_people(dollar):
    def count(people: int) -> int:
        ids = [plan_in_dollars().pk for _ in range(people)]
        set_rate(dollar, "1.25" if people == 2 else "2")
        with CaptureQueriesContext(connection) as statements:
            assert refresh_many(user_ids=ids, today_for=today_for).written == people
        refresh_foreign_plans(today_for=today_for)
        return len(statements)

    # The savepoint and its release; people under their lock, days, their sums, incomes, bills, goals, closed periods,
    # payments, patches, reconciliations, what was spent before, rates of two days; what changed.
    assert count(2) == count(9) <= 16


def test_a_chunk_of_a_new_day_takes_as_many_statements_whoever_is_in_it(dollar, clock, monkeypatch):
    monkeypatch.setattr(bulk, "CHUNK_PEOPLE", 3)
    for _ in range(4):
        plan_in_dollars()
        IncomeFactory.create(user=UserFactory.create())
    clock.move_to(datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC))

    with CaptureQueriesContext(connection) as statements:
        assert open_days_for_all(today_for=today_for) == BulkResult(written=8)

    # Three chunks, and the statement that finds no fourth: people, who has a row, the savepoint, people under their
    # lock, days, earlier days, foreign items; for those who have some the plan (eight statements) and two for rates;
    # the new rows, the savepoint's release.
    assert len(statements) <= 3 * 20 + 1


def test_a_rate_that_makes_another_income_the_main_one_moves_the_pay_period(dollar):
    person = plan_in_dollars()
    IncomeFactory.create(user=person, amount=Decimal(700), next_payment_date=datetime.date(2026, 11, 15))
    set_rate(dollar, "1.2")

    refresh_foreign_plans(today_for=today_for)

    # 900 dollars were 600 EUR a month, less than 700; now they are 750, and their paydays count: the 1st.
    assert DailyAllowance.objects.get(user=person, date=TODAY).period_start == datetime.date(2026, 11, 1)


@pytest.mark.drifts
def test_whoever_cannot_be_computed_keeps_their_day_and_holds_up_nobody(dollar, caplog):
    fine, stuck = plan_in_dollars(), plan_in_dollars()
    franc = ExchangeRateFactory.create(quote="CHF")
    ExpenseFactory.create(user=stuck, currency="CHF")
    before = day_of(stuck)
    ExchangeRate.objects.filter(pk=franc.pk).delete()
    set_rate(dollar, "1.25")

    result = refresh_foreign_plans(today_for=today_for)

    assert result == BulkResult(written=1, failed=1)
    assert (day_of(fine), day_of(stuck)) == ((Decimal("73.33"), Decimal("63.33")), before)
    assert f"the figure of user {stuck.pk} cannot be computed: unknown_rate" in caplog.text


def test_whoever_travelled_west_has_two_days_that_both_follow(dollar):
    person = plan_in_dollars(timezone="Pacific/Kiritimati")
    person.timezone = "Pacific/Pago_Pago"
    person.save()
    TransactionFactory.create(user=person, amount=Decimal(5))
    set_rate(dollar, "1.25")

    refresh_foreign_plans(today_for=today_for)

    days = DailyAllowance.objects.filter(user=person, date__gte=today_for(person))
    assert [row.pool for row in days] == [Decimal(720)] * len(days)
    assert len(days) > 1


def test_a_rate_that_staff_enter_changes_today_once_it_is_stored(dollar, django_capture_on_commit_callbacks):
    person = plan_in_dollars()
    bystander = plan_in_dollars()
    bystander.currency = "USD"
    bystander.save()

    with django_capture_on_commit_callbacks(execute=True):
        ExchangeRateFactory.create(rate=Decimal("1.25"), date=TODAY, source="staff")
        ExchangeRateFactory.create(rate=Decimal("9"), date=YESTERDAY, source="staff")

    assert day_of(person) == (Decimal("73.33"), Decimal("63.33"))


def test_a_new_day_is_opened_for_everybody_as_their_first_read_would(dollar, clock, monkeypatch):
    monkeypatch.setattr(bulk, "CHUNK_PEOPLE", 2)
    people = [plan_in_dollars(timezone=zone) for zone in ("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago")]
    twins = [plan_in_dollars(timezone=person.timezone) for person in people]
    new, gone = UserFactory.create(), UserFactory.create(is_active=False)
    clock.move_to(datetime.datetime(2026, 12, 1, 12, tzinfo=datetime.UTC))
    for twin in twins:
        open_day(owner=twin, today=today_for(twin))

    result = open_days_for_all(today_for=today_for)

    def days(person: User) -> list[tuple[Any, ...]]:
        columns = ("date", "amount", "remaining_amount", "pool", "spent_before", "tomorrow", "period_start")
        return list(DailyAllowance.objects.filter(user=person).order_by("date").values_list(*columns))

    assert result == BulkResult(written=4)
    assert [days(person) for person in people] == [days(twin) for twin in twins]
    assert (len(days(new)), days(gone)) == (1, [])
    assert open_days_for_all(today_for=today_for) == BulkResult()
