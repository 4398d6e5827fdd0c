"""Plans that hypothesis draws."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import strategies as st

from core.allowance.domain import ItemType, Plan, PlanItem
from core.kernel.frequencies import Frequency
from core.kernel.schedules import Schedule

FIRST_DAY, LAST_DAY = date(2024, 1, 1), date(2027, 12, 31)

days = st.dates(FIRST_DAY, LAST_DAY)
decimals = st.sampled_from([0, 2, 3])


def amounts(places: int) -> st.SearchStrategy[Fraction]:
    """Whole minor units, below a million units."""
    return st.integers(1, 10**6 * 10**places - 1).map(lambda minor_units: Fraction(minor_units, 10**places))


@st.composite
def items(draw: st.DrawFn, *, places: int = 2, frequencies: tuple[Frequency, ...] = tuple(Frequency)) -> PlanItem:
    """An item that was entered one day and perhaps rescheduled later. Its id is 0."""
    added_on = draw(days)
    return PlanItem(
        type=draw(st.sampled_from(ItemType)),
        id=0,
        name="",
        amount=draw(amounts(places)),
        frequency=draw(st.sampled_from(frequencies)),
        anchor=draw(days),
        added_on=added_on,
        scheduled_on=added_on + timedelta(days=draw(st.integers(0, 400))),
    )


@st.composite
def plans(draw: st.DrawFn, *, max_items: int = 5) -> Plan:
    """Items with ids of their own, in any order, and goals of 0 to 100 percent."""
    places = draw(decimals)
    drawn = draw(st.lists(items(places=places), max_size=max_items))
    ids = draw(st.permutations(range(1, len(drawn) + 1)))
    return Plan(
        decimals=places,
        items=tuple(replace(item, id=pk) for item, pk in zip(drawn, ids, strict=True)),
        savings_percent=draw(st.decimals(0, 100, places=2)),
    )


@st.composite
def running_items(draw: st.DrawFn, *, last_anchor_day: int = 28) -> tuple[PlanItem, date]:
    """A recurring item whose schedule is running, with a day on or after the one it was scheduled on."""
    frequency = draw(st.sampled_from([frequency for frequency in Frequency if frequency.recurs]))
    anchor = draw(days.filter(lambda found: found.day <= last_anchor_day))
    before_anchor = Schedule(anchor=anchor, frequency=frequency).date_at(-1)
    scheduled_on = before_anchor + timedelta(days=draw(st.integers(0, 500)))
    item = PlanItem(
        type=draw(st.sampled_from(ItemType)),
        id=0,
        name="",
        amount=draw(amounts(2)),
        frequency=frequency,
        anchor=anchor,
        added_on=scheduled_on - timedelta(days=draw(st.integers(0, 500))),
        scheduled_on=scheduled_on,
    )
    return item, scheduled_on + timedelta(days=draw(st.integers(0, 500)))
