"""The report of `make accuracy`: its figures on customers worked by hand, and its page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from benchmarks.accuracy.__main__ import PAGE
from benchmarks.accuracy.churning import churn
from benchmarks.accuracy.datasets import SHARED, Absent, Dataset, online_retail, simulated_world
from benchmarks.accuracy.page import Measured, headings, measure, page, promises
from benchmarks.accuracy.persistence import persistence
from benchmarks.accuracy.value import NAIVE, hold_out

from fondaco.analytics.churn import Behaviour


@pytest.fixture(scope="module")
def small_world() -> Measured:
    return measure(simulated_world(orders=3_000), worlds=1)


def by_hand(customer: list[int], day: list[int], value: list[float]) -> Dataset:
    return Dataset("By hand", "", "EUR", Behaviour.of(customer, day, value), 0, 89)


def test_naive_and_historic_forecasts_are_those_worked_by_hand() -> None:
    """60 days are known, 30 forecast. One bought 4 times for 40 in all, of which once for 10 in the last 30; then once for 5."""
    data = by_hand([1, 1, 1, 1, 1, 2, 2], [0, 10, 20, 40, 70, 5, 89], [10, 10, 10, 10, 5, 20, 7])
    found = hold_out(data)
    assert (found.span, found.ahead, found.customers, found.purchases, found.value) == (60, 30, 2, 2, 12)
    naive, historic = found.scores[:2]
    assert naive.method == NAIVE
    # 5 purchases of 60 days make 2.5 in 30, of 60 money 30; happened 2 and 12.
    assert naive.purchases_error == pytest.approx(0.25)
    assert naive.purchases_mae == pytest.approx((1.0 + 0.5) / 2)
    assert naive.value_error == pytest.approx(30 / 12 - 1)
    assert naive.value_rmse == pytest.approx(np.sqrt((15**2 + 3**2) / 2))
    assert (historic.purchases_error, historic.value_mae) == (pytest.approx(-0.5), pytest.approx((5 + 7) / 2))


def test_where_the_second_half_is_the_first_again_the_top_fifth_stays_on_top() -> None:
    customer = np.arange(50)
    days, value = np.r_[customer % 40, customer % 40 + 50], np.r_[customer, customer] + 1.0
    behaviour = Behaviour.of(np.r_[customer, customer], days, value)
    found = persistence(Dataset("Twice", "", "EUR", behaviour, 0, 99))
    money = found.rankings[0]
    assert money.revenue_share == pytest.approx(value[40:50].sum() / value[:50].sum())
    assert (money.stayed, money.correlation) == (pytest.approx(1), pytest.approx(1))
    assert found.rankings[1].correlation is None  # all bought once
    assert sum(one.customers for one in found.segments) == 50
    assert sum(one.revenue_share for one in found.segments) == pytest.approx(1)
    assert all(one.came_back == 1 for one in found.segments)


@pytest.mark.slow
def test_the_naive_forecasts_of_churn_learn_from_earlier_days_only(small_world: Measured) -> None:
    data = small_world.data
    reports = {one.name: one for one in churn(data).reports}
    base = reports["naive: base rate"]
    bought = data.behaviour.bought
    then = np.unique(bought.owner[bought.day <= data.last - 180])
    later = np.unique(bought.owner[(bought.day > data.last - 180) & (bought.day <= data.last - 90)])
    told = [one.predicted for one in base.bins if one.customers]
    assert told == [pytest.approx(1 - np.isin(then, later).mean())]
    assert base.auc == 0.5 and base.lift == pytest.approx(1)
    assert reports["naive: silence alone"].brier < base.brier


@pytest.mark.slow
def test_a_data_set_that_is_not_there_is_said_to_be_missing(small_world: Measured) -> None:
    text = page([Absent("Online Retail", "The file is not there."), small_world])
    assert "## Online Retail\n\nNot measured in this run. The file is not there.\n" in text
    assert "### Online Retail" not in text and "### Simulated world: who left" in text


@pytest.mark.slow
def test_a_promise_that_is_missed_is_said_to_be(small_world: Measured) -> None:
    assert small_world.recovery is not None
    first, *others = small_world.recovery.parameters
    wrong = replace(small_world.recovery, parameters=(replace(first, truth=1000.0), *others))
    missed = replace(small_world, recovery=wrong)
    kept = list(promises(missed))
    assert not kept[0].holds
    text = page([missed])
    assert f"| {kept[0].text} | {kept[0].measured} | all | miss |" in text
    promised = [one.holds for one in kept if one.is_promised]
    assert f"{sum(promised)} of {len(promised)} hold." in text


@pytest.mark.slow
def test_the_fit_by_day_that_fondaco_uses_is_told_beside_the_promise_and_counted_apart(
    small_world: Measured,
) -> None:
    assert small_world.recovery is not None
    off = [replace(one, by_day=(9e9, 8e9, 1e10)) for one in small_world.recovery.parameters[:3]]
    found = replace(small_world.recovery, parameters=(*off, small_world.recovery.parameters[3]))
    kept = list(promises(replace(small_world, recovery=found)))
    text = page([replace(small_world, recovery=found)])
    row = "The 95 % intervals of the parameters, fitted by day, as Fondaco fits, cover the truth"
    assert f"| {row} | {int(found.parameters[3].is_covered_by_day)} of 4 | all | miss, not promised |" in text
    assert [one.text for one in kept if not one.is_promised] == [row]
    assert f"of {len(kept) - 1} hold." in text


def test_of_each_test_of_churn_the_documentation_calls_one_way_taken() -> None:
    told = PAGE.read_text(encoding="utf-8").split("\n### ")
    churned = [part for part in told if ": who left" in part and "(taken)" in part]
    assert churned and all(part.count("(taken)") == 1 for part in churned)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["BG/NBD", "MBG/NBD", "classifier"])
def test_whichever_way_is_taken_the_page_says_so_of_it_alone(small_world: Measured, method: str) -> None:
    model, *others = small_world.churn.reports
    reports = (model, *(one for one in others if one.name != "classifier"), replace(model, name="classifier"))
    found = replace(small_world.churn, fit=replace(small_world.churn.fit, method=method), reports=reports)
    text = page([replace(small_world, churn=found)])
    assert [line for line in text.splitlines() if "(taken)" in line] == [
        line
        for line in text.splitlines()
        if line.startswith(f"| {'classifier' if method == 'classifier' else model.name} (taken)")
    ]
    assert text.count("(taken)") == 1


@pytest.mark.slow
def test_the_page_in_the_documentation_has_the_parts_that_the_command_writes(small_world: Measured) -> None:
    real = [
        replace(small_world, data=replace(small_world.data, title=title), recovery=None)
        for title in ("Online Retail", "Complete Journey")
    ]
    written = PAGE.read_text(encoding="utf-8")
    assert headings(written) == headings(page([*real, small_world]))
    assert written.count("\n| --- |") == page([*real, small_world]).count("\n| --- |")


def test_online_retail_is_read_with_its_cancellations_as_returns(shared_folder: Path) -> None:
    assert shared_folder == SHARED
    data = online_retail()
    assert isinstance(data, Dataset)
    assert len(data.behaviour.customers) == 4_372
    assert data.last - data.first + 1 == 374
    assert data.behaviour.bought.columns["net_value"].sum() == pytest.approx(8_911_407.90, abs=0.01)
    assert data.behaviour.returned is not None
    assert data.behaviour.returned.columns["value"].sum() == pytest.approx(611_342.09, abs=0.01)
