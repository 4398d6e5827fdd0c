"""Random worlds: a seeded log of writes, and what the reference says of several days on the way.

`python -m core.tests.reference.generator 1000` makes that many and prints in how many of them each rule was met.
"""

import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from random import Random

from . import writes
from .events import ChangeSettings, Event, PublishRates, Read
from .figure import Figure, find_figure, find_today
from .marks import SEEN
from .replaying import try_to_apply
from .world import Settings, World

ONE_DAY = timedelta(days=1)
LOOKS = 6
LONGEST_STEP = 12


@dataclass
class Check:
    """What the reference says of a day, once the events up to `after` are written. Then it is `today`."""

    after: int
    today: date
    figure: Figure


@dataclass
class Case:
    """A world: when its account was made and in which currency, what was written, and what must be answered."""

    seed: int
    made_on: date
    currency: str
    events: list[Event] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)
    world: World | None = None


class Maker:
    """Makes one case, event by event; what the reference refuses is left out."""

    def __init__(self, seed: int) -> None:
        """Draw the account."""
        self.random = Random(seed)
        self.today = date(2026, 1, 1) + timedelta(days=self.random.randrange(365))
        self.currency = self.random.choice(["EUR", "EUR", "EUR", "EUR", "USD", "JPY", "KWD"])
        self.has_rates = self.currency != "KWD" and self.random.random() < 0.3
        self.case = Case(seed, self.today, self.currency)
        self.world = World(made_on=self.today, settings=Settings(currency=self.currency))

    def do(self, event: Event | None) -> bool:
        """Apply an event, if the reference takes it."""
        if event is None:
            return False
        after = try_to_apply(self.world, len(self.case.events) + 1, event)
        if after is None:
            return False
        self.world = after
        self.case.events.append(event)
        return True

    def draw_currency(self) -> str:
        """The user's currency, or with rates now and then another."""
        if self.has_rates and self.random.random() < 0.3:
            return self.random.choice(["EUR", "USD", "JPY"])
        return self.currency

    def publish_rates(self) -> None:
        """The feed of today."""
        usd, yen = self.random.randrange(9000, 13000), self.random.randrange(14000, 18000)
        self.do(PublishRates(self.today, {"USD": Fraction(usd, 10000), "JPY": Fraction(yen, 100)}))

    def start(self) -> None:
        """What a new user enters."""
        if self.has_rates:
            self.publish_rates()
        settings = writes.draw_settings(self)
        if settings:
            self.do(ChangeSettings(self.today, settings))
        for _ in range(self.random.choice([0, 1, 1, 1, 2, 2, 3])):
            self.do(writes.draw_item(self, "income"))
        for _ in range(self.random.randrange(1, 5)):
            self.do(writes.draw_item(self, "expense"))
        for _ in range(self.random.choice([0, 1, 2])):
            self.do(writes.draw_goal(self))

    def live(self) -> None:
        """Some days, with a few writes each, and a look now and then."""
        last = self.today + timedelta(days=self.random.choice([40, 80, 120, 160]))
        look_on = {self.today + (last - self.today) * i / LOOKS for i in range(1, LOOKS + 1)}
        while True:
            for _ in range(self.random.choice([0, 1, 1, 2, 3])):
                self.do(writes.draw_write(self))
            if any(day <= self.today for day in look_on):
                look_on = {day for day in look_on if day > self.today}
                self.look()
            if self.today >= last:
                return
            self.today += timedelta(days=self.random.randrange(1, LONGEST_STEP))
            if self.has_rates and self.today.weekday() < 5:
                self.publish_rates()

    def look(self) -> None:
        """Today's figure, and that of a day of the last weeks."""
        self.do(Read(self.today))
        self.check(find_today(self.world, self.today))
        day = self.today - timedelta(days=self.random.randrange(1, 40))
        if day >= self.case.made_on:
            self.check(find_figure(self.world, day, today=self.today))

    def check(self, figure: Figure) -> None:
        """Note what must be answered."""
        self.case.checks.append(Check(len(self.case.events), self.today, figure))


def make_case(seed: int) -> Case:
    """Make the case of a seed; the same seed always makes the same."""
    SEEN.clear()
    maker = Maker(seed)
    maker.start()
    maker.live()
    maker.case.marks = set(SEEN)
    maker.case.world = maker.world
    return maker.case


def main(first: int, count: int) -> None:
    """Make cases, and print in how many of them each rule was met."""
    met: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    events = checks = 0
    kinds: Counter[str] = Counter()
    for seed in range(first, first + count):
        case = make_case(seed)
        met.update(case.marks)
        rules.update({mark.split(":")[0] for mark in case.marks})
        kinds.update({type(event).__name__ for event in case.events})
        events += len(case.events)
        checks += len(case.checks)
    for counter in (kinds, met, rules):
        for name, seen in sorted(counter.items()):
            sys.stdout.write(f"{100 * seen / count:5.1f} %  {name}\n")
    sys.stdout.write(f"seeds {first} to {first + count - 1}: {events} events, {checks} figures\n")


if __name__ == "__main__":
    main(int(sys.argv[2]) if len(sys.argv) > 2 else 0, int(sys.argv[1]))
