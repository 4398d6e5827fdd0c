"""The write-up's calculator behind a signal, and a view that stores a purchase."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.db.models.signals import post_save
from django.dispatch import receiver
from rest_framework import serializers
from rest_framework.generics import CreateAPIView

from bench.naive.models import (
    NaiveAllowance,
    NaiveExpense,
    NaiveIncome,
    NaiveSavingsGoal,
    NaiveTransactionRow,
)


def calculate(user: Any) -> Decimal:
    """(income - expenses - savings) / days until the next income."""
    incomes = NaiveIncome.objects.filter(user=user)
    income = incomes.aggregate(total=Sum("amount"))["total"] or Decimal(0)
    expenses = NaiveExpense.objects.filter(user=user).aggregate(total=Sum("amount"))["total"] or Decimal(0)
    percent = NaiveSavingsGoal.objects.filter(user=user).aggregate(total=Sum("percentage"))["total"] or Decimal(0)
    next_income = incomes.order_by("next_payment_date").first()
    days = max((next_income.next_payment_date - date.today()).days, 1) if next_income else 30
    return (income - expenses - income * percent / 100) / days


@receiver(post_save, sender=NaiveTransactionRow)
def update_allowance(instance: NaiveTransactionRow, created: bool, **kwargs: Any) -> None:
    """As the write-up has it: read, recompute, subtract, save."""
    allowance = NaiveAllowance.objects.get(pk=instance.allowance_id)
    allowance.amount = round(calculate(instance.user), 2)
    allowance.remaining_amount -= instance.amount
    allowance.save()


class _Serializer(serializers.ModelSerializer):
    class Meta:
        model = NaiveTransactionRow
        fields = ["id", "allowance", "amount", "category", "description"]
        read_only_fields = ["allowance"]


class NaiveTransaction(CreateAPIView):
    """Stores a purchase the write-up's way."""

    serializer_class = _Serializer
    throttle_classes = ()

    def perform_create(self, serializer: Any) -> None:
        """Today's row, found or made."""
        allowance, _made = NaiveAllowance.objects.get_or_create(
            user=self.request.user,
            date=date.today(),
            defaults={"amount": 100, "remaining_amount": 100},
        )
        serializer.save(user=self.request.user, allowance=allowance)
