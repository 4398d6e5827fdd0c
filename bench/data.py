"""Rows for the benchmarks: a household for each measured user, and many other users."""

import datetime
from decimal import Decimal

from django.contrib.auth.hashers import make_password
from django.db import connection

from bench.load import PASSWORD
from core.db.locks import owner_transaction
from core.kernel.names import fold_name
from core.models import DailyAllowance, Expense, Income, SavingsGoal, User


def make_people(*, prefix: str, count: int, password_hash: str) -> list[User]:
    """Make users without rows."""
    return User.objects.bulk_create(
        [
            User(
                username=f"{prefix}{n}",
                username_key=fold_name(f"{prefix}{n}"),
                email=f"{prefix}{n}@example.org",
                email_key=fold_name(f"{prefix}{n}@example.org"),
                password=password_hash,
                currency="EUR",
            )
            for n in range(count)
        ],
        batch_size=5000,
    )


def make_household(owner: User, *, today: datetime.date) -> None:
    """Store three incomes, eight bills and a goal with the product's models, and the same for the naive design."""
    from bench.naive.models import NaiveExpense, NaiveIncome, NaiveSavingsGoal

    soon = today + datetime.timedelta(days=8)
    with owner_transaction(owner.pk):
        for amount, frequency in ((3000, "monthly"), (400, "quarterly"), (1200, "annual")):
            Income.objects.create(user=owner, amount=Decimal(amount), frequency=frequency, next_payment_date=soon)
            NaiveIncome.objects.create(user=owner, amount=amount, frequency=frequency, next_payment_date=soon)
        for number, frequency in enumerate(("monthly",) * 5 + ("weekly", "quarterly", "annual")):
            Expense.objects.create(
                user=owner, name=f"bill {number}", amount=Decimal(60 + number), frequency=frequency, due_date=soon
            )
            NaiveExpense.objects.create(user=owner, amount=60 + number, frequency=frequency, due_date=soon)
        SavingsGoal.objects.create(user=owner, percentage=Decimal(10))
        NaiveSavingsGoal.objects.create(user=owner, percentage=10)


def copy_household(*, prefix: str, like: User) -> None:
    """Give everybody whose name begins with `prefix` the plan of `like`, set-based."""
    with connection.cursor() as cursor:
        for model in (Income, Expense, SavingsGoal):
            columns = ", ".join(
                field.column for field in model._meta.concrete_fields if field.column not in ("id", "user_id")
            )
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} (user_id, {columns})"
                f" SELECT person.id, {', '.join(f'plan.{column.strip()}' for column in columns.split(','))}"
                f" FROM {model._meta.db_table} plan CROSS JOIN core_user person"
                " WHERE plan.user_id = %s AND person.username LIKE %s",
                [like.pk, f"{prefix}%"],
            )


def forget_purchases(owner_ids: list[int], *, today: datetime.date) -> None:
    """Delete today's purchases of these users: a day has dozens of them, and load would make thousands."""
    owners = ", ".join(str(int(owner_id)) for owner_id in owner_ids)
    day = today.isoformat()
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM naive_naivetransactionrow WHERE user_id IN ({owners})")
        cursor.execute(f"DELETE FROM core_transaction WHERE user_id IN ({owners}) AND date = %s", [day])
        cursor.execute(
            f"UPDATE core_dailyallowance SET remaining_amount = amount WHERE user_id IN ({owners}) AND date = %s", [day]
        )
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM core_transaction, core_dailyallowance, naive_naivetransactionrow")


def make_history(owner: User, *, rows: int, days: int, today: datetime.date) -> None:
    """Store `rows` purchases over the `days` before today, with matching rows of the days."""
    amount, per_day = Decimal("1.25"), rows // days
    dates = [today - datetime.timedelta(days=back + 1) for back in range(days)]
    DailyAllowance.objects.bulk_create(
        DailyAllowance(
            user=owner,
            date=day,
            currency="EUR",
            amount=Decimal(100_000),
            remaining_amount=Decimal(100_000) - per_day * amount,
            pool=Decimal(1_700_000),
            spent_before=Decimal(0),
            tomorrow=Decimal(100_000),
            period_start=day,
            period_end=day + datetime.timedelta(days=1),
            income_counts=True,
        )
        for day in dates
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_transaction (user_id, allowance_id, date, amount, currency, base_amount, kind, category,"
            " description, created_at, updated_at)"
            " WITH RECURSIVE numbers(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < %s)"
            " SELECT user_id, id, date, 1250, 'EUR', 1250, 'spend', 'food', '', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP"
            " FROM core_dailyallowance CROSS JOIN numbers WHERE user_id = %s AND date < %s",
            [per_day, owner.pk, today.isoformat()],
        )


def settle() -> None:
    """Update the statistics of the tables."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def hash_password() -> str:
    """Return one hash for all users, because hashing is not measured here."""
    return make_password(PASSWORD)
