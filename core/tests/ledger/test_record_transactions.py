"""Recording many purchases at once gives what recording them one by one gives."""

import datetime
import random
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.kernel.errors import DomainError
from core.ledger.services import TransactionEntry, record_transactions
from core.models import DailyAllowance, Transaction
from core.tests.conftest import TODAY
from core.tests.support.factories import (
    ExchangeRateFactory,
    ExpenseFactory,
    IncomeFactory,
    TransactionFactory,
    UserFactory,
)


def days_of(user):
    return list(
        DailyAllowance.objects.filter(user=user)
        .order_by("date")
        .values_list("date", "amount", "remaining_amount", "spent_before", "tomorrow", "period_start", "pool")
    )


def day(offset):
    return TODAY - datetime.timedelta(days=offset)


def test_each_day_is_opened_as_of_that_day(alice):
    IncomeFactory(user=alice, amount=Decimal(900), frequency="monthly", next_payment_date=datetime.date(2026, 12, 1))

    record_transactions(
        owner=alice,
        entries=[
            TransactionEntry(date=datetime.date(2026, 11, 21), amount=Decimal(50)),
            TransactionEntry(date=datetime.date(2026, 11, 1), amount=Decimal("610.00")),
            TransactionEntry(date=datetime.date(2026, 11, 1), amount=Decimal(10), kind="refund"),
        ],
        today=TODAY,
    )

    # 900 over 30 days; then (900 - 600) over the ten days from the 21st; then (300 - 50) over nine.
    assert list(
        DailyAllowance.objects.filter(user=alice).order_by("date").values_list("date", "amount", "remaining_amount")
    ) == [
        (datetime.date(2026, 11, 1), Decimal("30.000"), Decimal("-570.000")),
        (datetime.date(2026, 11, 21), Decimal("30.000"), Decimal("-20.000")),
        (datetime.date(2026, 11, 22), Decimal("27.770"), Decimal("27.770")),
    ]


def test_bills_and_incomes_without_an_item_move_the_pool(alice):
    IncomeFactory(user=alice, amount=Decimal(900), frequency="monthly", next_payment_date=datetime.date(2026, 12, 1))

    rows = record_transactions(
        owner=alice,
        entries=[
            TransactionEntry(date=day(2), amount=Decimal(100), kind="bill"),
            TransactionEntry(date=day(1), amount=Decimal(10), kind="income"),
            TransactionEntry(date=day(0), amount=Decimal(5)),
        ],
        today=TODAY,
    )

    today = DailyAllowance.objects.get(user=alice, date=TODAY)
    assert [row.occurrence for row in rows] == [None, None, None]
    # 900 - 100 + 10 over nine days.
    assert (today.pool, today.amount, today.remaining_amount) == (810, 90, 85)


@pytest.mark.parametrize("seed", range(5))
def test_many_at_once_equal_one_by_one_in_the_order_of_their_days(alice, bob, seed):
    rng = random.Random(seed)
    entries = [
        TransactionEntry(
            date=day(rng.randrange(80)),
            amount=Decimal(rng.randrange(1, 9000)).scaleb(-2),
            kind=rng.choice(["spend", "spend", "spend", "refund"]),
        )
        for _ in range(60)
    ]
    for person in (alice, bob):
        IncomeFactory(user=person, amount=Decimal(700), frequency="weekly", next_payment_date=TODAY)
        ExpenseFactory(user=person, amount=Decimal(400), frequency="monthly", added_on=day(60))
        TransactionFactory(user=person, date=day(40), amount=Decimal(25))
    rng.shuffle(entries)

    record_transactions(owner=alice, entries=entries, today=TODAY)
    for entry in sorted(entries, key=lambda entry: entry.date):
        TransactionFactory(user=bob, date=entry.date, amount=entry.amount, kind=entry.kind)

    one_by_one = {row[0]: row for row in days_of(bob)}
    at_once = {row[0]: row for row in days_of(alice)}
    assert at_once.keys() == one_by_one.keys()
    assert at_once[TODAY] == one_by_one[TODAY]
    for on_date, row in at_once.items():
        # Both rows were opened by the first purchase of the day; only what that day had seen by then differs
        # in `tomorrow`, which nobody reads of a day past.
        assert row[:4] + row[5:] == one_by_one[on_date][:4] + one_by_one[on_date][5:]


def test_rows_come_back_in_the_order_of_the_entries(alice):
    entries = [
        TransactionEntry(date=day(3), amount=Decimal(3), category="c"),
        TransactionEntry(date=day(9), amount=Decimal(1), description="a"),
    ]

    rows = record_transactions(owner=alice, entries=entries, today=TODAY)

    assert [(row.date, row.amount, row.category, row.description) for row in rows] == [
        (day(3), Decimal(3), "c", ""),
        (day(9), Decimal(1), "", "a"),
    ]
    assert all(row.pk and row.allowance.date == row.date for row in rows)


def test_recording_nothing_changes_nothing(alice):
    assert record_transactions(owner=alice, entries=[], today=TODAY) == []
    assert days_of(alice) == []


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (TransactionEntry(date=day(-1), amount=Decimal(1)), "future"),
        (TransactionEntry(date=datetime.date(1999, 12, 31), amount=Decimal(1)), "date_out_of_range"),
        (TransactionEntry(date=TODAY, amount=Decimal(0)), "amount_out_of_range"),
        (TransactionEntry(date=TODAY, amount=Decimal(10) ** 12), "amount_out_of_range"),
        (TransactionEntry(date=TODAY, amount=Decimal("0.001")), "too_many_decimals"),
        (TransactionEntry(date=TODAY, amount=Decimal(1), currency="XXX"), "unknown_currency"),
        (TransactionEntry(date=TODAY, amount=Decimal(1), currency="JPY"), "unknown_rate"),
    ],
)
def test_one_bad_entry_keeps_all_of_them_out(alice, entry, code):
    with pytest.raises(DomainError) as refused:
        record_transactions(owner=alice, entries=[TransactionEntry(date=TODAY, amount=Decimal(5)), entry], today=TODAY)

    assert refused.value.code == code
    assert Transaction.objects.count() == 0
    assert DailyAllowance.objects.count() == 0


def test_ten_times_the_entries_take_hardly_more_statements(alice, bob):
    IncomeFactory(user=alice)
    IncomeFactory(user=bob)
    taken = []
    for person, count in ((alice, 40), (bob, 400)):
        entries = [TransactionEntry(date=day(number % 40), amount=Decimal(1)) for number in range(count)]
        with CaptureQueriesContext(
            connection,
        ) as statements:
            record_transactions(owner=person, entries=entries, today=TODAY)
        taken.append(len(statements))

    # Only the number of batches that the rows are written in may grow.
    assert taken[0] < 20
    assert taken[1] - taken[0] <= 10


def test_a_stranger_sees_nothing_of_it(alice):
    bob = UserFactory(username="bob")
    TransactionFactory(user=bob, date=day(2), amount=Decimal(7))
    before = days_of(bob)

    record_transactions(owner=alice, entries=[TransactionEntry(date=day(2), amount=Decimal(9))] * 5, today=TODAY)

    assert days_of(bob) == before


def test_foreign_purchases_convert_at_each_days_rate_with_statements_that_do_not_grow(alice):
    for day in range(1, 21):
        ExchangeRateFactory.create(date=datetime.date(2026, 11, day), rate=Decimal(day))
    ExpenseFactory.create(user=alice, amount=Decimal(300), currency="USD", added_on=datetime.date(2026, 10, 1))

    def record(days):
        entries = [
            TransactionEntry(date=datetime.date(2026, 11, day), amount=Decimal(60), currency="USD") for day in days
        ]
        with CaptureQueriesContext(connection) as statements:
            rows = record_transactions(owner=alice, entries=entries, today=TODAY)
        return rows, len(statements)

    few, few_statements = record([2, 3, 4, 5])
    many, many_statements = record([6, 8, 10, 12, 15, 20])

    assert [row.base_amount for row in (*few, *many)] == [30, 20, 15, 12, 10, 7.5, 6, 5, 4, 3]
    assert many_statements == few_statements
