"""The base class of incomes and bills."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, Value
from django.db.models.functions import Cast, Least, Now
from django.db.models.lookups import GreaterThanOrEqual

from core.db.locks import OwnedModel, OwnedQuerySet, owner_transaction
from core.kernel.currencies import format_money
from core.kernel.date_bounds import EARLIEST_DATE, LATEST_DATE
from core.kernel.money import AMOUNT_LIMIT
from core.kernel.recurrence import Frequency
from core.models.fields import CurrencyField, MoneyField
from core.models.pay_period import PayPeriod
from core.models.transaction import Transaction

FREQUENCY_CHOICES = [(frequency.value, frequency.value) for frequency in Frequency]


class Adjust(models.TextChoices):
    """Where a date takes effect that falls on a weekend or a holiday."""

    NONE = "none", "on the date itself"
    BEFORE = "before", "on the last working day before"
    AFTER = "after", "on the first working day after"


def plan_item_constraints(*, date_field: str) -> list[models.BaseConstraint]:
    """Return the database's own checks of a plan item; `%(class)s` keeps their names apart."""
    return [
        models.CheckConstraint(
            condition=Q(amount__gt=0) & Q(amount__lt=AMOUNT_LIMIT), name="%(class)s_amount_in_bounds"
        ),
        models.CheckConstraint(
            condition=Q(frequency__in=[frequency.value for frequency in Frequency]), name="%(class)s_frequency_known"
        ),
        models.CheckConstraint(
            condition=Q(**{f"{date_field}__gte": EARLIEST_DATE, f"{date_field}__lte": LATEST_DATE}),
            name="%(class)s_date_in_bounds",
        ),
        models.CheckConstraint(
            condition=Q(adjust__in=Adjust.values) & (Q(adjust=Adjust.NONE) | ~Q(frequency=Frequency.DAILY.value)),
            name="%(class)s_adjust_known",
        ),
        # Null where there is no such bound, and a check passes where it is null.
        models.CheckConstraint(
            condition=Q(start_date__gte=EARLIEST_DATE, start_date__lte=F(date_field)),
            name="%(class)s_starts_by_its_date",
        ),
        models.CheckConstraint(
            condition=Q(end_date__gte=F(date_field), end_date__lte=LATEST_DATE), name="%(class)s_ends_from_its_date"
        ),
        models.CheckConstraint(condition=_have_month_days(), name="%(class)s_month_days_fit"),
    ]


def plan_item_followers(date_field: str) -> dict[str, tuple[str, ...]]:
    """Return the columns that follow from each other column, for `implied_fields`."""
    schedule = (date_field, "month_day", "second_month_day", "first_date", "scheduled_on")
    valued = ("valued_on",)
    return {
        date_field: schedule,
        "frequency": (*schedule, *valued),
        "month_day": schedule,
        "second_month_day": schedule,
        "start_date": schedule,
        "end_date": schedule,
        "amount": valued,
        "currency": valued,
    }


def _have_month_days() -> Q:
    """Return the check of the days of the month: two that are apart for `semi-monthly`, at most one for others."""
    first, second = Least(F("month_day"), Value(28)), Least(F("second_month_day"), Value(28))
    two = Q(month_day__gte=1, month_day__lt=F("second_month_day"), second_month_day__lte=31)
    apart = Q(GreaterThanOrEqual(second - first, 7)) & Q(GreaterThanOrEqual(first + 28 - second, 7))
    one = Q(second_month_day__isnull=True) & (Q(month_day__isnull=True) | Q(month_day__gte=1, month_day__lte=31))
    semi_monthly = Q(frequency=Frequency.SEMI_MONTHLY.value)
    given = Q(month_day__isnull=False, second_month_day__isnull=False)
    return (semi_monthly & given & two & apart) | (~semi_monthly & one)


class PlanItemQuerySet(OwnedQuerySet[Any]):
    """Incomes or bills of one or several people."""

    def existing(self) -> "PlanItemQuerySet":
        """Return those that are not deleted."""
        return self.filter(deleted_at__isnull=True)

    def _is_named(self) -> Exists:
        return Exists(Transaction.objects.filter(**{str(self.model._meta.model_name): OuterRef("pk")}))

    def referred_to(self) -> "PlanItemQuerySet":
        """Return those that a transaction names, or that were there while a pay period closed."""
        closed = PayPeriod.objects.filter(user_id=OuterRef("user_id"), end__gt=OuterRef("added_on"))
        return self.filter(self._is_named() | Exists(closed))

    def unreferenced(self) -> "PlanItemQuerySet":
        """Return deleted ones that no transaction names, and that were not there while a pay period closed."""
        # A day more, because the end is a local day.
        deleted_by = Cast(
            ExpressionWrapper(OuterRef("deleted_at") + timedelta(days=1), output_field=models.DateTimeField()),
            output_field=models.DateField(),
        )
        closed = PayPeriod.objects.filter(
            user_id=OuterRef("user_id"), end__gt=OuterRef("added_on"), end__lte=deleted_by
        )
        return self.filter(~self._is_named(), ~Exists(closed), deleted_at__isnull=False)

    def delete_unreferenced(self) -> int:
        """Delete those of these rows that nothing refers to, without an event. Return how many.

        Under their owners' locks.
        """
        rows = self.unreferenced()
        return models.QuerySet.delete(rows)[1].get(self.model._meta.label, 0)

    def delete_locked(self) -> tuple[int, dict[str, int]]:
        """Mark those that are referred to as deleted, and delete the others."""
        kept = list(self.referred_to().values_list("pk", flat=True))
        label = self.model._meta.label
        marked = self.model.including_deleted.filter(pk__in=kept).update(deleted_at=Now())
        deleted, counts = models.QuerySet.delete(self.exclude(pk__in=kept))
        return deleted + marked, {**counts, label: counts.get(label, 0) + marked}

    # As `OwnedQuerySet.delete`.
    delete_locked.alters_data = delete_unreferenced.alters_data = True  # type: ignore[attr-defined]
    delete_locked.queryset_only = delete_unreferenced.queryset_only = True  # type: ignore[attr-defined]


class PlanItemManager(models.Manager[Any]):
    """Finds items that are not deleted."""

    def get_queryset(self) -> PlanItemQuerySet:
        """Return the items that are not deleted."""
        return PlanItemQuerySet(self.model, using=self.db).existing()


class PlanItem(OwnedModel):
    """An income or a bill.

    The schedule steps from the anchor (`next_payment_date` or `due_date`) both ways. `month_day` is its day of the
    month where that is not the anchor's own: a schedule of the 31st whose anchor is the 28th of February.
    `semi-monthly` has two days, the lower one first. Dates before `first_date` do not count; null: the schedule is
    running, its dates before the anchor count too.

    `added_on`, `scheduled_on` and `valued_on` are local days of the owner, written by the receivers. A deleted item
    that a closed pay period or a transaction refers to stays, with `deleted_at`: `objects` finds it no more,
    `including_deleted` does.
    """

    name = models.CharField(max_length=100)
    amount = MoneyField(help_text="Above 0 and below 10^12, in the currency's minor unit.")
    currency = CurrencyField(help_text="ISO 4217 code; the owner's currency if not given.")
    frequency = models.CharField(max_length=16, choices=FREQUENCY_CHOICES)
    month_day = models.SmallIntegerField(
        null=True, editable=False, help_text="The schedule's day of the month; null: its date's own, or none."
    )
    second_month_day = models.SmallIntegerField(
        null=True, editable=False, help_text="The later of the two days of a semi-monthly schedule."
    )
    start_date = models.DateField(null=True, blank=True, help_text="No date of the schedule counts before this day.")
    end_date = models.DateField(null=True, blank=True, help_text="No date of the schedule counts after this day.")
    adjust = models.CharField(
        max_length=8,
        choices=Adjust.choices,
        default=Adjust.NONE,
        db_default=Adjust.NONE.value,
        help_text="Where a date takes effect that falls on a weekend or a holiday.",
    )
    first_date = models.DateField(
        null=True, editable=False, help_text="The first date that counts; null for a schedule that is running."
    )
    added_on = models.DateField(editable=False, help_text="The owner's local day on which the item was added.")
    scheduled_on = models.DateField(
        editable=False, help_text="The owner's local day on which frequency or date were last changed."
    )
    valued_on = models.DateField(
        null=True,
        editable=False,
        help_text="The owner's local day on which amount, currency or frequency were last changed.",
    )
    place = models.BigIntegerField(
        null=True, editable=False, help_text="Among main incomes that tie the lowest goes first; null: the row's id."
    )
    deleted_at = models.DateTimeField(
        null=True, editable=False, help_text="When it was deleted; null where it was not."
    )

    # The column that holds the schedule's anchor.
    anchor_field: str

    # From pre_save to post_save: what the write changes. See `core.allowance.services.preparation`.
    pending_write: Any

    # The days of the month as `days` was set to, until the receivers have made a schedule of them.
    entered_days: Sequence[int] | None = None

    # The schedule that a new item goes on with, until the receivers have stored it. See
    # `core.allowance.services.item_changes`.
    schedule_before: Any = None

    objects: ClassVar[Any] = PlanItemManager()
    including_deleted: ClassVar[Any] = PlanItemQuerySet.as_manager()

    class Meta:
        abstract = True

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Check nothing: the columns that the constraints compare are filled in when the row is saved."""

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the item; one that is referred to is marked as deleted and stays."""
        rows = type(self).objects.filter(pk=self.pk)
        with owner_transaction(self.user_id):
            return rows.delete() if rows.referred_to().exists() else super().delete(*args, **kwargs)

    @property
    def days(self) -> list[int] | None:
        """The two days of the month of a semi-monthly schedule, the lower one first; None for other frequencies."""
        if self.frequency != Frequency.SEMI_MONTHLY or self.month_day is None or self.second_month_day is None:
            return None
        return [self.month_day, self.second_month_day]

    @days.setter
    def days(self, days: Sequence[int] | None) -> None:
        """Set the two days of the month. They are checked when the row is saved; None leaves them as they are."""
        self.entered_days = days
        if days is not None and len(days) == 2:
            self.month_day, self.second_month_day = sorted(days)

    @property
    def anchor(self) -> date:
        """The date that the schedule is counted from."""
        anchor: date = getattr(self, self.anchor_field)
        return anchor

    def __str__(self) -> str:
        return f"{self.name or self._meta.verbose_name}: {format_money(self.amount, self.currency)} {self.frequency}"
