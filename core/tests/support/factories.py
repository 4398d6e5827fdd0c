"""Rows for tests, made the way the product makes them: through save, with all that follows."""

import datetime
import functools
from decimal import Decimal
from typing import Any

import factory
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from factory.django import DjangoModelFactory

from core.models import (
    ExchangeRate,
    Expense,
    Income,
    OccurrencePatch,
    PayPeriod,
    ProvenAddress,
    Reconciliation,
    SavingsGoal,
    Transaction,
    User,
)

PASSWORD = "Correct-horse-9"


@functools.cache
def hash_password(password: str | None) -> str:
    """As `make_password` does it. Hashing is slow on purpose: once a password is enough for everybody in a run."""
    return make_password(password)


class UserFactory(DjangoModelFactory[User]):
    """A person who is paid in euros."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda number: f"person{number}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")
    password = factory.Transformer(PASSWORD, transform=hash_password)
    currency = "EUR"

    @factory.post_generation
    def is_proven(user: Any, create: bool, extracted: bool | None, **kwargs: object) -> None:  # noqa: N805
        """Prove the address, unless `is_proven=False` says otherwise."""
        if create and extracted is not False:
            ProvenAddress.objects.create(
                user=user, email=user.email, email_key=user.email_key, proven_at=timezone.now()
            )


class IncomeFactory(DjangoModelFactory[Income]):
    """3000 a month."""

    class Meta:
        model = Income

    user = factory.SubFactory(UserFactory)
    amount = Decimal(3000)
    frequency = "monthly"
    next_payment_date = datetime.date(2026, 12, 1)


class ExpenseFactory(DjangoModelFactory[Expense]):
    """A rent of 1000 a month."""

    class Meta:
        model = Expense

    user = factory.SubFactory(UserFactory)
    name = "rent"
    amount = Decimal(1000)
    frequency = "monthly"
    due_date = datetime.date(2026, 12, 5)


class SavingsGoalFactory(DjangoModelFactory[SavingsGoal]):
    """A tenth of income."""

    class Meta:
        model = SavingsGoal

    user = factory.SubFactory(UserFactory)
    percentage = Decimal(10)


class TransactionFactory(DjangoModelFactory[Transaction]):
    """A purchase of 10, today."""

    class Meta:
        model = Transaction

    user = factory.SubFactory(UserFactory)
    amount = Decimal(10)


class OccurrencePatchFactory(DjangoModelFactory[OccurrencePatch]):
    """The rent of December, said to be 900."""

    class Meta:
        model = OccurrencePatch

    user = factory.SubFactory(UserFactory)
    expense = factory.SubFactory(ExpenseFactory, user=factory.SelfAttribute("..user"))
    date = datetime.date(2026, 12, 5)
    amount = Decimal(900)
    said_on = datetime.date(2026, 11, 22)


class ReconciliationFactory(DjangoModelFactory[Reconciliation]):
    """240 to spend until the end of the month."""

    class Meta:
        model = Reconciliation

    user = factory.SubFactory(UserFactory)
    date = datetime.date(2026, 11, 22)
    currency = "EUR"
    amount = Decimal(240)
    covers = "spending"
    last_transaction_id = 0
    period_start = datetime.date(2026, 11, 1)
    period_end = datetime.date(2026, 12, 1)
    own_pool = Decimal(1700)
    difference = Decimal(-1460)


class PayPeriodFactory(DjangoModelFactory[PayPeriod]):
    """October, with 1700 to spend and nothing spent."""

    class Meta:
        model = PayPeriod

    user = factory.SubFactory(UserFactory)
    start = datetime.date(2026, 10, 1)
    end = datetime.date(2026, 11, 1)
    currency = "EUR"
    savings_percent = Decimal(10)
    carries = False
    repays = False
    own_pool = Decimal(1700)
    carried = Decimal(0)
    repaid = Decimal(0)
    pool = Decimal(1700)
    spent = Decimal(0)
    left = Decimal(1700)
    due = Decimal(0)


class ExchangeRateFactory(DjangoModelFactory[ExchangeRate]):
    """One euro in dollars, of long ago: it holds on every day of a test."""

    class Meta:
        model = ExchangeRate

    base = "EUR"
    quote = "USD"
    date = datetime.date(1999, 1, 4)
    rate = Decimal("1.25")
    source = "ecb"
