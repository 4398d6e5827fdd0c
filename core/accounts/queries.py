"""Which address of an account is proven, and whose address one is."""

from core.models import ProvenAddress, User


def find_proven_email(*, user_id: int) -> str:
    """Return the address that was proven last; empty where none ever was."""
    return ProvenAddress.objects.filter(user_id=user_id).values_list("email", flat=True).first() or ""


def is_email_verified(*, user: User) -> bool:
    """Return whether the account's present address is proven."""
    proven = getattr(user, "proven_address", None)
    return proven is not None and proven.email == user.email


def find_user_by_address(*, email: str) -> User | None:
    """Return the account that resets for this address are about, or None.

    That is the account with the address, else the one that had it when it was last proven. Two statements in any
    case, so that timing does not reveal accounts.
    """
    present = User.objects.find_by_email(email)
    former = User.objects.find_by_proven_email(email)
    return present or former
