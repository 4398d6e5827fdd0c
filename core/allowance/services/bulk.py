"""Refresh or open the days of many people at once: when rates change, and when a day begins.

People are taken in chunks, each in a transaction of its own that locks its owners in ascending order of their ids.
So writers wait for one chunk at most, memory does not grow with the number of people, and two runs at once cannot
deadlock. The number of statements of a chunk does not depend on its size.
"""

import logging
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction as db_transaction
from django.db.models import QuerySet

from core.allowance import queries
from core.allowance.domain.days import Changes, calculate_changes
from core.allowance.queries import SETTING_COLUMNS, make_scope
from core.allowance.services.storage import store_changes
from core.kernel.errors import DomainError
from core.models import User

logger = logging.getLogger(__name__)

CHUNK_PEOPLE = 500

_LONG_AGO = timedelta(days=62)
"""An account that is older, and has no closed pay period, is likely to have many to close."""


@dataclass(frozen=True, slots=True)
class BulkResult:
    """How many rows were written, and for how many people that was not possible."""

    written: int = 0
    failed: int = 0

    def __add__(self, other: "BulkResult") -> "BulkResult":
        """Return the sum of two chunks."""
        return BulkResult(written=self.written + other.written, failed=self.failed + other.failed)


TodayFor = Callable[[User], date]
OnChunk = Callable[[int], object]


def refresh_foreign_plans(*, today_for: TodayFor, currencies: Collection[str] | None = None) -> BulkResult:
    """Refresh the rows of today and later of everybody who plans in another currency than their own.

    Nobody gets a row who has none. `today_for` returns a person's local day. With `currencies`, only those who
    convert from or to one of them.
    """
    result = BulkResult()
    for people in _in_chunks(queries.list_foreign_planners(currencies=currencies)):
        result += refresh_many(user_ids=[person.pk for person in people], today_for=today_for)
    return result


def count_people_to_open() -> int:
    """Return how many people `open_days_for_all` looks at."""
    return User.objects.filter(is_active=True).count()


def open_days_for_all(*, today_for: TodayFor, on_chunk: OnChunk = lambda people: None) -> BulkResult:
    """Make today's row for every active person who has none, as their first read of the day would.

    Each chunk is committed on its own: after a run that was interrupted the next one continues, because it skips
    those who have their row. So is each account whose first pay periods are closed long after it was made, as after an
    upgrade: with up to a year to close, a chunk of them would keep its people waiting. `on_chunk` is called with the
    size of each chunk once it is committed.
    """
    result = BulkResult()
    for people in _in_chunks(User.objects.filter(is_active=True)):
        todays = _list_todays(people, today_for)
        opened = queries.list_opened(days=todays)
        missing = [person for person in people if person.pk not in opened]
        alone = _list_unclosed_for_long(missing, todays)
        for user_id in sorted(alone):
            result += refresh_many(user_ids=[user_id], today_for=today_for, open_missing=True)
        together = [person.pk for person in missing if person.pk not in alone]
        if together:
            result += refresh_many(user_ids=together, today_for=today_for, open_missing=True)
        on_chunk(len(people))
    return result


def _list_unclosed_for_long(people: list[User], todays: dict[int, date]) -> set[int]:
    """Return old accounts without a closed pay period: all their past periods close at once."""
    old = [person.pk for person in people if person.date_joined.date() < todays[person.pk] - _LONG_AGO]
    return queries.list_unclosed(user_ids=old) if old else set()


def refresh_many(*, user_ids: Collection[int], today_for: TodayFor, open_missing: bool = False) -> BulkResult:
    """Recompute the rows of today and later of these people, in one transaction under all their locks.

    With `open_missing` those who have no row of today get one. Somebody whose figure cannot be computed, because a
    rate is missing or a sum is out of range, keeps their rows as they are; the others are refreshed.
    """
    with db_transaction.atomic():
        # Lowest id first, so that two runs at once cannot deadlock; `owner_transaction` says why this kind of lock.
        locked = User.objects.select_for_update(no_key=True).filter(pk__in=user_ids)
        changes, failed = _recompute(_list_people(locked), today_for=today_for, open_missing=open_missing)
        store_changes(changes=changes)
    return BulkResult(written=len(changes.days), failed=len(failed))


def find_people_to_check(*, user_ids: Collection[int], today_for: TodayFor) -> set[int]:
    """Return which of these people have a row of today or later that a recomputation contradicts.

    Without any lock: who is named may be in the middle of a write, and must be looked at again under theirs.
    """
    people = _list_people(User.objects.filter(pk__in=user_ids))
    changes, failed = _recompute(people, today_for=today_for, open_missing=False)
    return {day.user_id for day in changes.days} | failed


def _list_people(people: QuerySet[User]) -> list[User]:
    return list(people.only(*SETTING_COLUMNS).order_by("pk"))


def _list_todays(people: list[User], today_for: TodayFor) -> dict[int, date]:
    """Return which day it is for each person, by their id. The clock is read once for each time zone."""
    zones: dict[str, date] = {}
    for person in people:
        if person.timezone not in zones:
            zones[person.timezone] = today_for(person)
    return {person.pk: zones[person.timezone] for person in people}


def _recompute(people: list[User], *, today_for: TodayFor, open_missing: bool) -> tuple[Changes, set[int]]:
    """Return what differs from what is stored, of today and later, and the ids of those who have an error."""
    todays = _list_todays(people, today_for)
    changes = Changes()
    failed: set[int] = set()
    scopes = []
    for person in people:
        opened_days = frozenset({todays[person.pk]} if open_missing else ())
        try:
            scope = make_scope(
                owner=person, today=todays[person.pk], opened_days=opened_days, plan_changed=not open_missing
            )
        except DomainError as error:
            failed.add(_note(person.pk, error))
        else:
            scopes.append(scope)
    for user_id, snapshot in queries.load_snapshots(scopes=scopes).items():
        try:
            changes += calculate_changes(snapshot=snapshot)
        except DomainError as error:
            failed.add(_note(user_id, error))
    return changes, failed


def _note(user_id: int, error: DomainError) -> int:
    logger.warning("the figure of user %d cannot be computed: %s", user_id, error.code)
    return user_id


def _in_chunks(people: QuerySet[User]) -> Iterator[list[User]]:
    """Yield these people in the order of their ids, one chunk at a time."""
    after = 0
    rows = people.only(*SETTING_COLUMNS).order_by("pk")
    while chunk := list(rows.filter(pk__gt=after)[:CHUNK_PEOPLE]):
        yield chunk
        after = chunk[-1].pk
