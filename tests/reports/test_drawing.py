from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.numbers import Numbers
from fondaco.reports.content import Step
from fondaco.reports.drawing import draw, scale

NUMBERS = Numbers("en_GB", "EUR", ZoneInfo("UTC"))
AMOUNTS = st.decimals(-100_000, 1_000_000, places=2)
STEPS = st.lists(st.tuples(st.none() | AMOUNTS, st.none() | AMOUNTS), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("low", "high", "ends"),
    [
        ("0", "100", ("0", "100", "25")),
        ("0", "1215.30", ("0", "1500", "500")),
        ("-30", "1200", ("-500", "1500", "500")),
        ("0", "0", ("0", "4", "1")),
    ],
)
def test_the_axis_has_round_ends(low: str, high: str, ends: tuple[str, str, str]) -> None:
    assert scale(Decimal(low), Decimal(high)) == tuple(map(Decimal, ends))


@given(STEPS)
def test_everything_is_drawn_within_its_field_and_bars_stand_on_nought(
    amounts: list[tuple[Decimal | None, Decimal | None]],
) -> None:
    drawn = draw([Step("x", now, before) for now, before in amounts], NUMBERS, width=680, height=190)
    assert len(drawn.bars) == sum(now is not None for now, _ in amounts)
    for bar in drawn.bars:
        assert drawn.left <= bar.x and bar.x + bar.width <= 680.001
        assert bar.y >= 0 and bar.y + bar.height <= 190
        assert min(abs(bar.y - drawn.nought), abs(bar.y + bar.height - drawn.nought)) < 1e-6
    for line in drawn.lines:
        assert all(drawn.left <= x <= 680 and 0 <= y <= 190 for x, y in line)
    assert 2 <= len(drawn.grid) <= 7
    assert len(drawn.ticks) <= 10


def test_a_bar_is_as_high_as_its_amount_and_what_is_undefined_is_not_drawn() -> None:
    steps = [Step("a", Decimal(50), Decimal(10)), Step("b", None, None), Step("c", Decimal(100), Decimal(20))]
    drawn = draw(steps, NUMBERS)
    first, last = drawn.bars
    assert last.height == pytest.approx(2 * first.height)
    assert drawn.lines == []  # a lone point is no line
    assert [mark.text for mark in drawn.grid] == ["€0", "€25", "€50", "€75", "€100"]
    assert [mark.text for mark in drawn.ticks] == ["a", "b", "c"]
