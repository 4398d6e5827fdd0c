"""Every page of every table answers: the cases are collected from the admin, so that a new table is tested at once."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import BackupCode, Expense, Income, SavingsGoal, Transaction
from core.tests.admin.browser_form import fields_of
from core.tests.admin.conftest import REGISTERED, browser_of, make_row
from core.tests.support.factories import UserFactory

each_table = pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label)


def page(model, name, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def is_allowed(model, what, row=None):
    """Whether the table is one that a superuser may do this to: a table says so itself, for everybody."""
    return getattr(type(admin.site.get_model_admin(model)), f"has_{what}_permission").__qualname__.split(".")[
        0
    ] not in {"ReadOnlyAdmin"}


def test_every_table_of_ours_is_in_the_admin():
    # A backup code says nothing but that there is one: the page of its second factor counts them.
    assert {*apps.get_app_config("core").get_models()} - {*REGISTERED} == {BackupCode}


@each_table
def test_the_list_answers_with_search_filters_order_and_dates(staff, alice, model):
    make_row(model, alice)

    listed = staff.get(page(model, "changelist"))

    changelist = listed.context_data["cl"]
    assert listed.status_code == 200
    assert changelist.result_count >= 1
    assert changelist.search_fields, "a table that cannot be searched"
    addresses = ["?q=somebody", "?q=%00", "?p=1", "?all="]
    # By every column at once; what cannot be sorted by is passed over.
    columns = range(1, len(changelist.list_display) + 1)
    addresses += [f"?o={'.'.join(map(str, columns))}", f"?o={'.-'.join(map(str, [0, *columns]))}"]
    addresses += [choice["query_string"] for spec in changelist.filter_specs for choice in spec.choices(changelist)]
    if changelist.date_hierarchy:
        addresses += [f"?{changelist.date_hierarchy}__year=2026&{changelist.date_hierarchy}__month=11"]
    for address in addresses:
        assert staff.get(page(model, "changelist") + address).status_code == 200, address


@each_table
def test_an_address_that_makes_no_sense_leads_back_to_the_list(staff, alice, model):
    make_row(model, alice)

    for field in model._meta.concrete_fields:
        lookups = [field.name + "=" + value for value in ("NaN", "9" * 30, "%00")]
        lookups += [f"{field.name}__year={'9' * 30}", f"{field.name}__gte=1.23456789012"]
        for lookup in lookups:
            # 400: a lookup that the table does not offer.
            assert staff.get(f"{page(model, 'changelist')}?{lookup}").status_code in (200, 302, 400), lookup


@each_table
def test_a_search_for_too_many_words_finds_nothing_and_says_so(staff, alice, model):
    make_row(model, alice)

    answer = staff.get(page(model, "changelist"), {"q": "a " * 996})

    assert answer.context_data["cl"].result_count == 0
    assert [str(message) for message in answer.context["messages"]] == ["A search takes at most 20 words."]


@pytest.mark.parametrize("term", ["\x00", "a\x00b", "a " * 996, "%", "x" * 2000])
@pytest.mark.parametrize("model", [Income, Expense, SavingsGoal, Transaction])
def test_a_field_that_looks_people_up_takes_any_text(staff, alice, model, term):
    parameters = {"app_label": "core", "model_name": model._meta.model_name, "field_name": "user"}

    found = staff.get(reverse("admin:autocomplete"), {**parameters, "term": "alice"})
    answer = staff.get(reverse("admin:autocomplete"), {**parameters, "term": term})

    assert [row["text"] for row in found.json()["results"]] == ["alice"]
    assert (answer.status_code, answer.json()["results"]) == (200, [])


@each_table
def test_an_address_with_a_nul_is_answered(staff, alice, model):
    row = make_row(model, alice)
    addresses = [page(model, "changelist") + "?q=%00", page(model, "changelist") + "?p=%00&o=%00&all=%00"]
    addresses += [page(model, name, f"{row.pk}\x00") for name in ("change", "history", "delete")]
    addresses += [page(model, "add") + "?owner=%00&_to_field=%00&_popup=%00"]
    addresses += [
        f"{page(model, 'changelist')}?{lookup}=%00" for lookup in admin.site.get_model_admin(model).list_lookups()
    ]

    answered = {address: staff.get(address).status_code for address in addresses}

    assert set(answered.values()) <= {200, 302, 400, 403, 404}, answered


@each_table
def test_the_page_of_a_row_and_its_history_answer(staff, alice, model):
    row = make_row(model, alice)

    assert staff.get(page(model, "change", row.pk)).status_code == 200
    assert staff.get(page(model, "history", row.pk)).status_code == 200
    assert staff.get(page(model, "change", 987654321)).status_code == 302
    assert staff.get(page(model, "change", "9" * 40)).status_code == 302
    assert staff.get(page(model, "change", "x")).status_code == 302


@each_table
def test_a_row_saved_as_it_is_stays_as_it_is(staff, alice, model):
    row = make_row(model, alice)
    before = model._default_manager.filter(pk=row.pk).values().get()
    shown = staff.get(page(model, "change", row.pk))

    answer = staff.post(page(model, "change", row.pk), fields_of(shown))

    if not is_allowed(model, "change"):
        assert answer.status_code == 403
    else:
        assert answer.status_code == 302, answer.context_data["errors"]
    after = model._default_manager.filter(pk=row.pk).values().get()
    before.pop("updated_at", None)
    after.pop("updated_at", None)
    assert after == before


@each_table
def test_the_page_to_add_a_row_answers_and_an_empty_form_is_sent_back(staff, alice, model):
    expected = 200 if is_allowed(model, "add") else 403

    assert staff.get(page(model, "add")).status_code == expected
    assert staff.post(page(model, "add"), {}).status_code == expected


@each_table
def test_a_row_can_be_deleted_where_a_human_may(staff, alice, model):
    row = make_row(model, alice)
    may = is_allowed(model, "delete")

    asked = staff.get(page(model, "delete", row.pk))
    done = staff.post(page(model, "delete", row.pk), {"post": "yes"})

    assert (asked.status_code, done.status_code) == ((200, 302) if may else (403, 403))
    assert model._default_manager.filter(pk=row.pk).exists() is not may


@each_table
def test_a_list_takes_the_same_statements_with_20_rows_as_with_2(staff, alice, model):
    taken = []
    made = 0
    for count in (2, 20):
        for number in range(made, count):
            make_row(model, alice, number)
        made = count
        with CaptureQueriesContext(connection) as statements:
            listed = staff.get(page(model, "changelist"))
        assert listed.context_data["cl"].result_count >= count
        taken.append(len(statements))

    assert taken[0] == taken[1]
    assert taken[0] <= 12


@each_table
def test_strangers_to_the_staff_see_nothing(alice, client, model):
    client.force_login(alice)

    for name in ("changelist", "add"):
        assert client.get(page(model, name)).status_code == 302


def test_a_page_that_is_refused_or_missing_is_a_page_of_the_admin(db, clock):
    person = UserFactory.create(username="newcomer", is_staff=True)
    browser = browser_of(person)

    refused, missing = browser.get(page(Income, "changelist")), browser.get("/admin/nowhere/")

    assert [(answer.status_code, answer["Content-Type"]) for answer in (refused, missing)] == [
        (403, "text/html; charset=utf-8"),
        (404, "text/html; charset=utf-8"),
    ]
    assert "Your account has no permission for this." in refused.content.decode()
    assert "There is no such page or row." in missing.content.decode()
    assert "no-cache" in refused["Cache-Control"]
