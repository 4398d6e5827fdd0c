"""Exchange rates by day."""

from collections.abc import Collection
from typing import ClassVar

from django.db import connections, models
from django.db.models import F, Q

from core.db.loaded import LoadedModel
from core.models.fields import CurrencyField, ExactDecimalField, is_currency_code

# The next base, and within a base the next quote, are each the smallest that the index has beyond the last.
_PAIRS = """
WITH RECURSIVE
bases (base) AS (
    SELECT MIN(base) FROM {rates}
    UNION ALL
    SELECT (SELECT MIN(base) FROM {rates} WHERE base > bases.base) FROM bases WHERE base IS NOT NULL
),
pairs (base, quote) AS (
    SELECT base, (SELECT MIN(quote) FROM {rates} WHERE base = bases.base) FROM bases WHERE base IS NOT NULL
    UNION ALL
    SELECT base, (SELECT MIN(quote) FROM {rates} WHERE base = pairs.base AND quote > pairs.quote)
    FROM pairs WHERE quote IS NOT NULL
)
SELECT base, quote FROM pairs WHERE quote IS NOT NULL ORDER BY base, quote
"""


class ExchangeRateQuerySet(models.QuerySet["ExchangeRate"]):
    """Queries that the index serves."""

    def list_pairs(self) -> list[tuple[str, str]]:
        """Return every `(base, quote)` that has a rate, in order: one step through the index for each pair.

        `distinct` would read all days of all pairs. Plain SQL, the same for both engines.
        """
        connection = connections[self.db]
        with connection.cursor() as cursor:
            cursor.execute(_PAIRS.format(rates=connection.ops.quote_name(ExchangeRate._meta.db_table)))
            return [(base, quote) for base, quote in cursor.fetchall()]


ExchangeRateManager = models.Manager.from_queryset(ExchangeRateQuerySet)


class ExchangeRate(LoadedModel):
    """On `date`, one unit of `base` was worth `rate` units of `quote`.

    Written by `update_exchange_rates` (source `ecb`) and by staff, for currencies that the feed lacks (source
    `staff`); the feed never overwrites what staff entered. Past figures do not follow a change: a
    transaction keeps its converted value. Today's figures of those who plan in either currency do.
    """

    class Source(models.TextChoices):
        """The source of a rate."""

        ECB = "ecb", "European Central Bank"
        STAFF = "staff", "staff"

    base = CurrencyField(help_text="ISO 4217 code of the currency that is valued.")
    quote = CurrencyField(help_text="ISO 4217 code of the currency that it is valued in.")
    date = models.DateField(help_text="The day of the rate; it holds until a later one.")
    rate = ExactDecimalField(max_digits=19, decimal_places=10, help_text="Units of quote for one unit of base.")
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.STAFF, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[ExchangeRateManager] = ExchangeRateManager()

    class Meta:
        verbose_name = "exchange rate"
        ordering = ["-date", "base", "quote"]
        constraints = [
            # Its index also finds the latest rate on or before a day.
            models.UniqueConstraint(fields=["base", "quote", "date"], name="exchangerate_one_a_day"),
            models.CheckConstraint(condition=Q(rate__gt=0) & Q(rate__lt=900_000_000), name="exchangerate_in_bounds"),
            models.CheckConstraint(condition=~Q(base=F("quote")), name="exchangerate_two_currencies"),
            models.CheckConstraint(
                condition=is_currency_code("base") & is_currency_code("quote"), name="exchangerate_codes"
            ),
        ]
        indexes = [models.Index(fields=["date"], name="exchangerate_by_day")]

    def list_derived_fields(self, named: Collection[str]) -> set[str]:
        """Return the columns that must be written with these."""
        return {"updated_at"}

    def __str__(self) -> str:
        return f"{self.date}: 1 {self.base} = {self.rate.normalize():f} {self.quote}"
