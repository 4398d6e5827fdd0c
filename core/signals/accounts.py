"""What follows from an account: its currency and settings, mail, sessions, the audit."""

from typing import Any

from django.db import transaction as db_transaction
from django.db.models.signals import post_save, pre_delete, pre_save
from django.dispatch import receiver

from core import clock
from core.accounts.services.mail_queue import queue_notice, queue_verification
from core.accounts.services.sessions import revoke_sessions
from core.accounts.tasks import deliver_mail_soon
from core.allowance.services import (
    close_before_write,
    convert_everything,
    mark_paydays_changed,
    refresh_allowance,
)
from core.audit.services import CREATED, UPDATED, allow_erasure, record_account
from core.db.locks import owner_transaction
from core.models import (
    MailKind,
    OutgoingMail,
    User,
)
from core.models.figure_settings import Leftover, Overspend

_LAYING_PAYDAYS = ("timezone", "holiday_calendar")
_FIGURE_SETTINGS = (*_LAYING_PAYDAYS, "leftover", "overspend", "weekday_weights")


@receiver(pre_save, sender=User)
def close_before_settings_change(
    instance: User, raw: bool, update_fields: frozenset[str] | None, **kwargs: Any
) -> None:
    """Close pay periods that are over by the settings as they are before the write.

    Another time zone decides what is over, and nothing else about them.
    """
    names = (*_FIGURE_SETTINGS, "currency")
    written = [name for name in names if update_fields is None or name in update_fields]
    if raw or instance._state.adding or not written:
        return
    with owner_transaction(instance.pk) as owner:
        if any(getattr(instance, name) != owner.loaded_values[name] for name in written):
            # The owner that the lock yields may be this very instance.
            stored = User.objects.get(pk=instance.pk)
            close_before_write(owner=stored, today=clock.today_for(instance))


@receiver(pre_save, sender=User)
def convert_before_currency_changes(
    instance: User, raw: bool, update_fields: frozenset[str] | None, **kwargs: Any
) -> None:
    """Convert all days and transactions of a person whose currency changes.

    Raises DomainError on the field `currency`.
    """
    if raw or instance._state.adding or "currency" not in (update_fields or ()):
        return
    with owner_transaction(instance.pk) as owner:
        if instance.currency != owner.loaded_values["currency"]:
            convert_everything(user_id=owner.pk, currency=instance.currency, today=clock.today_for(instance))


@receiver(pre_save, sender=User)
def mark_paydays_before_settings_change(
    instance: User, raw: bool, update_fields: frozenset[str] | None, **kwargs: Any
) -> None:
    """Note that another time zone or holiday calendar may lay the paydays elsewhere."""
    written = set(_LAYING_PAYDAYS) if update_fields is None else update_fields.intersection(_LAYING_PAYDAYS)
    if raw or instance._state.adding or not written:
        return
    with owner_transaction(instance.pk) as owner:
        if any(getattr(instance, name) != owner.loaded_values[name] for name in written):
            today = clock.today_for(instance)
            mark_paydays_changed(owner=owner, today=today)
            instance.paydays_changed_on = today


@receiver(post_save, sender=User)
def refresh_after_settings_change(
    instance: User, created: bool, raw: bool, update_fields: frozenset[str] | None, **kwargs: Any
) -> None:
    """Refresh today after a setting of the figure changed.

    Another time zone can make a past day today again: its row then follows the plan as it is now.
    """
    if created or raw or not any(instance.has_changed(name) for name in _FIGURE_SETTINGS):
        return
    with owner_transaction(instance.pk) as owner:
        for name in (*_FIGURE_SETTINGS, "leftover_chosen_on", "overspend_chosen_on"):
            setattr(owner, name, getattr(instance, name))
        refresh_allowance(user_id=instance.pk, today=clock.today_for(instance), plan_changed=True)


@receiver(pre_save, sender=User)
def set_day_of_choice(instance: User, raw: bool, update_fields: frozenset[str] | None, **kwargs: Any) -> None:
    """Set the local day on which `leftover` or `overspend` was changed; the same choice again keeps its day."""
    written = [name for name in ("leftover", "overspend") if update_fields is None or name in update_fields]
    if raw or not written:
        return
    stored: dict[str, Any] = {"leftover": Leftover.FORGET, "overspend": Overspend.FORGIVE}
    if not instance._state.adding:
        with owner_transaction(instance.pk) as owner:
            stored = owner.loaded_values
    for name in written:
        day = stored.get(f"{name}_chosen_on")
        if getattr(instance, name) != stored[name]:
            day = clock.today_for(instance)
        setattr(instance, f"{name}_chosen_on", day)


@receiver(post_save, sender=User)
def mail_after_account_saved(instance: User, created: bool, raw: bool, update_fields: Any, **kwargs: Any) -> None:
    """Mail a notice of a changed password, address or name, and a link to prove a new address."""
    if created or raw:
        return
    now = clock.now()
    if _is_changed(instance, "password", update_fields):
        queue_notice(user=instance, kind=MailKind.PASSWORD_CHANGED, now=now)
    if _is_changed(instance, "email", update_fields):
        queue_notice(user=instance, kind=MailKind.EMAIL_CHANGED, now=now)
        queue_verification(user=instance, now=now)
    elif _is_changed(instance, "username", update_fields):
        queue_notice(user=instance, kind=MailKind.USERNAME_CHANGED, now=now)


@receiver(post_save, sender=User)
def end_sessions_after_account_saved(
    instance: User, created: bool, raw: bool, update_fields: Any, **kwargs: Any
) -> None:
    """End every session after a new password, after the loss of one, and of a banned account."""
    if created or raw:
        return
    is_closed = not instance.has_usable_password() or not instance.is_active
    if is_closed or _is_changed(instance, "password", update_fields):
        revoke_sessions(user_id=instance.pk, now=clock.now())
        instance.refresh_from_db(fields=["session_epoch"])


def _is_changed(user: User, column: str, written: Any) -> bool:
    """Return whether a save changed this column. `written` names the columns that it was confined to (None: all)."""
    return (written is None or column in written) and user.has_changed(column)


@receiver(post_save, sender=OutgoingMail)
def deliver_after_mail_queued(created: bool, raw: bool, **kwargs: Any) -> None:
    """Send mail after the commit of the change that it is about, outside of the request."""
    if created and not raw:
        db_transaction.on_commit(deliver_mail_soon)


@receiver(post_save, sender=User)
def record_account_saved(instance: User, created: bool, raw: bool, update_fields: Any, **kwargs: Any) -> None:
    """Write the audit events of an account that was made or changed."""
    if not raw:
        record_account(action=CREATED if created else UPDATED, user=instance, written=update_fields)


@receiver(pre_delete, sender=User)
def erase_with_the_account(instance: User, **kwargs: Any) -> None:
    """Let the database delete the events of an account that is deleted."""
    allow_erasure(user_id=instance.pk)
