"""Run a case of the reference against the product, and make one that differs small."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction

from django.db import transaction as db_transaction

from core.models import DailyAllowance, Transaction
from core.tests.comparison.comparing import list_differences
from core.tests.comparison.person import Clock, Person, Refused
from core.tests.reference.events import Event, Read
from core.tests.reference.figure import Figure, find_figure, find_today
from core.tests.reference.generator import Case, Check
from core.tests.reference.replaying import apply
from core.tests.reference.world import Refused as RefusedByReference
from core.tests.reference.world import Settings, World

Log = list[tuple[int, Event]]


@dataclass
class Outcome:
    """Where a case differed: after the event at a place, and on which figure (None: not on one)."""

    place: int
    differences: list[str] = field(default_factory=list)
    check: Check | None = None


@contextmanager
def forgetting() -> Iterator[None]:
    """Take back all that was stored within a block."""
    with db_transaction.atomic():
        yield
        db_transaction.set_rollback(True)


def run_case(case: Case, traveller: Clock) -> Outcome | None:
    """Replay a case over HTTP, and return where it differs first; None for nowhere. Nothing stays stored."""
    with forgetting():
        return _run_case(case, traveller)


def _run_case(case: Case, traveller: Clock) -> Outcome | None:
    checks: dict[int, list[Check]] = defaultdict(list)
    for check in case.checks:
        checks[check.after].append(check)
    person = Person(traveller, made_on=case.made_on, currency=case.currency)
    for place, event in enumerate(case.events, start=1):
        try:
            person.write(place, event)
        except Refused as error:
            return Outcome(place, [f"refused: {error}"])
        for check in checks[place]:
            differences = list_differences(person, check, case.currency)
            if differences:
                return Outcome(place, differences, check)
    differences = list_differences_of_rows(person, case.world) if case.world is not None else []
    return Outcome(len(case.events), differences) if differences else None


def list_differences_of_rows(person: Person, world: World) -> list[str]:
    """Compare what is stored at the end: the amounts of days, and the dates that transactions settle."""
    stored = {row.date: Fraction(row.amount) for row in DailyAllowance.objects.all()}
    differences = [
        f"row of {day}: {stored.get(day)} is not {world.rows.get(day)}"
        for day in sorted({*stored, *world.rows})
        if stored.get(day) != world.rows.get(day)
    ]
    occurrences = dict(Transaction.objects.values_list("pk", "occurrence"))
    for place, transaction in world.transactions.items():
        occurrence = occurrences[person.ids[place]]
        if occurrence != transaction.occurrence:
            differences.append(f"date of transaction {place}: {occurrence} is not {transaction.occurrence}")
    return differences


def make_smaller(case: Case, outcome: Outcome, traveller: Clock) -> tuple[Log, list[str]]:
    """Leave events out of a case that differs, as long as it differs; return what is left, and its differences.

    Events keep their places in the log: these are the ids by which others name what they made.
    """
    log: Log = list(enumerate(case.events[: outcome.place], start=1))
    differences, size = outcome.differences, max(1, len(log) // 3)
    while size:
        start, is_smaller = 0, False
        while start < len(log):
            fewer = log[:start] + log[start + size :]
            found = _compare_log(case, fewer, outcome, traveller)
            if found:
                log, differences, is_smaller = fewer, found, True
            else:
                start += size
        size = size if is_smaller and size == 1 else size // 2
    return log, differences


def _compare_log(case: Case, log: Log, outcome: Outcome, traveller: Clock) -> list[str]:
    """The differences that a part of a log still has; none where the reference refuses it, or it differs otherwise."""
    world = World(made_on=case.made_on, settings=Settings(currency=case.currency))
    check = outcome.check
    try:
        for place, event in log:
            apply(world, place, event)
        if check is not None:
            log = [*log, (outcome.place + 1, Read(check.today))]
            apply(world, *log[-1])
            check = replace(check, figure=_find_figure(world, check))
    except (RefusedByReference, KeyError, AssertionError):
        return []
    with forgetting():
        person = Person(traveller, made_on=case.made_on, currency=case.currency)
        written = 0
        try:
            for place, event in log:
                person.write(place, event)
                written += 1
            is_refused = False
        except (Refused, KeyError) as error:
            is_refused, refusal = True, f"refused: {error}"
        if outcome.differences[0].startswith("refused") or is_refused:
            is_last = is_refused and written == len(log) - 1
            return [refusal] if is_last and outcome.differences[0].startswith("refused") else []
        if check is None:
            return list_differences_of_rows(person, world)
        return list_differences(person, check, case.currency)


def _find_figure(world: World, check: Check) -> Figure:
    """The reference's figure of a check in another world."""
    if check.figure.date == check.today:
        return find_today(world, check.today)
    return find_figure(world, check.figure.date, today=check.today)
