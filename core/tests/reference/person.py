"""A user whose writes are applied one by one, for tests with numbers that a reader can check by hand."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .events import AddItem, AddTransaction, Event, Read
from .figure import Figure, find_today
from .replaying import apply
from .world import World

ONE_DAY = timedelta(days=1)


def on(text: str) -> date:
    """A day by its ISO text."""
    return date.fromisoformat(text)


class Person:
    """A user whose writes are applied one by one; the place of an event is the id of what it adds."""

    def __init__(self, made_on: str) -> None:
        """Make the account."""
        self.world = World(made_on=on(made_on))
        self.place = 0

    def do(self, event: Event) -> int:
        """Apply an event, and return its place."""
        self.place += 1
        apply(self.world, self.place, event)
        return self.place

    def add(self, kind: str, amount: int, frequency: str, anchor: str, added: str, **fields: Any) -> tuple[str, int]:
        """Add an income or a bill."""
        return kind, self.do(AddItem(on(added), kind, Fraction(amount), frequency, on(anchor), **fields))

    def spend(self, day: str, amount: str, dated: str = "") -> None:
        """Spend on a day, or log it on that day for an earlier one."""
        self.do(AddTransaction(on(day), on(dated or day), Fraction(amount)))

    def pay(self, day: str, amount: str, bill: tuple[str, int], occurrence: str) -> None:
        """Pay a date of a bill."""
        self.do(AddTransaction(on(day), on(day), Fraction(amount), "bill", item=bill, occurrence=on(occurrence)))

    def look(self, day: str) -> Figure:
        """Today's figure."""
        self.do(Read(on(day)))
        return find_today(self.world, on(day))

    def spend_the_amount_every_day(self, first: str, last: str) -> list[Fraction]:
        """Spend exactly the amount on each day, and return the amounts."""
        amounts, day = [], on(first)
        while day <= on(last):
            amount = find_today(self.world, day).amount
            self.do(Read(day))
            if amount:
                self.do(AddTransaction(day, day, amount))
            amounts.append(amount)
            day += ONE_DAY
        return amounts


def as_decimal(amount: Fraction) -> Decimal:
    """An amount as a decimal."""
    return Decimal(amount.numerator) / Decimal(amount.denominator)


def money(figure: Figure) -> tuple[str, str]:
    """The pool and the amount of a figure, with two decimals."""
    return f"{as_decimal(figure.pool):.2f}", f"{as_decimal(figure.amount):.2f}"


def pools(person: Person, *days: str) -> list[tuple[str, str]]:
    """The pool and the amount on each of some days."""
    return [money(person.look(day)) for day in days]


def period(figure: Figure) -> tuple[str, str, int]:
    """The pay period of a figure, and its days that are left."""
    return figure.start.isoformat(), figure.end.isoformat(), figure.days_left


def weekly_plan_with_rent() -> Person:
    """Income 800 weekly next 2026-11-06; rent 1200 monthly due 2026-12-01; both added 2026-11-01."""
    person = Person("2026-11-01")
    person.add("income", 800, "weekly", "2026-11-06", "2026-11-01")
    person.add("expense", 1200, "monthly", "2026-12-01", "2026-11-01")
    return person
