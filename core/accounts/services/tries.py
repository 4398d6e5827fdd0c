"""How often a password, a code, a registration may be tried.

Everything is counted before it is looked at, so that parallel tries cannot pass a limit together, and before any
password is hashed.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from core.kernel.names import fold_name
from core.limits.counter import Counter, find_limit, make_counter
from core.limits.counters import find_wait, give_back, hit
from core.limits.reservation import LimitReached, Reservation
from core.models import User

_ACCOUNTS_PER_ADDRESS = 10
"""How many accounts' worth of failed logins one address may cause."""

Checked = TypeVar("Checked")


def name_account(*, owner: User | None, name: str) -> str:
    """Return what tries are counted under: the account, whichever of its names was typed, or the typed name."""
    return f"id:{owner.pk}" if owner is not None else f"name:{fold_name(name)}"


def check_counted(*, account: str, network: str, is_call: bool, check: Callable[[], Checked]) -> Checked:
    """Run a check of a password and return its result, which is falsy for a wrong one. Raises LimitReached.

    Every check counts for the account, right or wrong: each costs a hash. A wrong one also counts as a failed login
    of the account from this network, and of the network. With `is_call`, a right one counts as a call of the network,
    for nothing else has counted it; a wrong one does not, so that other calls of the address stay allowed.
    """
    failures, calls = _list_failures(account, network), _list_calls(network) if is_call else []
    counters = [*failures, *_list_checks(account), *calls]
    # A read first: callers past the limit cost no write.
    wait_seconds = find_wait(*counters) or hit(*counters)
    if wait_seconds is not None:
        raise LimitReached(wait_seconds)
    try:
        result = check()
    except LimitReached:
        # The hasher is busy: nothing was checked.
        give_back(*counters)
        raise
    give_back(*(failures if result else calls))
    return result


@contextmanager
def count_wrong_code(*, user_id: int, refusal: type[Exception]) -> Iterator[None]:
    """Count a code as wrong before the block looks at it; give it back unless the block raises `refusal`.

    Raises LimitReached.
    """
    limit = find_limit("otp")
    wrong_code = Reservation(*([make_counter("otp", str(user_id), limit=limit, lasting=True)] if limit else []))
    try:
        yield
    except refusal:
        raise
    except BaseException:
        wrong_code.give_back()
        raise
    wrong_code.give_back()


def count_registration(*, network: str) -> None:
    """Count an answer that reveals a taken name as a registration. Raises LimitReached."""
    Reservation(*list_by_network(what="registration", network=network))


def list_by_network(*, what: str, network: str) -> list[Counter]:
    """Return the counter of registrations, or of mails that reset something, of a network; none without a limit."""
    limit = find_limit("reset")
    return [make_counter(what, network, limit=limit, lasting=True)] if limit else []


def _list_failures(account: str, network: str) -> list[Counter]:
    limit = find_limit("login")
    if limit is None:
        return []
    return [
        make_counter("login", account, network, limit=limit, lasting=True),
        make_counter("login", network, limit=limit.times(_ACCOUNTS_PER_ADDRESS), lasting=True),
    ]


def _list_checks(account: str) -> list[Counter]:
    limit = find_limit("password")
    return [make_counter("password", account, limit=limit)] if limit else []


def _list_calls(network: str) -> list[Counter]:
    limit = find_limit("anon")
    return [make_counter("anon", network, limit=limit)] if limit else []
