"""Many people's days at once: when rates change, and when a day begins.

People are taken in chunks, each chunk in a transaction of its own with its owners locked in the order of
their ids, so that writers wait for one chunk at most, memory does not grow with the number of people, and
two runs at once cannot deadlock. A chunk costs the same few statements whatever its size.
"""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction as db_transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from core.allowance import queries
from core.allowance.domain import Plan
from core.allowance.queries import PlanRows
from core.allowance.services.projection import PROJECTED, apply_plan, store_days
from core.currencies.domain import RateBook
from core.currencies.queries import load_rates
from core.kernel.errors import DomainError
from core.kernel.periods import PayPeriod
from core.models import DailyAllowance, Expense, Income, User

logger = logging.getLogger(__name__)

CHUNK_PEOPLE = 500

TodayFor = Callable[[User], date]


@dataclass(frozen=True, slots=True)
class BulkResult:
    """How many rows were written, and how many people's could not be."""

    written: int = 0
    failed: int = 0

    def __add__(self, other: "BulkResult") -> "BulkResult":
        """Of two chunks together."""
        return BulkResult(written=self.written + other.written, failed=self.failed + other.failed)


@dataclass(slots=True)
class _Work:
    """A row to bring up to date, and what is needed for it."""

    owner: User
    plan: Plan
    period: PayPeriod
    row: DailyAllowance


def refresh_foreign_plans(*, today_for: TodayFor, currencies: Collection[str] | None = None) -> BulkResult:
    """Bring today's rows up to date for everybody who plans in another currency than their own.

    Rows of today and later follow the rates of now; nobody gets a row who has none. `today_for` says which
    day it is for a person. With `currencies`, only those who convert from or to one of them.
    """
    result = BulkResult()
    for ids in _chunk_ids(_list_foreign_planners(currencies)):
        result += refresh_many(user_ids=ids, today_for=today_for)
    return result


def open_days_for_all(*, today_for: TodayFor) -> BulkResult:
    """Make today's row for every active person who has none, as their first read of the day would."""
    result = BulkResult()
    for ids in _chunk_ids(User.objects.filter(is_active=True)):
        todays = {person.pk: today_for(person) for person in User.objects.filter(pk__in=ids).only("timezone")}
        opened = set(
            DailyAllowance.objects.filter(user_id__in=ids, date__in=set(todays.values())).values_list("user_id", "date")
        )
        missing = [user_id for user_id, today in todays.items() if (user_id, today) not in opened]
        if missing:
            result += refresh_many(user_ids=missing, today_for=today_for, open_missing=True)
    return result


def refresh_many(*, user_ids: Collection[int], today_for: TodayFor, open_missing: bool = False) -> BulkResult:
    """Recompute the rows of today and later of these people, in one transaction under all their locks.

    With `open_missing`, whoever has no row of today gets one. Somebody whose plan cannot be computed, because a
    rate is missing or a sum is out of range, keeps the rows they have; the others are not held up.
    """
    failed: set[int] = set()
    with db_transaction.atomic():
        owners = list(User.objects.select_for_update(no_key=True).filter(pk__in=user_ids).order_by("pk"))
        changed = _recompute(owners=owners, today_for=today_for, open_missing=open_missing, failed=failed)
        store_days(rows=changed)
    return BulkResult(written=len(changed), failed=len(failed))


def find_people_to_check(*, user_ids: Collection[int], today_for: TodayFor) -> set[int]:
    """Those of these people whose rows of today or later are not what a recomputation says, or have none.

    Without any lock: who is named may be in the middle of a write, and must be looked at again under theirs.
    """
    failed: set[int] = set()
    owners = list(User.objects.filter(pk__in=user_ids).order_by("pk"))
    changed = _recompute(owners=owners, today_for=today_for, open_missing=False, failed=failed)
    return {row.user_id for row in changed} | failed


def _recompute(
    *, owners: list[User], today_for: TodayFor, open_missing: bool, failed: set[int]
) -> list[DailyAllowance]:
    """The rows of today and later that differ from what is stored; `failed` gets whose cannot be computed."""
    todays = {owner.pk: today_for(owner) for owner in owners}
    plan_rows = queries.load_plan_rows(user_ids=list(todays))
    books = _load_books(owners, todays, plan_rows)
    days = queries.list_days_from(first_days=todays)
    works: list[_Work] = []
    for owner in owners:
        today = todays[owner.pk]
        rows = days[owner.pk]
        if open_missing and not any(row.date == today for row in rows):
            rows.append(DailyAllowance(user_id=owner.pk, date=today))
        if not rows:
            continue
        try:
            plan = queries.convert_plan(
                rows=plan_rows[owner.pk], into=owner.currency, book=books[today], on_date=today
            ).plan
        except DomainError as error:
            _note(owner, error, failed)
            continue
        works.extend(_Work(owner, plan, queries.get_period(plan=plan, on_date=row.date), row) for row in rows)
    return _apply(works, failed)


def _apply(works: list[_Work], failed: set[int]) -> list[DailyAllowance]:
    """Compute every row, and return those that differ from what is stored."""
    spent_before = queries.load_spent_in(
        stretches={work.owner.pk: (work.period.start, work.row.date) for work in works}
    )
    spent_on = queries.load_spent_on(row_ids=[work.row.pk for work in works if work.row.pk])
    people_with_more = _find_people_with_more(works)
    changed = []
    for work in works:
        row, owner_id = work.row, work.owner.pk
        before = [getattr(row, name) for name in PROJECTED] if row.pk else None
        if owner_id in people_with_more:
            # Whoever travelled west has rows of two days at once, each with a stretch of its own.
            spent = queries.calculate_spent_before(user_id=owner_id, period_start=work.period.start, on_date=row.date)
        else:
            spent = spent_before.get(owner_id, Decimal(0))
        try:
            apply_plan(
                row=row,
                owner=work.owner,
                plan=work.plan,
                period=work.period,
                spent_before=spent,
                spent_today=spent_on.get(row.pk, Decimal(0)),
            )
        except DomainError as error:
            _note(work.owner, error, failed)
            continue
        if before != [getattr(row, name) for name in PROJECTED]:
            changed.append(row)
    return changed


def _find_people_with_more(works: list[_Work]) -> set[int]:
    counts = Counter(work.owner.pk for work in works)
    return {user_id for user_id, count in counts.items() if count > 1}


def _load_books(owners: list[User], todays: dict[int, date], plans: dict[int, PlanRows]) -> dict[date, RateBook]:
    """The rates of each day that it is somewhere: one statement a day, and there are three at most."""
    conversions: dict[date, set[tuple[str, str]]] = {today: set() for today in todays.values()}
    for owner in owners:
        conversions[todays[owner.pk]].update(plans[owner.pk].list_conversions(into=owner.currency))
    return {day: load_rates(conversions=pairs, on_date=day) for day, pairs in conversions.items()}


def _note(owner: User, error: DomainError, failed: set[int]) -> None:
    failed.add(owner.pk)
    logger.warning("the figure of user %d cannot be computed: %s", owner.pk, error.code)


def _list_foreign_planners(currencies: Collection[str] | None) -> QuerySet[User]:
    """Who has an item in another currency than their own."""

    def has_foreign(model: type[Income] | type[Expense]) -> Exists:
        items = model.objects.filter(user_id=OuterRef("pk")).exclude(currency=OuterRef("currency"))
        if currencies is not None:
            items = items.filter(Q(currency__in=currencies) | Q(user__currency__in=currencies))
        return Exists(items)

    return User.objects.filter(has_foreign(Income) | has_foreign(Expense))


def _chunk_ids(people: QuerySet[User]) -> Iterator[list[int]]:
    """The ids of these people in ascending order, chunk by chunk, each read when it is asked for."""
    after = 0
    while ids := list(people.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK_PEOPLE]):
        yield ids
        after = ids[-1]
