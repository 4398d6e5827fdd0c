"""A person who writes what a case of the reference says, over HTTP."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol

from rest_framework.test import APIClient

from core import clock
from core.allowance.services import update_rates
from core.currencies.feed import FeedDay
from core.models import User
from core.tests.reference import events
from core.tests.reference.events import Event
from core.tests.reference.world import Key
from core.tests.support.factories import PASSWORD
from core.tests.support.logins import client_with, log_in

_ANCHORS = {"income": "next_payment_date", "expense": "due_date"}
_NAMES = {"start": "start_date", "end": "end_date", "weights": "weekday_weights"}


class Clock(Protocol):
    """Where the product reads its time."""

    def move_to(self, destination: datetime) -> object:
        """Set the clock."""


class Refused(Exception):  # noqa: N818
    """The product refused what the reference took."""


def write_amount(amount: Fraction) -> str:
    """An amount of the reference as the API takes it."""
    return f"{Decimal(amount.numerator) / Decimal(amount.denominator):f}"


class Person:
    """A new account, and what the places of a case's log are called in it.

    `ids` are the product's ids by place, `places` the places by type and id. Each write is a second later than the one
    before, and each day begins with a new login.
    """

    def __init__(self, traveller: Clock, *, made_on: date, currency: str) -> None:
        """Register on a day."""
        self.clock = traveller
        self.seconds = 0
        self.today: date | None = None
        self.ids: dict[int, int] = {}
        self.places: dict[tuple[str, int], int] = {}
        self.dates: dict[int, date] = {}
        self.set_clock(made_on)
        body = {"username": "alice", "email": "alice@example.org", "password": PASSWORD, "currency": currency}
        self.take(APIClient().post("/api/auth/users/", body))

    def set_clock(self, day: date) -> None:
        """Go on to a second of a day that is later than all before."""
        self.seconds += 1
        morning = datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
        self.clock.move_to(morning + timedelta(seconds=self.seconds))

    def set_day(self, day: date) -> None:
        """Go on to a day, and log in where it is another."""
        self.set_clock(day)
        if self.today != day:
            self.api = client_with(log_in(User.objects.get(username="alice"))["access"])
            self.today = day

    def take(self, answer: Any) -> Any:
        """Return the body of an answer. Raises Refused."""
        if not 200 <= answer.status_code < 300:
            raise Refused(f"{answer.status_code} {answer.content.decode()}")
        return answer.json() if answer.content else None

    def get(self, address: str) -> Any:
        """Read something."""
        return self.take(self.api.get(f"/api/{address}"))

    def write(self, place: int, event: Event) -> None:
        """Write one event of the log. Raises Refused."""
        self.set_day(event.day)
        self.dates[place] = event.day
        match event:
            case events.Read():
                self.get("allowance/today/")
            case events.PublishRates():
                rates = {currency: Decimal(write_amount(rate)) for currency, rate in event.rates.items()}
                update_rates(days=[FeedDay(event.day, rates)], today_for=clock.today_for)
                # The reference's day has a row from its first event on.
                self.get("allowance/today/")
            case events.ChangeSettings():
                self.take(self.api.patch("/api/auth/users/me/", self.translate("", event.changes)))
            case events.AddItem():
                fields = ("amount", "frequency", "anchor", "currency", "days", "start", "end", "adjust")
                values = {name: getattr(event, name) for name in fields if getattr(event, name) is not None}
                self.create(event.kind, place, {"name": f"{place}", **self.translate(event.kind, values)})
            case events.EditItem():
                self.take(self.api.patch(self.find_row(*event.item), self.translate(event.item[0], event.changes)))
            case events.ChangeItem():
                body = {"effective_from": event.effective_from, **self.translate(event.item[0], event.changes)}
                self.create(event.item[0], place, body, address=f"{self.find_row(*event.item)}change/")
            case events.DeleteItem():
                self.take(self.api.delete(self.find_row(*event.item)))
            case events.AddGoal():
                fields = ("percentage", "target_amount", "target_date")
                values = {name: getattr(event, name) for name in fields if getattr(event, name) is not None}
                self.create("savings-goal", place, self.translate("", values))
            case events.EditGoal():
                self.take(self.api.patch(self.find_row("savings-goal", event.goal), self.translate("", event.changes)))
            case events.DeleteGoal():
                self.take(self.api.delete(self.find_row("savings-goal", event.goal)))
            case events.AddTransaction():
                self.add_transaction(place, event)
            case events.EditTransaction():
                row = self.find_row("transaction", event.transaction)
                self.take(self.api.patch(row, self.translate("", event.changes)))
                self.dates[event.transaction] = event.changes.get("date", self.dates[event.transaction])
            case events.DeleteTransaction():
                self.take(self.api.delete(self.find_row("transaction", event.transaction)))
            case events.PatchOccurrence():
                said = {"skipped": True} if event.amount is None else {"amount": write_amount(event.amount)}
                self.take(self.api.patch(self.find_occurrence(event.key), said))
            case events.ClearOccurrence():
                self.take(self.api.delete(self.find_occurrence(event.key)))
            case events.Reconcile():
                not_yet = [{kind: self.ids[place], "occurrence": day} for kind, place, day in sorted(event.not_yet)]
                body = {"amount": write_amount(event.amount), "covers": event.covers, "not_yet": not_yet}
                self.create("reconciliation", place, body)
            case events.DeleteReconciliation():
                self.take(self.api.delete(self.find_row("reconciliation", event.reconciliation)))
            case _:
                raise TypeError(event)

    def add_transaction(self, place: int, event: events.AddTransaction) -> None:
        """Record a transaction."""
        body: dict[str, Any] = {
            "date": event.date,
            "kind": event.kind,
            "amount": write_amount(event.amount),
            "currency": event.currency,
        }
        if event.item is not None:
            body[event.item[0]] = self.ids[event.item[1]]
            if not event.choose:
                body["occurrence"] = event.occurrence
        self.create("transaction", place, body)
        self.dates[place] = event.date

    def create(self, kind: str, place: int, body: dict[str, Any], *, address: str = "") -> None:
        """Post a row, and keep what it is called."""
        row = self.take(self.api.post(address or f"/api/{kind}/", body, format="json"))
        self.ids[place] = row["id"]
        self.places[kind, row["id"]] = place

    def find_row(self, kind: str, place: int) -> str:
        """The address of a row."""
        return f"/api/{kind}/{self.ids[place]}/"

    def find_occurrence(self, key: Key) -> str:
        """The address of a date."""
        kind, place, day = key
        return f"{self.find_row(kind, place)}occurrences/{day}/"

    def find_place(self, kind: str | None, row_id: int | None) -> tuple[str, int] | None:
        """What an item of an answer is called in the log; None for none."""
        return None if kind is None or row_id is None else (kind, self.places[kind, row_id])

    def translate(self, kind: str, changes: Mapping[str, Any]) -> dict[str, Any]:
        """The names and values of the API."""
        body = {}
        for name, value in changes.items():
            given = write_amount(value) if isinstance(value, Fraction) else value
            body[_ANCHORS[kind] if name == "anchor" else _NAMES.get(name, name)] = given
        return body
