"""Many rows at once, for tests of what they cost."""

import datetime
from decimal import Decimal

from django.db import connection

from core.models import DailyAllowance, Session, Transaction, User
from core.tests.conftest import NOON, TODAY

MANY = 100_000
DAYS = 1_000


def make_strangers(*, count: int) -> None:
    """People with a login each, and nothing else: among them an index is worth its while."""
    people = User.objects.bulk_create(
        User(username=name, username_key=name, email=f"{name}@example.org", email_key=f"{name}@example.org")
        for name in (f"stranger{number}" for number in range(count))
    )
    Session.objects.bulk_create(Session(user=person, created_at=NOON, expires_at=NOON) for person in people)


def record_many(user: User) -> None:
    """100,000 purchases of a cent, a hundred a day, up to yesterday."""
    dates = [TODAY - datetime.timedelta(days=back + 1) for back in range(DAYS)]
    days = DailyAllowance.objects.bulk_create(
        [
            DailyAllowance(
                user=user,
                date=date,
                currency="EUR",
                amount=Decimal(2),
                remaining_amount=Decimal(1),
                pool=Decimal(0),
                spent_before=Decimal(0),
                tomorrow=Decimal(0),
                period_start=date,
                period_end=TODAY,
                income_counts=False,
            )
            for date in dates
        ]
    )
    cent = {"currency": "EUR", "amount": Decimal("0.01"), "base_amount": Decimal("0.01")}
    Transaction.objects.bulk_create(Transaction(user=user, allowance=day, date=day.date, **cent) for day in days)
    columns = [field.column for field in Transaction._meta.concrete_fields if not field.primary_key]
    # Each of them 99 times more, by the database itself: a hundred thousand objects would take a minute.
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO core_transaction ({', '.join(columns)}) "  # noqa: S608
            "WITH RECURSIVE numbers(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < %s) "
            f"SELECT {', '.join(f'one.{column}' for column in columns)} FROM core_transaction one CROSS JOIN numbers "
            "WHERE one.date < %s",
            [MANY // DAYS - 1, TODAY],
        )
