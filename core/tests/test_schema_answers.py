"""The API answers as its document says: each operation, when all goes well and when it does not."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.transaction import set_rollback
from django_otp.oath import hotp
from rest_framework.response import Response
from rest_framework.test import APIClient

from core import clock
from core.accounts.domain import calculate_step
from core.accounts.services.mail_queue import queue_verification
from core.accounts.services.profile import request_link
from core.accounts.services.second_factor import begin_setup, confirm_setup
from core.kernel.limits import Limit
from core.models import AuditEvent, DailyAllowance, Expense, Income, MailKind, ProvenAddress, Session, User
from core.tests.conftest import TODAY, client_of
from core.tests.support.documented import Documented, list_operations
from core.tests.support.factories import (
    PASSWORD,
    ExpenseFactory,
    IncomeFactory,
    OccurrencePatchFactory,
    ReconciliationFactory,
    SavingsGoalFactory,
    TransactionFactory,
)
from core.tests.support.logins import log_in
from core.tests.support.mailbox import find_link
from core.tests.support.routes import find_date
from core.web.parsers import BODY_LIMIT_BYTES

EVERYTHING = list_operations()
# Health is asked for by machines that hold no token, send no body and are not counted.
OPERATIONS = [operation for operation in EVERYTHING if operation.chapter != "Health"]
UNKNOWN_ID = 987654321
TOO_MUCH = "x" * (BODY_LIMIT_BYTES + 1)

each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)


def make_day(*, user: User) -> DailyAllowance:
    """The row of a day, which only a transaction makes."""
    return TransactionFactory.create(user=user).allowance


def make_skipped_income(*, user: User) -> Income:
    """An income of which a date is skipped."""
    income = IncomeFactory.create(user=user)
    OccurrencePatchFactory.create(
        user=user, expense=None, income=income, date=income.next_payment_date, amount=None, said_on=TODAY
    )
    return income


def make_skipped_expense(*, user: User) -> Expense:
    """A bill of which a date is skipped."""
    return OccurrencePatchFactory.create(user=user, amount=None).expense


def find_event(*, user: User) -> AuditEvent:
    """The event that every account begins with."""
    return AuditEvent.objects.get(user=user)


def make_session(*, user: User) -> Session:
    """A session that is in force."""
    log_in(user)
    return Session.objects.latest("pk")


def make_link(kind: MailKind, *, user: User) -> dict[str, str]:
    """The parts of a link, as a mail brings it."""
    request_link(email=user.email, purpose=kind, now=clock.now())
    mail.outbox.clear()
    call_command("deliver_mail", verbosity=0)
    _link, uid, token = find_link(mail.outbox[0].body)
    return {"uid": uid, "token": token}


def make_verification_link(*, user: User) -> dict[str, str]:
    """The parts of a link that proves an address."""
    ProvenAddress.objects.filter(user=user).delete()
    queue_verification(user=user, now=clock.now())
    mail.outbox.clear()
    call_command("deliver_mail", verbosity=0)
    _link, uid, token = find_link(mail.outbox[0].body)
    return {"uid": uid, "token": token}


ROWS: dict[str, Callable[..., Any]] = {
    "/api/income/{id}/": IncomeFactory.create,
    "/api/expense/{id}/": ExpenseFactory.create,
    "/api/income/{id}/change/": IncomeFactory.create,
    "/api/expense/{id}/change/": ExpenseFactory.create,
    "/api/savings-goal/{id}/": SavingsGoalFactory.create,
    "/api/transaction/{id}/": TransactionFactory.create,
    "/api/reconciliation/{id}/": ReconciliationFactory.create,
    "/api/allowance/{id}/": make_day,
    "/api/audit/{id}/": find_event,
    "/api/auth/users/{id}/": lambda user: user,
    "/api/auth/sessions/{id}/": make_session,
    "/api/income/{id}/occurrences/{date}/": make_skipped_income,
    "/api/expense/{id}/occurrences/{date}/": make_skipped_expense,
}


# Bodies that must hold something alive, which no example can.
BODIES: dict[str, Callable[[User], dict[str, Any]]] = {
    "category_rename": lambda user: {
        "from": TransactionFactory.create(user=user, category="food").category,
        "to": "groceries",
    },
    "users_verify_email": lambda user: make_verification_link(user=user),
    "users_reset_password_confirm": lambda user: (
        make_link(MailKind.PASSWORD_RESET, user=user) | {"new_password": "Better-horse-10"}
    ),
    "users_reset_username_confirm": lambda user: (
        make_link(MailKind.USERNAME_RESET, user=user) | {"new_username": "alice.miller"}
    ),
    "jwt_refresh": lambda user: {"refresh": log_in(user)["refresh"]},
    "jwt_verify": lambda user: {"token": log_in(user)["access"]},
    "jwt_logout": lambda user: {"refresh": log_in(user)["refresh"]},
    "second_factor_setup": lambda user: {"current_password": PASSWORD},
    "second_factor_confirm": lambda user: {"code": begin_second_factor(user)},
    "second_factor_disable": lambda user: {"current_password": PASSWORD, "otp": switch_on(user)},
    "second_factor_backup_codes": lambda user: {"current_password": PASSWORD, "otp": switch_on(user)},
}


def begin_second_factor(user: User) -> str:
    """A first code of a second factor that is being set up."""
    setup = begin_setup(user_id=user.pk, now=clock.now())
    return f"{hotp(base64.b32decode(setup.secret), calculate_step(now=clock.now())):06d}"


def switch_on(user: User) -> str:
    """A backup code of a second factor that is in force."""
    # The newest login goes on; the others end.
    session_id = Session.objects.filter(user=user).latest("pk").pk
    codes = confirm_setup(user_id=user.pk, code=begin_second_factor(user), now=clock.now(), session_id=session_id)
    return codes[0]


# Parameters of the query that an operation cannot do without.
QUERIES = {"allowance_afford": {"amount": "5.00"}}

# Fields that are looked at only when the others are right.
CHECKED_LATER = {
    "ProfileChangeRequest": {"current_password", "otp"},
    "ProfileChangePatch": {"current_password", "otp"},
    "WhatIfRequest": {"changes"},
}


def prepare(operation: Documented, user: User) -> dict[str, Any]:
    """What `call` needs so that this operation succeeds."""
    options: dict[str, Any] = {}
    if "{id}" in operation.path:
        # What stands below a row needs that row.
        path, _id, _below = operation.path.partition("{id}/")
        options["row_id"] = ROWS.get(operation.path, ROWS[f"{path}{{id}}/"])(user=user).pk
    if operation.id in BODIES:
        options |= {"data": BODIES[operation.id](user), "format": "json"}
    if operation.id in QUERIES:
        options |= {"data": QUERIES[operation.id]}
    return options


def call(operation: Documented, client: APIClient, *, row_id: int = UNKNOWN_ID, **options: Any) -> Response:
    """Send what the document shows as an example, or what `options` say."""
    path = operation.path.replace("{id}", str(row_id)).replace("{date}", find_date(operation.path))
    body = operation.body_model
    if body is not None and "data" not in options:
        options |= {"data": body.get("example", {}), "format": "json"}
    answer: Response = getattr(client, operation.method)(path, **options)
    return answer


@each_operation
def test_the_example_works_and_the_answer_fits_its_model(operation, api, alice):
    options = prepare(operation, alice)

    answer = call(operation, api, **options)

    assert answer.status_code == operation.success
    operation.check(answer)


@each_operation
def test_the_revision_is_raised_where_the_document_says_so(operation, alice):
    """One that is refused leaves it as it was."""

    client, options = client_of(alice), prepare(operation, alice)
    before = User.objects.get(pk=alice.pk).revision

    refused = call(operation, client, **options, headers={"Accept": "text/html"})
    after_refusal = User.objects.get(pk=alice.pk).revision
    answer = call(operation, client, **options)

    assert (refused.status_code, after_refusal) == (406, before)
    assert answer.status_code == operation.success
    if "X-Revision" in operation.operation["responses"][str(operation.success)].get("headers", {}):
        assert answer.headers["X-Revision"] == str(before + 1)
        assert User.objects.get(pk=alice.pk).revision == before + 1
    else:
        assert "X-Revision" not in answer.headers
        assert [user.revision for user in User.objects.filter(pk=alice.pk)] in ([before], [])


@pytest.mark.parametrize(
    "operation", [item for item in OPERATIONS if not item.is_public], ids=lambda operation: operation.id
)
def test_without_a_token_it_answers_401(operation, db):
    answer = call(operation, APIClient())

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    operation.check(answer)


@pytest.mark.parametrize(
    "operation", [item for item in OPERATIONS if 401 in item.statuses], ids=lambda operation: operation.id
)
def test_a_token_that_is_none_is_refused(operation, db):
    """In the header, or in the body where that is the proof."""
    options: dict[str, Any] = {"headers": {"Authorization": "Bearer x"}}
    if operation.chapter == "Sessions":
        options |= {"data": dict.fromkeys(operation.body_model["properties"], "x"), "format": "json"}

    answer = call(operation, APIClient(), **options)

    assert answer.status_code == 401
    operation.check(answer)


@each_operation
def test_refusals_fit_their_models(operation, api):
    """An unknown id, a parameter that is none, no JSON wanted."""
    refusals = [call(operation, api, headers={"Accept": "text/html"})]
    expected = [406]
    if "{id}" in operation.path:
        refusals.append(call(operation, api))
        expected.append(404)
    for parameter in operation.list_parameters("query"):
        if parameter.get("format") in ("date", "decimal") or "enum" in parameter or parameter["name"] == "cursor":
            refusals.append(call(operation, api, data={parameter["name"]: "x"}))
            expected.append(400)
        if parameter["name"] == "page":
            refusals.append(call(operation, api, data={"page": "999"}))
            expected.append(404)

    assert [answer.status_code for answer in refusals] == expected
    for answer in refusals:
        operation.check(answer)


@pytest.mark.parametrize(
    "operation", [item for item in OPERATIONS if item.body_model], ids=lambda operation: operation.id
)
def test_bodies_that_are_refused_say_which_field(operation, api, alice):
    row_id = prepare(operation, alice).get("row_id", UNKNOWN_ID)
    fields = operation.body_model["properties"]

    refused = call(operation, api, row_id=row_id, data=dict.fromkeys(fields, [[]]), format="json")
    no_object = call(operation, api, row_id=row_id, data="[]", content_type="application/json")
    malformed = call(operation, api, row_id=row_id, data="{", content_type="application/json")
    too_large = call(operation, api, row_id=row_id, data={"x": TOO_MUCH}, format="json")
    no_json = call(operation, api, row_id=row_id, data="x", content_type="text/plain")
    answers = (refused, no_object, malformed, too_large, no_json)

    assert [answer.status_code for answer in answers] == [400, 400, 400, 413, 415]
    assert refused.json().keys() == fields.keys() - CHECKED_LATER.get(operation.body_model_name, set())
    for answer in answers:
        operation.check(answer)


@pytest.mark.parametrize(
    "operation", [item for item in OPERATIONS if 422 in item.statuses], ids=lambda operation: operation.id
)
def test_a_key_that_is_used_again_fits_the_document(operation, api, alice):
    headers = {"Idempotency-Key": "a-key"}
    row_id = prepare(operation, alice).get("row_id", UNKNOWN_ID)

    first = call(operation, api, row_id=row_id, headers=headers)
    again = call(operation, api, row_id=row_id, headers=headers)
    other = call(operation, api, row_id=row_id, headers=headers, data={}, format="json")
    no_key = call(operation, api, headers={"Idempotency-Key": "two words"})

    assert [answer.status_code for answer in (first, again, other, no_key)] == [201, 201, 422, 400]
    assert again.headers["Idempotent-Replayed"] == "true"
    for answer in (first, again, other, no_key):
        operation.check(answer)


@pytest.mark.parametrize(
    "operation", [item for item in OPERATIONS if 412 in item.statuses], ids=lambda operation: operation.id
)
def test_a_row_that_was_changed_meanwhile_fits_the_document(operation, api, alice):
    answer = call(operation, api, **prepare(operation, alice), headers={"If-Match": '"2000-01-01T00:00:00.000000Z"'})

    assert answer.status_code == 412
    operation.check(answer)


@pytest.mark.parametrize(
    "operation", [item for item in OPERATIONS if 503 in item.statuses], ids=lambda operation: operation.id
)
def test_while_the_database_is_away_it_answers_503(operation, api, alice):
    options = prepare(operation, alice)

    def refuse(*_arguments: Any) -> None:
        raise OperationalError("the server closed the connection unexpectedly")

    with connection.execute_wrapper(refuse):
        answer = call(operation, api, **options)
    # The test's own transaction is well.
    set_rollback(False)

    assert answer.status_code == 503
    operation.check(answer)


@each_operation
def test_past_a_limit_it_answers_429(operation, alice, settings):
    settings.THROTTLES = dict.fromkeys(settings.THROTTLES, Limit(calls=1, seconds=60))
    client = APIClient() if operation.is_public else client_of(alice)
    options: dict[str, Any] = {"headers": {"Accept": "application/json"}}
    if operation.id == "jwt_create":
        # Of logins, those that fail are counted.
        options |= {"data": {"username": "alice", "password": "wrong"}, "format": "json"}
    if operation.id in {"users_me_delete", "users_set_password"}:
        # Where the first call succeeds, its token ends with it.
        options |= {"data": {}, "format": "json"}

    call(operation, client, **options)
    answer = call(operation, client, **options)

    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    operation.check(answer)


def test_health_answers_as_documented(db, settings):
    live, ready = (operation for operation in EVERYTHING if operation.chapter == "Health")

    settings.REDIS_URL = ""
    answers = [call(live, APIClient()), call(ready, APIClient())]
    # Nobody listens there.
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answers += [call(live, APIClient()), call(ready, APIClient())]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 503]
    for operation, answer in zip((live, ready, live, ready), answers, strict=True):
        operation.check(answer)


def test_the_check_itself_sees_what_does_not_fit(api, alice):
    IncomeFactory.create(user=alice)
    (list_incomes,) = (item for item in OPERATIONS if item.id == "income_list")
    answer = call(list_incomes, api)

    document = json.loads(answer.content)
    document["results"][0]["amount"] = 3000.0
    answer.content = json.dumps(document)
    answer.json = lambda: document

    with pytest.raises(AssertionError, match="income_list answered 200"):
        list_incomes.check(answer)
