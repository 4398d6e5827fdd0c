"""End sessions and codes after the database was filled from a copy.

A copy brings back what was ended or used up since it was made: sessions that were revoked, codes that were used.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction as db_transaction
from django.db.models import F

from core.accounts import domain
from core.audit.services import SESSIONS_REVOKED, record_events
from core.models import BackupCode, SecondFactor, Session, User

_BATCH_ROWS = 500


@dataclass(frozen=True, slots=True)
class EndedLogins:
    """How many accounts had sessions, how many have a second factor, and how many backup codes are void."""

    accounts: int
    second_factors: int
    backup_codes: int


def end_logins_after_restore(*, now: datetime) -> EndedLogins:
    """End every session, and mark every one-time code as used that would be taken now. Backup codes are all void.

    Which backup codes were used since the copy was made cannot be known. Who has lost their device needs the operator.
    Links in mails are not ended: what they are made from may be as it was then, so one that is younger than its
    lifetime works again.
    """
    with db_transaction.atomic():
        # The accounts are locked first, as everywhere.
        User.objects.update(session_epoch=F("session_epoch") + 1)
        sessions = Session.objects.filter(revoked_at__isnull=True)
        user_ids = list(sessions.order_by("user_id").values_list("user_id", flat=True).distinct())
        sessions.update(revoked_at=now)
        record_events(user_ids=user_ids, action=SESSIONS_REVOKED)
        factors = list(SecondFactor.objects.only("used_steps"))
        for factor in factors:
            for step in domain.list_valid_steps(now=now):
                factor.used_steps = domain.add_used_step(used=factor.used_steps, step=step)
        SecondFactor.objects.bulk_update(factors, ["used_steps"], batch_size=_BATCH_ROWS)
        backup_codes, _by_model = BackupCode.objects.all().delete()
    return EndedLogins(accounts=len(user_ids), second_factors=len(factors), backup_codes=backup_codes)
