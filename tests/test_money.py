"""Money is exact, and knows how many digits its currency has."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.money import from_minor, minor_digits, round_to_minor

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
