"""The write-up's tables."""

from django.conf import settings
from django.db import models


class _Owned(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True


class NaiveIncome(_Owned):
    """An income; its frequency is stored and never used."""

    amount = models.DecimalField(max_digits=10, decimal_places=2)
    frequency = models.CharField(max_length=20)
    next_payment_date = models.DateField()


class NaiveExpense(_Owned):
    """A bill."""

    amount = models.DecimalField(max_digits=10, decimal_places=2)
    frequency = models.CharField(max_length=20)
    due_date = models.DateField()


class NaiveSavingsGoal(_Owned):
    """A share of income."""

    percentage = models.DecimalField(max_digits=5, decimal_places=2)


class NaiveAllowance(_Owned):
    """A day."""

    date = models.DateField()
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    remaining_amount = models.DecimalField(max_digits=10, decimal_places=2)


class NaiveTransactionRow(_Owned):
    """A purchase."""

    allowance = models.ForeignKey(NaiveAllowance, on_delete=models.CASCADE)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    category = models.CharField(max_length=50, blank=True)
    description = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
