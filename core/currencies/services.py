"""Converting amounts into their owner's currency, and taking in the rates of the feed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db import transaction as db_transaction

from core.currencies.domain import FEED_BASE, RateBook, convert
from core.currencies.feed import FeedDay, FeedError
from core.currencies.queries import load_rate_history, load_rates
from core.kernel.currencies import get_decimals, is_known
from core.models import ExchangeRate

_DAYS_AT_ONCE = 250
_ROWS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class FeedReport:
    """What a feed held, and what came of it."""

    days: int
    newest: date
    rates: int
    new: int
    changed: int
    kept_from_staff: int
    skipped: tuple[str, ...]

    @property
    def unchanged(self) -> int:
        """Rates that were known already."""
        return self.rates - self.new - self.changed - self.kept_from_staff


def check_convertible(*, currency: str, into: str, on_date: date) -> None:
    """Raises UnknownRate on the field `currency` where no rate leads from one to the other on a day."""
    load_rates(conversions=[(currency, into)], on_date=on_date).get(currency=currency, into=into, on_date=on_date)


def load_book(*, dated: Iterable[tuple[str, date]], into: str) -> RateBook:
    """The rates for converting many amounts, given as `(currency, day)`, with two statements at most.

    Unknown codes are left out: the caller refuses them on their field.
    """
    foreign = [(currency, day) for currency, day in dated if currency != into and is_known(currency)]
    if not foreign:
        return RateBook()
    days = [day for _currency, day in foreign]
    conversions = {(currency, into) for currency, _day in foreign}
    return load_rate_history(conversions=conversions, first=min(days), last=max(days))


def convert_amount(
    *, amount: Decimal, currency: str, into: str, on_date: date, book: RateBook | None = None
) -> Decimal:
    """The amount at the day's rate, rounded half even to the minor unit of `into`.

    `book` are rates that were read before; without it they are read here. Raises UnknownRate on the field
    `currency`, AmountOutOfRange on the field `amount`.
    """
    if currency == into:
        return amount
    if book is None:
        book = load_rates(conversions=[(currency, into)], on_date=on_date)
    conversion = book.get(currency=currency, into=into, on_date=on_date)
    return convert(amount=amount, conversion=conversion, decimals=get_decimals(into))


def store_rates(*, days: Iterable[FeedDay]) -> FeedReport:
    """Take in a feed: all of it or, where it cannot be trusted, nothing. Taking it in again changes nothing.

    A rate that staff entered stays. The feed is read to its end before the database is touched, so that
    neither a slow source nor a broken one holds up anybody's writes. Raises FeedError.
    """
    read = sorted(days, key=lambda day: day.on_date)
    if not any(day.rates for day in read):
        raise FeedError("The feed has no rate of a currency that is offered here.")
    new = changed = kept = 0
    with db_transaction.atomic():
        _lock_rates()
        for start in range(0, len(read), _DAYS_AT_ONCE):
            chunk = read[start : start + _DAYS_AT_ONCE]
            counts = _store_days(chunk)
            new, changed, kept = new + counts[0], changed + counts[1], kept + counts[2]
    return FeedReport(
        days=len(read),
        newest=read[-1].on_date,
        rates=sum(len(day.rates) for day in read),
        new=new,
        changed=changed,
        kept_from_staff=kept,
        skipped=tuple(sorted({code for day in read for code in day.skipped})),
    )


def _lock_rates() -> None:
    """Two loads at once, or a load and staff, would each go by what the other has not stored yet. Readers go on."""
    if connection.vendor == "postgresql":
        table = connection.ops.quote_name(ExchangeRate._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")


def _store_days(days: Sequence[FeedDay]) -> tuple[int, int, int]:
    """Store what is new or changed of some days. Returns how many were new, changed, and staff's."""
    stored = {
        (day, quote): (rate, source)
        for day, quote, rate, source in ExchangeRate.objects.filter(
            base=FEED_BASE, date__gte=days[0].on_date, date__lte=days[-1].on_date
        ).values_list("date", "quote", "rate", "source")
    }
    rows = []
    new = kept = 0
    for day in days:
        for code, rate in day.rates.items():
            known = stored.get((day.on_date, code))
            if known is None:
                new += 1
            elif known[1] == ExchangeRate.Source.STAFF:
                kept += 1
                continue
            elif known[0] == rate:
                continue
            rows.append((code, day.on_date, rate))
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        _upsert(rows[start : start + _ROWS_AT_ONCE])
    return new, len(rows) - new, kept


def _upsert(rows: Sequence[tuple[str, date, Decimal]]) -> None:
    """Store rates of the feed, `(code, day, rate)`, over those of the same days.

    Plain SQL, the same for both engines: a history is 200,000 rows, building statements from model instances
    takes three times as long as running them, and on SQLite all other writers wait meanwhile.
    """
    meta = ExchangeRate._meta
    names = ("base", "quote", "date", "rate", "source", "created_at", "updated_at")
    quote = connection.ops.quote_name
    columns = [quote(name) for name in names]
    values = ", ".join(["(%s, %s, %s, %s, %s, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)"] * len(rows))
    rate_field = meta.get_field("rate")
    parameters: list[Any] = []
    for code, day, rate in rows:
        stored = rate_field.get_db_prep_save(rate, connection)
        parameters += [
            FEED_BASE,
            code,
            connection.ops.adapt_datefield_value(day),
            stored,
            ExchangeRate.Source.ECB.value,
        ]
    with connection.cursor() as cursor:
        # Names come from the model, values are parameters.
        cursor.execute(
            f"INSERT INTO {quote(meta.db_table)} ({', '.join(columns)}) VALUES {values} "  # noqa: S608
            f"ON CONFLICT ({', '.join(columns[:3])}) "
            f"DO UPDATE SET {columns[3]} = EXCLUDED.{columns[3]}, {columns[6]} = EXCLUDED.{columns[6]}",
            parameters,
        )
