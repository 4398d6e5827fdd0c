"""What a user chooses about the figure."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from core.kernel.weekdays import DAYS_OF_A_WEEK, EVEN_WEIGHTS, LARGEST_WEIGHT, are_weekday_weights


class Leftover(models.TextChoices):
    """What happens with what is left at the end of a pay period."""

    FORGET = "forget", "forget"
    CARRY = "carry", "carry into the next"


class Overspend(models.TextChoices):
    """What happens with what was spent beyond the pool of a pay period."""

    FORGIVE = "forgive", "forgive"
    REPAY = "repay", "repay from the next"


def get_even_weights() -> list[int]:
    """Return the weights of a week in which every day gets the same."""
    return list(EVEN_WEIGHTS)


def check_weekday_weights(value: object) -> None:
    """Raise ValidationError for anything but seven whole numbers from 0 to 10, not all 0."""
    if not are_weekday_weights(value):
        raise ValidationError(
            "Seven whole numbers from 0 to 10 are required, Monday first, not all of them 0.", code="invalid"
        )


def list_setting_constraints() -> list[models.BaseConstraint]:
    """Return the database's own checks of these columns."""
    # Exactly seven entries, each a whole number in bounds.
    weights = Q(weekday_weights__6__isnull=False, weekday_weights__7__isnull=True)
    weights &= ~Q(weekday_weights=[0] * DAYS_OF_A_WEEK)
    for day in range(DAYS_OF_A_WEEK):
        weights &= Q(**{f"weekday_weights__{day}__in": list(range(LARGEST_WEIGHT + 1))})
    return [
        models.CheckConstraint(condition=Q(leftover__in=Leftover.values), name="user_leftover_known"),
        models.CheckConstraint(condition=Q(overspend__in=Overspend.values), name="user_overspend_known"),
        models.CheckConstraint(condition=weights, name="user_weekday_weights_in_bounds"),
    ]


class FigureSettings(models.Model):
    """The columns of a user that only the figure depends on.

    The days of choice are local days of the user and written by the receivers: a carry setting holds from the pay
    period after the one in which it was chosen.
    """

    holiday_calendar = models.CharField(
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text="The calendar whose weekends and holidays move dates; empty: Saturday and Sunday alone.",
    )
    leftover = models.CharField(
        max_length=8,
        choices=Leftover.choices,
        default=Leftover.FORGET,
        db_default=Leftover.FORGET.value,
        help_text="What happens with what is left at the end of a pay period.",
    )
    overspend = models.CharField(
        max_length=8,
        choices=Overspend.choices,
        default=Overspend.FORGIVE,
        db_default=Overspend.FORGIVE.value,
        help_text="What happens with what was spent beyond a pay period's pool.",
    )
    weekday_weights = models.JSONField(
        default=get_even_weights,
        db_default=models.Value(list(EVEN_WEIGHTS), models.JSONField()),
        validators=[check_weekday_weights],
        help_text="How much of what is left each day of the week gets: seven whole numbers from 0 to 10, Monday first.",
    )
    leftover_chosen_on = models.DateField(
        null=True, editable=False, help_text="The local day on which `leftover` was last changed; null where never."
    )
    overspend_chosen_on = models.DateField(
        null=True, editable=False, help_text="The local day on which `overspend` was last changed; null where never."
    )

    class Meta:
        abstract = True
