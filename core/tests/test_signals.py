"""Every way in which a row can be written leaves each day as a recomputation would.

The recomputation itself runs after every test that uses the database (`conftest.pytest_runtest_call`); here
are the ways, and numbers that can be checked by hand. Alice has 900 a month until 1 December; on 22 November
9 days are left, so the day allows 100.
"""

import datetime
from contextlib import contextmanager
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db import transaction as db_transaction
from django.test.utils import CaptureQueriesContext

from core.allowance.services import refreshing_once
from core.db.locks import owner_transaction
from core.kernel.errors import DomainError, FigureOutOfRange
from core.models import DailyAllowance, Expense, IdempotencyKey, Income, SavingsGoal, Transaction, User
from core.tests.conftest import TODAY
from core.tests.support.factories import ExpenseFactory, IncomeFactory, SavingsGoalFactory, TransactionFactory

YESTERDAY = TODAY - datetime.timedelta(days=1)
TOMORROW = TODAY + datetime.timedelta(days=1)
LAST_WEEK = TODAY - datetime.timedelta(days=7)


@pytest.fixture
def income(alice):
    return IncomeFactory(user=alice, amount=Decimal(900))


def figure(user, day=TODAY):
    """The day's amount and what remains of it; None without a row."""
    row = DailyAllowance.objects.filter(user=user, date=day).first()
    return row and (row.amount, row.remaining_amount)


# ---- Plan items ------------------------------------------------------------------------------------


def test_an_income_that_is_saved_makes_today(alice, income):
    assert figure(alice) == (100, 100)


def test_an_income_that_changes_changes_today(alice, income):
    income.amount = Decimal(1800)

    income.save()

    assert figure(alice) == (200, 200)


def test_a_save_of_named_columns_changes_today_too(alice, income):
    income.amount = Decimal(1800)

    income.save(update_fields=["amount"])

    assert figure(alice) == (200, 200)


def test_a_save_of_the_name_alone_leaves_everything_else_alone(alice, income):
    stale = Income.objects.get()
    income.frequency = "annual"
    income.save()
    stale.name = "salary"

    stale.save(update_fields=["name"])

    stored = Income.objects.get()
    assert (stored.name, stored.frequency, stored.amount) == ("salary", "annual", 900)


def test_a_date_that_changes_is_scheduled_anew_under_any_way_of_saving(alice, income, clock):
    clock.shift(datetime.timedelta(days=1))
    income.next_payment_date = datetime.date(2026, 12, 2)
    income.save(update_fields=["next_payment_date"])
    first = Income.objects.get().scheduled_on
    clock.shift(datetime.timedelta(days=1))
    income.amount = Decimal(800)
    income.save()

    assert (first, Income.objects.get().scheduled_on) == (TOMORROW, TOMORROW)
    assert Income.objects.get().added_on == TODAY


def test_an_income_that_is_deleted_takes_the_figure_with_it(alice, income):
    income.delete()

    assert figure(alice) == (0, 0)


@pytest.mark.parametrize("factory", [IncomeFactory, ExpenseFactory, SavingsGoalFactory])
def test_many_rows_that_are_deleted_refresh_each_owner_once(alice, bob, income, factory):
    model = factory._meta.model
    for _ in range(5):
        factory(user=alice)
        factory(user=bob)

    with CaptureQueriesContext(
        connection,
    ) as statements:
        model.objects.all().delete()

    refreshes = [one for one in statements if one["sql"].startswith('INSERT INTO "core_dailyallowance"')]
    # Goals change nothing for Bob, who has no income: a row that stays as it is is not written.
    assert len(refreshes) == (1 if factory is SavingsGoalFactory else 2)
    assert figure(alice) == ((0, 0) if factory is IncomeFactory else (100, 100))


def test_a_bill_and_a_goal_lower_today(alice, income):
    ExpenseFactory(user=alice, amount=Decimal(90))
    goal = SavingsGoalFactory(user=alice, percentage=Decimal(20))
    with_both = figure(alice)

    goal.delete()

    # By hand: (900 - 90 - 180) / 9, then (900 - 90) / 9.
    assert with_both == (70, 70)
    assert figure(alice) == (90, 90)


# ---- Transactions ----------------------------------------------------------------------------------


def test_a_purchase_and_a_refund_change_what_remains(alice, income):
    TransactionFactory(user=alice, amount=Decimal(30))
    TransactionFactory(user=alice, amount=Decimal(5), kind="refund")

    assert figure(alice) == (100, 75)


def test_a_purchase_of_yesterday_lowers_today_and_stays_with_yesterday(alice, income):
    TransactionFactory(user=alice, amount=Decimal(90), date=YESTERDAY)

    assert figure(alice, YESTERDAY) == (90, 0)
    assert figure(alice) == (90, 90)


def test_a_purchase_that_is_moved_corrects_both_days(alice, income):
    bought = TransactionFactory(user=alice, amount=Decimal(9))
    before = figure(alice)

    bought.date = YESTERDAY
    bought.save()

    assert before == (100, 91)
    assert figure(alice) == (99, 99)
    assert figure(alice, YESTERDAY) == (90, 81)
    assert bought.allowance.date == YESTERDAY
    assert bought.allowance.remaining_amount == 81


def test_a_purchase_moved_by_its_day_row_moves_its_date_along(alice, income):
    yesterday = TransactionFactory(user=alice, amount=Decimal(9), date=YESTERDAY).allowance
    bought = TransactionFactory(user=alice, amount=Decimal(9))

    bought.allowance = yesterday
    bought.save(update_fields=["allowance"])

    assert Transaction.objects.get(pk=bought.pk).date == YESTERDAY
    assert figure(alice, YESTERDAY) == (90, 72)
    # By hand: (900 - 18) / 9.
    assert figure(alice) == (98, 98)


def test_a_move_between_past_days_corrects_both_and_today(alice, income):
    bought = TransactionFactory(user=alice, amount=Decimal(90), date=LAST_WEEK)

    bought.date = YESTERDAY
    bought.save(update_fields=["date"])

    # On 15 November 16 days were left, on the 21st 10: its row is made after the purchase has left the 15th.
    assert figure(alice, LAST_WEEK) == (Decimal("56.25"), Decimal("56.25"))
    assert figure(alice, YESTERDAY)[0] - figure(alice, YESTERDAY)[1] == 90
    assert figure(alice) == (90, 90)


def test_a_row_read_before_another_moved_it_corrects_the_day_it_was_really_on(alice, income):
    bought = TransactionFactory(user=alice, amount=Decimal(9), date=LAST_WEEK)
    stale = Transaction.objects.get(pk=bought.pk)
    bought.date = YESTERDAY
    bought.save()

    stale.date = TODAY
    stale.save()

    assert figure(alice, YESTERDAY)[0] == figure(alice, YESTERDAY)[1]
    assert figure(alice, LAST_WEEK)[0] == figure(alice, LAST_WEEK)[1]
    assert figure(alice) == (100, 91)


def test_a_row_deleted_after_another_moved_it_gives_back_where_it_was_really_on(alice, income):
    bought = TransactionFactory(user=alice, amount=Decimal(9))
    stale = Transaction.objects.get(pk=bought.pk)
    bought.date = YESTERDAY
    bought.save()

    stale.delete()

    assert figure(alice, YESTERDAY) == (90, 90)
    assert figure(alice) == (100, 100)


def test_a_stale_row_whose_description_is_saved_changes_no_money(alice, income):
    bought = TransactionFactory(user=alice, amount=Decimal(9))
    stale = Transaction.objects.get(pk=bought.pk)
    bought.amount, bought.date = Decimal(18), YESTERDAY
    bought.save()
    stale.description = "bread"

    stale.save(update_fields=["description"])

    stored = Transaction.objects.get()
    assert (stored.description, stored.amount, stored.base_amount, stored.date) == ("bread", 18, 18, YESTERDAY)
    assert figure(alice, YESTERDAY) == (90, 72)


def test_an_unsaved_change_of_the_day_does_not_mislead_a_deletion(alice, income):
    bought = TransactionFactory(user=alice, amount=Decimal(9))
    bought.date = LAST_WEEK

    bought.delete()

    assert figure(alice) == (100, 100)


def test_many_purchases_that_are_deleted_refresh_their_days_once(alice, income):
    for day in (YESTERDAY, TODAY):
        for _ in range(5):
            TransactionFactory(user=alice, date=day)

    with CaptureQueriesContext(connection) as statements:
        Transaction.objects.filter(user=alice).delete()

    assert len([one for one in statements if one["sql"].startswith('INSERT INTO "core_dailyallowance"')]) == 1
    assert figure(alice, YESTERDAY) == (90, 90)
    assert figure(alice) == (100, 100)


def test_a_past_day_that_is_deleted_takes_its_purchases_and_today_gains(alice, income):
    TransactionFactory(user=alice, amount=Decimal(90), date=YESTERDAY)

    DailyAllowance.objects.filter(date=YESTERDAY).delete()

    assert Transaction.objects.count() == 0
    assert figure(alice) == (100, 100)


def test_one_past_day_that_is_deleted_alone_does_so_too(alice, income):
    TransactionFactory(user=alice, amount=Decimal(90), date=YESTERDAY).allowance.delete()

    assert Transaction.objects.count() == 0
    assert figure(alice) == (100, 100)


def test_get_or_create_and_update_or_create_refresh_as_well(alice, income):
    bought, _ = Transaction.objects.get_or_create(user=alice, description="bread", defaults={"amount": Decimal(3)})
    after_first = figure(alice)

    Transaction.objects.update_or_create(user=alice, description="bread", defaults={"amount": Decimal(4)})

    assert after_first == (100, 97)
    assert figure(alice) == (100, 96)


def test_a_row_saved_under_an_id_that_exists_is_a_change(alice, income):
    bought = TransactionFactory(user=alice, amount=Decimal(9), date=YESTERDAY)

    Transaction(pk=bought.pk, user=alice, amount=Decimal(9), date=TODAY, created_at=bought.created_at).save()

    assert figure(alice, YESTERDAY) == (90, 90)
    assert figure(alice) == (100, 91)


# ---- Blocks, fixtures, accounts --------------------------------------------------------------------


def test_a_block_refreshes_once_and_equals_one_by_one(alice, bob):
    def live(user):
        IncomeFactory(user=user, amount=Decimal(900))
        for back in (3, 2, 2, 1, 0):
            TransactionFactory(user=user, amount=Decimal(7), date=TODAY - datetime.timedelta(days=back))
        ExpenseFactory(user=user, amount=Decimal(90))

    live(bob)
    with refreshing_once(user_id=alice.pk):
        live(alice)

    days = list(DailyAllowance.objects.filter(user=bob).values_list("date", "amount", "remaining_amount"))
    assert len(days) == 4
    assert list(DailyAllowance.objects.filter(user=alice).values_list("date", "amount", "remaining_amount")) == days


def test_a_block_that_fails_stores_nothing(alice, income):
    def fail_late():
        with refreshing_once(user_id=alice.pk):
            TransactionFactory(user=alice)
            TransactionFactory(user=alice, date=TOMORROW)

    with pytest.raises(DomainError):
        fail_late()

    assert Transaction.objects.count() == 0
    assert figure(alice) == (100, 100)


def test_after_a_block_writes_refresh_at_once_again(alice, income):
    with refreshing_once(user_id=alice.pk):
        TransactionFactory(user=alice, amount=Decimal(1))

    TransactionFactory(user=alice, amount=Decimal(2))

    assert figure(alice) == (100, 97)


def test_a_fixture_comes_back_as_it_went(alice, income, tmp_path):
    TransactionFactory(user=alice, amount=Decimal(9), date=YESTERDAY)
    TransactionFactory(user=alice, amount=Decimal(9))
    ExpenseFactory(user=alice)
    SavingsGoalFactory(user=alice)
    before = list(DailyAllowance.objects.order_by("pk").values())
    fixture = tmp_path / "all.json"
    call_command("dumpdata", "core", output=str(fixture), verbosity=0)
    User.objects.all().delete()

    call_command("loaddata", str(fixture), verbosity=0)

    assert list(DailyAllowance.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("delete", [lambda user: user.delete(), lambda user: User.objects.filter(pk=user.pk).delete()])
def test_an_account_that_is_deleted_leaves_nothing_and_nothing_comes_back(alice, bob, income, delete):
    ExpenseFactory(user=alice)
    SavingsGoalFactory(user=alice)
    TransactionFactory(user=alice)
    TransactionFactory(user=alice, date=LAST_WEEK)
    IncomeFactory(user=bob)

    delete(alice)

    left = {
        model.__name__: model.objects.exclude(user=bob).count()
        for model in (Income, Expense, SavingsGoal, Transaction, DailyAllowance, IdempotencyKey)
    }
    assert set(left.values()) == {0}, left
    assert DailyAllowance.objects.filter(user=bob).count() == 1


# ---- All or nothing --------------------------------------------------------------------------------


@contextmanager
def unchanged():
    """Whatever happens inside raises, and every row is as before."""
    models = (Income, Expense, SavingsGoal, Transaction, DailyAllowance)
    before = [list(model.objects.order_by("pk").values()) for model in models]
    with pytest.raises(FigureOutOfRange), db_transaction.atomic():
        yield
    assert [list(model.objects.order_by("pk").values()) for model in models] == before


LARGEST = Decimal("999999999999.99")


@pytest.fixture
def rich(alice, income):
    """A plan at the brink: 999 times nearly 10^12, stored without the refresh that each would bring."""
    Income.objects.bulk_create(
        IncomeFactory.build(
            user=alice, amount=LARGEST, currency="EUR", frequency="monthly", added_on=TODAY, scheduled_on=TODAY
        )
        for _ in range(999)
    )
    call_command("check_allowances", "--fix", stdout=StringIO())
    return alice


def test_a_refresh_that_fails_takes_a_new_row_with_it(rich):
    with unchanged():
        IncomeFactory(user=rich, amount=LARGEST)


def test_a_refresh_that_fails_takes_a_change_with_it(rich):
    bonus = IncomeFactory(user=rich, amount=LARGEST - 900)
    bonus.amount = LARGEST

    with unchanged():
        bonus.save()


def test_a_refresh_that_fails_takes_a_deletion_with_it(rich):
    ExpenseFactory(user=rich, amount=Decimal(10) ** 11)
    Income.objects.bulk_create(
        [
            IncomeFactory.build(
                user=rich, amount=LARGEST, currency="EUR", frequency="monthly", added_on=TODAY, scheduled_on=TODAY
            )
        ]
    )

    with pytest.raises(FigureOutOfRange):
        Expense.objects.get().delete()
    with pytest.raises(FigureOutOfRange):
        Expense.objects.all().delete()

    assert Expense.objects.count() == 1
    Income.objects.latest("pk").delete()


def test_a_day_that_passes_its_range_keeps_the_purchase_out(alice, income):
    Transaction.objects.bulk_create(
        TransactionFactory.build(
            user=alice,
            allowance=DailyAllowance.objects.get(),
            date=TODAY,
            currency="EUR",
            amount=LARGEST,
            base_amount=LARGEST,
        )
        for _ in range(10)
    )
    call_command("check_allowances", "--fix", stdout=StringIO())

    with unchanged():
        TransactionFactory(user=alice, amount=LARGEST)


def test_a_failure_inside_a_larger_transaction_undoes_its_own_write_alone(alice, income):
    def fail_late():
        with db_transaction.atomic():
            TransactionFactory(user=alice, amount=Decimal(2))
            TransactionFactory(user=alice, date=TOMORROW)

    with owner_transaction(alice.pk):
        TransactionFactory(user=alice, amount=Decimal(1))
        with pytest.raises(DomainError):
            fail_late()
        TransactionFactory(user=alice, amount=Decimal(4))

    assert figure(alice) == (100, 95)


# ---- What may not be -------------------------------------------------------------------------------


@pytest.mark.parametrize("factory", [IncomeFactory, ExpenseFactory, SavingsGoalFactory, TransactionFactory])
def test_a_row_never_changes_its_owner(alice, bob, factory):
    row = factory(user=alice)
    row.user = bob

    with pytest.raises(DomainError) as refusal:
        row.save()

    assert refusal.value.code == "owner_fixed"


def test_a_purchase_cannot_be_moved_into_the_future(alice, income):
    bought = TransactionFactory(user=alice)
    bought.date = TOMORROW

    with pytest.raises(DomainError) as refusal:
        bought.save()

    assert (refusal.value.code, refusal.value.field) == ("future", "date")
    assert figure(alice) == (100, 90)


# ---- Whose day it is -------------------------------------------------------------------------------


def test_staff_who_write_somebody_elses_rows_write_on_the_owners_day(alice, bob, clock):
    clock.move_to(datetime.datetime(2026, 11, 22, 23, tzinfo=datetime.UTC))
    User.objects.filter(pk=alice.pk).update(timezone="Pacific/Kiritimati")

    # As the admin does: with an instance of the owner that knows nothing of the new time zone.
    bought = TransactionFactory(user=alice)

    # 23:00 UTC is 13:00 of the next day on Kiritimati (UTC+14).
    assert bought.date == TOMORROW
    assert list(DailyAllowance.objects.values_list("date", flat=True)) == [TOMORROW]


def test_a_day_that_comes_again_for_a_traveller_follows_the_plan(alice, income, clock):
    alice.timezone = "Pacific/Kiritimati"
    alice.save()
    ExpenseFactory(user=alice, amount=Decimal(180))
    on_kiritimati = (figure(alice), figure(alice, TOMORROW))

    alice.timezone = "Pacific/Pago_Pago"
    alice.save()

    # Noon UTC is 02:00 of the 23rd on Kiritimati and 01:00 of the 22nd in Pago Pago.
    assert on_kiritimati == ((100, 100), (90, 90))
    assert (figure(alice), figure(alice, TOMORROW)) == ((80, 80), (90, 90))


def test_the_later_row_of_a_traveller_follows_every_write(alice, income):
    alice.timezone = "Pacific/Kiritimati"
    alice.save()
    TransactionFactory(user=alice, amount=Decimal(8))
    alice.timezone = "Pacific/Pago_Pago"
    alice.save()

    TransactionFactory(user=alice, amount=Decimal(16))
    ExpenseFactory(user=alice, amount=Decimal(84))

    # The 22nd: (900 - 84) / 9 = 90.66, less 16. The 23rd: (900 - 84 - 16) / 8 = 100, less 8.
    assert figure(alice) == (Decimal("90.66"), Decimal("74.66"))
    assert figure(alice, TOMORROW) == (100, 92)
