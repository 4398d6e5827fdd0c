"""Many people's days at once: when rates change, and when a day begins.

People are taken in chunks, each chunk in a transaction of its own with its owners locked in the order of
their ids, so that writers wait for one chunk at most, memory does not grow with the number of people, and
two runs at once cannot deadlock. A chunk costs the same few statements whatever its size.
"""

import gc
import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction as db_transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from core.allowance import queries
from core.allowance.domain import Plan, calculate_figure, calculate_pay_calendar
from core.allowance.queries import DayRow, PlanRows
from core.allowance.services.storage import ProjectedDay, project_figure, store_days
from core.currencies.domain import RateBook
from core.currencies.queries import load_rates
from core.kernel.errors import DomainError
from core.kernel.periods import PayPeriod
from core.models import Expense, Income, User
from core.models.compiled import CompiledQuery, Given
from core.models.ids import IdList

logger = logging.getLogger(__name__)

CHUNK_PEOPLE = 500


@dataclass(frozen=True, slots=True)
class BulkResult:
    """How many rows were written, and how many people's could not be."""

    written: int = 0
    failed: int = 0

    def __add__(self, other: "BulkResult") -> "BulkResult":
        """Of two chunks together."""
        return BulkResult(written=self.written + other.written, failed=self.failed + other.failed)


@dataclass(slots=True)
class Person:
    """Somebody whose days are worked on: all that their figure depends on beside their rows."""

    id: int
    currency: str
    timezone: str


TodayFor = Callable[[User | Person], date]
OnChunk = Callable[[int], object]

_COLUMNS = ("pk", "currency", "timezone")

_people = CompiledQuery(
    lambda: User.objects.filter(pk__among=Given("user_ids", IdList())).order_by("pk").values_list(*_COLUMNS)
)
# Lowest id first, so that two runs at once never cross; see `owner_transaction` for the kind of lock.
_locked_people = CompiledQuery(
    lambda: (
        User.objects.select_for_update(no_key=True)
        .filter(pk__among=Given("user_ids", IdList()))
        .order_by("pk")
        .values_list(*_COLUMNS)
    )
)


@dataclass(slots=True)
class _Work:
    """A day to bring up to date, and what is needed for it. `stored` is None where it has no row yet."""

    person: Person
    plan: Plan
    period: PayPeriod
    date: date
    stored: DayRow | None


def refresh_foreign_plans(*, today_for: TodayFor, currencies: Collection[str] | None = None) -> BulkResult:
    """Bring today's rows up to date for everybody who plans in another currency than their own.

    Rows of today and later follow the rates of now; nobody gets a row who has none. `today_for` says which
    day it is for a person. With `currencies`, only those who convert from or to one of them.
    """
    result = BulkResult()
    for people in _in_chunks(_list_foreign_planners(currencies)):
        result += refresh_many(user_ids=[person.id for person in people], today_for=today_for)
    return result


def count_people_to_open() -> int:
    """How many people `open_days_for_all` looks at."""
    return User.objects.filter(is_active=True).count()


def open_days_for_all(*, today_for: TodayFor, on_chunk: OnChunk = lambda people: None) -> BulkResult:
    """Make today's row for every active person who has none, as their first read of the day would.

    Each chunk is stored by itself: a run that ends in the middle is made good by the next one, which passes by
    whoever has their row. `on_chunk` hears of each chunk's size once it is done.
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

    With `open_missing`, whoever has no row of today gets one. Somebody whose plan cannot be computed, because a
    rate is missing or a sum is out of range, keeps the rows they have; the others are not held up.
    """
    failed: set[int] = set()
    with db_transaction.atomic():
        people = [Person(*columns) for columns in _locked_people.all(user_ids=user_ids)]
        changed = _recompute(people=people, today_for=today_for, open_missing=open_missing, failed=failed)
        store_days(days=changed)
    return BulkResult(written=len(changed), failed=len(failed))


def find_people_to_check(*, user_ids: Collection[int], today_for: TodayFor) -> set[int]:
    """Those of these people whose rows of today or later are not what a recomputation says, or have none.

    Without any lock: who is named may be in the middle of a write, and must be looked at again under theirs.
    """
    failed: set[int] = set()
    people = [Person(*columns) for columns in _people.all(user_ids=user_ids)]
    changed = _recompute(people=people, today_for=today_for, open_missing=False, failed=failed)
    return {day.user_id for day in changed} | failed


def _list_todays(people: list[Person], today_for: TodayFor) -> dict[int, date]:
    """Which day it is for each person, by their id. The clock is asked once for each time zone."""
    zones: dict[str, date] = {}
    for person in people:
        if person.timezone not in zones:
            zones[person.timezone] = today_for(person)
    return {person.id: zones[person.timezone] for person in people}


def _recompute(
    *, people: list[Person], today_for: TodayFor, open_missing: bool, failed: set[int]
) -> list[ProjectedDay]:
    """The days of today and later that differ from what is stored; `failed` gets whose cannot be computed."""
    with _without_collector():
        return _compute(people, _list_todays(people, today_for), open_missing=open_missing, failed=failed)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Do without the collector of cyclic garbage meanwhile.

    A chunk is a hundred thousand small values without a cycle among them, gone when it is done. Their number makes
    the collector search the whole process for one again and again: a seventh of the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _compute(
    people: list[Person], todays: dict[int, date], *, open_missing: bool, failed: set[int]
) -> list[ProjectedDay]:
    plan_rows = queries.load_plan_rows(user_ids=list(todays))
    books = _load_books(people, todays, plan_rows)
    days = queries.list_days_from(first_days=todays)
    works: list[_Work] = []
    for person in people:
        today = todays[person.id]
        wanted: dict[date, DayRow | None] = {row.date: row for row in days[person.id]}
        if open_missing:
            wanted.setdefault(today, None)
        if not wanted:
            continue
        try:
            plan = queries.convert_plan(
                rows=plan_rows[person.id], into=person.currency, book=books[today], on_date=today
            )
        except DomainError as error:
            _note(person, error, failed)
            continue
        calendar = calculate_pay_calendar(items=plan.items)
        works.extend(_Work(person, plan, calendar.period_containing(day), day, row) for day, row in wanted.items())
    return _apply(works, failed)


def _apply(works: list[_Work], failed: set[int]) -> list[ProjectedDay]:
    """Compute every day, and return those that differ from what is stored."""
    spent_before = queries.load_spent_before(
        stretches=[(work.person.id, work.period.start, work.date) for work in works]
    )
    spent_on = queries.load_spent_on(row_ids=[work.stored.id for work in works if work.stored])
    nothing = Decimal(0)
    changed = []
    for work in works:
        person, stored = work.person, work.stored
        try:
            figure = calculate_figure(
                plan=work.plan,
                on_date=work.date,
                spent_before=spent_before.get((person.id, work.date), nothing),
                spent_today=spent_on.get(stored.id, nothing) if stored else nothing,
                period=work.period,
            )
        except DomainError as error:
            _note(person, error, failed)
            continue
        values = project_figure(figure=figure, currency=person.currency)
        if stored is None or stored.values != values:
            changed.append(ProjectedDay(person.id, work.date, values))
    return changed


def _load_books(people: list[Person], todays: dict[int, date], plans: dict[int, PlanRows]) -> dict[date, RateBook]:
    """The rates of each day that it is somewhere: one statement a day, and there are three at most."""
    conversions: dict[date, set[tuple[str, str]]] = {today: set() for today in todays.values()}
    for person in people:
        conversions[todays[person.id]].update(plans[person.id].list_conversions(into=person.currency))
    return {day: load_rates(conversions=pairs, on_date=day) for day, pairs in conversions.items()}


def _note(person: Person, error: DomainError, failed: set[int]) -> None:
    failed.add(person.id)
    logger.warning("the figure of user %d cannot be computed: %s", person.id, error.code)


def _list_foreign_planners(currencies: Collection[str] | None) -> QuerySet[User]:
    """Who has an item in another currency than their own."""

    def has_foreign(model: type[Income] | type[Expense]) -> Exists:
        items = model.objects.filter(user_id=OuterRef("pk")).exclude(currency=OuterRef("currency"))
        if currencies is not None:
            items = items.filter(Q(currency__in=currencies) | Q(user__currency__in=currencies))
        return Exists(items)

    return User.objects.filter(has_foreign(Income) | has_foreign(Expense))


def _in_chunks(people: QuerySet[User]) -> Iterator[list[Person]]:
    """These people in the order of their ids, chunk by chunk, each read when it is asked for."""
    after = 0
    columns = people.order_by("pk").values_list(*_COLUMNS)
    while chunk := [Person(*row) for row in columns.filter(pk__gt=after)[:CHUNK_PEOPLE]]:
        yield chunk
        after = chunk[-1].id
