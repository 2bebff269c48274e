"""Money is exact, and knows how many digits its currency has."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.money import decimal_of, from_minor, minor_digits, number_text, round_to_minor

CURRENCIES = st.sampled_from(["EUR", "USD", "JPY", "KWD"])


@pytest.mark.parametrize(("currency", "digits"), [("EUR", 2), ("JPY", 0), ("KWD", 3)])
def test_currencies_differ_in_their_digits(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


@given(st.integers(-(10**14), 10**14), CURRENCIES)
def test_minor_units_lose_nothing(amount: int, currency: str) -> None:
    assert from_minor(amount, currency).scaleb(minor_digits(currency)) == amount


@given(st.decimals(-1_000_000, 1_000_000, places=6), CURRENCIES)
def test_rounding_moves_an_amount_by_at_most_half_a_unit_and_is_symmetric(
    amount: Decimal, currency: str
) -> None:
    rounded = round_to_minor(amount, currency)
    assert abs(rounded - amount) * 2 <= Decimal(1).scaleb(-minor_digits(currency))
    assert round_to_minor(-amount, currency) == -rounded
    assert round_to_minor(rounded, currency) == rounded


def test_half_a_cent_goes_away_from_zero() -> None:
    assert [round_to_minor(Decimal(x), "EUR") for x in ("0.005", "-0.005", "2.675")] == [
        Decimal("0.01"),
        Decimal("-0.01"),
        Decimal("2.68"),
    ]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_a_number_and_its_plain_text_are_the_same_amount(amount: Decimal) -> None:
    assert decimal_of(format(amount, "f")) == decimal_of(amount) == amount


@given(st.integers(-99, 99), st.sampled_from("eE"), st.integers(-12, 999_999_999))
def test_a_text_with_an_exponent_is_no_amount_and_is_not_written_out(
    digits: int, letter: str, exponent: int
) -> None:
    assert format(decimal_of(f"{digits}{letter}{exponent}"), "f") == "NaN"


@pytest.mark.parametrize("value", ["", "NaN", "sNaN", "-Infinity", "1_000", "0x1F", "12,50", "١٢", True, None, [], float("inf"), float("nan")])  # fmt: skip
def test_what_is_no_number_is_none(value: object) -> None:
    assert decimal_of(value).is_nan()


def test_numbers_that_writers_give_with_an_exponent_are_amounts() -> None:
    assert [decimal_of(value) for value in (1e-7, 1e16, Decimal("1E+3"))] == [
        Decimal("0.0000001"),
        Decimal(10**16),
        Decimal(1000),
    ]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_json_number_keeps_its_value_as_plain_digits(number: float) -> None:
    [text] = json.loads(f"[{number!r}]", parse_float=number_text)
    assert decimal_of(text) == Decimal(repr(number))


def test_a_json_number_that_would_fill_the_memory_is_not_written_out() -> None:
    for written in ("1e999999999", "1e99999999999999999999"):
        [text] = json.loads(f"[{written}]", parse_float=number_text)
        assert text == written and decimal_of(text).is_nan()
