"""The log of writes: what a user does, day by day. Ids are the places in the log, counted from 1."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from .world import Key

ItemId = tuple[str, int]


@dataclass(frozen=True)
class Event:
    """Something that happens on a day."""

    day: date


@dataclass(frozen=True)
class Read(Event):
    """The user reads today's figure."""


@dataclass(frozen=True)
class PublishRates(Event):
    """The feed of a day arrives, before anything else of that day: units of each currency for one of the base."""

    rates: dict[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True)
class ChangeSettings(Event):
    """`PATCH users/me/`: `holiday_calendar`, `leftover`, `overspend` or `weights`."""

    changes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class AddItem(Event):
    """`POST income/` or `expense/`. `anchor` is `next_payment_date` or `due_date`."""

    kind: str
    amount: Fraction
    frequency: str
    anchor: date
    currency: str = "EUR"
    days: tuple[int, int] | None = None
    start: date | None = None
    end: date | None = None
    adjust: str = "none"


@dataclass(frozen=True)
class EditItem(Event):
    """`PATCH income/{id}/` or `expense/{id}/`: the fields of AddItem but `kind`."""

    item: ItemId
    changes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ChangeItem(Event):
    """`POST income/{id}/change/` or `expense/{id}/change/`. The new item's id is this event's place."""

    item: ItemId
    effective_from: date
    changes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class DeleteItem(Event):
    """`DELETE income/{id}/` or `expense/{id}/`."""

    item: ItemId


@dataclass(frozen=True)
class AddGoal(Event):
    """`POST savings-goal/`: a percentage, or a target and its date."""

    percentage: Fraction | None = None
    target_amount: Fraction | None = None
    target_date: date | None = None


@dataclass(frozen=True)
class EditGoal(Event):
    """`PATCH savings-goal/{id}/`."""

    goal: int
    changes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class DeleteGoal(Event):
    """`DELETE savings-goal/{id}/`."""

    goal: int


@dataclass(frozen=True)
class AddTransaction(Event):
    """`POST transaction/`. With `item`, and `occurrence` left out, the product chooses it where `choose` is set."""

    date: date
    amount: Fraction
    kind: str = "spend"
    currency: str = "EUR"
    item: ItemId | None = None
    occurrence: date | None = None
    choose: bool = False


@dataclass(frozen=True)
class EditTransaction(Event):
    """`PATCH transaction/{id}/`: `date`, `amount` or `occurrence`."""

    transaction: int
    changes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class DeleteTransaction(Event):
    """`DELETE transaction/{id}/`."""

    transaction: int


@dataclass(frozen=True)
class PatchOccurrence(Event):
    """`PATCH {income,expense}/{id}/occurrences/{date}/`: an amount, or (without one) skipped."""

    key: Key
    amount: Fraction | None = None


@dataclass(frozen=True)
class ClearOccurrence(Event):
    """`DELETE {income,expense}/{id}/occurrences/{date}/`."""

    key: Key


@dataclass(frozen=True)
class Reconcile(Event):
    """`POST reconciliation/`."""

    amount: Fraction
    covers: str
    not_yet: frozenset[Key] = frozenset()


@dataclass(frozen=True)
class DeleteReconciliation(Event):
    """`DELETE reconciliation/{id}/`."""

    reconciliation: int
