"""Members of staff, and a row of every table that they can look at."""

import datetime
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client

from core.models import (
    AuditEvent,
    ClientId,
    DailyAllowance,
    ExchangeRate,
    Expense,
    IdempotencyKey,
    Income,
    JobRun,
    OccurrencePatch,
    OutgoingMail,
    PayPeriod,
    ProvenAddress,
    Reconciliation,
    SavingsGoal,
    SecondFactor,
    SentLink,
    Session,
    ThrottleCounter,
    Transaction,
    User,
)
from core.tests.conftest import NOON, TODAY
from core.tests.support.factories import (
    ExpenseFactory,
    IncomeFactory,
    OccurrencePatchFactory,
    PayPeriodFactory,
    ReconciliationFactory,
    SavingsGoalFactory,
    TransactionFactory,
    UserFactory,
)

REGISTERED = sorted(filter(admin.site.is_registered, apps.get_models()), key=lambda model: model._meta.label)
"""Every table that the admin has."""


def make_day(user: User, number: int) -> DailyAllowance:
    """The row of a day before today."""
    day = TODAY - datetime.timedelta(days=number + 1)
    return TransactionFactory.create(user=user, date=day).allowance


MAKERS: dict[type, Callable[[User, int], Any]] = {
    User: lambda user, number: UserFactory.create(username=f"somebody{number}"),
    Group: lambda user, number: Group.objects.create(name=f"group {number}"),
    Income: lambda user, number: IncomeFactory.create(user=user, name=f"wage {number}", amount=Decimal("12.50")),
    Expense: lambda user, number: ExpenseFactory.create(user=user, name=f"bill {number}", amount=Decimal("12.50")),
    SavingsGoal: lambda user, number: SavingsGoalFactory.create(user=user, percentage=Decimal(1)),
    Transaction: lambda user, number: TransactionFactory.create(user=user, category="food", amount=Decimal("12.50")),
    DailyAllowance: make_day,
    PayPeriod: lambda user, number: PayPeriodFactory.create(
        user=user,
        start=TODAY - datetime.timedelta(days=30 * number + 30),
        end=TODAY - datetime.timedelta(days=30 * number),
    ),
    Reconciliation: lambda user, number: ReconciliationFactory.create(user=user),
    OccurrencePatch: lambda user, number: OccurrencePatchFactory.create(user=user),
    ClientId: lambda user, number: ClientId.objects.create(user=user, client_id=uuid.uuid4()),
    IdempotencyKey: lambda user, number: IdempotencyKey.objects.create(
        user=user, key=f"key-{number}", fingerprint="0" * 64, status=201, body="{}", created_at=NOON
    ),
    ExchangeRate: lambda user, number: ExchangeRate.objects.create(
        base="EUR", quote="GBP", date=TODAY - datetime.timedelta(days=number), rate=Decimal("0.85")
    ),
    AuditEvent: lambda user, number: AuditEvent.objects.create(user=user, action="login", via="api"),
    OutgoingMail: lambda user, number: OutgoingMail.objects.create(
        user=user, kind="password_changed", recipient=user.email, created_at=NOON, attempt_at=NOON
    ),
    JobRun: lambda user, number: JobRun.objects.create(name=f"job {number}", started_at=NOON),
    SecondFactor: lambda user, number: SecondFactor.objects.create(
        user=UserFactory.create(username=f"careful{number}"), secret="encrypted", created_at=NOON, confirmed_at=NOON
    ),
    ProvenAddress: lambda user, number: UserFactory.create(username=f"proven{number}").proven_address,
    SentLink: lambda user, number: SentLink.objects.create(recipient_key=f"{number:064}", sent_at=NOON),
    ThrottleCounter: lambda user, number: ThrottleCounter.objects.create(key=f"{number:064}", count=1, resets_at=1),
    Session: lambda user, number: Session.objects.create(
        user=user, created_at=NOON, expires_at=NOON + datetime.timedelta(days=1)
    ),
}
"""How to make a row of each table of the admin; a table that is registered and not here fails its tests."""


def make_row(model: type, user: User, number: int = 0) -> Any:
    """A row of this table, this person's where rows belong to people."""
    assert model in MAKERS, f"{model.__name__} is in the admin: say in MAKERS how to make a row of it"
    return MAKERS[model](user, number)


@pytest.fixture
def root(db: None, clock: Any) -> User:
    """A superuser."""
    return UserFactory.create(username="root", is_staff=True, is_superuser=True)


def browser_of(user: User) -> Client:
    """A browser in which this person is logged in."""
    client = Client(raise_request_exception=True)
    client.force_login(user)
    return client


@pytest.fixture
def staff(root: User) -> Client:
    """The superuser's browser."""
    return browser_of(root)
