"""Sums of forecasts agree, on every level, as another library makes them agree, and come nearer the truth by it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from tests.analytics.demand import panel_of, shop

from fondaco.analytics.forecasting import forecast_hierarchy
from fondaco.analytics.forecasting.levels import aggregated, hierarchy_of
from fondaco.analytics.forecasting.reconciliation import Hierarchy, reconciled, shrunk_covariance
from fondaco.errors import ConfigError

HIERARCHY = Hierarchy({"total": np.zeros(5, dtype=np.int64), "group": np.array([0, 0, 1, 1, 1])})


def _theirs() -> dict[str, np.ndarray]:
    path = Path(__file__).parent / "data" / "hierarchicalforecast.json"
    return {
        name: np.asarray(each) for name, each in json.loads(path.read_text("utf-8")).items() if name != "what"
    }


class TestAsHierarchicalforecastHasIt:
    def test_by_variances(self) -> None:
        data = _theirs()
        said = data["said"]
        upper = {"total": said[:1], "group": said[1:3]}
        found = reconciled(HIERARCHY, upper, said[3:], variances=(data["errors"] ** 2).mean(axis=1))
        assert_allclose(found, data["wls_var"][3:], atol=1e-5)

    def test_by_shrunk_covariances(self) -> None:
        """Theirs are about the errors' mean, ours about 0, of forty errors: a few hundredths of a unit."""
        data = _theirs()
        said = data["said"]
        found = reconciled(
            HIERARCHY, {"total": said[:1], "group": said[1:3]}, said[3:], errors=data["errors"]
        )
        assert_allclose(found, data["mint_shrink"][3:], atol=0.08)


class TestLaws:
    @given(seed=st.integers(0, 10_000), method=st.sampled_from(["mint", "bottom-up"]))
    def test_sums_are_exact_in_any_order_and_nothing_is_negative(self, seed: int, method: str) -> None:
        chance = np.random.default_rng(seed)
        said = chance.gamma(0.5, 20, (8, 6))
        found = reconciled(
            HIERARCHY, {"total": said[:1], "group": said[1:3]}, said[3:], method=method,  # type: ignore[arg-type]
            variances=chance.gamma(1, 1, 8),
        )  # fmt: skip
        sums = HIERARCHY.summed(found)
        assert (found >= 0).all()
        assert (sums["group"].sum(axis=0) == sums["total"][0]).all()
        assert (found[chance.permutation(5)].sum(axis=0) == sums["total"][0]).all()

    def test_forecasts_that_agree_stay_as_they_are(self) -> None:
        said = np.arange(1.0, 16).reshape(5, 3)
        found = reconciled(HIERARCHY, HIERARCHY.summed(said), said, variances=np.arange(1.0, 9))
        assert_allclose(found, said, atol=1e-6)

    def test_who_errs_least_is_believed_most(self) -> None:
        """Variants say 10 together, the total says 20 and errs a hundredth as much."""
        said = np.full((5, 1), 2.0)
        upper = {"total": np.array([[20.0]]), "group": np.array([[4.0], [6.0]])}
        found = reconciled(HIERARCHY, upper, said, variances=np.array([0.01, 1e3, 1e3, 1, 1, 1, 1, 1]))
        assert_allclose(found.sum(), 20, rtol=0.01)

    def test_a_covariance_can_be_inverted_whatever_was_seen(self) -> None:
        errors = np.vstack(
            [np.zeros(4), np.ones(4), np.ones(4), np.random.default_rng(1).normal(size=(20, 4))]
        )
        assert np.linalg.eigvalsh(shrunk_covariance(errors)).min() > 0

    def test_errors_of_too_few_nodes_are_refused(self) -> None:
        with pytest.raises(ConfigError, match="Of 8 nodes the errors of 3 are given"):
            reconciled(HIERARCHY, {}, np.ones((5, 1)), variances=np.ones(3))


class TestLevels:
    def test_a_level_adds_what_its_variants_sell_and_would_have_sold(self) -> None:
        known = np.ones((2, 60), dtype=bool)
        known[1, 50] = False
        sold = np.where(known, [[3.0]] * 1 + [[2.0]] * 1, 0.0)
        panel = panel_of(sold, known=known, groups={"product": np.array(["p", "p"])})
        assert_allclose(aggregated(panel, np.array([0, 0]), ["p"]).quantity[0], np.full(60, 5.0))

    def test_levels_go_from_the_coarsest_to_the_finest(self) -> None:
        groups = {"product": np.array(["p", "q", "q"]), "category": np.array(["c", "c", "c"])}
        hierarchy, labels = hierarchy_of(panel_of(shop(3), groups=groups))
        assert list(hierarchy.codes) == ["total", "category", "product"]
        assert labels["product"] == ["p", "q"]

    @pytest.mark.parametrize("method", ["mint", "bottom-up"])
    def test_every_level_is_the_sum_of_its_variants(self, method: str) -> None:
        product = np.array([f"p{number // 3}" for number in range(12)])
        place = np.array([f"shop {number % 2}" for number in range(12)])
        panel = panel_of(shop(12), groups={"product": product, "location": place})
        found = forecast_hierarchy(panel, 14, names=("seasonal mean",), method=method)  # type: ignore[arg-type]
        total = found.levels["total"].mean[0]
        for one in found.levels.values():
            assert (one.mean.sum(axis=0) == total).all()
            assert (np.diff(one.quantiles, axis=-1) >= 0).all()
        assert (found.variants.mean.sum(axis=0) == total).all()
        assert (found.variants.mean[product == "p1"].sum(axis=0) == found.levels["product"].mean[1]).all()

    @pytest.mark.slow
    def test_variants_learn_from_the_total(self) -> None:
        """Sales grow with a season that only their sum shows; minimum trace errs less on the total than sums of variants do."""
        chance = np.random.default_rng(2)
        season = 1 + 0.02 * np.arange(170)
        sold = chance.poisson(0.4 * season, (24, 170)).astype(float)
        panel = panel_of(sold[:, :156])
        errors = {}
        for method in ("mint", "bottom-up"):
            found = forecast_hierarchy(panel, 14, names=("seasonal mean", "Theta"), method=method)  # type: ignore[arg-type]
            errors[method] = abs(found.levels["total"].mean.sum() - sold[:, 156:].sum())
        assert errors["mint"] <= errors["bottom-up"] * 1.05
