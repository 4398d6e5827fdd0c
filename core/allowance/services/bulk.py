"""Refresh or open the days of many people at once: when rates change, and when a day begins.

People are taken in chunks, each in a transaction of its own that locks its owners in ascending order of their ids.
So writers wait for one chunk at most, memory does not grow with the number of people, and two runs at once cannot
deadlock. The number of statements of a chunk does not depend on its size.
"""

import logging
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date

from django.db import transaction as db_transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from core.allowance import queries
from core.allowance.domain import CalculatedDay, SnapshotScope, calculate_changed_days
from core.allowance.services.storage import store_days
from core.kernel.errors import DomainError
from core.models import Expense, Income, User

logger = logging.getLogger(__name__)

CHUNK_PEOPLE = 500


@dataclass(frozen=True, slots=True)
class BulkResult:
    """How many rows were written, and for how many people that was not possible."""

    written: int = 0
    failed: int = 0

    def __add__(self, other: "BulkResult") -> "BulkResult":
        """Return the sum of two chunks."""
        return BulkResult(written=self.written + other.written, failed=self.failed + other.failed)


@dataclass(slots=True)
class Person:
    """The columns of a user that their figure depends on."""

    id: int
    currency: str
    timezone: str


TodayFor = Callable[[User | Person], date]
OnChunk = Callable[[int], object]

_COLUMNS = ("pk", "currency", "timezone")


def refresh_foreign_plans(*, today_for: TodayFor, currencies: Collection[str] | None = None) -> BulkResult:
    """Refresh the rows of today and later of everybody who plans in another currency than their own.

    Nobody gets a row who has none. `today_for` returns a person's local day. With `currencies`, only those who
    convert from or to one of them.
    """
    result = BulkResult()
    for people in _in_chunks(_list_foreign_planners(currencies)):
        result += refresh_many(user_ids=[person.id for person in people], today_for=today_for)
    return result


def count_people_to_open() -> int:
    """Return how many people `open_days_for_all` looks at."""
    return User.objects.filter(is_active=True).count()


def open_days_for_all(*, today_for: TodayFor, on_chunk: OnChunk = lambda people: None) -> BulkResult:
    """Make today's row for every active person who has none, as their first read of the day would.

    Each chunk is committed on its own: after a run that was interrupted the next one continues, because it skips
    those who have their row. `on_chunk` is called with the size of each chunk once it is committed.
    """
    result = BulkResult()
    for people in _in_chunks(User.objects.filter(is_active=True)):
        todays = _list_todays(people, today_for)
        opened = queries.list_opened(days=todays)
        missing = [user_id for user_id in todays if user_id not in opened]
        if missing:
            result += refresh_many(user_ids=missing, today_for=today_for, open_missing=True)
        on_chunk(len(people))
    return result


def refresh_many(*, user_ids: Collection[int], today_for: TodayFor, open_missing: bool = False) -> BulkResult:
    """Recompute the rows of today and later of these people, in one transaction under all their locks.

    With `open_missing` those who have no row of today get one. Somebody whose figure cannot be computed, because a
    rate is missing or a sum is out of range, keeps their rows as they are; the others are refreshed.
    """
    failed: set[int] = set()
    with db_transaction.atomic():
        # Lowest id first, so that two runs at once cannot deadlock; `owner_transaction` says why this kind of lock.
        locked = User.objects.select_for_update(no_key=True).filter(pk__in=user_ids)
        changed, failed = _recompute(_list_people(locked), today_for=today_for, open_missing=open_missing)
        store_days(days=changed)
    return BulkResult(written=len(changed), failed=len(failed))


def find_people_to_check(*, user_ids: Collection[int], today_for: TodayFor) -> set[int]:
    """Return which of these people have a row of today or later that a recomputation contradicts.

    Without any lock: who is named may be in the middle of a write, and must be looked at again under theirs.
    """
    people = _list_people(User.objects.filter(pk__in=user_ids))
    changed, failed = _recompute(people, today_for=today_for, open_missing=False)
    return {day.user_id for day in changed} | failed


def _list_people(people: QuerySet[User]) -> list[Person]:
    return [Person(*columns) for columns in people.order_by("pk").values_list(*_COLUMNS)]


def _list_todays(people: list[Person], today_for: TodayFor) -> dict[int, date]:
    """Return which day it is for each person, by their id. The clock is read once for each time zone."""
    zones: dict[str, date] = {}
    for person in people:
        if person.timezone not in zones:
            zones[person.timezone] = today_for(person)
    return {person.id: zones[person.timezone] for person in people}


def _recompute(
    people: list[Person], *, today_for: TodayFor, open_missing: bool
) -> tuple[list[CalculatedDay], set[int]]:
    """Return the days of today and later that differ from what is stored, and the ids of those who have an error."""
    todays = _list_todays(people, today_for)
    scopes = [
        SnapshotScope(
            user_id=person.id,
            currency=person.currency,
            today=todays[person.id],
            opened_days=frozenset({todays[person.id]} if open_missing else ()),
            plan_changed=True,
        )
        for person in people
    ]
    changed: list[CalculatedDay] = []
    failed: set[int] = set()
    for user_id, snapshot in queries.load_snapshots(scopes=scopes).items():
        try:
            if isinstance(snapshot, DomainError):
                raise snapshot
            changed += calculate_changed_days(snapshot=snapshot)
        except DomainError as error:
            failed.add(user_id)
            logger.warning("the figure of user %d cannot be computed: %s", user_id, error.code)
    return changed, failed


def _list_foreign_planners(currencies: Collection[str] | None) -> QuerySet[User]:
    """Return who has an item in another currency than their own."""

    def has_foreign(model: type[Income] | type[Expense]) -> Exists:
        items = model.objects.filter(user_id=OuterRef("pk")).exclude(currency=OuterRef("currency"))
        if currencies is not None:
            items = items.filter(Q(currency__in=currencies) | Q(user__currency__in=currencies))
        return Exists(items)

    return User.objects.filter(has_foreign(Income) | has_foreign(Expense))


def _in_chunks(people: QuerySet[User]) -> Iterator[list[Person]]:
    """Yield these people in the order of their ids, one chunk at a time."""
    after = 0
    columns = people.order_by("pk").values_list(*_COLUMNS)
    while chunk := [Person(*row) for row in columns.filter(pk__gt=after)[:CHUNK_PEOPLE]]:
        yield chunk
        after = chunk[-1].id
