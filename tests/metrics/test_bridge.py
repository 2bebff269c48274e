"""The bridge between the clocks, and the bridge from gross to total sales, under any ledger."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from fondaco.errors import ConfigError
from fondaco.metrics import MetricQuery, SemanticLayer, bridge
from fondaco.warehouse.dbt import project_folder

D = Decimal
START = date(2026, 1, 1)
LAYER = SemanticLayer.load()

amounts = st.decimals(min_value=-10_000, max_value=10_000, places=6, allow_nan=False, allow_infinity=False)
days = st.integers(min_value=0, max_value=60).map(lambda number: START + timedelta(number))
events = st.fixed_dictionaries(
    {
        "order_date": days,
        "event_date": days,
        **dict.fromkeys(
            ("gross_sales", "discounts", "returns", "shipping", "taxes", "duties", "additional_fees", "tips"),
            amounts,
        ),
    }
)


@cache
def converted(amount: str, rate: str) -> str:
    """The models' own macro."""
    text = (project_folder() / "macros" / "money.sql").read_text(encoding="utf-8")
    module = Environment().from_string(text, {"contract_type": lambda kind: "decimal(38, 6)"}).module
    sql: str = module.converted(amount, rate)  # type: ignore[attr-defined]
    return sql


def by_figure(table: Any) -> dict[str, dict[str, Decimal]]:
    return {row.pop("figure"): row for row in table.to_pylist()}


def test_a_return_after_the_period_and_one_of_an_earlier_order_explain_the_difference(marts: Any) -> None:
    """March: sold 100, of which 30 comes back in April; 20 of February's orders comes back in March.

    Order clock 100 − 30 = 70; less what happened outside (−30) 100; plus what came back on earlier orders (−20) 80.
    """
    marts.event("2026-03-10", gross_sales=D(100))
    marts.event("2026-04-02", order_date="2026-03-10", event_type="return", returns=D(30))
    marts.event("2026-03-05", order_date="2026-02-10", event_type="return", returns=D(20))
    found = by_figure(bridge(marts, date(2026, 3, 1), date(2026, 3, 31), "default"))
    assert found["net_sales"] == {
        "order_clock": D(70),
        "outside": D(-30),
        "earlier": D(-20),
        "finance_clock": D(80),
    }


def test_one_shop_alone_can_be_asked_for(marts: Any) -> None:
    marts.event("2026-03-10", gross_sales=D(1))
    marts.event("2026-03-10", gross_sales=D(2), connection_id="b")
    found = by_figure(bridge(marts, date(2026, 3, 1), date(2026, 3, 31), "default", connection_id="b"))
    assert found["gross_sales"]["finance_clock"] == D(2)


def test_an_empty_ledger_gives_a_bridge_of_noughts(marts: Any) -> None:
    found = by_figure(bridge(marts, date(2026, 3, 1), date(2026, 3, 31), "default"))
    assert set(found["total_sales"].values()) == {D(0)}


def test_a_period_turned_round_is_refused(marts: Any) -> None:
    with pytest.raises(ConfigError, match="before it starts"):
        bridge(marts, date(2026, 3, 2), date(2026, 3, 1), "default")


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ledger=st.lists(events, max_size=12), first=days, length=st.integers(min_value=0, max_value=40))
def test_the_bridges_hold_to_the_last_digit_for_any_ledger(
    marts: Any, ledger: list[dict[str, Any]], first: date, length: int
) -> None:
    marts.connection.execute("delete from marts.sales_ledger").fetchall()
    for event in ledger:
        marts.event(
            event["event_date"], **{name: value for name, value in event.items() if name != "event_date"}
        )
    last = first + timedelta(length)
    found = by_figure(bridge(marts, first, last, "default"))
    for row in found.values():
        assert row["order_clock"] - row["outside"] + row["earlier"] == row["finance_clock"]
    for clock in ("order_clock", "finance_clock"):
        net = found["gross_sales"][clock] - found["discounts"][clock] - found["returns"][clock]
        assert found["net_sales"][clock] == net
        extras = sum(found[name][clock] for name in ("shipping", "taxes", "duties", "additional_fees"))
        assert found["total_sales"][clock] == net + extras
    expected = sum((e["gross_sales"] for e in ledger if first <= e["event_date"] <= last), D(0))
    assert found["gross_sales"]["finance_clock"] == expected


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ledger=st.lists(events, min_size=1, max_size=12))
def test_over_all_time_both_clocks_agree(marts: Any, ledger: list[dict[str, Any]]) -> None:
    marts.connection.execute("delete from marts.sales_ledger").fetchall()
    for event in ledger:
        marts.event(
            event["event_date"], **{name: value for name, value in event.items() if name != "event_date"}
        )
    for row in by_figure(bridge(marts, START, START + timedelta(60), "default")).values():
        assert row["outside"] == row["earlier"] == 0
        assert row["order_clock"] == row["finance_clock"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sums=st.lists(st.tuples(days, amounts), max_size=20), cut=days)
def test_two_periods_that_meet_add_up_to_the_whole(
    marts: Any, sums: list[tuple[date, Decimal]], cut: date
) -> None:
    marts.connection.execute("delete from marts.sales_daily").fetchall()
    for day, amount in sums:
        marts.day(day.isoformat(), net_sales=amount)

    def net(first: date, last: date) -> Decimal:
        asked = MetricQuery(("net_sales",), first=first, last=last)
        value: Decimal = LAYER.query(marts, asked, "default").column("net_sales")[0].as_py()
        return value

    end = START + timedelta(100)
    assert (
        net(START, cut) + net(cut + timedelta(1), end) == net(START, end) == sum((a for _, a in sums), D(0))
    )


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    amount=amounts,
    rate=st.decimals(
        min_value=D("0.000001"), max_value=D(200_000), places=12, allow_nan=False, allow_infinity=False
    ),
)
def test_a_converted_amount_is_rounded_once_half_away_from_nought(
    marts: Any, amount: Decimal, rate: Decimal
) -> None:
    """The product of an amount and a rate is exact; only the cast to six decimals rounds."""
    from decimal import ROUND_HALF_UP, localcontext

    with localcontext(prec=50):
        expected = (amount * rate).quantize(D("0.000001"), rounding=ROUND_HALF_UP)
    sql = "select " + converted("cast($amount as decimal(18, 6))", "cast($rate as decimal(24, 12))")
    found = marts.connection.execute(sql, {"amount": amount, "rate": rate}).fetchall()
    assert found == [(expected,)]
