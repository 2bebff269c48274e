from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.cli.output import exact, print_table, shown, to_json


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12))
def test_amounts_are_json_numbers_with_all_their_digits(amount: Decimal) -> None:
    text = to_json({"amount": amount})

    assert json.loads(text, parse_float=Decimal, parse_int=Decimal) == {"amount": amount}


def test_no_float_is_made_of_an_amount() -> None:
    assert (
        to_json([Decimal("0.10"), Decimal("999999999999.999999")], indent=None)
        == "[0.1, 999999999999.999999]"
    )


def test_instants_and_days_are_iso() -> None:
    row = {
        "at": datetime(2026, 3, 1, 12, tzinfo=UTC),
        "naive": datetime(2026, 3, 1, 12),
        "day": date(2026, 3, 1),
    }

    assert json.loads(to_json(row)) == {
        "at": "2026-03-01T12:00:00Z",
        "naive": "2026-03-01T12:00:00Z",
        "day": "2026-03-01",
    }


@pytest.mark.parametrize(
    ("amount", "text"),
    [("1.500000", "1.5"), ("100.000000", "100"), ("0", "0"), ("-0.010", "-0.01"), ("1E+3", "1000")],
)
def test_exact_has_no_exponent_and_no_idle_zeros(amount: str, text: str) -> None:
    assert exact(Decimal(amount)) == text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (True, "yes"),
        (1234567, "1,234,567"),
        (Decimal("1234.500000"), "1,234.50"),
        (Decimal(3), "3"),
        (datetime(2026, 3, 1, 12, 0, 5, 99), "2026-03-01 12:00:05"),
        ("text", "text"),
    ],
)
def test_people_see_grouped_numbers(cell: object, text: str) -> None:
    assert shown(cell) == text


def test_text_of_a_shop_is_shown_as_it_is_and_never_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    """A title may look like markup of the table's library, or hold what would write to the terminal."""
    print_table(["[b]title"], [["[/red]x[bold]"], ["\x1b]0;pwn\x07"]], title="[EUR]")
    said = capsys.readouterr().out
    assert "[/red]x[bold]" in said and "[b]title" in said and "[EUR]" in said
    assert "\x1b" not in said and "\x07" not in said


def test_a_figure_is_never_cut_however_narrow_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = ["order_id", *(f"amount_{n}" for n in range(12))]
    row = ["shop:1", *(Decimal(f"{n}2345.67") for n in range(1, 13))]
    print_table(columns, [row])
    piped = capsys.readouterr().out.splitlines()[-1]
    assert piped.split() == [shown(cell) for cell in row]
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    print_table(columns, [row])
    told = capsys.readouterr().out
    for name, cell in zip(columns, row, strict=True):
        assert any(line.split() == [name, shown(cell)] for line in told.splitlines()), name
