"""Random plans, and what happens to them, for properties."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

from core.allowance.domain.scheduling import set_schedule
from core.allowance.domain.values import (
    Adjust,
    DateKey,
    Goal,
    ItemType,
    Leftover,
    Overspend,
    Patch,
    Payment,
    PlanItem,
    Settings,
    Snapshot,
)
from core.kernel.recurrence import Frequency
from core.tests.unit.figure.plans import FixedRates

JOINED = date(2026, 3, 10)
END = date(2027, 6, 30)
CALENDARS = ("", "US", "ECB", "JP", "SA")


@st.composite
def items(draw: st.DrawFn, type: ItemType, pk: int, *, recurring: bool = False) -> PlanItem:  # noqa: A002
    frequency = draw(st.sampled_from([one for one in Frequency if one.recurs or not recurring]))
    added = JOINED + timedelta(days=draw(st.integers(0, 200)))
    anchor = added + timedelta(days=draw(st.integers(-40, 300)))
    dates = set_schedule(frequency=frequency, anchor=anchor, today=added)
    ends = draw(st.sampled_from([None, None, None, 90, 200]))
    return PlanItem(
        type=type,
        id=pk,
        name="",
        amount=Fraction(draw(st.integers(1, 400_000)), 100),
        currency="EUR",
        frequency=frequency,
        anchor=anchor,
        month_days=dates.month_days,
        added_on=added,
        valued_on=added,
        place=pk,
        first_date=dates.first_date,
        end_date=None if ends is None else anchor + timedelta(days=ends),
        adjust=Adjust.NONE if frequency is Frequency.DAILY else draw(st.sampled_from(Adjust)),
    )


@st.composite
def goals(draw: st.DrawFn, pk: int) -> Goal:
    added = JOINED + timedelta(days=draw(st.integers(0, 200)))
    if draw(st.booleans()):
        return Goal(id=pk, name="", added_on=added, percentage=Decimal(draw(st.integers(1, 3000))) / 100)
    target_date = added + timedelta(days=draw(st.integers(1, 400)))
    return Goal(
        id=pk, name="", added_on=added, target_amount=Fraction(draw(st.integers(1, 999))), target_date=target_date
    )


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """A plan of up to four incomes, four bills and two goals, with every setting."""
    incomes = [draw(items(ItemType.INCOME, pk, recurring=pk < 3)) for pk in range(draw(st.integers(0, 3)))]
    bills = [draw(items(ItemType.EXPENSE, pk)) for pk in range(draw(st.integers(0, 4)))]
    chosen = st.none() | st.integers(0, 120).map(lambda days: JOINED + timedelta(days=days))
    return Snapshot(
        settings=Settings(
            currency="EUR",
            decimals=draw(st.sampled_from([0, 2, 3])),
            joined_on=JOINED,
            holiday_calendar=draw(st.sampled_from(CALENDARS)),
            leftover=draw(st.sampled_from(Leftover)),
            leftover_chosen_on=draw(chosen),
            overspend=draw(st.sampled_from(Overspend)),
            overspend_chosen_on=draw(chosen),
            weekday_weights=draw(st.tuples(*[st.integers(0, 3)] * 7).filter(any)),
        ),
        today=JOINED,
        rates=FixedRates(),
        items=(*incomes, *bills),
        goals=tuple(draw(goals(pk)) for pk in range(draw(st.integers(0, 2)))),
    )


@st.composite
def happenings(draw: st.DrawFn, snapshot: Snapshot, keys: list[DateKey]) -> Snapshot:
    """The snapshot after payments on some of the dates, early, late and of other amounts, and patches on others."""
    payments, patches = [], []
    by_id = {(item.type, item.id): item for item in snapshot.items}
    for number, key in enumerate(draw(st.lists(st.sampled_from(keys), max_size=8)) if keys else []):
        item = by_id[key[:2]]
        day = key.on_date + timedelta(days=draw(st.integers(-80, 80)))
        amount = Decimal(draw(st.integers(1, 400_000))) / 100
        if draw(st.booleans()):
            payments.append(
                Payment(id=number, type=key.type, day=day, amount=amount, item_id=item.id, occurrence=key.on_date)
            )
        elif all(patch.key != key for patch in patches):
            said = draw(st.none() | st.just(amount))
            patches.append(
                Patch(
                    key=key,
                    amount=None if said is None else Fraction(said),
                    currency="EUR",
                    said_on=min(day, key.on_date - timedelta(days=31)),
                )
            )
    return replace(snapshot, payments=tuple(payments), patches=tuple(patches))
