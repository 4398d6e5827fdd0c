"""Rule 12: what is there at a moment takes the place of what the plan says was there."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from core.allowance.domain.happened import DateStatus
from core.allowance.domain.moments import find_reconciliation
from core.allowance.domain.results import OverDate, Reconciled
from core.allowance.domain.statement import find_not_over, find_reconciled, state
from core.allowance.domain.values import Adjust, Covers, DateKey, ItemType, Leftover, Overspend, PlanItem, Snapshot
from core.tests.unit.figure.plans import (
    closed_until,
    day,
    expense,
    figure_of,
    income,
    paying,
    percentage,
    saying,
    snapshot_of,
    spending,
    stating,
    target,
)

SALARY = income(3000, "monthly", "2026-12-01")
RENT = expense(1000, "monthly", "2026-12-05")
PHONE = expense(60, "monthly", "2026-11-28", pk=2)
INSURANCE = expense(1200, "annual", "2027-01-15", pk=3)
BONUS = income(1200, "annual", "2026-12-10", pk=2)


def plan_of(*rows: object) -> Snapshot:
    return snapshot_of(SALARY, *rows, today="2026-11-22")


def pool_on(snapshot: Snapshot, on: str) -> str:
    return f"{figure_of(snapshot, on).pool.amount:f}"


def reconciled_on(snapshot: Snapshot, on: str) -> Reconciled:
    reconciled = figure_of(snapshot, on).pool.reconciled
    assert reconciled is not None
    return reconciled


def lines_on(snapshot: Snapshot, on: str) -> list[tuple[str, str, str]]:
    return [
        (str(line.what), line.occurrence.isoformat() if line.occurrence else line.name, f"{line.amount:f}")
        for line in reconciled_on(snapshot, on).lines
    ]


def over_on(snapshot: Snapshot, on: str) -> list[tuple[str, int, str]]:
    keys = [one.key for one in reconciled_on(snapshot, on).over]
    return [(str(key.type), key.item_id, key.on_date.isoformat()) for key in keys]


def key_of(item: PlanItem, on_date: str) -> DateKey:
    return DateKey(item.type, item.id, day(on_date))


def test_a_balance_leads_to_the_pool_line_by_line():
    plan = stating(plan_of(RENT, PHONE, INSURANCE, percentage(10)), "900.00", "balance", "2026-11-22")

    assert lines_on(plan, "2026-11-22") == [
        ("stated", "", "900.00"),
        ("bill", "2026-11-28", "-60.00"),
        ("bill", "2027-01-15", "-400.00"),
    ]
    assert over_on(plan, "2026-11-22") == [("income", 1, "2026-11-01"), ("expense", 1, "2026-11-05")]


def test_a_balance_holds_until_the_pay_period_ends():
    plan = stating(plan_of(RENT), "900.00", "balance", "2026-11-22")

    assert [pool_on(plan, on) for on in ("2026-11-21", "2026-11-22", "2026-11-30", "2026-12-01")] == [
        "2000.00",
        "900.00",
        "900.00",
        "2000.00",
    ]


def test_what_was_put_aside_in_earlier_periods_is_not_there_to_spend():
    plan = stating(plan_of(RENT, INSURANCE, target(600, "2027-01-15")), "2500.00", "balance", "2026-12-15")

    # November put aside 400 and 200, December does so again.
    assert lines_on(plan, "2026-12-15") == [
        ("stated", "", "2500.00"),
        ("bill", "2027-01-15", "-400.00"),
        ("saving", "2027-01-15", "-200.00"),
        ("put_aside", "2027-01-15", "-400.00"),
        ("put_aside", "2027-01-15", "-200.00"),
    ]
    assert pool_on(plan, "2026-12-15") == "1300.00"


def test_a_target_that_is_reached_is_on_the_account_until_its_goal_is_deleted():
    plan = stating(plan_of(target(600, "2027-01-15")), "2500.00", "balance", "2027-02-15")

    assert pool_on(plan, "2027-02-15") == "1900.00"
    assert pool_on(closed_until(plan, "2027-02-15"), "2027-02-15") == "1900.00"
    assert pool_on(replace(closed_until(plan, "2027-02-15"), goals=()), "2027-02-15") == "2500.00"


def test_of_an_income_that_has_arrived_a_part_is_for_later_periods():
    plan = stating(plan_of(RENT, BONUS, percentage(10)), "4000.00", "balance", "2026-12-15")

    # Less the percentage, which has left: 1100 less 110.
    assert lines_on(plan, "2026-12-15")[-1] == ("for_later", "2026-12-10", "-990.00")
    assert pool_on(plan, "2026-12-15") == "3010.00"


def test_what_was_not_yet_there_is_named():
    plan = plan_of(RENT, percentage(10))
    late = (key_of(RENT, "2026-11-05"), key_of(SALARY, "2026-11-01"))

    # 3000 are still to come, less 300 for the goal, and 1000 still to leave.
    assert pool_on(stating(plan, "900.00", "balance", "2026-11-22", not_yet=late), "2026-11-22") == "2600.00"
    assert over_on(stating(plan, "900.00", "balance", "2026-11-22", not_yet=late), "2026-11-22") == []


def test_a_late_bill_of_an_earlier_period_is_still_put_aside():
    plan = closed_until(plan_of(RENT), "2026-12-03")
    late = (key_of(RENT, "2026-11-05"),)
    stated = stating(plan, "5000.00", "balance", "2026-12-03", not_yet=late)

    # The rent of December is still to come, that of November too.
    assert pool_on(stated, "2026-12-03") == "3000.00"
    assert lines_on(stated, "2026-12-03")[1:] == [
        ("bill", "2026-12-05", "-1000.00"),
        ("put_aside", "2026-11-05", "-1000.00"),
    ]
    assert pool_on(paying(stated, RENT, "1010.00", "2026-12-04", "2026-11-05"), "2026-12-04") == "2990.00"


def test_a_late_bill_that_is_deleted_is_put_aside_no_more():
    plan = closed_until(plan_of(RENT), "2026-12-03")
    stated = stating(plan, "5000.00", "balance", "2026-12-03", not_yet=(key_of(RENT, "2026-11-05"),))

    assert pool_on(replace(stated, items=(SALARY,)), "2026-12-03") == "5000.00"
    # Another of its dates was paid, so that the item is still among the rows.
    marked = replace(stated, items=(SALARY, replace(RENT, is_deleted=True)))
    assert pool_on(marked, "2026-12-03") == "5000.00"
    # Once it is paid it counts, deleted or not.
    assert pool_on(paying(marked, RENT, "1010.00", "2026-12-04", "2026-11-05"), "2026-12-04") == "3990.00"


def test_a_late_bill_of_which_another_amount_was_said_is_put_aside_with_that():
    plan = saying(plan_of(RENT), RENT, "2026-11-05", "1100", "2026-11-22")
    late = (key_of(RENT, "2026-11-05"),)
    stated = stating(closed_until(plan, "2026-12-03"), "5000.00", "balance", "2026-12-03", not_yet=late)

    assert pool_on(stated, "2026-12-03") == "2900.00"
    assert pool_on(paying(stated, RENT, "1010.00", "2026-12-04", "2026-11-05"), "2026-12-04") == "2990.00"


def test_a_bill_that_was_skipped_in_an_earlier_period_holds_nothing_back():
    plan = saying(plan_of(INSURANCE), INSURANCE, "2027-01-15", None, "2026-11-25")

    assert pool_on(stating(plan, "2000.00", "balance", "2026-12-15"), "2026-12-15") == "2000.00"
    # Skipped in the period itself it gives back what is held back.
    here = saying(plan_of(INSURANCE), INSURANCE, "2027-01-15", None, "2026-12-03")
    assert pool_on(stating(here, "2000.00", "balance", "2026-12-15"), "2026-12-15") == "2000.00"


def test_a_late_income_of_an_earlier_period_is_still_to_come():
    plan = closed_until(plan_of(BONUS, percentage(10)), "2027-02-03")
    late = (key_of(BONUS, "2026-12-10"),)
    stated = stating(plan, "2700.00", "balance", "2027-02-03", not_yet=late)

    # Two periods have counted 100 of it, this one does so too; each less the percentage.
    assert lines_on(stated, "2027-02-03") == [
        ("stated", "", "2700.00"),
        ("income", "2026-12-10", "100.00"),
        ("saving", "goal 1", "-10.00"),
        ("for_later", "2026-12-10", "180.00"),
    ]
    assert pool_on(stated, "2027-02-03") == "2970.00"
    # 1320 come: the difference is shared by the ten periods that are left.
    assert pool_on(paying(stated, BONUS, "1320.00", "2027-02-04", "2026-12-10"), "2027-02-04") == "2980.80"


def test_an_income_that_arrives_early_is_for_the_period_of_its_date():
    early = paying(plan_of(), SALARY, "3100.00", "2026-11-28", "2026-12-01")

    assert pool_on(stating(early, "3500.00", "balance", "2026-11-29"), "2026-11-29") == "400.00"
    assert pool_on(stating(early, "3500.00", "balance", "2026-11-29"), "2026-12-01") == "3100.00"
    # A period later it is still for January.
    ahead = paying(plan_of(), SALARY, "3000.00", "2026-11-28", "2027-01-01")
    assert pool_on(stating(ahead, "3500.00", "balance", "2026-12-29"), "2026-12-29") == "500.00"


def test_a_payment_before_the_moment_is_over_and_so_is_its_date():
    plan = paying(plan_of(PHONE), PHONE, "75.00", "2026-11-20", "2026-11-28")

    assert pool_on(stating(plan, "900.00", "balance", "2026-11-22"), "2026-11-22") == "900.00"
    assert over_on(stating(plan, "900.00", "balance", "2026-11-22"), "2026-11-22")[1:] == [("expense", 2, "2026-11-28")]


def test_a_payment_of_an_earlier_day_is_over_whenever_it_was_written():
    stated = stating(plan_of(PHONE), "900.00", "balance", "2026-11-22")

    assert pool_on(paying(stated, PHONE, "75.00", "2026-11-21", "2026-11-28"), "2026-11-22") == "900.00"
    assert pool_on(paying(stated, PHONE, "75.00", "2026-11-21"), "2026-11-22") == "840.00"


def test_a_payment_of_the_day_counts_if_it_was_stored_after_the_moment():
    before = paying(plan_of(PHONE), PHONE, "75.00", "2026-11-22", "2026-11-28")
    stated = stating(plan_of(PHONE), "900.00", "balance", "2026-11-22")

    assert pool_on(stating(before, "900.00", "balance", "2026-11-22"), "2026-11-22") == "900.00"
    assert pool_on(paying(stated, PHONE, "75.00", "2026-11-22", "2026-11-28"), "2026-11-22") == "825.00"


def test_a_later_payment_on_a_date_that_is_over_counts_whole():
    stated = stating(plan_of(RENT), "900.00", "balance", "2026-11-22")

    assert pool_on(paying(stated, RENT, "50.00", "2026-11-23", "2026-11-05"), "2026-11-23") == "850.00"
    assert pool_on(paying(stated, SALARY, "50.00", "2026-11-23"), "2026-11-23") == "950.00"


def test_a_later_payment_on_a_date_that_was_over_counts_whole_in_a_later_period_too():
    stated = stating(plan_of(RENT, BONUS), "900.00", "balance", "2026-12-15")

    # What was stated had no part of either, and December's rent is not put aside any more.
    assert pool_on(paying(stated, RENT, "1010.00", "2027-01-03", "2026-12-05"), "2027-01-03") == "1090.00"
    late = paying(stated, BONUS, "1300.00", "2027-01-03", "2026-12-10")
    assert [pool_on(late, on) for on in ("2027-01-03", "2027-02-03")] == ["3400.00", "2100.00"]
    assert pool_on(closed_until(late, "2027-02-03"), "2027-02-03") == "2100.00"


def test_what_was_stated_last_before_a_payment_decides():
    stated = stating(plan_of(RENT), "900.00", "balance", "2026-12-15")
    late = (key_of(RENT, "2026-12-05"),)
    again = stating(closed_until(stated, "2027-01-02"), "3900.00", "balance", "2027-01-02", not_yet=late)
    paid = paying(again, RENT, "1010.00", "2027-01-03", "2026-12-05")

    # Of 3900 the rents of January and of December are still to leave.
    assert (pool_on(again, "2027-01-02"), pool_on(paid, "2027-01-03")) == ("1900.00", "1890.00")
    # A day before the second statement is seen by the first alone.
    assert pool_on(replace(paid, today=day("2027-01-03")), "2027-01-01") == "990.00"


def test_a_skip_before_the_moment_is_over():
    plan = saying(plan_of(RENT), RENT, "2026-12-05", None, "2026-11-25")
    stated = stating(plan, "900.00", "balance", "2026-11-28")

    assert pool_on(stated, "2026-11-28") == "900.00"
    assert pool_on(paying(stated, RENT, "1000.00", "2026-12-03", "2026-12-05"), "2026-12-03") == "2000.00"


def test_a_bill_is_over_the_day_after_it_took_effect_and_an_income_on_the_day():
    due = stating(plan_of(PHONE), "900.00", "balance", "2026-11-28")
    payday = stating(plan_of(), "900.00", "balance", "2026-12-01")

    assert (pool_on(due, "2026-11-28"), pool_on(payday, "2026-12-01")) == ("840.00", "900.00")
    assert pool_on(stating(plan_of(PHONE), "900.00", "balance", "2026-11-29"), "2026-11-29") == "900.00"


def test_dates_are_over_by_the_day_on_which_they_take_effect():
    phone = expense(60, "monthly", "2026-11-28", pk=2, adjust=Adjust.AFTER)

    assert pool_on(stating(plan_of(phone), "900.00", "balance", "2026-11-29"), "2026-11-29") == "840.00"


def test_what_was_spent_on_the_day_before_the_moment_is_added_and_earlier_days_count_no_more():
    plan = spending(plan_of(), d2026_11_10="500.00", d2026_11_22="30.00")
    stated = stating(plan, "240.00", "spending", "2026-11-22", spent="30.00")
    figure = figure_of(stated, "2026-11-22")

    assert (figure.pool.amount, figure.pool.spent_from) == (270, day("2026-11-22"))
    assert (figure.spent_before, figure.spent_today, figure.amount, figure.left) == (0, 30, 30, 240)
    assert lines_on(stated, "2026-11-22")[:2] == [("stated", "", "240.00"), ("spent_that_day", "", "30.00")]


def test_what_may_be_spent_moves_with_what_changes_after_the_moment():
    stated = stating(plan_of(PHONE, percentage(10)), "240.00", "spending", "2026-11-22")
    dearer = replace(stated, items=(SALARY, replace(PHONE, amount=PHONE.amount + 5)))

    assert pool_on(stated, "2026-11-22") == "240.00"
    assert pool_on(dearer, "2026-11-22") == "235.00"
    assert pool_on(paying(stated, PHONE, "75.00", "2026-11-28", "2026-11-28"), "2026-11-28") == "225.00"
    assert lines_on(dearer, "2026-11-22") == [
        ("stated", "", "240.00"),
        ("bill", "2026-11-28", "-65.00"),
        ("own_pool_then", "", "60.00"),
    ]


def test_the_lines_add_up_to_the_pool_to_the_cent():
    thirds = expense(100, "annual", "2027-01-15", pk=4)
    stated = stating(plan_of(thirds, percentage(7)), "900.00", "balance", "2026-12-15")

    assert lines_on(stated, "2026-12-15") == [
        ("stated", "", "900.00"),
        ("bill", "2027-01-15", "-33.33"),
        ("put_aside", "2027-01-15", "-33.33"),
        # The own pool is rounded down, and the pool once more.
        ("rounding", "", "-0.02"),
    ]
    assert pool_on(stated, "2026-12-15") == "833.32"


def test_a_statement_settles_what_is_carried_and_due():
    chosen = {
        "leftover": Leftover.CARRY,
        "leftover_chosen_on": day("2026-11-22"),
        "overspend": Overspend.REPAY,
        "overspend_chosen_on": day("2026-11-22"),
    }
    plan = spending(snapshot_of(SALARY, today="2026-11-22", **chosen), d2026_11_25="7000.00")
    figure = figure_of(stating(plan, "240.00", "balance", "2026-12-10"), "2026-12-10")

    assert (figure_of(plan, "2026-12-10").pool.repaid, figure_of(plan, "2026-12-10").pool.due) == (3000, 1000)
    assert (figure.pool.amount, figure.pool.carried, figure.pool.repaid, figure.pool.due) == (240, 0, 0, 0)


def test_the_statement_written_last_counts():
    plan = stating(stating(plan_of(), "900.00", "balance", "2026-11-22"), "500.00", "spending", "2026-11-24")

    assert [pool_on(plan, on) for on in ("2026-11-22", "2026-11-23", "2026-11-24")] == ["900.00", "900.00", "500.00"]
    assert pool_on(replace(plan, reconciliations=plan.reconciliations[:1]), "2026-11-24") == "900.00"


def test_what_may_be_spent_is_void_once_the_periods_dates_are_others():
    stated = stating(plan_of(), "500.00", "spending", "2026-11-22")
    balance = stating(plan_of(), "500.00", "balance", "2026-11-22")
    moved = (income(3000, "monthly", "2026-12-10"),)

    assert pool_on(replace(stated, items=moved), "2026-11-22") == "3000.00"
    assert pool_on(replace(balance, items=moved), "2026-11-22") == "500.00"


def test_before_its_own_day_a_statement_counts_as_if_stated_today():
    stated = stating(plan_of(PHONE), "900.00", "balance", "2026-11-28")
    west = replace(stated, today=day("2026-11-27"))
    period = figure_of(west, "2026-11-27").pool.period

    assert pool_on(west, "2026-11-27") == "840.00"
    # Of a day past a later statement does not count.
    assert find_reconciliation(snapshot=west, period=period, day=day("2026-11-26")) is None
    assert find_reconciliation(snapshot=west, period=period, day=day("2026-11-27")) is stated.reconciliations[0]


@pytest.mark.parametrize("not_yet", [(), (key_of(RENT, "2026-11-05"),)])
@pytest.mark.parametrize(
    "covers",
    [Covers.BALANCE, Covers.SPENDING],
)
def test_a_closed_period_keeps_what_a_statement_made_of_it(covers, not_yet):
    plan = paying(plan_of(RENT, INSURANCE, BONUS, percentage(10)), RENT, "990.00", "2026-12-20", "2026-12-05")
    plan = paying(paying(plan, SALARY, "20.00", "2026-12-21"), SALARY, "2990.00", "2026-12-28", "2027-01-01")
    stated = stating(plan, "1500.00", covers, "2026-12-15", not_yet=not_yet)
    closed = closed_until(stated, "2027-01-10")

    assert pool_on(closed, "2026-12-31") == pool_on(stated, "2026-12-31") == f"{closed.closed[-1].pool:f}"
    assert closed.closed[-1].reconciliation_id == 1
    assert reconciled_on(closed, "2026-12-31").over == reconciled_on(stated, "2026-12-31").over


def test_stating_tells_by_how_much_the_rest_changes():
    plan = replace(spending(plan_of(RENT), d2026_11_10="100.00"), today=day("2026-11-22"))

    statement = state(snapshot=plan, amount=Decimal("900.00"), covers=Covers.BALANCE)

    assert (statement.figure.left, statement.difference) == (900, -1000)
    assert statement.reconciliation.own_pool_then is None


def test_an_income_of_the_period_that_is_over_still_counts_for_the_status():
    assert figure_of(stating(plan_of(), "900.00", "balance", "2026-11-22"), "2026-11-22").status == "ok"


def test_goals_are_never_over():
    plan = stating(plan_of(target(600, "2026-11-24")), "900.00", "balance", "2026-11-28")

    assert pool_on(plan, "2026-11-28") == "300.00"
    assert over_on(plan, "2026-11-28") == [("income", 1, "2026-11-01")]


def test_what_was_over_says_when_how_much_and_what_became_of_it():
    phone = expense(60, "monthly", "2026-11-28", pk=2, adjust=Adjust.BEFORE)
    plan = paying(saying(plan_of(RENT, phone), RENT, "2026-11-05", "1100", "2026-11-22"), phone, "75", "2026-11-22")
    plan = replace(plan, payments=(replace(plan.payments[0], occurrence=day("2026-11-28")),))

    [_salary, rent, early] = reconciled_on(stating(plan, "900.00", "balance", "2026-11-22"), "2026-11-22").over

    assert rent == OverDate(
        key=key_of(RENT, "2026-11-05"),
        name="expense 1",
        effective_date=day("2026-11-05"),
        amount=Fraction(1100),
        status=DateStatus.PLANNED,
    )
    assert early == OverDate(
        key=key_of(phone, "2026-11-28"),
        name="expense 2",
        effective_date=day("2026-11-27"),
        amount=Fraction(60),
        status=DateStatus.PAID,
    )


def test_a_payment_that_counts_whole_stands_in_a_line_with_its_items_name():
    stated = stating(plan_of(RENT), "900.00", "balance", "2026-11-22")
    paid = paying(paying(stated, RENT, "50.00", "2026-11-23", "2026-11-05"), SALARY, "20.00", "2026-11-24")
    nobodys = replace(paid, payments=(*paid.payments, replace(paid.payments[1], id=9, item_id=None)))

    assert [(line.name, f"{line.amount:f}") for line in reconciled_on(nobodys, "2026-11-24").lines[1:]] == [
        ("expense 1", "-50.00"),
        ("income 1", "20.00"),
        ("", "20.00"),
    ]


def test_dates_that_would_not_be_over_cannot_be_named():
    plan = paying(plan_of(RENT, PHONE), PHONE, "75.00", "2026-11-20", "2026-11-28")
    over = {
        key_of(RENT, "2026-11-05"),
        key_of(SALARY, "2026-11-01"),
        key_of(PHONE, "2026-11-28"),
    }
    not_over = {
        key_of(RENT, "2026-12-05"),
        key_of(RENT, "2026-11-06"),
        key_of(RENT, "2026-10-05"),
        DateKey(ItemType.EXPENSE, 99, day("2026-11-05")),
    }

    assert find_not_over(snapshot=plan, last_transaction_id=1, keys=over | not_over) == not_over
    # A period later they still would be.
    later = closed_until(plan, "2026-12-04")
    assert find_not_over(snapshot=later, last_transaction_id=1, keys=over | not_over) == not_over
    assert find_not_over(snapshot=plan, last_transaction_id=0, keys=[key_of(PHONE, "2026-11-28")]) == set()


def test_a_statement_is_read_again_as_if_none_had_been_written_after_it():
    plan = stating(stating(plan_of(RENT), "900.00", "balance", "2026-11-22"), "500.00", "spending", "2026-11-24")
    closed = closed_until(plan, "2027-01-10")

    for snapshot in (plan, closed):
        read = [find_reconciled(snapshot=snapshot, reconciliation=one) for one in snapshot.reconciliations]
        assert [None if one is None else (one.reconciliation_id, one.amount) for one in read] == [(1, 900), (2, 500)]


def test_a_statement_is_read_again_with_what_was_paid_since():
    plan = paying(
        stating(plan_of(PHONE), "900.00", "balance", "2026-11-22"), PHONE, "75.00", "2026-11-28", "2026-11-28"
    )

    read = find_reconciled(snapshot=replace(plan, today=day("2026-11-28")), reconciliation=plan.reconciliations[0])

    assert read is not None
    assert read.amount == sum(line.amount for line in read.lines) == 825


def test_a_void_statement_makes_nothing_of_its_period():
    balance = stating(plan_of(), "900.00", "balance", "2026-11-22")
    both = stating(balance, "500.00", "spending", "2026-11-22")
    moved = replace(both, items=(income(3000, "monthly", "2026-12-10"),))

    read = [find_reconciled(snapshot=moved, reconciliation=one) for one in moved.reconciliations]

    assert [one is None for one in read] == [False, True]
