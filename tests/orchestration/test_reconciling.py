"""The reconcile step: whose days are compared, and what a gap or a fault means for the run."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from tests.orchestration.conftest import Stall, TurnedClock

from fondaco.config import ReconcileSettings
from fondaco.control import ConnectionRecord
from fondaco.errors import ConfigError, RetryableError
from fondaco.orchestration import Project, reconciling
from fondaco.orchestration.reconciling import owe_whole, reconcile_now, reconcile_run
from fondaco.sources.source import ReportDay

FIRST = date(2026, 1, 10)
TODAY = date(2026, 3, 1)
_BUILT = (
    "create schema if not exists core",
    "create schema if not exists marts",
    """create table marts.shop_sales_daily as
       select
           'default' as tenant_id, shop.connection_id, 'EUR' as currency, cast(day as date) as sales_date, 1 as orders,
           100.00 as gross_sales, 0.00 as discounts, 0.00 as returns, 100.00 as net_sales, 0.00 as shipping, 0.00 as taxes,
           0.00 as duties, 100.00 as total_sales
       from range(date '2026-01-10', date '2026-03-01', interval 1 day) as days (day)
       cross join (values ('stall'), ('booth')) as shop (connection_id)""",
    """create table core.sales_events as
       select
           tenant_id, connection_id, connection_id || sales_date as order_id, sales_date as event_date, gross_sales,
           discounts, returns, shipping, taxes, duties
       from marts.shop_sales_daily""",
    """create table core.orders as
       select
           tenant_id, connection_id, order_id, order_id as order_number, order_id as source_order_id,
           event_date as order_date, true as is_counted, false as is_test, false as is_deleted, 'open' as order_status,
           'EUR' as currency, 'EUR' as presentment_currency, cast(event_date as timestamp) as updated_at
       from core.sales_events""",
)


class Counter(Stall):
    """A stall whose own report the test writes: by default what was built."""

    report_name: ClassVar[str | None] = "day book"

    def __init__(self) -> None:
        super().__init__()
        self.orders = 1
        self.gross = Decimal(100)
        self.fault: Exception | None = None
        self.asked: list[tuple[date, date]] = []

    def report(self, first: date, last: date) -> list[ReportDay]:
        self.asked.append((first, last))
        if self.fault is not None:
            raise self.fault
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return [ReportDay(day, orders=self.orders, gross_sales=self.gross) for day in days]


@pytest.fixture
def counters(project: Project, monkeypatch: pytest.MonkeyPatch) -> dict[str, Counter]:
    """Two connected shops, read until now, all history behind them."""
    shops = {"stall": Counter(), "booth": Counter()}
    for name in shops:
        project.control.connections.add("default", ConnectionRecord(name, "stall", name, "EUR", "UTC", {}))
        project.control.states.save("default", name, "orders", cursor=project.clock(), history_complete=True)
    monkeypatch.setattr(reconciling, "report_streams", lambda name: frozenset({"orders"}))
    monkeypatch.setattr(Project, "source", lambda self, connection: shops[connection.connection_id])
    return shops


@pytest.fixture
def built(project: Project, counters: dict[str, Counter]) -> Project:
    """Each shop sold for 100.00 in one order on each day since FIRST."""
    with project.warehouse.writer() as writer:
        for statement in _BUILT:
            writer.execute(statement)
    return project


def run(project: Project, **more: Any) -> list[tuple[str, str]]:
    return reconcile_run(project, lambda event: None, **more)


def test_shops_that_agree_leave_nothing_to_say(built: Project) -> None:
    assert run(built) == []
    kept = built.control.reconciliation.days("default")
    assert {day.gap for day in kept} == {Decimal(0)}


def test_orders_in_another_currency_are_said_to_be_in_no_comparison(built: Project) -> None:
    with built.warehouse.writer() as writer:
        writer.execute("update core.orders set currency = 'USD' where order_date = date '2026-02-01'")
    run(built)
    seal = built.control.reconciliation.seal("default")
    assert (seal.state, seal.left_out) == ("matched", {"USD": 2})
    assert seal.in_words().endswith("than their shop's own are in no comparison: 2 in USD.")
    assert built.control.reconciliation.seal("default", "booth").left_out == {"USD": 1}


def test_an_unknown_fault_in_one_shops_report_leaves_the_others_compared(
    built: Project, counters: dict[str, Counter]
) -> None:
    counters["stall"].fault = KeyError("anna@example.com")
    ((health, note),) = run(built)
    assert health == "warn" and "stall" in note and "KeyError" in note
    assert "anna" not in note
    assert {day.connection_id for day in built.control.reconciliation.days("default")} == {"booth"}


def test_a_vendor_that_does_not_answer_warns_in_a_run_and_is_an_error_on_demand(
    built: Project, counters: dict[str, Counter]
) -> None:
    counters["stall"].fault = RetryableError("stall did not answer.", "Try again.")
    assert run(built) == [("warn", "stall was not reconciled: stall did not answer.")]
    with pytest.raises(RetryableError):
        reconcile_now(built)


def test_a_shop_whose_currency_is_not_known_is_not_compared_and_says_so(
    built: Project, counters: dict[str, Counter]
) -> None:
    built.control.connections.add("default", ConnectionRecord("stall", "stall", "stall", "", "UTC", {}))
    ((health, note),) = run(built)
    assert (health, counters["stall"].asked) == ("warn", [])
    assert "currency of stall is not known" in note


def test_before_a_build_there_is_nothing_to_compare(project: Project, counters: dict[str, Counter]) -> None:
    with pytest.raises(ConfigError, match="not been built yet"):
        reconcile_now(project, connection="stall")
    assert project.control.reconciliation.days("default") == []


@pytest.mark.parametrize(
    ("told", "health"),
    [((1, "100.00"), []), ((1, "103.00"), []), ((1, "106.00"), ["fail"]), ((2, "100.00"), ["fail"])],
)
def test_the_tolerance_is_an_amount_of_money_and_never_an_order(
    built: Project,
    counters: dict[str, Counter],
    monkeypatch: pytest.MonkeyPatch,
    told: tuple[int, str],
    health: list[str],
) -> None:
    generous = built.settings.model_copy(update={"reconcile": ReconcileSettings(tolerance=5)})
    monkeypatch.setattr(built, "settings", generous)
    counters["stall"].orders, counters["stall"].gross = told[0], Decimal(told[1])
    assert [each for each, _ in run(built)] == health


def test_all_history_is_compared_at_first_then_the_newest_days_and_all_again_after_a_month(
    built: Project, counters: dict[str, Counter], clock: TurnedClock
) -> None:
    yesterday = TODAY - timedelta(days=1)
    run(built)
    run(built)
    assert counters["stall"].asked == [(FIRST, yesterday), (yesterday - timedelta(days=34), yesterday)]
    clock.turn(timedelta(days=30))
    run(built)
    assert counters["stall"].asked[-1] == (FIRST, yesterday)


def test_days_asked_for_do_not_count_as_all_history(built: Project, counters: dict[str, Counter]) -> None:
    reconcile_now(built, connection="stall", first=date(2026, 2, 1), all_days=True)
    run(built)
    assert counters["stall"].asked[-1][0] == FIRST


def test_a_whole_comparison_that_is_owed_is_made_by_the_next_run(
    built: Project, counters: dict[str, Counter]
) -> None:
    run(built)
    owe_whole(built, "stall")
    run(built)
    assert counters["stall"].asked[-1][0] == FIRST
    assert counters["booth"].asked[-1][0] > FIRST
