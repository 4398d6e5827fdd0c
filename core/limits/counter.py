"""What is counted, by key and limit."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import salted_hmac

from core.kernel.limits import Limit


def find_limit(name: str) -> Limit | None:
    """Return the limit that `settings.THROTTLES` holds under a name; None where it is off."""
    limit: Limit | None = settings.THROTTLES.get(name)
    return limit


@dataclass(frozen=True, slots=True)
class Counter:
    """Something that is counted, and its limit.

    A `lasting` one is counted in the database alone: it holds when Redis dies, comes back or is emptied.
    """

    key: str
    limit: Limit
    lasting: bool = False


def make_counter(*parts: str, limit: Limit, lasting: bool = False) -> Counter:
    """Return the counter of the thing that `parts` name together."""
    return Counter(key=make_key(*parts), limit=limit, lasting=lasting)


def make_key(*parts: str) -> str:
    """Return the keyed hash of `parts`, so that a store holds no names and addresses."""
    # The salt is part of every stored key.
    return salted_hmac("core.web.counters", "\x00".join(parts), algorithm="sha256").hexdigest()
