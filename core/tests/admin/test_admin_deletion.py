"""Deleting what a list shows, by the page and all of it."""

import datetime
import re
from decimal import Decimal

import pytest
from django.conf import settings
from django.contrib.admin.models import DELETION, LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.ledger.services import TransactionEntry, record_transactions
from core.models import AuditEvent, DailyAllowance, Income, Transaction, User
from core.tests.admin.test_admin_rules import figure_of, messages_of
from core.tests.conftest import TODAY
from core.tests.support.factories import IncomeFactory, TransactionFactory, UserFactory

TRANSACTIONS = reverse("admin:core_transaction_changelist")
CHOSEN = {"action": "delete_selected", "select_across": "1", "index": "0"}


STORES_DAYS = re.compile(r'(UPDATE|INSERT INTO) "core_dailyallowance"')


def buy(owner, count, *, days=10, **fields):
    """As many purchases of one cent, spread over the last days."""
    entries = [
        TransactionEntry(date=TODAY - datetime.timedelta(days=number % days), amount=Decimal("0.01"), **fields)
        for number in range(count)
    ]
    record_transactions(owner=owner, entries=entries, today=TODAY)


def choose_all(staff, address):
    """The confirmation page after "select all", and what a browser would post from it."""
    one = str(staff.get(address).context_data["cl"].result_list[0].pk)
    asked = staff.post(address, CHOSEN | {"_selected_action": [one]})
    html = asked.content.decode()
    names = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html.partition('<div id="content"')[2])
    return asked, names


def confirm_all(staff, address):
    """Confirm, as a browser would."""
    _asked, fields = choose_all(staff, address)
    return staff.post(address, dict(fields), follow=True)


@pytest.mark.parametrize("count", [1_005, pytest.param(20_000, marks=pytest.mark.once)])
def test_all_rows_of_a_list_are_deleted_however_many(staff, alice, bob, count):
    IncomeFactory(user=alice, amount=Decimal(900), next_payment_date=datetime.date(2026, 12, 1))
    buy(alice, count - 5)
    buy(bob, 5)

    asked, fields = choose_all(staff, TRANSACTIONS)
    with CaptureQueriesContext(connection) as statements:
        done = staff.post(TRANSACTIONS, dict(fields), follow=True)

    opened = [one["sql"] for one in statements.captured_queries if one["sql"].startswith("BEGIN")]
    assert len(fields) < 10 < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    assert dict(asked.context_data["model_count"]) == {"transactions": count}
    assert messages_of(done) == [f"Successfully deleted {count} transactions."]
    assert len(opened) <= 1
    assert not Transaction.objects.exists()
    assert figure_of(alice) == (Decimal(100), Decimal(100))
    assert AuditEvent.objects.filter(action="deleted", object_type="transaction").count() == count
    assert LogEntry.objects.filter(action_flag=DELETION).count() == count


def test_rows_that_the_filter_leaves_out_stay(staff, alice, bob):
    buy(alice, 60, category="food")
    buy(bob, 60, category="food")
    buy(alice, 60, category="rent")

    confirm_all(staff, f"{TRANSACTIONS}?owner={alice.pk}&q=food")

    left = Transaction.objects.values_list("user__username", "category").order_by("user", "category").distinct()
    assert {*left} == {("alice", "rent"), ("bob", "food")}
    assert Transaction.objects.count() == 120


def test_each_owner_is_refreshed_once(staff, alice, bob):
    for owner in (alice, bob):
        IncomeFactory(user=owner, amount=Decimal(900), next_payment_date=datetime.date(2026, 12, 1))
        buy(owner, 100, days=1)

    with CaptureQueriesContext(connection) as statements:
        confirm_all(staff, TRANSACTIONS)

    stored = [one["sql"] for one in statements.captured_queries if STORES_DAYS.match(one["sql"])]
    assert len(stored) == 2, stored
    assert (figure_of(alice), figure_of(bob)) == ((Decimal(100), Decimal(100)),) * 2


def test_nothing_is_deleted_once_there_are_other_rows_than_were_confirmed(staff, alice):
    buy(alice, 60)
    _asked, fields = choose_all(staff, TRANSACTIONS)
    TransactionFactory(user=alice)

    answer = staff.post(TRANSACTIONS, dict(fields), follow=True)

    assert messages_of(answer) == [
        "Nothing was deleted: there were 60 rows, and now there are 61. Please choose again."
    ]
    assert Transaction.objects.count() == 61


def test_rows_of_one_page_are_deleted_by_their_ids(staff, alice):
    buy(alice, 3)
    kept, *chosen = Transaction.objects.order_by("pk").values_list("pk", flat=True)

    asked = staff.post(TRANSACTIONS, {"action": "delete_selected", "_selected_action": chosen, "index": "0"})
    done = staff.post(
        TRANSACTIONS, {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}, follow=True
    )

    shown = re.findall(r'name="_selected_action" value="(\d+)"', asked.content.decode())
    assert sorted(map(int, shown)) == chosen
    assert messages_of(done) == ["Successfully deleted 2 transactions."]
    assert list(Transaction.objects.values_list("pk", flat=True)) == [kept]


def test_a_rule_that_one_row_breaks_keeps_all(staff, alice, bob):
    much = Decimal(999_999_999_999)
    entries = [TransactionEntry(date=TODAY, amount=much) for _ in range(11)]
    refund = TransactionEntry(date=TODAY, amount=much, kind="refund")
    record_transactions(owner=bob, entries=[*entries, refund], today=TODAY)
    TransactionFactory(user=alice, kind="refund")

    answer = confirm_all(staff, f"{TRANSACTIONS}?kind__exact=refund")

    assert messages_of(answer) == ["The transactions of this day add up to more than can be kept exactly."]
    assert Transaction.objects.count() == 13


@pytest.mark.parametrize("chosen", ["\x00", "x", "9" * 30])
def test_what_is_no_row_is_not_deleted(staff, alice, chosen):
    IncomeFactory(user=alice)

    answer = staff.post(
        reverse("admin:core_income_changelist"),
        {"action": "delete_selected", "_selected_action": [chosen], "post": "yes"},
    )

    assert answer.status_code == 302
    assert Income.objects.count() == 1


def test_all_people_of_a_list_are_deleted_with_all_they_have(staff, root):
    people = [UserFactory.create(username=f"old{number:04}") for number in range(120)]
    for person in people[:3]:
        TransactionFactory(user=person)
    address = reverse("admin:core_user_changelist") + "?q=old"

    asked, fields = choose_all(staff, address)
    done = staff.post(address, dict(fields), follow=True)

    assert dict(asked.context_data["model_count"])["transactions"] == 3
    assert messages_of(done) == ["Successfully deleted 120 users."]
    assert list(User.objects.all()) == [root]
    assert not DailyAllowance.objects.exists()
