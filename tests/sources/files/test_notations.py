"""Dates and numbers in the notations of different places; what can be read in two ways is refused until told."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.sources.files.mapped import HEADER, MAP, Read, Write, lines, refusal


def test_days_and_months_that_could_be_swapped_are_refused_until_told(read: Read, write: Write) -> None:
    path = write("s.csv", HEADER + "7,03/04/2026,,A,,1,1.00,\n8,05/04/2026,,A,,1,1.00,\n")
    assert "--date-format '%d/%m/%Y' or --date-format '%m/%d/%Y'" in refusal(read, path, mapping=MAP).replace(
        "`", ""
    )
    told = read(path, mapping=MAP, date_format="%m/%d/%Y")
    assert lines(told, "cast(ordered_at as varchar)")[0] == ("2026-03-04 00:00:00+00",)


def test_one_day_above_twelve_settles_the_order_of_day_and_month(read: Read, write: Write) -> None:
    path = write("s.csv", HEADER + "7,03/04/2026,,A,,1,1.00,\n8,25/04/2026,,A,,1,1.00,\n")
    assert lines(read(path, mapping=MAP), "cast(ordered_at as varchar)")[0] == ("2026-04-03 00:00:00+00",)


def test_semicolons_and_decimal_commas(read: Read, write: Write) -> None:
    path = write(
        "s.csv", HEADER.replace(",", ";") + "7;01.07.2026;;A;;2;1.234,50 €;\n8;02.07.2026;;A;;1;0,99;\n"
    )
    assert lines(read(path, mapping=MAP), "unit_price") == [(Decimal("1234.5"),), (Decimal("0.99"),)]


def test_a_comma_that_may_mean_thousands_is_refused_until_told(read: Read, write: Write) -> None:
    path = write("s.csv", HEADER.replace(",", ";") + "7;2026-07-01;;A;;2;1,234;\n")
    assert "--decimal comma" in refusal(read, path, mapping=MAP)
    assert lines(read(path, mapping=MAP, decimal=","), "unit_price") == [(Decimal("1.234"),)]
    assert lines(read(path, mapping=MAP, decimal="."), "unit_price") == [(Decimal("1234"),)]


def test_a_point_before_three_digits_everywhere_may_be_thousands_too(read: Read, write: Write) -> None:
    path = write("s.csv", HEADER + "7,2026-07-01,,A,,2,1.234,\n8,2026-07-01,,A,,1,500,\n")
    assert "--decimal point" in refusal(read, path, mapping=MAP)
    assert lines(read(path, mapping=MAP, decimal=","), "unit_price") == [(Decimal(1234),), (Decimal(500),)]
    assert lines(read(path, mapping=MAP, decimal="."), "unit_price") == [(Decimal("1.234"),), (Decimal(500),)]


@pytest.mark.parametrize("price", ["0.125", "1.25"])
def test_a_single_number_that_has_no_thousands_settles_it(read: Read, write: Write, price: str) -> None:
    path = write("s.csv", HEADER + f"7,2026-07-01,,A,,2,1.234,\n8,2026-07-01,,A,,1,{price},\n")
    assert lines(read(path, mapping=MAP), "unit_price") == [(Decimal("1.234"),), (Decimal(price),)]
