"""What the API's document says in words: how to begin, the chapters, and examples to try."""

from typing import Any

from core.schema.guide import Chapter, Guide

_DESCRIPTION = """\
How much can safely be spent today, right to the cent: from incomes, bills, savings goals and purchases.

**To begin**

1. `POST /api/auth/users/` makes an account; `POST /api/auth/jwt/create/` logs in and answers an `access` token.
2. Press **Authorize** and paste the `access` token. It lasts minutes; `POST /api/auth/jwt/refresh/` gives the next.
3. `POST /api/income/` with what comes in, `POST /api/expense/` with a bill, `POST /api/transaction/` with a purchase.
4. `GET /api/allowance/today/` tells what may still be spent today, `GET /api/allowance/explain/` tells why.

**What holds everywhere**

- *Money* is a decimal string in the currency's minor unit: EUR `"12.50"`, JPY `"1500"`, KWD `"1.250"`. A JSON number is
  taken too, and read exactly. Amounts that are sent lie above 0 and below 10^12; what a reconciliation states may be
  0 or negative.
- *Dates* are `YYYY-MM-DD`, calendar days in the account's own time zone. Instants are RFC 3339 in UTC.
- *Rows* are your own. Those of others do not exist: 404 in a path, 400 in a body.
- *Errors* are `{"field": ["…"]}`, `{"non_field_errors": ["…"]}` or `{"detail": "…", "code": "…"}`, whose `code` is for
  programs and never changes.
- *Retries*: a POST with an `Idempotency-Key` may be sent again. It happens once, and answers the same. The key is kept
  for a day; the `client_id` of a transaction for ever.
- *Changing*: a PUT, PATCH or DELETE with the row's `updated_at` in `If-Match` is refused, 412, where the row was
  changed since it was read.
- *Revision*: `revision` in `allowance/today/` is another text after each write of the account's rows or settings, and
  after nothing else. The answer to a write has it as `X-Revision`.
- *Polling*: every answer to a GET has an `ETag`. Sent back as `If-None-Match`, it gets a 304 while nothing has changed.
- Fields that cannot be written, and fields that nobody knows, are ignored in a body.
"""

_STATE = {"type": "string", "enum": ["up", "down"], "example": "up"}


def _describe_health(*, name: str, summary: str, responses: dict[str, str]) -> dict[str, Any]:
    wait = {"Retry-After": {"type": "integer", "description": "Seconds to wait before the next try."}}
    return {
        "get": {
            "operationId": f"health_{name}",
            "summary": summary,
            "parameters": [],
            "responses": {
                code: {
                    "description": text,
                    "schema": {"$ref": f"#/definitions/{name.title()}"},
                    **({"headers": wait} if code == "503" else {}),
                }
                for code, text in responses.items()
            },
            "tags": ["Health"],
            "security": [],
        },
        "parameters": [],
    }


_HEALTH_PATHS = {
    "/health/live/": _describe_health(
        name="live", summary="Ask whether the process lives", responses={"200": "It answers."}
    ),
    "/health/ready/": _describe_health(
        name="ready",
        summary="Ask whether all that it depends on answers",
        responses={"200": "All of it does.", "503": "Something does not."},
    ),
}
_HEALTH_MODELS = {
    "Live": {
        "type": "object",
        "description": "A process that lives.",
        "required": ["status"],
        "properties": {"status": {**_STATE, "description": "`up`, or there is no answer."}},
    },
    "Ready": {
        "type": "object",
        "description": "The state of what the process depends on.",
        "required": ["status", "database"],
        "properties": {
            "status": {**_STATE, "description": "`up` when all of it is."},
            "database": {**_STATE, "description": "The database."},
            "redis": {**_STATE, "description": "Redis, where there is one."},
        },
    },
}

GUIDE = Guide(
    title="Fintech Allowance API",
    version="1",
    description=_DESCRIPTION,
    chapters=(
        Chapter("/api/", "Service", "What the server is.", name="service", one_route=True),
        Chapter("/api/auth/users/", "Accounts", "Registration, profile, password."),
        Chapter("/api/auth/jwt/", "Sessions", "Logging in, staying in, logging out."),
        Chapter("/api/auth/sessions/", "Open sessions", "Where the account is logged in, and how to end it."),
        Chapter("/api/auth/2fa/", "Second factor", "A code besides the password, from an app or from a list."),
        Chapter("/api/income/", "Income", "Money that arrives, its rhythm and its dates."),
        Chapter("/api/expense/", "Expense", "Bills, their rhythm and their dates."),
        Chapter(
            "/api/savings-goal/",
            "Savings goal",
            "What is put away before anything is spent: a share of income, or for an amount by a day.",
        ),
        Chapter(
            "/api/transaction/",
            "Transaction",
            "Purchases and refunds, bills that were paid and incomes that arrived, newest day first.",
        ),
        Chapter(
            "/api/reconciliation/",
            "Reconciliation",
            "What is really there: the figure goes on from it until the pay period ends.",
        ),
        Chapter(
            "/api/allowance/", "Allowance", "What may be spent, day by day, and why. Computed: it cannot be written."
        ),
        Chapter("/api/upcoming/", "Upcoming", "Paydays, bills and targets, by the day on which they take effect."),
        Chapter("/api/category/", "Category", "The categories of one's own transactions."),
        Chapter("/api/currencies/", "Currencies", "What can be paid in, and what it is worth in one's own currency."),
        Chapter("/api/timezones/", "Time zones", "What `timezone` of a profile can be."),
        Chapter("/api/holiday-calendars/", "Holiday calendars", "What `holiday_calendar` of a profile can be."),
        Chapter("/api/languages/", "Languages", "What `language` of a profile can be."),
        Chapter("/api/audit/", "Audit", "What happened to the account and its rows. It cannot be written."),
        Chapter("/health/", "Health", "Whether the service lives, and is ready to work."),
    ),
    summaries={
        "category_list": "List the categories of one's own transactions",
        "income_occurrences_list": "List the dates of an income that count",
        "income_occurrences_partial_update": "Say of a date of an income that it is another amount, or skipped",
        "income_occurrences_delete": "Take back what was said of a date of an income",
        "expense_occurrences_list": "List the dates of a bill that count",
        "expense_occurrences_partial_update": "Say of a date of a bill that it is another amount, or skipped",
        "expense_occurrences_delete": "Take back what was said of a date of a bill",
        "users_list": "List accounts: one's own alone",
        "users_create": "Register",
        "users_read": "Read the account",
        "users_update": "Replace the profile",
        "users_partial_update": "Change the profile in part",
        "users_delete": "Delete the account and all that is in it",
        "users_verify_email": "Prove the address by a mailed link",
        "users_resend_verification": "Ask for another link that proves the address",
        "users_me_read": "Read one's own profile",
        "users_me_update": "Replace one's own profile",
        "users_me_partial_update": "Change one's own profile in part",
        "users_me_delete": "Delete one's own account and all that is in it",
    },
    descriptions={
        "username": "The name to log in with; case does not matter.",
        "email": "The address for mail; case does not matter.",
        "first_name": "As it should be shown.",
        "last_name": "As it should be shown.",
        "timezone": "IANA name; it decides which day it is.",
        "language": "The language of messages; empty where none is chosen, then `Accept-Language` decides.",
        "holiday_calendar": "The calendar whose weekends and holidays move dates; empty: Saturday and Sunday alone.",
        "leftover": "What happens with what is left at the end of a pay period.",
        "overspend": "What happens with what was spent beyond a pay period's pool.",
        "password": "At least 8 characters.",
        "current_password": "The password as it is now.",
        "new_password": "The password as it shall be, at least 8 characters.",
        "uid": "From the link in the mail.",
        "token": "The token.",
        "access": "For the header `Authorization: Bearer <access>`; it lasts some minutes.",
        "refresh": "Good for one refresh.",
        "otp": "A one-time code: six digits from the app, or a backup code.",
        "code": "Six digits from the app.",
        "new_username": "The name as it shall be.",
        "id": "The row's own number.",
        "name": "What to call it.",
        "date": "The day, in the account's own time zone.",
        "currency": "ISO 4217 code.",
        "frequency": "How often it comes.",
        "due_date": "A due date of the schedule; it may lie in the past.",
        "category": "Any word to group by.",
        "description": "What was bought.",
        "type": "Which of the two it is.",
        "days_left": "Days to the next payday, the day itself included.",
        "results": "The rows of this page.",
        "items": "Each income and bill by itself.",
        "created_at": "When it was added.",
        "updated_at": "When it was last changed.",
        "at": "When it happened.",
        "action": "What happened: `created`, `updated`, `deleted`, `login`, `login_failed`, `password_changed`, …",
        "object_type": "What it happened to; empty for the account as a whole.",
        "object_id": "The id of the row that it happened to; of a date of an item `expense/7/2026-12-05`.",
        "changes": "What was and what is, by field: `[old, new]`.",
        "address": "Where the call came from; empty for what no call caused.",
    },
    values={
        "username": "alice",
        "email": "alice@example.org",
        "timezone": "Europe/Berlin",
        "language": "en",
        "leftover": "carry",
        "overspend": "repay",
        "weekday_weights": [1, 1, 1, 1, 1, 3, 2],
        "id": 1,
        "currency": "EUR",
        "name": "Rent",
        "amount": "188.88",
        "remaining_amount": "176.38",
        "spent": "12.50",
        "spent_before": "0.00",
        "shortfall": "0.00",
        "tomorrow": "210.93",
        "shown_amount": "188.88",
        "income": "3000.00",
        "expenses": "1000.00",
        "savings": "300.00",
        "savings_percentage": "10.00",
        "pool": "1700.00",
        "counted": "1000.00",
        "frequency": "monthly",
        "status": "ok",
        "date": "2026-11-22",
        "start": "2026-11-01",
        "end": "2026-12-01",
        "Period.days": 30,
        "ExplainedPeriod.days": 30,
        "adjust": "before",
        "days_left": 9,
        "created_at": "2026-11-22T12:00:00.000000Z",
        "updated_at": "2026-11-22T12:00:00.000000Z",
        "Income.name": "Salary",
        "Income.amount": "3000.00",
        "next_payment_date": "2026-12-01",
        "Income.next_occurrence": "2026-12-01",
        "Expense.amount": "1000.00",
        "due_date": "2026-12-05",
        "Expense.next_occurrence": "2026-12-05",
        "ExplainedItem.amount": "1000.00",
        "ExplainedItem.type": "expense",
        "SavingsGoal.name": "Rainy days",
        "percentage": "10.00",
        "target_amount": "600.00",
        "target_date": "2027-01-15",
        "saved": "66.67",
        "allowance": 1,
        "Transaction.amount": "12.50",
        "base_amount": "12.50",
        "kind": "spend",
        "category": "groceries",
        "Transaction.description": "Bread and cheese",
        "Reconciliation.amount": "900.00",
        "ReconciliationRequest.amount": "900.00",
        "ReconciliationPreview.amount": "900.00",
        "ReconciliationLine.what": "bill",
        "ReconciliationLine.type": "expense",
        "ReconciliationLine.occurrence": "2026-12-05",
        "ReconciliationLine.amount": "-1000.00",
        "OverDate.type": "expense",
        "OverDate.occurrence": "2026-11-05",
        "OverDate.effective_date": "2026-11-05",
        "OverDate.amount": "1000.00",
        "OverDate.status": "planned",
        "NotYet.expense": 1,
        "NotYet.income": 1,
        "NotYet.occurrence": "2026-11-05",
        "NotYetRequest.expense": 1,
        "NotYetRequest.income": 1,
        "NotYetRequest.occurrence": "2026-11-05",
        "effective_from": "2027-01-01",
        "covers": "balance",
        "not_yet": [{"expense": 1, "occurrence": "2026-11-05"}],
        "note": "What the bank says",
        "difference": "-800.00",
        "left": "840.00",
        "TransactionRequest.expense": 1,
        "TransactionRequest.income": 1,
        "TransactionPatch.expense": 1,
        "TransactionPatch.income": 1,
        "Transaction.expense": 1,
        "Transaction.income": 1,
        "occurrence": "2026-12-05",
        "Occurrence.date": "2026-12-05",
        "Occurrence.amount": "1000.00",
        "Occurrence.status": "planned",
        "Occurrence.transaction": 1,
        "Occurrence.effective_date": "2026-12-05",
        "OccurrenceChangePatch.amount": "950.00",
        "skipped": True,
        "client_id": "4f9c2b1e-6a0d-4e7b-9c35-1d2e8f7a6b50",
        "code": "CHF",
        "Currency.name": "Swiss Franc",
        "decimals": 2,
        "Timezone.name": "Europe/Berlin",
        "offset": "+01:00",
        "HolidayCalendar.code": "DE-BY",
        "HolidayCalendar.name": "Germany, Bayern",
        "weekend": [6, 7],
        "HolidayCalendar.next": ["2026-12-25", "2026-12-26", "2027-01-01"],
        "holiday_calendar": "DE-BY",
        "Language.code": "en",
        "Language.name": "English",
        "product": "fintech-allowance",
        "version": "0.1.0",
        "api": 1,
        "rate": "1.0752688172",
        "rate_date": "2026-11-20",
        "at": "2026-11-22T12:00:00.000000Z",
        "action": "updated",
        "object_type": "income",
        "object_id": "1",
        "changes": {"amount": ["3000.00", "3200.00"]},
        "address": "192.0.2.7",
    },
    bodies={
        "RegistrationRequest": {
            "username": "carol",
            "email": "carol@example.org",
            "password": "Correct-horse-9",
            "currency": "EUR",
            "timezone": "Europe/Berlin",
        },
        "ProfileChangeRequest": {
            "email": "alice@example.org",
            "first_name": "Alice",
            "last_name": "Miller",
            "timezone": "Europe/Berlin",
        },
        "ProfileChangePatch": {"timezone": "Europe/Berlin"},
        "CurrentPasswordRequest": {"current_password": "Correct-horse-9"},
        "SetPasswordRequest": {"current_password": "Correct-horse-9", "new_password": "Better-horse-10"},
        "SetUsernameRequest": {"current_password": "Correct-horse-9", "new_username": "alice.miller"},
        "EmailRequest": {"email": "alice@example.org"},
        "LoginRequest": {"username": "alice", "password": "Correct-horse-9"},
        "IncomeRequest": {
            "name": "Salary",
            "amount": "3000.00",
            "frequency": "monthly",
            "next_payment_date": "2026-12-01",
        },
        "IncomePatch": {"amount": "3200.00"},
        "ExpenseRequest": {"name": "Rent", "amount": "1000.00", "frequency": "monthly", "due_date": "2026-12-05"},
        "ExpensePatch": {"due_date": "2027-01-05"},
        "IncomeChangeRequest": {"effective_from": "2027-01-01", "amount": "3200.00"},
        "ExpenseChangeRequest": {"effective_from": "2027-01-01", "amount": "1100.00"},
        "SavingsGoalRequest": {"name": "Rainy days", "percentage": "10.00"},
        "SavingsGoalPatch": {"percentage": "12.50"},
        "TransactionRequest": {"amount": "12.50", "category": "groceries", "description": "Bread and cheese"},
        "TransactionPatch": {"kind": "refund"},
        "OccurrenceChangePatch": {"amount": "950.00"},
        "CategoryRenameRequest": {"from": "food", "to": "groceries"},
        "WhatIfRequest": {"changes": [{"op": "add", "type": "transaction", "data": {"amount": "180.00"}}]},
        "ReconciliationRequest": {"amount": "900.00", "covers": "balance", "note": "What the bank says"},
    },
    plain_paths=_HEALTH_PATHS,
    plain_models=_HEALTH_MODELS,
)
