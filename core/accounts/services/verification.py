"""Proofs that an address is its account's."""

from datetime import datetime

from core.accounts.queries import find_proven_email
from core.accounts.services.mail_queue import queue_verification
from core.audit.services import record_event
from core.db.locks import owner_transaction
from core.models import ProvenAddress, User

EMAIL_VERIFIED, VERIFICATION_ASKED = "email_verified", "email_verification_asked"


def prove_address(*, owner: User, now: datetime) -> None:
    """Store that the account's present address is proven. Call it under the owner's lock."""
    ProvenAddress.objects.update_or_create(
        user_id=owner.pk, defaults={"email": owner.email, "email_key": owner.email_key, "proven_at": now}
    )
    record_event(user_id=owner.pk, action=EMAIL_VERIFIED, object_type="user", object_id=owner.pk)


def resend_verification(*, user_id: int, now: datetime) -> None:
    """Mail another link by which the account's address is proven; nothing where it is proven already."""
    with owner_transaction(user_id) as owner:
        if find_proven_email(user_id=user_id) != owner.email:
            queue_verification(user=owner, now=now)
            record_event(user_id=user_id, action=VERIFICATION_ASKED)
