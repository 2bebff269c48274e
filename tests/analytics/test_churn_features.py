"""What is told of customers as of a day: by hand, and what never may be told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.analytics.churn import Behaviour, features, outcomes
from fondaco.errors import ConfigError

HORIZON = 30
Row = tuple[int, int, int, bool, int, int, int, int, int]
rows_of_purchases = st.lists(
    st.tuples(
        st.integers(-3, 5), st.integers(0, 40), st.integers(0, 500), st.booleans(), st.integers(0, 50),
        st.integers(0, 50), st.integers(1, 9), st.integers(1, 4), st.integers(0, 2),
    ),
    max_size=40,
)  # fmt: skip


def purchases(rows: list[Row]) -> Behaviour:
    columns: Any = np.array(rows, dtype=np.int64).reshape(-1, 9).T
    customer, day, net, bought, discounts, returned, units, products, channel = columns
    return Behaviour.of(
        customer, day, net, bought=bought, discounts=discounts, returned=returned, units=units, products=products,
        channel=channel,
    )  # fmt: skip


def told(rows: list[Row], day: int) -> dict[int, dict[str, float]]:
    """Everything that is told of each customer."""
    shop = purchases(rows)
    known = features(shop, day, HORIZON)
    named = {**known.columns, "frequency": known.frequency, "recency": known.recency, "age_": known.age}
    return {
        int(code): {name: float(column[place]) for name, column in named.items()}
        for place, code in enumerate(shop.customers[known.owner])
    }


@given(rows_of_purchases, st.integers(0, 40))
def test_nothing_after_the_day_of_observation_changes_what_is_told(rows: list[Row], day: int) -> None:
    assert repr(told(rows, day)) == repr(told([row for row in rows if row[1] <= day], day))


@given(rows_of_purchases, st.integers(0, 40), st.integers(0, 100))
def test_the_order_of_rows_and_the_day_that_days_are_counted_from_change_nothing(
    rows: list[Row], day: int, later: int
) -> None:
    moved = [(row[0], row[1] + later, *row[2:]) for row in rows[::-1]]
    assert repr(told(rows, day)) == repr(told(moved, day + later))


@given(rows_of_purchases, st.integers(0, 40))
def test_whoever_buys_within_the_horizon_has_not_left_and_everybody_else_has(
    rows: list[Row], day: int
) -> None:
    shop = purchases(rows)
    known = features(shop, day, HORIZON)
    left = outcomes(shop, known, HORIZON)
    for code, gone in zip(shop.customers[known.owner], left, strict=True):
        days = [row[1] for row in rows if row[0] == code and row[3]]
        assert min(days) <= day
        assert gone == (not any(day < one <= day + HORIZON for one in days))


def test_a_customer_by_hand() -> None:
    shop = Behaviour.of(
        customer=[7, 7, 7, 7, 7, 9],
        day=[10, 30, 30, 90, 95, 99],
        net_value=[40.0, 30.0, 10.0, 20.0, 0.0, 5.0],
        bought=[True, True, True, True, False, True],
        discounts=[0.0, 0.0, 5.0, 20.0, 0.0, 0.0],
        returned=[0.0, 0.0, 0.0, 0.0, 25.0, 0.0],
        units=[1, 2, 3, 1, 0, 1],
        products=[1, 2, 1, 1, 0, 1],
        channel=[0, 0, 1, 1, 0, 0],
    )
    known = features(shop, 100, 30)
    assert shop.customers[known.owner].tolist() == [7, 9]
    assert {name: round(float(column[0]), 4) for name, column in known.columns.items()} == {
        "purchase_days": 3, "age": 90, "purchases_a_day": round(3 / 91, 4), "silence": 10, "mean_gap": 40, "last_gap": 60,
        "gap_before_last": 20, "longest_gap": 60, "gap_spread": 0.5, "last_gap_by_gap": 3, "silence_by_gap": 0.25,
        "silence_by_longest_gap": round(10 / 60, 4), "recent_third": 0, "recent": 1, "recent_two": 1, "recent_four": 3,
        "recent_change": 1, "total_value": 100, "mean_value": round(100 / 3, 4), "last_value_by_mean": 0.5,
        "recent_value_share": 0.2, "discount_share": 0.2, "last_discount_share": 0.5, "discount_share_before_last": round(5 / 85, 4), "units": round(7 / 3, 4),
        "products": round(5 / 3, 4), "last_products_by_mean": 0.6, "returned_share": 0.25, "recently_returned_share": 0.25,
        "channels": 2,
    }  # fmt: skip
    assert np.isnan(known.columns["mean_gap"][1])
    assert (known.frequency.tolist(), known.recency.tolist(), known.age.tolist()) == (
        [2, 0],
        [80, 0],
        [90, 1],
    )


def test_a_shop_without_rows_has_nobody_to_tell_of() -> None:
    known = features(purchases([]), 100, HORIZON)
    assert len(known.owner) == 0 and known.table().shape == (0, len(known.names()))


@pytest.mark.parametrize(
    ("columns", "word"),
    [
        (([1, 2], [3], [1.0, 1.0]), "different length"), (([1.5], [3], [1.0]), "not whole"),
        (([1], [3], [float("nan")]), "not finite"), (([1], [3], [1.0, 2.0]), "2 numbers for 1 rows"),
    ],
)  # fmt: skip
def test_columns_that_cannot_be_are_refused(columns: tuple[list[float], ...], word: str) -> None:
    with pytest.raises(ConfigError, match=word):
        Behaviour.of(*columns)
