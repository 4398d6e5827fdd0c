"""What is rendered by hand says, to the letter, what the serializer's fields say: the document is made from those."""

import datetime
import uuid
from decimal import Decimal

import pytest
from rest_framework.serializers import Serializer
from rest_framework.utils.serializer_helpers import ReturnDict

from core.allowance.serializers import AllowanceSerializer, TodaySerializer
from core.ledger.serializers import TransactionSerializer
from core.models import DailyAllowance, Transaction
from core.tests.support.factories import (
    ExchangeRateFactory,
    ExpenseFactory,
    IncomeFactory,
    TransactionFactory,
    UserFactory,
)


def say_by_fields(serializer, row):
    """As DRF does it for any serializer."""
    return ReturnDict(Serializer.to_representation(serializer, row), serializer=serializer)


@pytest.fixture(params=["EUR", "JPY", "KWD"])
def person(request, db, clock):
    """Somebody with a plan, who is paid in a currency of two, none or three decimals."""
    user = UserFactory.create(currency=request.param)
    for quote in ("USD", "JPY", "KWD"):
        ExchangeRateFactory(quote=quote)
    IncomeFactory(user=user, amount=Decimal(900))
    return user


@pytest.mark.parametrize(
    "entry",
    [
        {"amount": Decimal("12"), "category": "food", "description": "bread, ‘butter’"},
        {"amount": Decimal("12"), "kind": "refund"},
        {"amount": Decimal("999999"), "kind": Transaction.Kind.SPEND},
        {"amount": Decimal("1.5"), "currency": "USD"},
        {
            "amount": Decimal("12"),
            "kind": "bill",
            "occurrence": datetime.date(2026, 12, 5),
            "client_id": uuid.UUID(int=7),
        },
    ],
)
def test_a_transaction(person, entry):
    if "occurrence" in entry:
        entry = {**entry, "expense": ExpenseFactory(user=person, amount=Decimal(5))}
    row = Transaction.objects.select_related("allowance").get(pk=TransactionFactory.create(user=person, **entry).pk)
    serializer = TransactionSerializer(row)

    by_hand = serializer.data

    assert by_hand == say_by_fields(serializer, row)
    assert list(by_hand) == list(TransactionSerializer.Meta.fields)


@pytest.mark.parametrize("shape", [AllowanceSerializer, TodaySerializer])
@pytest.mark.parametrize("spent", [None, Decimal(5), Decimal(100_000)])
@pytest.mark.parametrize("rent", [None, Decimal(5000)])
def test_a_day(person, shape, spent, rent):
    if rent is not None:
        ExpenseFactory(user=person, amount=rent)
    if spent is not None:
        TransactionFactory(user=person, amount=spent)
    row = DailyAllowance.objects.get(user=person)
    serializer = shape(row)

    by_hand = serializer.data

    assert by_hand == say_by_fields(serializer, row)
    assert list(by_hand) == list(shape.Meta.fields)
