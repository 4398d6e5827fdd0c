"""Rule 10: payments, skips and amounts that are said beforehand, against the plan of a date."""

from dataclasses import replace
from fractions import Fraction

import pytest

from core.allowance.domain.items import list_counted_items
from core.allowance.domain.occurrences import SettledBy, find_settled_date, list_occurrences
from core.allowance.domain.results import CountedDate
from core.allowance.domain.values import ItemType, Payment, PlanItem, Snapshot
from core.kernel.recurrence import Frequency
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
)

SALARY = income(3000, "monthly", "2026-12-01")
RENT = expense(1000, "monthly", "2026-12-05")
# 400 in each of November, December and January.
INSURANCE = expense(1200, "annual", "2027-01-15", pk=2)
# 100 a period from December on.
BONUS = income(1200, "annual", "2026-12-10", pk=2)
MONTHS = ("2026-11-22", "2026-12-15", "2027-01-20", "2027-02-20")


def plan_of(*items: PlanItem) -> Snapshot:
    return snapshot_of(SALARY, *items, today="2026-11-22")


def pools(snapshot: Snapshot, *days: str) -> list[str]:
    """The own pools of some days, as they are seen at once: each later period closes by the plan as it stands."""
    return [f"{figure_of(snapshot, on).pool.own.amount:f}" for on in days or MONTHS]


def dates_of(snapshot: Snapshot, item: PlanItem, on: str) -> list[CountedDate]:
    items = list_counted_items(snapshot=snapshot, pool=figure_of(snapshot, on).pool)
    return [one for counted in items if (counted.type, counted.id) == (item.type, item.id) for one in counted.dates]


def test_a_bill_paid_in_its_period_takes_what_was_paid():
    assert pools(paying(plan_of(RENT), RENT, "1012.40", "2026-12-05", "2026-12-05")) == [
        "2000.00",
        "1987.60",
        "2000.00",
        "2000.00",
    ]


def test_a_bill_paid_early_takes_nothing_from_its_own_period():
    assert pools(paying(plan_of(RENT), RENT, "1010.00", "2026-11-25", "2026-12-05"))[:3] == [
        "990.00",
        "3000.00",
        "2000.00",
    ]


def test_a_bill_paid_late_takes_only_the_difference():
    assert pools(paying(plan_of(RENT), RENT, "1010.00", "2027-01-03", "2026-12-05"))[:3] == [
        "2000.00",
        "2000.00",
        "1990.00",
    ]


def test_a_bill_that_is_put_aside_for_and_paid_early_is_put_aside_for_no_more():
    plan = paying(plan_of(INSURANCE), INSURANCE, "1150.00", "2026-12-20", "2027-01-15")

    # December gets back the 800 that are put aside, and gives 1150.
    assert pools(plan)[:3] == ["2600.00", "2250.00", "3000.00"]
    assert [(one.counted, one.difference) for one in dates_of(plan, INSURANCE, "2026-12-15")] == [(400, -350)]
    assert pools(closed_until(plan, "2027-01-20"))[:3] == ["2600.00", "2250.00", "3000.00"]


def test_a_payment_that_is_entered_late_counts_in_its_own_closed_period():
    closed = closed_until(plan_of(INSURANCE), "2027-01-20")

    # The closed December gives back its share, and January is put aside for no more.
    assert pools(paying(closed, INSURANCE, "1150.00", "2026-11-25", "2027-01-15"))[:3] == [
        "1850.00",
        "3000.00",
        "3000.00",
    ]


def test_a_skipped_bill_gives_back_what_is_put_aside_on_the_day_on_which_it_is_said():
    plan = saying(plan_of(INSURANCE), INSURANCE, "2027-01-15", None, "2026-12-03")

    assert pools(plan)[:3] == ["2600.00", "3400.00", "3000.00"]
    assert [one.status for one in dates_of(plan, INSURANCE, "2026-12-15")] == ["skipped"]


def test_another_amount_of_a_bill_counts_in_the_period_of_its_date():
    plan = saying(plan_of(INSURANCE), INSURANCE, "2027-01-15", "1260", "2026-12-03")

    assert pools(plan)[:3] == ["2600.00", "2600.00", "2540.00"]
    assert [one.amount for one in dates_of(plan, INSURANCE, "2027-01-20")] == [1260]


def test_a_payment_takes_the_place_of_an_amount_that_was_said():
    plan = saying(plan_of(RENT), RENT, "2026-12-05", "1100", "2026-11-25")

    assert pools(plan)[1] == "1900.00"
    assert pools(paying(plan, RENT, "1012.40", "2026-12-05", "2026-12-05"))[:3] == ["2000.00", "1987.60", "2000.00"]
    assert pools(paying(plan, RENT, "1012.40", "2026-11-28", "2026-12-05"))[:3] == ["987.60", "3000.00", "2000.00"]


def test_a_late_payment_counts_against_the_amount_that_was_said():
    plan = paying(
        saying(plan_of(RENT), RENT, "2026-12-05", "1100", "2026-11-25"), RENT, "1012.40", "2027-01-03", "2026-12-05"
    )

    # December has kept 1100 for it.
    assert pools(plan)[:3] == ["2000.00", "1900.00", "2087.60"]


def test_a_payment_after_a_skip_of_an_earlier_period_counts_whole_against_it():
    plan = saying(plan_of(INSURANCE), INSURANCE, "2027-01-15", None, "2026-11-25")

    assert pools(paying(plan, INSURANCE, "500.00", "2026-12-20", "2027-01-15"))[:3] == [
        "3000.00",
        "2500.00",
        "3000.00",
    ]


def test_what_is_said_in_another_currency_converts():
    class Doubling:
        def convert(self, amount: Fraction, currency: str, on_date: object) -> Fraction:
            return amount * (2 if currency == "USD" else 1)

    dollars = replace(RENT, currency="USD")
    plan = replace(plan_of(dollars), rates=Doubling())

    assert pools(saying(plan, dollars, "2026-12-05", "600", "2026-11-25"))[1] == "1800.00"


def test_an_income_received_in_its_period_counts_as_received():
    assert pools(paying(plan_of(), SALARY, "3100.00", "2026-12-01", "2026-12-01"))[:3] == [
        "3000.00",
        "3100.00",
        "3000.00",
    ]


def test_an_income_received_early_counts_in_its_own_period():
    assert pools(paying(plan_of(), SALARY, "3100.00", "2026-11-29", "2026-12-01"))[:3] == [
        "3000.00",
        "3100.00",
        "3000.00",
    ]


def test_of_an_income_received_late_the_difference_counts_when_it_is_there():
    assert pools(paying(plan_of(), SALARY, "2900.00", "2027-01-02", "2026-12-01"))[:3] == [
        "3000.00",
        "3000.00",
        "2900.00",
    ]


def test_a_skipped_income_does_not_count():
    assert pools(saying(plan_of(), SALARY, "2026-12-01", None, "2026-11-25"))[:3] == ["3000.00", "0.00", "3000.00"]


def test_of_a_longer_income_the_difference_is_shared_as_it_is():
    plan = paying(plan_of(BONUS), BONUS, "1320.00", "2026-12-10", "2026-12-10")

    assert pools(plan, *MONTHS, "2027-11-20") == ["3000.00", "3110.00", "3110.00", "3110.00", "3110.00"]


def test_of_a_longer_income_that_comes_late_the_difference_is_shared_by_the_periods_that_are_left():
    plan = paying(plan_of(BONUS), BONUS, "1310.00", "2027-02-03", "2026-12-10")

    # Ten of the twelve periods are left: 110 / 10 each.
    assert pools(plan, *MONTHS, "2027-03-15", "2027-11-20") == [
        "3000.00",
        "3100.00",
        "3100.00",
        "3111.00",
        "3111.00",
        "3111.00",
    ]
    assert pools(closed_until(plan, "2027-05-15"), "2027-02-20", "2027-05-15") == ["3111.00", "3111.00"]


def test_of_a_longer_income_that_comes_after_its_last_period_the_difference_counts_at_once():
    plan = closed_until(plan_of(income(300, "quarterly", "2026-12-10", pk=2)), "2027-03-15")
    quarterly = plan.items[1]

    assert pools(paying(plan, quarterly, "330.00", "2027-03-14", "2026-12-10"), "2027-02-20", "2027-03-15") == [
        "3100.00",
        "3130.00",
    ]


def test_a_longer_income_that_is_skipped_late_keeps_what_was_counted_before_and_takes_it_back_later():
    plan = saying(closed_until(plan_of(BONUS), "2027-02-03"), BONUS, "2026-12-10", None, "2027-02-03")

    # The 1200 are taken from ten periods that count 100 each.
    assert pools(plan, "2027-01-20", "2027-02-20") == ["3100.00", "2980.00"]


def test_another_amount_of_a_longer_income_is_shared_by_all_its_periods():
    plan = saying(plan_of(BONUS), BONUS, "2026-12-10", "1320", "2026-11-25")

    assert pools(plan, *MONTHS) == ["3000.00", "3110.00", "3110.00", "3110.00"]
    # What comes late counts against what was said: 1420 - 1320 over the ten periods that are left.
    late = paying(plan, BONUS, "1420.00", "2027-02-03", "2026-12-10")
    assert pools(late, *MONTHS, "2027-03-15") == ["3000.00", "3110.00", "3110.00", "3120.00", "3120.00"]
    # In its first period it takes the place of what was said.
    assert pools(paying(plan, BONUS, "1440.00", "2026-12-10", "2026-12-10"), *MONTHS)[1:3] == ["3120.00", "3120.00"]


def test_a_payment_after_a_skip_of_a_longer_income_counts_whole_against_it():
    skipped = saying(plan_of(BONUS), BONUS, "2026-12-10", None, "2026-12-12")
    late = paying(skipped, BONUS, "1000.00", "2027-02-03", "2026-12-10")

    assert pools(skipped, *MONTHS) == ["3000.00", "3000.00", "3000.00", "3000.00"]
    assert pools(late, *MONTHS, "2027-03-15") == ["3000.00", "3000.00", "3000.00", "3100.00", "3100.00"]


def test_a_change_of_plan_does_not_change_what_closed_periods_counted_of_a_difference():
    plan = closed_until(paying(plan_of(BONUS), BONUS, "1320.00", "2026-12-10", "2026-12-10"), "2027-02-03")
    # Eleven dates a year apart become one of a half year: five periods are left where there were ten.
    shorter = income(1200, "semi-annual", "2026-12-10", pk=2)
    changed = replace(plan, items=(SALARY, shorter))

    assert pools(changed, "2026-12-15", "2027-01-20") == ["3110.00", "3110.00"]
    # What is left of 1200 + 120 after two twelfths, over the four periods up to June.
    assert pools(changed, "2027-02-03") == ["3275.00"]


def test_a_second_payment_on_a_date_counts_whole():
    plan = paying(plan_of(RENT), RENT, "400.00", "2026-12-06", "2026-12-05")
    plan = paying(plan, RENT, "600.00", "2026-12-05", "2026-12-05")

    # The first by day settles the date: what was put aside less 600, and 400 more.
    assert pools(plan)[1] == "2000.00"
    assert [one.payment_id for one in dates_of(plan, RENT, "2026-12-15")] == [2]
    assert figure_of(plan, "2026-12-15").pool.own.unplanned == (plan.payments[0],)


@pytest.mark.parametrize("occurrence", [None, "2026-12-06"])
def test_a_payment_that_names_no_date_that_counts_is_whole(occurrence):
    assert pools(paying(plan_of(RENT), RENT, "50.00", "2026-12-06", occurrence))[1] == "1950.00"
    assert pools(paying(plan_of(RENT), SALARY, "50.00", "2026-12-06", occurrence))[1] == "2050.00"


def test_a_payment_of_no_item_is_whole():
    plan = plan_of(RENT)
    stranger = Payment(id=1, type=ItemType.INCOME, day=day("2026-12-06"), amount=Fraction(70))

    assert pools(replace(plan, payments=(stranger,)))[1] == "2070.00"


def test_percentages_take_their_part_of_what_was_not_planned():
    plan = snapshot_of(SALARY, percentage(10), today="2026-11-22")

    assert pools(plan)[1] == "2700.00"
    assert pools(paying(plan, SALARY, "100.00", "2026-12-10"))[1] == "2790.00"
    assert pools(paying(plan, SALARY, "3100.00", "2026-12-01", "2026-12-01"))[1] == "2790.00"


def test_of_a_deleted_item_the_dates_that_a_payment_names_still_count():
    paid = closed_until(paying(plan_of(INSURANCE), INSURANCE, "1150.00", "2026-12-20", "2027-01-15"), "2026-12-20")
    deleted = replace(paid, items=(SALARY, replace(INSURANCE, is_deleted=True)))
    unpaid = replace(deleted, payments=())

    assert pools(deleted, "2026-12-20") == pools(paid, "2026-12-20") == ["2250.00"]
    # What November put aside stays there.
    assert pools(unpaid, "2026-11-22", "2026-12-20") == ["2600.00", "3000.00"]


def test_of_a_deleted_longer_income_the_date_that_a_payment_names_is_spent_on():
    paid = closed_until(paying(plan_of(BONUS), BONUS, "1200.00", "2026-12-10", "2026-12-10"), "2027-01-20")

    assert pools(replace(paid, items=(SALARY, replace(BONUS, is_deleted=True))), "2027-01-20") == ["3100.00"]
    assert pools(replace(paid, items=(SALARY, replace(BONUS, is_deleted=True)), payments=()), "2027-01-20") == [
        "3000.00"
    ]


def statuses(snapshot: Snapshot, item: PlanItem, start: str, end: str) -> list[tuple[str, str, Fraction]]:
    found = list_occurrences(snapshot=snapshot, type=item.type, item_id=item.id, start=day(start), end=day(end))
    return [(one.on_date.isoformat(), str(one.status), one.amount) for one in found]


def test_occurrences_are_the_dates_that_count_with_what_became_of_them():
    plan = paying(plan_of(RENT), RENT, "1012.40", "2026-12-05", "2026-12-05")
    plan = saying(saying(plan, RENT, "2027-01-05", None, "2026-12-06"), RENT, "2027-02-05", "1100", "2026-12-06")

    expected = [
        ("2026-11-05", "planned", 1000),
        ("2026-12-05", "paid", 1000),
        ("2027-01-05", "skipped", 1000),
        ("2027-02-05", "planned", 1100),
    ]
    assert statuses(plan, RENT, "2026-01-01", "2027-03-01") == expected
    closed = closed_until(plan, "2027-01-10")
    assert statuses(closed, RENT, "2026-01-01", "2027-03-01") == expected
    assert [
        (one.is_over, one.payment_id)
        for one in list_occurrences(
            snapshot=closed, type=RENT.type, item_id=RENT.id, start=day("2026-12-01"), end=day("2027-02-01")
        )
    ] == [(True, 1), (False, None)]


def test_an_income_of_a_closed_period_is_listed_once_and_no_deleted_date_is():
    plan = closed_until(plan_of(BONUS), "2027-01-20")
    deleted = replace(plan, items=(SALARY, replace(BONUS, is_deleted=True)))

    assert statuses(plan, BONUS, "2026-01-01", "2028-01-01") == [
        ("2026-12-10", "planned", 1200),
        ("2027-12-10", "planned", 1200),
    ]
    assert statuses(deleted, BONUS, "2026-01-01", "2028-01-01") == [("2026-12-10", "planned", 1200)]


def settled_by(snapshot: Snapshot, item: PlanItem, paid_on: str) -> SettledBy:
    return find_settled_date(snapshot=snapshot, type=item.type, item_id=item.id, paid_on=day(paid_on))


def test_a_payment_settles_the_nearest_unpaid_date():
    plan = replace(plan_of(RENT), today=day("2026-12-20"))

    assert settled_by(plan, RENT, "2026-12-19").on_date == day("2026-12-05")
    assert settled_by(plan, RENT, "2026-12-20").on_date == day("2026-12-05")
    assert settled_by(plan, RENT, "2026-12-21").on_date == day("2027-01-05")
    assert settled_by(paying(plan, RENT, "1.00", "2026-12-01", "2026-12-05"), RENT, "2026-12-21").on_date == day(
        "2027-01-05"
    )
    assert settled_by(saying(plan, RENT, "2027-01-05", None, "2026-12-01"), RENT, "2026-12-21").candidates == (
        day("2026-12-05"),
        day("2026-11-05"),
        day("2027-02-05"),
        *[day(f"2027-{month:02}-05") for month in range(3, 12)],
    )


def test_a_payment_before_the_items_first_period_counts_whole():
    plan = closed_until(plan_of(RENT), "2027-02-10")
    young = replace(closed_until(plan_of(), "2027-02-10"), items=(SALARY, replace(RENT, added_on=day("2027-02-08"))))

    assert settled_by(plan, RENT, "2026-10-15") == SettledBy(counts_whole=True)
    assert settled_by(plan, RENT, "2026-11-19").on_date == day("2026-11-05")
    assert settled_by(young, RENT, "2027-01-15") == SettledBy(counts_whole=True)


def test_a_payment_settles_a_bill_once_from_any_distance():
    car = expense(5000, "once", "2029-05-01", pk=9)

    assert settled_by(plan_of(car), car, "2026-11-22") == SettledBy(on_date=day("2029-05-01"))
    # Nothing is left that it could settle.
    paid = paying(plan_of(car), car, "1.00", "2026-11-22", "2029-05-01")
    assert settled_by(paid, car, "2026-11-22") == SettledBy(candidates=())


def test_a_bonus_that_is_still_being_spent_is_among_the_dates():
    plan = closed_until(plan_of(BONUS), "2027-02-02")

    dates = list_occurrences(
        snapshot=plan, type=BONUS.type, item_id=BONUS.id, start=day("2026-12-01"), end=day("2027-12-01")
    )

    assert [(one.on_date, one.is_over) for one in dates] == [(day("2026-12-10"), True)]


def test_a_date_whose_own_period_shared_it_is_shared_on_whatever_the_main_income_becomes():
    plan = closed_until(plan_of(BONUS), "2027-01-02")
    # As if the account had been paid once a year: the bonus would be no longer than that.
    yearly = replace(SALARY, frequency=Frequency.ANNUAL, amount=Fraction(36_000))

    after = replace(plan, items=(yearly, BONUS), paydays_changed_on=day("2027-01-02"))

    # 100 of 1200 have been counted; the rest has eleven months left by the plan of then, one period by the new one.
    own = figure_of(after, "2027-01-02").pool.own
    assert [one.counted for one in own.dates if one.share.key.item_id == BONUS.id] == [1100]
