"""Prophet, as a contestant of few series."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from tests.analytics.demand import panel_of, shop

from fondaco.analytics.forecasting.contestants import contestants
from fondaco.analytics.forecasting.prophets import MOST_SERIES

# Importing it warns of what is not installed, and pandas of what Prophet does; neither is ours.
ASKED = """
import numpy as np
from fondaco.analytics.forecasting.contestants import contestants
from tests.analytics.demand import panel_of, shop
panel = panel_of(shop(2, 140), promotion=np.zeros((2, 150)))
model = contestants(("Prophet",), seed=1)[-1]
said = [model.forecast(panel, 7, np.array([1, 0])) for _ in range(2)]
assert (said[0] == said[1]).all()
print(*said[0].mean(axis=1).round(2))
"""


def test_more_series_than_it_is_for_get_their_seasonal_mean() -> None:
    pytest.importorskip("prophet")
    panel = panel_of(shop(MOST_SERIES + 1, 60))
    rows = np.arange(MOST_SERIES + 1)
    prophet, mean = (contestants((name,), seed=0)[-1] for name in ("Prophet", "seasonal mean"))
    assert (prophet.forecast(panel, 7, rows) == mean.forecast(panel, 7, rows)).all()


@pytest.mark.slow
def test_it_says_about_what_was_sold_and_the_same_again() -> None:
    pytest.importorskip("prophet")
    said = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ASKED],
        capture_output=True, text=True, check=True, timeout=200, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    first, second = map(float, said.stdout.split())
    sold = shop(2, 140)
    assert abs(first / sold[1, -28:].mean() - 1) < 0.3
    assert abs(second / sold[0, -28:].mean() - 1) < 0.3
    assert said.stderr == ""
