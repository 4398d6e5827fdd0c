"""What always holds, whatever the plan and whatever happens."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.allowance.domain.closing import close_until, open_running_period, recalculate_closed, view_closed
from core.allowance.domain.figure import calculate_day
from core.allowance.domain.occurrences import list_occurrences
from core.allowance.domain.plan import OpenPeriod, prepare_plan
from core.allowance.domain.pool import list_account
from core.allowance.domain.values import DateKey, ItemType, Snapshot
from core.tests.unit.figure.plans import spend_each_day
from core.tests.unit.figure.strategies import END, JOINED, happenings, snapshots

a_day = st.integers(0, 380).map(lambda days: JOINED + timedelta(days=days))


def run_until(snapshot: Snapshot, day: date) -> OpenPeriod:
    """The running period of a day, after those before it have closed."""
    return close_until(
        open_period=open_running_period(plan=prepare_plan(snapshot=replace(snapshot, today=day))), day=day
    )


def closed_by(snapshot: Snapshot, day: date) -> Snapshot:
    return replace(snapshot, today=day, closed=run_until(snapshot, day).closed)


def list_keys(snapshot: Snapshot) -> list[DateKey]:
    """All dates that count within the year after the account was made."""
    return [
        DateKey(item.type, item.id, one.on_date)
        for item in snapshot.items
        for one in list_occurrences(
            snapshot=snapshot, type=item.type, item_id=item.id, start=JOINED, end=date(2027, 3, 1)
        )
    ]


@given(snapshot=snapshots(), day=a_day)
@settings(max_examples=40)
def test_spending_the_amount_of_every_day_leaves_exactly_nothing(snapshot, day):
    period = calculate_day(snapshot=replace(snapshot, today=day), day=day).pool.period
    snapshot = closed_by(snapshot, period.start)

    spent = spend_each_day(snapshot, period.start.isoformat(), period.end.isoformat())
    figure = calculate_day(snapshot=replace(spent, today=period.last_day), day=period.last_day)

    assert figure.left == min(0, figure.pool.amount)


@given(snapshot=snapshots())
def test_the_shares_of_a_date_add_up_to_it_and_a_bill_is_there_when_it_is_due(snapshot):
    running = run_until(snapshot, END)
    counted: dict[DateKey, Fraction] = defaultdict(Fraction)

    for closed in running.closed:
        for line in closed.lines:
            counted[line.key] += line.amount
            assert line.before + line.amount == counted[line.key]
            # No income is spent in a period before it is there, and every bill is there in full when it is due.
            if line.type is ItemType.INCOME and line.effective_date >= closed.period.end:
                assert counted[line.key] == 0
            if line.type is not ItemType.INCOME and line.effective_date < closed.period.end:
                assert line.for_later == 0
    amounts = {(item.type, item.id): item.amount for item in snapshot.items}
    amounts |= {(ItemType.SAVINGS_GOAL, goal.id): goal.target_amount for goal in snapshot.goals}
    for line in (line for closed in running.closed for line in closed.lines if line.for_later == 0):
        assert counted[line.key] == amounts[line.type, line.item_id]


@given(snapshot=snapshots(), day=a_day)
def test_stored_periods_and_those_that_close_at_once_give_the_same_figure(snapshot, day):
    assert calculate_day(snapshot=closed_by(snapshot, day), day=day) == calculate_day(
        snapshot=replace(snapshot, today=day), day=day
    )


@given(data=st.data(), snapshot=snapshots())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_over_all_periods_a_date_counts_what_really_happened(data, snapshot):
    snapshot = data.draw(happenings(snapshot, list_keys(snapshot)))
    # Long enough for every share: those of an annual income of the last day too.
    running = run_until(snapshot, date(2028, 9, 1))
    plan = running.plan
    total: dict[DateKey, Fraction] = defaultdict(Fraction)

    for index, closed in enumerate(running.closed):
        account = list_account(view=view_closed(kept=closed, before=running.closed[:index], running=running))
        for one in account.dates:
            sign = 1 if one.share.key.type is ItemType.INCOME else -1
            total[one.share.key] += sign * one.counted + one.difference
        for payment in account.unplanned:
            total[payment.key] += Fraction(payment.amount) * (1 if payment.type is ItemType.INCOME else -1)

    for key in {*plan.payments, *plan.patches}:
        sign = 1 if key.type is ItemType.INCOME else -1
        if key in plan.payments:
            # What was paid before the account was made counts in the period of that day, which is not kept; but an
            # income that settles a date counts in the date's period.
            first, *others = plan.payments[key]
            kept = [one for one in others if one.day >= running.closed[0].period.start]
            if first.day >= running.closed[0].period.start or key.type is ItemType.INCOME:
                kept.append(first)
            expected = sum((Fraction(one.amount) for one in kept), Fraction(0))
        else:
            expected = Fraction(plan.patches[key].amount or 0)
        assert total[key] == sign * expected, key


@given(data=st.data(), snapshot=snapshots(), day=a_day)
def test_the_order_of_writing_changes_nothing(data, snapshot, day):
    snapshot = replace(data.draw(happenings(snapshot, list_keys(snapshot))), today=day)
    once_a_date = {payment.key: payment for payment in snapshot.payments}
    snapshot = replace(snapshot, payments=tuple(once_a_date.values()))
    shuffled = replace(
        snapshot,
        items=tuple(data.draw(st.permutations(snapshot.items))),
        goals=tuple(data.draw(st.permutations(snapshot.goals))),
        patches=tuple(data.draw(st.permutations(snapshot.patches))),
        payments=tuple(
            replace(payment, id=number) for number, payment in enumerate(data.draw(st.permutations(snapshot.payments)))
        ),
    )

    first, second = calculate_day(snapshot=snapshot, day=day), calculate_day(snapshot=shuffled, day=day)

    assert (first.pool.amount, first.amount, first.tomorrow) == (second.pool.amount, second.amount, second.tomorrow)
    assert (first.pool.carried, first.pool.due, first.status) == (second.pool.carried, second.pool.due, second.status)


@given(data=st.data(), snapshot=snapshots(), day=a_day)
def test_no_change_of_plan_moves_what_closed_periods_left(data, snapshot, day):
    snapshot = data.draw(happenings(snapshot, list_keys(snapshot)))
    closed = closed_by(replace(snapshot, spending={JOINED: Decimal(700)}), day)
    other = data.draw(snapshots())
    edited = tuple(replace(item, amount=item.amount + 7, adjust=snapshot.items[0].adjust) for item in closed.items)
    changed = replace(closed, items=edited, goals=other.goals, settings=other.settings)

    recalculated = recalculate_closed(snapshot=changed, first_day=JOINED)

    decimals = snapshot.settings.decimals
    if decimals == other.settings.decimals:
        assert recalculated == closed.closed
