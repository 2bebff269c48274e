"""The statement from gross to total sales: its order and signs are those of the metrics' own formulas."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fondaco.metrics import STATEMENT, SemanticLayer, shown_steps

LAYER = SemanticLayer.load()


@pytest.mark.parametrize(
    ("name", "after"), [("net_sales", None), ("total_sales", "net_sales")], ids=["net sales", "total sales"]
)
def test_a_sum_of_the_statement_is_what_its_metric_says(name: str, after: str | None) -> None:
    """Written out from the statement, the formula is letter by letter the one that the metric is defined by."""
    names = [step.metric for step in STATEMENT]
    part = STATEMENT[names.index(after) if after else 0 : names.index(name)]
    told = "".join(
        f"{' − ' if step.sign < 0 else ' + '}{LAYER.metric(step.metric).label.lower()}" for step in part
    )
    assert LAYER.metric(name).formula == told.removeprefix(" + ")
    assert STATEMENT[names.index(name)].is_sum


def test_the_statement_ends_with_its_last_sum_and_names_no_figure_twice() -> None:
    assert [step.metric for step in STATEMENT if step.is_sum] == ["net_sales", "total_sales"]
    assert STATEMENT[-1].metric == "total_sales"
    assert len({step.metric for step in STATEMENT}) == len(STATEMENT) == 9


def test_what_is_taken_away_is_written_with_a_minus_and_what_is_not_known_stays_so() -> None:
    discounts = STATEMENT[1]
    assert (discounts.metric, discounts.signed(Decimal("15.05")), discounts.signed(None)) == (
        "discounts", Decimal("-15.05"), None,
    )  # fmt: skip


def test_a_rare_figure_is_written_where_any_of_the_rows_has_some() -> None:
    rare = ("duties", "additional_fees")
    now, before = {"duties": Decimal(0), "additional_fees": None}, {"duties": Decimal(2)}
    assert [step.metric for step in shown_steps(now, before, rare=rare)] == [
        "gross_sales", "discounts", "returns", "net_sales", "shipping", "taxes", "duties", "total_sales",
    ]  # fmt: skip
