"""What currencies were worth, day by day."""

from django.db import models
from django.db.models import F, Q

from core.models.fields import CurrencyField, ExactDecimalField


class ExchangeRate(models.Model):
    """On `date`, one unit of `base` was worth `rate` units of `quote`.

    Written by `update_exchange_rates` (source `ecb`) and by staff, for currencies that the feed lacks (source
    `staff`); the feed never overwrites what staff entered. Nobody's past figures follow a change: a
    transaction keeps its converted value. Today's figures of those who plan in either currency do.
    """

    class Source(models.TextChoices):
        """Where a rate comes from."""

        ECB = "ecb", "European Central Bank"
        STAFF = "staff", "staff"

    base = CurrencyField(help_text="ISO 4217 code of the currency that is valued.")
    quote = CurrencyField(help_text="ISO 4217 code of the currency that it is valued in.")
    date = models.DateField(help_text="The day of the rate; it holds until a later one.")
    rate = ExactDecimalField(max_digits=19, decimal_places=10, help_text="Units of quote for one unit of base.")
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.STAFF, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "exchange rate"
        ordering = ["-date", "base", "quote"]
        constraints = [
            # Its index also finds the latest rate on or before a day.
            models.UniqueConstraint(fields=["base", "quote", "date"], name="exchangerate_one_a_day"),
            models.CheckConstraint(condition=Q(rate__gt=0) & Q(rate__lt=900_000_000), name="exchangerate_in_bounds"),
            models.CheckConstraint(condition=~Q(base=F("quote")), name="exchangerate_two_currencies"),
            models.CheckConstraint(
                condition=Q(base__regex=r"^[A-Z]{3}$") & Q(quote__regex=r"^[A-Z]{3}$"), name="exchangerate_codes"
            ),
        ]
        indexes = [models.Index(fields=["date"], name="exchangerate_by_day")]

    def __str__(self) -> str:
        return f"{self.date}: 1 {self.base} = {self.rate.normalize():f} {self.quote}"
