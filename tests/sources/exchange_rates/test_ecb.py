"""The European Central Bank's file, read to the digit."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from fondaco.errors import ConfigError
from fondaco.sources.exchange_rates import RATES_SCHEMA, gaps, read_ecb, static_rates

ECB = "Date,USD,JPY,CYP,\n2026-03-03,1.0842,162.85,N/A,\n2026-03-02,1.0801,161.10,N/A,\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "eurofxref-hist.csv"
    path.write_text(text)
    return path


def test_each_rate_is_units_per_euro_and_missing_ones_are_left_out(tmp_path: Path) -> None:
    table = read_ecb(written(tmp_path, ECB))
    assert table.schema == RATES_SCHEMA
    assert [tuple(row.values()) for row in table.to_pylist()] == [
        (date(2026, 3, 2), "EUR", "JPY", Decimal("161.1"), "ecb"),
        (date(2026, 3, 2), "EUR", "USD", Decimal("1.0801"), "ecb"),
        (date(2026, 3, 3), "EUR", "JPY", Decimal("162.85"), "ecb"),
        (date(2026, 3, 3), "EUR", "USD", Decimal("1.0842"), "ecb"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("Day,USD\n2026-03-02,1\n", "does not begin with"),
        ("Date,Dollar\n2026-03-02,1\n", "does not begin with"),
        ("Date,USD,JPY\n2026-03-02,1.08,161\n2026-03", "cut off in line 3"),
        ("Date,USD\n02/03/2026,1.08\n", "no date in line 2"),
        ("Date,USD\n2026-03-02,-1\n", "no rate for USD in line 2"),
        ("Date,USD\n2026-03-02,dear\n", "no rate for USD in line 2"),
        ("Date,USD\n2026-03-02,N/A\n", "holds no rates"),
    ],
)
def test_anything_else_is_refused_in_two_lines(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        read_ecb(written(tmp_path, text))
    assert len(str(caught.value).splitlines()) == 2


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no file"):
        read_ecb(tmp_path / "rates.csv")


def test_a_rate_holds_over_the_weekend_and_not_for_a_month(tmp_path: Path) -> None:
    table = read_ecb(written(tmp_path, ECB))
    weekend = [date(2026, 3, 7), date(2026, 3, 8)]
    april = [date(2026, 4, 1) + timedelta(days=n) for n in range(3)]
    assert gaps(table, ["USD", "EUR"], weekend) == []
    assert [str(gap) for gap in gaps(table, ["USD", "CYP"], weekend + april)] == [
        "CYP: 5 days without a rate, 2026-03-07 to 2026-04-03",
        "USD: 3 days without a rate, 2026-04-01 to 2026-04-03",
    ]


def test_the_static_rates_are_labelled_as_made_up_and_have_every_month() -> None:
    table = static_rates()
    assert table.schema == RATES_SCHEMA
    assert set(table["provider"].to_pylist()) == {"illustrative"}
    days = sorted(set(table["rate_date"].to_pylist()))
    assert days == [date(year, month, 1) for year in range(2015, 2028) for month in range(1, 13)]
    assert table.num_rows == len(days) * len(set(table["currency"].to_pylist()))
