"""Money is rounded in one place, and exactly."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.kernel.currencies import (
    DECIMALS_BY_CODE,
    ENGLISH_NAME_BY_CODE,
    UnknownCurrency,
    format_money,
    get_decimals,
    is_known,
    is_offered,
    is_selectable,
)
from core.kernel.money import (
    AMOUNT_LIMIT,
    DAY_LIMIT,
    POOL_LIMIT,
    STORED_DECIMALS,
    count_decimals,
    format_amount,
    round_down,
    round_half_even,
)


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        ("1.999", 2, "1.99"),
        ("1.99", 2, "1.99"),
        ("0.009", 2, "0.00"),
        ("-0.001", 2, "-0.01"),
        ("-1.99", 2, "-1.99"),
        ("-1.991", 2, "-2.00"),
        ("1500.9", 0, "1500"),
        ("-1500.1", 0, "-1501"),
        ("1.2509", 3, "1.250"),
        ("0", 3, "0.000"),
    ],
)
def test_rounding_down_goes_toward_minus_infinity(value: str, decimals: int, expected: str) -> None:
    rounded = round_down(Decimal(value), decimals=decimals)

    assert str(rounded) == expected


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        ("0.125", 2, "0.12"),
        ("0.135", 2, "0.14"),
        ("-0.125", 2, "-0.12"),
        ("-0.135", 2, "-0.14"),
        ("0.1251", 2, "0.13"),
        ("0.1349", 2, "0.13"),
        ("2.5", 0, "2"),
        ("3.5", 0, "4"),
        ("-2.5", 0, "-2"),
        ("1.0005", 3, "1.000"),
        ("1.0015", 3, "1.002"),
    ],
)
def test_rounding_to_the_nearest_sends_ties_to_the_even_digit(value: str, decimals: int, expected: str) -> None:
    rounded = round_half_even(Decimal(value), decimals=decimals)

    assert str(rounded) == expected


def test_rounding_is_exact_beyond_the_precision_of_decimals_context() -> None:
    huge = Fraction(10**40 * 3 + 1, 3)

    assert round_down(huge, decimals=2) == Decimal("1" + "0" * 40 + ".33")
    assert round_half_even(huge * 2, decimals=2) == Decimal("2" + "0" * 40 + ".67")


@given(st.fractions(), st.sampled_from([0, 2, 3]))
def test_rounding_down_is_the_largest_minor_unit_that_is_not_above(value: Fraction, decimals: int) -> None:
    rounded = Fraction(round_down(value, decimals=decimals))

    assert rounded <= value < rounded + Fraction(1, 10**decimals)


@given(st.fractions(), st.sampled_from([0, 2, 3]))
def test_rounding_to_the_nearest_is_off_by_half_a_minor_unit_at_most(value: Fraction, decimals: int) -> None:
    rounded = Fraction(round_half_even(value, decimals=decimals))

    assert abs(rounded - value) <= Fraction(1, 2 * 10**decimals)


@pytest.mark.parametrize(
    ("text", "expected"), [("1", 0), ("1E+3", 0), ("1.0", 1), ("12.50", 2), ("-0.001", 3), ("1E-7", 7)]
)
def test_decimals_are_counted_as_they_are_written(text: str, expected: int) -> None:
    assert count_decimals(Decimal(text)) == expected


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_what_is_not_a_number_has_no_decimals(text: str) -> None:
    with pytest.raises(ValueError, match="not a finite number"):
        count_decimals(Decimal(text))


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (Decimal("12.5"), 2, "12.50"),
        (Decimal("1.5E+3"), 0, "1500"),
        (Decimal("1.25"), 3, "1.250"),
        (Fraction(400, 3), 2, "133.33"),
        (7, 2, "7.00"),
        (Decimal("-0.5"), 2, "-0.50"),
        (Decimal("0.0000001"), 2, "0.00"),
        (Decimal(10) ** 15 - Decimal("0.001"), 3, "999999999999999.999"),
    ],
)
def test_amounts_are_written_in_full(value: Decimal | Fraction | int, decimals: int, expected: str) -> None:
    assert format_amount(value, decimals=decimals) == expected


def test_a_full_period_of_the_largest_days_fits_a_64_bit_count_of_thousandths() -> None:
    thousandths = (366 * DAY_LIMIT + POOL_LIMIT) * 10**STORED_DECIMALS

    assert thousandths < 2**63
    assert AMOUNT_LIMIT < DAY_LIMIT < POOL_LIMIT


@pytest.mark.parametrize(("code", "decimals"), [("EUR", 2), ("USD", 2), ("JPY", 0), ("KWD", 3)])
def test_a_currency_has_the_minor_unit_that_iso_4217_gives_it(code: str, decimals: int) -> None:
    assert is_offered(code)
    assert get_decimals(code) == decimals


@pytest.mark.parametrize("code", ["XAU", "XTS", "CLF", "UYW", "eur", "EURO", ""])
def test_what_nobody_pays_in_is_not_offered(code: str) -> None:
    assert not is_offered(code)
    with pytest.raises(UnknownCurrency) as raised:
        get_decimals(code)
    assert (raised.value.code, raised.value.field) == ("unknown_currency", "currency")


@pytest.mark.parametrize(("code", "decimals"), [("BGN", 2), ("HRK", 2), ("TRL", 0), ("BYR", 0)])
def test_a_withdrawn_currency_keeps_its_decimals_and_is_not_offered(code: str, decimals: int) -> None:
    assert not is_offered(code)
    assert is_known(code)
    assert get_decimals(code) == decimals


@pytest.mark.parametrize(
    ("code", "present", "selectable"),
    [
        ("EUR", set(), True),
        ("BGN", {"BGN", "EUR"}, True),
        ("BGN", {"EUR"}, False),
        ("QQQ", {"QQQ"}, False),
    ],
)
def test_a_withdrawn_currency_can_be_chosen_where_it_is_already(code: str, present: set[str], selectable: bool) -> None:
    assert is_selectable(code, present=present) is selectable


OFFERED_SO_FAR = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW"
        " CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF"
        " IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK"
        " MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP"
        " SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG"
        " YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
}


def test_every_code_that_was_offered_once_keeps_its_decimals() -> None:
    """A release of the package that drops a code, or changes its decimals, must not change how rows are read.

    Add a code that the package drops to the withdrawn ones in `core.kernel.currencies`, and one that is new here.
    """
    so_far = {code: decimals for decimals, codes in OFFERED_SO_FAR.items() for code in codes.split()}

    assert {code: get_decimals(code) for code in so_far if is_known(code)} == so_far
    assert DECIMALS_BY_CODE.keys() <= so_far.keys()


def test_every_currency_on_offer_has_a_name_and_fits_storage() -> None:
    assert ENGLISH_NAME_BY_CODE.keys() == DECIMALS_BY_CODE.keys()
    assert all(ENGLISH_NAME_BY_CODE.values())
    assert set(DECIMALS_BY_CODE.values()) == {0, 2, 3}


@pytest.mark.parametrize(
    ("currency", "text"), [("EUR", "1.50 EUR"), ("JPY", "2 JPY"), ("KWD", "1.500 KWD"), ("ZZZ", "1.500 ZZZ")]
)
def test_people_read_an_amount_with_its_code_and_decimals(currency: str, text: str) -> None:
    assert format_money(Decimal("1.5"), currency) == text
