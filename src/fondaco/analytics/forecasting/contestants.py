"""Ways to forecast the mean of demand, each behind the same door; which one is taken for which class a tournament decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from fondaco.analytics.forecasting.borrowing import Borrowed
from fondaco.analytics.forecasting.installed import has
from fondaco.analytics.forecasting.panel import Floats, Ints, Panel
from fondaco.analytics.forecasting.simple import NAIVE, SeasonalMean, SeasonalNaive, SeasonalRise
from fondaco.errors import ConfigError

STATISTICAL = ("ETS", "Theta", "Croston SBA", "TSB", "ADIDA", "IMAPA")
TREES, PROPHET = "boosted trees", "Prophet"


class Contestant(Protocol):
    """One way to forecast."""

    @property
    def name(self) -> str: ...

    def forecast(self, panel: Panel, horizon: int, rows: Ints) -> Floats:
        """Mean demand of ``horizon`` periods after the panel's last, for the series of ``rows``: a row a series, from 0 on.

        It may learn from all series of the panel.
        """
        ...


def available() -> tuple[str, ...]:
    """Names of what can run with the libraries that are installed, Prophet left out: it is slow, and must be asked for."""
    names = [NAIVE, "seasonal mean", "seasonal rise", "group"]
    if has("statsforecast"):
        names += STATISTICAL
    if has("xgboost"):
        names.append(TREES)
    return tuple(names)


def contestants(names: Sequence[str], *, seed: int, workers: int = 1) -> list[Contestant]:
    """Those of these names; seasonal naive is always among them.

    Parameters
    ----------
    workers
        Processes that those of one series may use, of thousands of series.

    Raises
    ------
    ConfigError
        If there is no such contestant or its library is not installed.
    """
    found: list[Contestant] = [SeasonalNaive()]
    own = {one.name: one for one in (SeasonalMean(), SeasonalRise(), Borrowed())}
    for name in dict.fromkeys(names):
        if name in own:
            found.append(own[name])
        elif name in STATISTICAL:
            from fondaco.analytics.forecasting.statistical import Statistical

            found.append(Statistical(name, workers))
        elif name == TREES:
            from fondaco.analytics.forecasting.boosted import BoostedTrees

            found.append(BoostedTrees(seed))
        elif name == PROPHET:
            from fondaco.analytics.forecasting.prophets import ByProphet

            found.append(ByProphet(seed))
        elif name != NAIVE:
            every = (NAIVE, *own, *STATISTICAL, TREES, PROPHET)
            raise ConfigError(f"There is no contestant {name!r}.", f"Choose from {', '.join(every)}.")
    return found
