"""A member of staff reads what their permissions name, and nothing that is derived from other rows."""

import uuid
from decimal import Decimal

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.urls import reverse

from core.kernel.currencies import format_money
from core.models import (
    AuditEvent,
    ClientId,
    DailyAllowance,
    Expense,
    IdempotencyKey,
    Income,
    OccurrencePatch,
    PayPeriod,
    Reconciliation,
    SavingsGoal,
    Transaction,
    User,
)
from core.tests.admin.conftest import REGISTERED, browser_of, make_row
from core.tests.conftest import NOON
from core.tests.support.factories import (
    ExpenseFactory,
    IncomeFactory,
    OccurrencePatchFactory,
    PayPeriodFactory,
    ReconciliationFactory,
    SavingsGoalFactory,
    TransactionFactory,
    UserFactory,
)

each_table = pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label)


def page(model, name, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def reader_of(*models):
    """A member of staff who may read these tables, and nothing else."""
    person = UserFactory(is_staff=True)
    for model in models:
        person.user_permissions.add(
            Permission.objects.get(
                codename=f"view_{model._meta.model_name}", content_type__app_label=model._meta.app_label
            )
        )
    return browser_of(person)


@pytest.fixture
def numbers(alice):
    """Every amount that Alice has, by the table that it is in, as pages show it."""
    income = IncomeFactory(user=alice, amount=Decimal("7701.01"))
    expense = ExpenseFactory(user=alice, amount=Decimal("602.02"))
    goal = SavingsGoalFactory(user=alice, percentage=Decimal("13.03"))
    bought = TransactionFactory(user=alice, amount=Decimal("54.04"))
    for number in ("9105.05", "9206.06"):
        IdempotencyKey.objects.create(
            user=alice,
            key=f"key of {number[:2]}",
            fingerprint="0" * 64,
            status=201,
            body=f'{{"amount":"{number}"}}',
            created_at=NOON,
        )
    stated = ReconciliationFactory(user=alice, amount=Decimal("8307.07"))
    line = {
        "key": None,
        "type": "income",
        "id": income.pk,
        "name": "",
        "amount": "5509.09",
        "before": "0",
        "for_later": "0",
        "date": "2026-10-01",
        "effective_date": "2026-10-01",
        "part": 1,
        "periods_left": 1,
        "belongs": 0,
        "shared_by": [],
    }
    period = PayPeriodFactory(user=alice, pool=Decimal("3408.08"), reconciliation=stated, lines=[line])
    patch = OccurrencePatchFactory(user=alice, income=income, expense=None, amount=Decimal("6610.10"))
    ClientId.objects.create(user=alice, client_id=uuid.uuid4(), transaction=bought)
    day = DailyAllowance.objects.get(user=alice)
    figures = (day.amount, day.remaining_amount, day.pool, day.tomorrow)
    return {
        Income: {f"{income.amount}"},
        Expense: {f"{expense.amount}"},
        SavingsGoal: {f"{goal.percentage}"},
        # What was spent on the day is the one purchase.
        Transaction: {f"{bought.amount}"},
        Reconciliation: {f"{stated.amount}"},
        PayPeriod: {f"{period.pool}"},
        OccurrencePatch: {f"{patch.amount}"},
        # In rows of other tables: stored answers, and the lines of a period.
        None: {"9105.05", "9206.06", "5509.09"},
        DailyAllowance: {format_money(figure, "EUR").partition(" ")[0] for figure in figures},
    }


def read_all_pages(browser, models):
    """The text of every page of these tables that answers."""
    addresses = ["/admin/"]
    for model in models:
        addresses.append(page(model, "changelist"))
        for row in model._default_manager.all():
            addresses += [page(model, name, row.pk) for name in ("change", "history", "delete")]
    answers = [browser.get(address) for address in addresses]
    return "\n".join(answer.content.decode() for answer in answers if answer.status_code == 200)


@each_table
def test_who_reads_one_table_sees_no_number_of_another(numbers, alice, bob, model):
    # Of Bob's, so that every list has a row; his amounts are none of those looked for.
    make_row(model, bob, 7)

    text = read_all_pages(reader_of(model), REGISTERED)

    others = {number for owner, shown in numbers.items() if owner not in (model, None) for number in shown}
    if model is DailyAllowance:
        others -= numbers[Transaction]
    assert {number for number in others | numbers[None] if number in text} == set()


@pytest.mark.parametrize(
    "table",
    [Income, Expense, SavingsGoal, Transaction, DailyAllowance, Reconciliation, PayPeriod, OccurrencePatch],
    ids=lambda table: table.__name__,
)
def test_who_may_read_a_table_sees_its_numbers(numbers, alice, table):
    text = read_all_pages(reader_of(table), [table])

    assert {number for number in numbers[table] if number not in text} == set()


def test_who_reads_accounts_and_days_sees_figures_beside_the_people(numbers, alice):
    day = DailyAllowance.objects.get(user=alice)
    remaining = format_money(day.remaining_amount, "EUR").replace(" ", "\N{NO-BREAK SPACE}")

    accounts = reader_of(User).get(page(User, "changelist")).content.decode()
    both = reader_of(User, DailyAllowance).get(page(User, "changelist")).content.decode()

    assert (remaining in accounts, remaining in both) == (False, True)


def test_the_changes_of_an_event_are_for_those_who_may_read_the_row(numbers, alice):
    event = AuditEvent.objects.get(object_type="transaction")

    def sees_amount(*tables):
        return "54.04" in reader_of(*tables).get(page(AuditEvent, "change", event.pk)).content.decode()

    assert (sees_amount(AuditEvent), sees_amount(AuditEvent, Transaction)) == (False, True)


def test_a_persons_page_counts_the_rows_that_the_caller_may_read(numbers, alice):
    def links(*tables):
        response = reader_of(User, *tables).get(page(User, "change", alice.pk))
        return [(link.label, link.add_address) for link in response.context_data["row_links"]]

    assert links() == []
    assert links(Transaction, Income) == [("1 income", None), ("1 transaction", None)]


def test_names_are_searched_by_those_who_may_read_accounts(alice):
    TransactionFactory(user=alice)

    def found(*tables):
        return reader_of(*tables).get(page(Transaction, "changelist") + "?q=alice").context_data["cl"].result_count

    assert (found(Transaction), found(Transaction, User)) == (0, 1)


@each_table
def test_a_list_takes_the_lookups_of_its_filters_and_no_others(staff, alice, model):
    make_row(model, alice)
    offered = admin.site.get_model_admin(model).list_lookups()
    paths = [field.name for field in model._meta.concrete_fields]
    paths += [field.attname for field in model._meta.concrete_fields]
    paths += [f"{field.name}__password" for field in model._meta.concrete_fields if field.related_model is User]
    paths += [f"{field.name}__second_factor__secret" for field in model._meta.concrete_fields if field.is_relation]
    suffixes = ("", "__exact", "__startswith", "__gte", "__in", "__regex", "__contains", "__isnull")

    tried = sorted({f"{path}{suffix}" for path in paths for suffix in suffixes} - offered)
    request = staff.get(page(model, "changelist")).wsgi_request
    taken = [lookup for lookup in tried if admin.site.get_model_admin(model).lookup_allowed(lookup, "a", request)]

    assert taken == []
    assert staff.get(page(model, "changelist"), {tried[0]: "a"}).status_code == 400


def test_no_secret_can_be_looked_up(staff):
    offered = {lookup for model in REGISTERED for lookup in admin.site.get_model_admin(model).list_lookups()}
    secret = {"password", "secret", "refresh_id", "retired", "body", "fingerprint", "session_epoch", "digest"}

    assert {lookup for lookup in offered if secret & {*lookup.split("__")}} == set()
