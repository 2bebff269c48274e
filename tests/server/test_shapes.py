"""Sparklines, bars and the steps of a statement."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from fondaco.server.pages.shapes import share_bar, spark, steps

AMOUNTS = st.decimals(min_value=-1_000_000, max_value=1_000_000, places=2)


def test_a_statement_steps_down_and_up_and_its_sums_start_at_nought() -> None:
    bars = steps([(Decimal(100), False), (Decimal(-20), False), (Decimal(80), True), (Decimal(20), False)])
    assert [(bar.start, bar.width, bar.kind) for bar in bars] == [
        ("0.00", "100.00", "more"),
        ("80.00", "20.00", "less"),
        ("0.00", "80.00", ""),
        ("80.00", "20.00", "more"),
    ]


@given(st.lists(st.tuples(AMOUNTS, st.booleans()), min_size=1, max_size=12))
def test_no_bar_leaves_its_row(rows: list[tuple[Decimal, bool]]) -> None:
    for bar in steps(rows):
        assert float(bar.start) >= 0
        assert float(bar.start) + float(bar.width) <= 100.3  # the thinnest bar shown is 0.25 wide


@given(st.lists(st.none() | AMOUNTS, max_size=40), st.lists(st.none() | AMOUNTS, max_size=40))
def test_no_line_leaves_its_box(now: list[Decimal | None], then: list[Decimal | None]) -> None:
    drawn = spark(now, then)
    for line in (drawn.now, drawn.then):
        for point in line.split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= 100
            assert 0 <= y <= 30


def test_a_steady_figure_looks_steady() -> None:
    heights = {float(p.split(",")[1]) for p in spark([100, 100.5, 100], []).now.split()}
    assert max(heights) - min(heights) < 2


def test_an_unknown_point_is_left_out_and_not_drawn_at_nought() -> None:
    assert len(spark([5, None, 7], []).now.split()) == 2


def test_the_largest_fills_its_row_and_nothing_has_no_bar() -> None:
    assert share_bar(Decimal(50), Decimal(50)).width == "100.00"
    assert share_bar(Decimal(0), Decimal(50)).width == "0"
    assert share_bar(None, Decimal(50)).width == "0"
    assert share_bar(Decimal(-3), Decimal(50)).width == "0"
