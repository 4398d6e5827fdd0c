"""Reading exchange rates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import F, Q, QuerySet, Subquery
from django.db.models.lookups import In

from core.currencies.domain import Pair, Rate, RateBook, list_pairs
from core.kernel.currencies import DECIMALS_BY_CODE
from core.models import ExchangeRate


def load_rates(*, conversions: Iterable[Pair], on_date: date) -> RateBook:
    """The rates that these conversions, `(currency, into)`, can need on a day. One statement, or none for none."""
    return RateBook(_list_latest(pairs=_collect_pairs(conversions), on_date=on_date))


def load_rate_history(*, conversions: Iterable[Pair], first: date, last: date) -> RateBook:
    """The rates that these conversions can need on the days `[first, last]`. Two statements, or none for none."""
    pairs = _collect_pairs(conversions)
    if not pairs:
        return RateBook()
    wanted = Q()
    for base in {base for base, _quote in pairs}:
        wanted |= Q(base=base, quote__in=[quote for first_code, quote in pairs if first_code == base])
    later = ExchangeRate.objects.filter(wanted, date__gt=first, date__lte=last)
    return RateBook([*_list_latest(pairs=pairs, on_date=first), *_to_rates(later)])


@dataclass(frozen=True, slots=True)
class CurrencyRow:
    """A currency, and what one unit of it comes to in another (None where no rate leads there)."""

    code: str
    name: str
    decimals: int
    rate: Fraction | None
    rate_date: date | None


def list_currencies(
    *, into: str | None, on_date: date, names: Mapping[str, str], search: str = ""
) -> list[CurrencyRow]:
    """Return every currency that is offered, by code, with its rate into one of them on a day. Two statements.

    Without `into` there are no rates, and no statement is made. `names` are those to show; `search` is looked for
    in codes and names, without regard to case.
    """
    wanted = search.casefold().strip()
    codes = [code for code in sorted(DECIMALS_BY_CODE) if wanted in code.casefold() or wanted in names[code].casefold()]
    book = RateBook()
    if into is not None:
        book = RateBook(_list_latest(pairs=ExchangeRate.objects.list_pairs(), on_date=on_date))
    rows = []
    for code in codes:
        conversion = book.find(currency=code, into=into, on_date=on_date) if into is not None else None
        rows.append(
            CurrencyRow(
                code=code,
                name=names[code],
                decimals=DECIMALS_BY_CODE[code],
                rate=conversion.rate if conversion else None,
                rate_date=conversion.rate_date if conversion else None,
            )
        )
    return rows


def _collect_pairs(conversions: Iterable[Pair]) -> list[Pair]:
    return sorted({pair for currency, into in conversions for pair in list_pairs(currency=currency, into=into)})


def _list_latest(*, pairs: Sequence[Pair], on_date: date) -> list[Rate]:
    if not pairs:
        return []
    # A look into the index for each pair: the table holds decades, and only the last day is wanted.
    latest = [
        Subquery(
            ExchangeRate.objects.filter(base=base, quote=quote, date__lte=on_date).order_by("-date").values("pk")[:1]
        )
        for base, quote in pairs
    ]
    return _to_rates(ExchangeRate.objects.filter(In(F("pk"), latest)))


def _to_rates(rows: QuerySet[ExchangeRate]) -> list[Rate]:
    columns = rows.order_by().values_list("base", "quote", "date", "rate")
    return [Rate(base=base, quote=quote, on_date=day, rate=rate) for base, quote, day, rate in columns]
