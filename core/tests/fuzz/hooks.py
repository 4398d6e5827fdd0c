"""What schemathesis is told about this API besides its document: who asks, and what the document cannot say.

Loaded by the `schemathesis` command through `SCHEMATHESIS_HOOKS`, never by the tests themselves.
"""

import itertools
import os
import re
from typing import Any

import httpx
import schemathesis
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.openapi.checks import MissingContentType, RejectedPositiveData

PASSWORD = "Fuzzed-horse-9"  # noqa: S105
_SHORTEST, _LONGEST = 1, 128

_names = itertools.count(1)
_api = httpx.Client(base_url=os.environ.get("FUZZED_API", ""), timeout=30)


def _sign_up() -> str:
    """The `Authorization` header of a new account."""
    name = f"fuzzed-{os.getpid()}-{next(_names)}"
    person = {"username": name, "email": f"{name}@example.net", "password": PASSWORD, "currency": "EUR"}
    made = _api.post("/api/auth/users/", json=person)
    made.raise_for_status()
    tokens = _api.post("/api/auth/jwt/create/", json={"username": name, "password": PASSWORD})
    tokens.raise_for_status()
    return f"Bearer {tokens.json()['access']}"


class _People:
    """Who sends the calls. `spare` sends those that prove a password, and is replaced once it may be gone."""

    main = ""
    spare = ""


@schemathesis.auth(refresh_interval=None)
class MainAccount:
    """One account, whose rows the calls make, read, change and delete."""

    def get(self, case: Any, context: Any) -> str:
        """Its header."""
        _People.main = _People.main or _sign_up()
        return _People.main

    def set(self, case: Any, data: str, context: Any) -> None:
        """Put the header into the call."""
        case.headers["Authorization"] = data


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """A password that could be the current one becomes the current one, of an account that may be spared."""
    if case.operation.path.startswith("/api/auth/sessions/") and case.operation.method.upper() == "DELETE":
        _spare_the_main_account(case)
        return
    body = case.body
    if not isinstance(body, dict) or (case.headers or {}).get("Authorization") != _People.main:
        return
    password = body.get("current_password")
    if not isinstance(password, str) or not _SHORTEST <= len(password) <= _LONGEST:
        return
    _People.spare = _People.spare or _sign_up()
    case.headers["Authorization"] = _People.spare
    case.body = {**body, "current_password": PASSWORD}
    if case.operation.method.upper() == "DELETE" or case.operation.path.endswith("set_password/"):
        _People.spare = ""


def _spare_the_main_account(case: Any) -> None:
    """A session that is ended may be the caller's own."""
    if (case.headers or {}).get("Authorization") == _People.main:
        case.headers["Authorization"] = _sign_up()


# ---- What the document cannot say --------------------------------------------------------------------

# A body of the right shape may still break a rule. These are all the rules that may refuse one, each by its words:
# a refusal for any other reason is a failure.
_RULES = tuple(
    re.compile(rf"\w+: {words}")
    for words in (
        # Swagger 2.0 has no bounds for decimal strings, nor a value whose form depends on another's.
        r"Must be greater than 0\.",
        r"[A-Z]{3} has (no|\d) decimals\.",
        r"Must be (less than 1000000000000|greater than -1000000000000|at most 100)\.",
        r"Ensure this value is less than or equal to 1000000000000\.",
        r"Ensure that there are no more than (3 decimal places|16 digits in total|13 digits before the decimal point)\.",  # noqa: E501
        r"All goals together would be [\d.]+ percent; they may not pass 100\.",
        r"The amounts of this plan add up to more than can be kept exactly\.",
        r"Must be plan, zero, recent or an amount that is at least 0\.",
        # Days are counted from today, in the person's own time zone.
        r"Must lie from \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d\.",
        r"Must not lie before \d{4}-\d\d-\d\d\.",
        r"This row belongs to another day than `date`\.",
        r"A transaction cannot lie in the future\.",
        r"Give either a percentage, or a target amount with its date\.",
        # Dates, days of the month and weekends of one schedule, which depend on each other.
        r"Only a semi-monthly item has two days of the month\.",
        r"Give two days of the month, at least 7 days apart\.",
        r"The date is none of these days of the month\.",
        r"The (date|end date) is before the start date\.",
        r"No date is left that counts\.",
        r"A daily item is not moved from weekends and holidays\.",
        # Which item a transaction may name depends on its kind, and which date on the item.
        r"Only a transaction of the kind `(bill|income)` has one\.",
        r"Only a transaction with an item of the plan settles a date\.",
        r"This date of the item does not count\.",
        r"Send either `amount` or `skipped`\.",
        r"At most 400 days after the first one\.",
        r"(A transaction settles|The pay period of) this date( is over)?\.",
        r"An amount that was said of a date does not fit the decimals of [A-Z]{3}\.",
        # Lists too long to be repeated at every field.
        r"Not (an ISO 4217 currency|a known language) code\.",
        r"Not an IANA time zone\.",
        r"Not a known holiday calendar\.",
        # Letters of every script, which patterns of JSON Schema cannot name.
        r"Enter a valid username\. .+",
        # A category is one that was used.
        r"No transaction has this category\.",
        # What is late names one item, and a date that is over.
        r"Name one item, by `expense` or by `income`\.",
        r"occurrence: Must lie from \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d\.",
        r"\d{4}-\d\d-\d\d of (expense|income) \d+ (is named twice|would not be over without being named)\.",
        # What changes from a date on has a date before it, and recurs.
        r"Must not lie before \d{4}-\d\d-\d\d, on which the pay period began\.",
        r"It has ended before that day\.",
        r"It has no date before that day: change it as a whole\.",
        r"What comes once cannot change from a date on\.",
        r"What recurs cannot come once from a date on\.",
        # What others have, and what is known today.
        r"There is no such row\.",
        r"No exchange rate from [A-Z]{3} to [A-Z]{3} is known for .+",
        r"An account with this (username|email) exists\.",
        r"A user with that username already exists\.",
        # Passwords are judged by Django's validators; codes, links and cursors cannot be made up.
        r"This password is .+",
        r"The password is too similar to the .+",
        r"Invalid (code|token for given user|password)\.",
        r"Not a cursor of this list\.",
        # Blanks around text are no part of it, and text of blanks alone is none.
        r"This field may not be blank\.",
    )
) + (
    # Needed where `email` is another than it was.
    re.compile(r"current_password: This field is required\."),
    # Needed where no header says that it is in the cookie.
    re.compile(r"refresh: This field is required\."),
)


def _list_messages(answer: Any) -> list[str]:
    if not isinstance(answer, dict):
        return []
    return [f"{field}: {message}" for field, messages in answer.items() for message in messages]


def _breaks_a_rule(response: Any) -> bool:
    answer = response.json()
    if response.status_code == 422:
        # Two bodies under one key: each is right by itself.
        return bool(answer["code"] == "idempotency_mismatch")
    if response.status_code == 412:
        # A version that the row never had is a version like any other.
        return bool(answer["code"] == "changed_meanwhile")
    if response.status_code == 400 and answer.get("code") == "occurrence_required":
        # No date of the item is near the transaction's day.
        return True
    if response.status_code == 400 and all(isinstance(refused, dict) for refused in answer.get("changes", "none")):
        # The body of a change that is tried out is any object here: its own route says what it is refused for.
        return True
    messages = _list_messages(answer) if response.status_code == 400 else []
    return bool(messages) and all(any(rule.fullmatch(text) for rule in _RULES) for text in messages)


def _is_taken_on_purpose(failure: Any, case: Any) -> bool:
    if "`page_size`" in failure.message and "in query" in failure.message:
        return True
    wrong = re.findall(r"- (\w+): (.*)", failure.message)
    # The contract takes an amount as a string or a JSON number, which this version of Swagger cannot say; text
    # is taken likewise, as its digits. No list is refused for a `page_size` that is none: it has its usual one.
    body = case.body if isinstance(case.body, dict) else {}
    return bool(wrong) and all(
        type(body.get(name)) in (int, float) and what == "Incorrect type" for name, what in wrong
    )


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Whether a failure is one."""
    if isinstance(failure, MissingContentType):
        # What has no content has no type of content, whatever else the operation answers with.
        return response.status_code not in (204, 304)
    if isinstance(failure, RejectedPositiveData):
        return not _breaks_a_rule(response)
    if isinstance(failure, AcceptedNegativeData):
        return not _is_taken_on_purpose(failure, case)
    return True
