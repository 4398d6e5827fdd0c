"""The wiring table: which row was written, and what follows from it. Imported by `apps` alone.

Before a row is stored, its derived columns are filled in; after it is stored or deleted, the owner's
figure is refreshed. Both happen for every path that goes through a model's save or delete: the API, the
admin, the shell. `bulk_create`, `update` and raw SQL send no signals: a service that uses them refreshes
once, itself.
"""

from typing import Any

from django.db.models import Model, QuerySet
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.dispatch import receiver

from core import clock
from core.accounts.services.sessions import revoke_sessions
from core.allowance.services import open_days, refresh_allowance
from core.currencies.services import check_convertible, convert_amount
from core.kernel.errors import DomainError
from core.models import Expense, Income, SavingsGoal, Transaction, User
from core.models.owned import OwnedModel, owner_transaction
from core.models.plan_item import PlanItem


def _comes_from_the_owner(origin: Model | QuerySet[Any] | None) -> bool:
    """Whether a deletion began with the account: then a refresh would bring rows back that are to be gone."""
    return isinstance(origin, User) or (isinstance(origin, QuerySet) and origin.model is User)


@receiver(pre_save, sender=Income)
@receiver(pre_save, sender=Expense)
def fill_plan_item(instance: PlanItem, raw: bool, **kwargs: Any) -> None:
    """The owner's currency where none is given, and the local days on which the item was added and scheduled."""
    if raw:
        return
    with owner_transaction(instance.user_id) as owner:
        today = clock.today_for(owner)
        instance.currency = instance.currency or owner.currency
        check_convertible(currency=instance.currency, into=owner.currency, on_date=today)
        if instance._state.adding:
            instance.added_on = instance.added_on or today
            instance.scheduled_on = instance.scheduled_on or instance.added_on
        elif instance.has_changed("frequency", instance.anchor_field):
            instance.scheduled_on = today


@receiver(pre_save, sender=Transaction)
def fill_transaction(instance: Transaction, raw: bool, **kwargs: Any) -> None:
    """The day, the day's row, the currency and the amount in the owner's currency.

    Raises DomainError for a day that has not come yet.
    """
    if raw:
        return
    with owner_transaction(instance.user_id) as owner:
        today = clock.today_for(owner)
        if instance.date is None:
            instance.date = instance.allowance.date if instance.allowance_id else today
        adding = instance._state.adding
        if (adding or instance.has_changed("date")) and instance.date > today:
            raise DomainError("A transaction cannot lie in the future.", code="future", field="date")
        instance.opened_days = open_days(owner=owner, on_date=instance.date, today=today)
        instance.allowance = instance.opened_days[instance.date]
        instance.currency = instance.currency or owner.currency
        if adding or instance.has_changed("amount", "currency", "date"):
            instance.base_amount = convert_amount(
                amount=instance.amount, currency=instance.currency, into=owner.currency, on_date=instance.date
            )


@receiver(post_save, sender=Income)
@receiver(post_save, sender=Expense)
@receiver(post_save, sender=SavingsGoal)
def refresh_after_plan_saved(instance: OwnedModel, raw: bool, **kwargs: Any) -> None:
    """A plan that changed changes today."""
    if not raw:
        _refresh_plan(instance)


@receiver(post_delete, sender=Income)
@receiver(post_delete, sender=Expense)
@receiver(post_delete, sender=SavingsGoal)
def refresh_after_plan_deleted(instance: OwnedModel, origin: Any, **kwargs: Any) -> None:
    """A plan that lost an item changes today."""
    if not _comes_from_the_owner(origin):
        _refresh_plan(instance)


def _refresh_plan(instance: OwnedModel) -> None:
    with owner_transaction(instance.user_id) as owner:
        refresh_allowance(user_id=owner.pk, today=clock.today_for(owner), plan_changed=True)


@receiver(post_save, sender=Transaction)
def refresh_after_transaction_saved(instance: Transaction, raw: bool, **kwargs: Any) -> None:
    """A purchase changes what is left of its day, and of the day it was moved from, and today."""
    if raw:
        return
    before = instance.loaded_values.get("date", instance.date)
    with owner_transaction(instance.user_id) as owner:
        refresh_allowance(
            user_id=owner.pk,
            today=clock.today_for(owner),
            days={instance.date, before},
            opened=instance.opened_days,
        )


@receiver(pre_delete, sender=Income)
@receiver(pre_delete, sender=Expense)
@receiver(pre_delete, sender=SavingsGoal)
@receiver(pre_delete, sender=Transaction)
def lock_before_deletion(instance: OwnedModel, origin: Any, **kwargs: Any) -> None:
    """The owner's row is locked before any row of theirs, on bulk deletions too, so that no two writers cross."""
    if not _comes_from_the_owner(origin):
        with owner_transaction(instance.user_id):
            pass


@receiver(post_delete, sender=Transaction)
def refresh_after_transaction_deleted(instance: Transaction, origin: Any, **kwargs: Any) -> None:
    """A purchase that is taken back gives its day the money back."""
    if _comes_from_the_owner(origin):
        return
    with owner_transaction(instance.user_id) as owner:
        refresh_allowance(user_id=owner.pk, today=clock.today_for(owner), days={instance.date})


@receiver(post_save, sender=User)
def end_sessions_after_account_saved(instance: User, created: bool, raw: bool, **kwargs: Any) -> None:
    """A new password, none any more, or a ban ends every session, whoever saved it: API, admin, command."""
    if created or raw:
        return
    # Django keeps the plain password until the save is done, and only for a change: a hash that is merely
    # computed anew at login ends nothing.
    if instance.__dict__.get("_password") is not None or not instance.has_usable_password() or not instance.is_active:
        revoke_sessions(user_id=instance.pk, now=clock.now())
        instance.refresh_from_db(fields=["session_epoch"])
