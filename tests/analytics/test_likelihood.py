"""The search for the highest likelihood, where the answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analytics.conftest import Floats

from fondaco.analytics.clv.likelihood import maximise
from fondaco.errors import ConfigError

whole = st.integers(-9, 9)


@given(top=st.lists(whole, min_size=2, max_size=4), steep=st.integers(1, 1_000), start=whole)
def test_a_hill_is_climbed_to_its_top_however_steep(top: list[int], steep: int, start: int) -> None:
    slopes = np.geomspace(1, steep, len(top))

    def hill(theta: Floats) -> tuple[float, Floats]:
        off = theta - np.array(top)
        return float(-np.log(1 + (slopes * off**2).sum())), -2 * slopes * off / (1 + (slopes * off**2).sum())

    found = maximise(hill, [[float(start)] * len(top)], 1.0)
    assert np.log(found.parameters) == pytest.approx(np.array(top, float), abs=1e-4)


def test_what_rises_for_ever_ends_at_the_bound_and_is_undetermined() -> None:
    def slope(theta: Floats) -> tuple[float, Floats]:
        return float(theta[0] - (theta[1] - 2) ** 2), np.array([1.0, -2 * (theta[1] - 2)])

    found = maximise(slope, [(0.0, 0.0)], 100.0)
    assert np.log(found.parameters) == pytest.approx([15, 2], abs=1e-5)
    assert found.is_undetermined


def test_where_every_start_ends_at_a_bound_the_highest_end_is_taken() -> None:
    """Two slopes away from 0, the right one steeper, and no top within the bounds."""

    def valley(theta: Floats) -> tuple[float, Floats]:
        slope = 2.0 if theta[0] > 0 else -1.0
        return float(slope * theta[0]), np.array([slope])

    found = maximise(valley, [(5.0,), (-5.0,)], 100.0)
    assert np.log(found.parameters) == pytest.approx([15], abs=1e-5)
    assert found.log_likelihood == pytest.approx(3_000)


def test_what_has_no_finite_value_is_refused() -> None:
    with pytest.raises(ConfigError, match="no finite value"):
        maximise(lambda theta: (float("nan"), theta), [(0.0, 0.0)], 1.0)
