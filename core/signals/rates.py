"""What follows from exchange rates."""

from contextvars import ContextVar
from typing import Any

from django.db import transaction as db_transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from core import clock
from core.allowance.services import refresh_foreign_plans
from core.currencies.domain import FEED_BASE
from core.models import ExchangeRate

_changed_currencies: ContextVar[frozenset[str]] = ContextVar("changed_currencies", default=frozenset())


@receiver(post_save, sender=ExchangeRate)
@receiver(post_delete, sender=ExchangeRate)
def refresh_after_rate_changed(instance: ExchangeRate, raw: bool = False, **kwargs: Any) -> None:
    """Refresh today for those who convert by a rate that staff entered, changed or deleted.

    After the commit, and once for any number of rates: each chunk of people has a transaction of its own.
    """
    if not raw:
        _changed_currencies.set(_changed_currencies.get() | {instance.base, instance.quote} - {FEED_BASE})
        db_transaction.on_commit(_refresh_after_rates_changed)


def _refresh_after_rates_changed() -> None:
    currencies = _changed_currencies.get()
    _changed_currencies.set(frozenset())
    if currencies:
        refresh_foreign_plans(today_for=clock.today_for, currencies=currencies)
