"""Which rate is used for a day, and what an amount comes to."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.currencies.domain import (
    AmountOutOfRange,
    Conversion,
    Rate,
    RateBook,
    UnknownRate,
    convert,
    format_rate,
    list_pairs,
)

MONDAY = date(2026, 11, 16)
FRIDAY = date(2026, 11, 20)


def book_of(*rates: tuple[str, str, date, str]) -> RateBook:
    return RateBook(Rate(base=base, quote=quote, on_date=day, rate=Decimal(rate)) for base, quote, day, rate in rates)


def test_the_latest_rate_on_or_before_the_day_is_used():
    book = book_of(("EUR", "USD", FRIDAY, "1.30"), ("EUR", "USD", MONDAY, "1.20"))

    on_thursday = book.get(currency="EUR", into="USD", on_date=date(2026, 11, 19))
    on_friday = book.get(currency="EUR", into="USD", on_date=FRIDAY)
    on_sunday = book.get(currency="EUR", into="USD", on_date=date(2026, 11, 22))

    assert on_thursday == Conversion(rate=Fraction("1.2"), rate_date=MONDAY)
    assert on_friday == on_sunday == Conversion(rate=Fraction("1.3"), rate_date=FRIDAY)


def test_a_rate_turned_round_is_exact():
    book = book_of(("EUR", "USD", FRIDAY, "1.20"))

    conversion = book.get(currency="USD", into="EUR", on_date=FRIDAY)

    assert conversion == Conversion(rate=Fraction(5, 6), rate_date=FRIDAY)


def test_a_pair_without_a_rate_of_its_own_goes_over_the_euro():
    book = book_of(("EUR", "USD", FRIDAY, "1.20"), ("EUR", "JPY", MONDAY, "150"))

    conversion = book.get(currency="JPY", into="USD", on_date=FRIDAY)

    # 150 JPY are 1 EUR are 1.20 USD; the older of the two rates says how old the whole is.
    assert conversion == Conversion(rate=Fraction("1.2") / 150, rate_date=MONDAY)
    assert book.get(currency="USD", into="JPY", on_date=FRIDAY) == Conversion(rate=Fraction(125), rate_date=MONDAY)


def test_a_rate_of_the_pair_itself_goes_before_the_way_over_the_euro():
    book = book_of(("EUR", "USD", FRIDAY, "1.20"), ("EUR", "XOF", FRIDAY, "600"), ("USD", "XOF", MONDAY, "510"))

    conversion = book.get(currency="USD", into="XOF", on_date=FRIDAY)

    assert conversion == Conversion(rate=Fraction(510), rate_date=MONDAY)


def test_of_a_pair_quoted_both_ways_the_later_rate_is_used():
    book = book_of(("EUR", "USD", MONDAY, "1.20"), ("USD", "EUR", FRIDAY, "0.80"))

    conversion = book.get(currency="EUR", into="USD", on_date=FRIDAY)

    assert conversion == Conversion(rate=Fraction("1.25"), rate_date=FRIDAY)


@pytest.mark.parametrize(
    ("currency", "into"), [("EUR", "USD"), ("USD", "EUR"), ("JPY", "USD"), ("USD", "JPY"), ("CHF", "GBP")]
)
def test_no_rate_on_or_before_the_day_is_an_error_that_names_pair_and_day(currency, into):
    book = book_of(("EUR", "USD", FRIDAY, "1.20"), ("EUR", "JPY", MONDAY, "150"))

    with pytest.raises(UnknownRate) as caught:
        book.get(currency=currency, into=into, on_date=MONDAY)

    assert (caught.value.field, caught.value.code) == ("currency", "unknown_rate")
    assert all(part in caught.value.message for part in (currency, into, "2026-11-16"))


def test_a_rate_is_old_when_it_is_more_than_a_week_old():
    conversion = Conversion(rate=Fraction(1), rate_date=MONDAY)

    assert not conversion.is_stale(on_date=date(2026, 11, 23))
    assert conversion.is_stale(on_date=date(2026, 11, 24))


@pytest.mark.parametrize(
    ("amount", "rate", "decimals", "expected"),
    [
        ("0.05", "0.5", 2, "0.02"),
        ("0.15", "0.5", 2, "0.08"),
        ("0.01", "0.3", 2, "0.00"),
        ("1", "2.5", 0, "2"),
        ("3", "0.5", 0, "2"),
        ("10.50", "0.3355", 3, "3.523"),
    ],
)
def test_an_amount_is_rounded_once_half_even(amount, rate, decimals, expected):
    conversion = Conversion(rate=Fraction(rate), rate_date=FRIDAY)

    assert str(convert(amount=Decimal(amount), conversion=conversion, decimals=decimals)) == expected


def test_a_converted_amount_stays_below_the_largest_amount():
    conversion = Conversion(rate=Fraction(10), rate_date=FRIDAY)

    with pytest.raises(AmountOutOfRange):
        convert(amount=Decimal(10) ** 11, conversion=conversion, decimals=2)


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (Fraction("1.0850"), "1.085"),
        (Fraction(160), "160"),
        (Fraction("0.0000000001"), "0.0000000001"),
        (1 / Fraction("1.085"), "0.921658986175"),
        (1 / Fraction(17000), "0.0000588235294118"),
        (Fraction(10**6, 3), "333333.333333"),
    ],
)
def test_a_rate_is_shown_exactly_where_it_ends_and_to_twelve_digits_where_not(rate, expected):
    assert format_rate(rate=rate) == expected


def test_the_pairs_of_a_conversion_are_its_own_and_those_over_the_euro():
    assert list_pairs(currency="EUR", into="EUR") == []
    assert list_pairs(currency="USD", into="EUR") == [("EUR", "USD"), ("USD", "EUR")]
    assert list_pairs(currency="USD", into="CHF") == [
        ("CHF", "EUR"),
        ("CHF", "USD"),
        ("EUR", "CHF"),
        ("EUR", "USD"),
        ("USD", "CHF"),
        ("USD", "EUR"),
    ]


@given(
    minor_units=st.integers(1, 10**11),
    rate=st.decimals(min_value="0.0001", max_value="50000", places=4),
    decimals=st.tuples(st.sampled_from([0, 2, 3]), st.sampled_from([0, 2, 3])),
)
def test_there_and_back_is_within_one_minor_unit_of_the_coarser_currency(minor_units, rate, decimals):
    from_decimals, to_decimals = decimals
    book = book_of(("EUR", "USD", FRIDAY, str(rate)))
    there = book.get(currency="EUR", into="USD", on_date=FRIDAY)
    back = book.get(currency="USD", into="EUR", on_date=FRIDAY)
    start = Decimal(minor_units).scaleb(-from_decimals)
    assume(start * rate < 10**12)

    middle = convert(amount=start, conversion=there, decimals=to_decimals)
    end = convert(amount=middle, conversion=back, decimals=from_decimals)

    one_unit_there = Fraction(1, 10**to_decimals) * back.rate
    assert abs(Fraction(end - start)) <= max(Fraction(1, 10**from_decimals), one_unit_there)
