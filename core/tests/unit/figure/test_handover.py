"""Rule 3: what old dates hand over to new ones when the dates of an item change."""

from dataclasses import replace
from fractions import Fraction

from core.allowance.domain.handover import apply_handover, calculate_handover
from core.allowance.domain.values import DateKey, PlanItem, Snapshot
from core.kernel.recurrence import Frequency
from core.tests.unit.figure.plans import (
    closed_until,
    day,
    expense,
    figure_of,
    income,
    paying,
    saying,
    snapshot_of,
    stating,
)

SALARY = income(3000, "monthly", "2026-12-01")
RENT = expense(1000, "monthly", "2026-12-05")
INSURANCE = expense(1200, "annual", "2027-01-15", pk=2)
BONUS = income(1200, "annual", "2026-12-10", pk=2)


def plan_of(*items: PlanItem) -> Snapshot:
    return snapshot_of(SALARY, *items, today="2026-11-22")


def with_item(snapshot: Snapshot, item: PlanItem) -> Snapshot:
    """The snapshot after an item got other values."""
    others = [one for one in snapshot.items if (one.type, one.id) != (item.type, item.id)]
    return replace(snapshot, items=(*others, item))


def handed_over(before: Snapshot, item: PlanItem) -> dict[str, str | None]:
    handover = calculate_handover(before=before, after=with_item(before, item), type=item.type, old_id=item.id)
    return {old.on_date.isoformat(): None if new is None else new.on_date.isoformat() for old, new in handover.items()}


def test_a_date_hands_over_to_the_nearest_new_one():
    plan = paying(plan_of(RENT), RENT, "1000.00", "2026-11-22", "2026-12-05")

    assert handed_over(plan, expense(1000, "monthly", "2026-12-10")) == {"2026-12-05": "2026-12-10"}
    assert handed_over(plan, expense(1000, "monthly", "2026-12-21")) == {"2026-12-05": "2026-11-21"}
    assert handed_over(plan, expense(1000, "weekly", "2026-12-01")) == {"2026-12-05": "2026-12-08"}


def test_of_two_equally_near_dates_the_earlier_takes_over():
    plan = saying(plan_of(RENT), RENT, "2026-12-05", "900", "2026-11-22")

    running = expense(1000, "bi-weekly", "2026-12-12", scheduled="2026-11-28")
    assert handed_over(plan, running) == {"2026-12-05": "2026-11-28"}


def test_no_date_further_away_than_half_a_step_takes_over():
    plan = saying(plan_of(RENT), RENT, "2026-12-05", "900", "2026-11-22")

    assert handed_over(plan, expense(1000, "daily", "2026-12-06", scheduled="2026-11-22")) == {"2026-12-05": None}
    assert handed_over(plan, expense(1000, "annual", "2027-08-20", scheduled="2026-11-22")) == {"2026-12-05": None}
    assert handed_over(plan, expense(1000, "once", "2029-08-20", scheduled="2026-11-22")) == {
        "2026-12-05": "2029-08-20"
    }


def test_in_order_each_date_takes_one_that_has_not_been_given():
    plan = paying(plan_of(RENT), RENT, "1.00", "2026-11-22", "2026-12-05")
    plan = paying(plan, RENT, "2.00", "2026-11-22", "2027-01-05")

    assert handed_over(plan, expense(1000, "quarterly", "2026-12-20")) == {
        "2026-12-05": "2026-12-20",
        "2027-01-05": None,
    }


def test_a_date_that_stays_hands_over_to_itself():
    plan = saying(plan_of(RENT), RENT, "2026-12-05", "900", "2026-11-22")

    assert handed_over(plan, expense(1000, "monthly", "2026-12-05", end="2027-05-01")) == {"2026-12-05": "2026-12-05"}


def test_what_was_put_aside_goes_along():
    plan = closed_until(plan_of(INSURANCE), "2026-12-10")
    moved = expense(1200, "annual", "2027-02-20", scheduled="2026-12-10", pk=2)
    handover = calculate_handover(before=plan, after=with_item(plan, moved), type=moved.type, old_id=2)
    after = apply_handover(snapshot=with_item(plan, moved), handover=handover)

    # 400 are put aside; 800 are shared by December, January and February.
    assert figure_of(after, "2026-12-10").pool.own.expenses * 3 == 800
    assert figure_of(with_item(plan, moved), "2026-12-10").pool.own.expenses == 400


def test_what_no_new_date_takes_over_stays_where_it_is():
    plan = closed_until(plan_of(INSURANCE), "2026-12-10")
    daily = expense(1, "daily", "2026-12-10", scheduled="2026-12-10", end="2026-12-31", pk=2)
    handover = calculate_handover(before=plan, after=with_item(plan, daily), type=daily.type, old_id=2)
    after = apply_handover(snapshot=with_item(plan, daily), handover=handover)

    assert [line.key for line in after.closed[0].lines] == [plan.closed[0].lines[0].key, None]
    assert figure_of(after, "2026-11-30").pool.amount == figure_of(plan, "2026-11-30").pool.amount == 2600


def test_a_payment_that_no_date_takes_over_counts_whole_and_a_patch_is_dropped():
    plan = paying(plan_of(RENT), RENT, "1010.00", "2026-11-22", "2026-12-05")
    plan = saying(plan, RENT, "2027-01-05", "900", "2026-11-22")
    gone = replace(RENT, end_date=day("2026-11-30"))
    after = apply_handover(
        snapshot=with_item(plan, gone),
        handover=calculate_handover(before=plan, after=with_item(plan, gone), type=gone.type, old_id=1),
    )

    assert [(one.item_id, one.occurrence) for one in after.payments] == [(1, None)]
    assert after.patches == ()
    assert figure_of(after, "2026-11-22").pool.amount == 990


def test_payments_patches_and_what_was_named_follow_the_date():
    plan = closed_until(plan_of(RENT, BONUS), "2026-12-20")
    plan = saying(paying(plan, BONUS, "1300.00", "2026-12-11", "2026-12-10"), RENT, "2027-01-05", None, "2026-12-20")
    plan = stating(plan, "900.00", "balance", "2026-12-20", not_yet=(DateKey(RENT.type, 1, day("2026-12-05")),))
    rent = expense(1000, "monthly", "2026-12-08", scheduled="2026-12-20")

    after = apply_handover(
        snapshot=with_item(plan, rent),
        handover=calculate_handover(before=plan, after=with_item(plan, rent), type=rent.type, old_id=1),
    )

    assert [patch.key.on_date for patch in after.patches] == [day("2027-01-08")]
    assert after.reconciliations[0].not_yet == {DateKey(RENT.type, 1, day("2026-12-08"))}
    assert after.payments == plan.payments


def test_dates_of_closed_periods_hand_nothing_over():
    plan = paying(closed_until(plan_of(RENT), "2026-12-03"), RENT, "1.00", "2026-12-03", "2026-11-05")

    assert handed_over(plan, expense(1000, "monthly", "2026-12-10", scheduled="2026-12-03")) == {}


def test_a_date_of_an_income_that_is_still_being_spent_hands_over():
    plan = closed_until(paying(plan_of(BONUS), BONUS, "1200.00", "2026-12-10", "2026-12-10"), "2027-02-03")
    moved = income(1200, "annual", "2027-12-20", scheduled="2027-02-03", pk=2)
    handover = calculate_handover(before=plan, after=with_item(plan, moved), type=moved.type, old_id=2)
    after = apply_handover(snapshot=with_item(plan, moved), handover=handover)

    assert [new.on_date.isoformat() for new in handover.values() if new] == ["2026-12-20"]
    assert figure_of(after, "2027-02-03").pool.amount == 3100
    assert figure_of(after, "2026-12-31").pool.amount == figure_of(plan, "2026-12-31").pool.amount == 3100


def test_a_date_that_was_paid_or_skipped_in_a_closed_period_stays_if_no_new_one_takes_over():
    paid = closed_until(paying(plan_of(INSURANCE), INSURANCE, "1150.00", "2026-11-25", "2027-01-15"), "2026-12-10")
    skipped = closed_until(saying(plan_of(INSURANCE), INSURANCE, "2027-01-15", None, "2026-11-25"), "2026-12-10")
    daily = expense(1, "daily", "2026-12-10", scheduled="2026-12-10", end="2026-12-31", pk=2)

    assert handed_over(paid, daily) == handed_over(skipped, daily) == {}
    assert figure_of(with_item(paid, daily), "2026-11-30").pool.amount == 1850


def test_only_dates_from_a_day_on_go_to_the_item_that_follows():
    plan = paying(plan_of(RENT), RENT, "1.00", "2026-11-22", "2026-12-05")
    plan = paying(plan, RENT, "2.00", "2026-11-22", "2027-01-05")
    follower = expense(1100, "monthly", "2027-01-05", start="2027-01-01", pk=9)
    after = replace(plan, items=(SALARY, replace(RENT, end_date=day("2026-12-31")), follower))

    handover = calculate_handover(
        before=plan, after=after, type=RENT.type, old_id=1, new_id=9, from_date=day("2027-01-01")
    )

    assert handover == {DateKey(RENT.type, 1, day("2027-01-05")): DateKey(RENT.type, 9, day("2027-01-05"))}
    assert [(one.item_id, one.occurrence) for one in apply_handover(snapshot=after, handover=handover).payments] == [
        (1, day("2026-12-05")),
        (9, day("2027-01-05")),
    ]


def test_what_closed_periods_have_shared_of_a_difference_is_not_shared_again_after_a_move():
    # 900 of every quarter, 300 in each of December, January and February; said to be 600 this time.
    wage = income(900, "quarterly", "2026-12-10", pk=2)
    plan = closed_until(saying(plan_of(wage), wage, "2026-12-10", "600", "2026-12-01"), "2027-01-02")
    moved = income(900, "quarterly", "2027-01-05", scheduled="2027-01-02", added="2026-11-22", pk=2)
    after = with_item(plan, moved)
    after = apply_handover(
        snapshot=after, handover=calculate_handover(before=plan, after=after, type=moved.type, old_id=2)
    )

    # December has 300 of the plan less 100. January, February and March share the other 600 less 200.
    pools = [figure_of(after, on).pool.own for on in ("2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31")]
    assert [(own.income, own.differences) for own in pools] == [
        (3300, -100),
        (3200, Fraction(-200, 3)),
        (3200, Fraction(-200, 3)),
        (3200, Fraction(-200, 3)),
    ]


def test_an_income_that_came_before_its_date_counts_whole_where_it_came_if_the_date_goes():
    plan = paying(plan_of(BONUS), BONUS, "1200.00", "2026-11-25", "2026-12-10")
    plan = closed_until(plan, "2026-12-02")
    ended = replace(BONUS, frequency=Frequency.WEEKLY, anchor=day("2027-02-03"), first_date=day("2027-02-03"))

    assert handed_over(plan, ended) == {"2026-12-10": None}


def test_an_income_that_its_own_closed_period_has_counted_stays_paid_if_the_date_goes():
    plan = paying(plan_of(BONUS), BONUS, "1300.00", "2026-12-10", "2026-12-10")
    plan = closed_until(plan, "2027-01-02")
    ended = replace(BONUS, frequency=Frequency.WEEKLY, anchor=day("2027-02-03"), first_date=day("2027-02-03"))

    assert handed_over(plan, ended) == {}
    assert figure_of(with_item(plan, ended), "2026-12-31").pool.own == figure_of(plan, "2026-12-31").pool.own


def test_no_date_of_a_closed_period_takes_over():
    weekly = expense(50, "weekly", "2026-12-04", pk=2)
    plan = snapshot_of(income(800, "weekly", "2026-11-20", added="2026-11-20"), weekly, today="2026-11-22")
    plan = closed_until(paying(plan, weekly, "50.00", "2026-11-26", "2026-12-04"), "2026-12-05")

    # 27 November is as near as 11 December, but its period has closed.
    bi_weekly = expense(50, "bi-weekly", "2026-12-11", scheduled="2026-12-05", pk=2)
    assert handed_over(plan, bi_weekly) == {"2026-12-04": "2026-12-11"}
