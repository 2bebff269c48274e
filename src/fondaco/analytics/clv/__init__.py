"""What customers are worth: how often they will buy again, how much they spend, and what that is worth today.

A customer is told by four numbers, in the terms of Fader and Hardie:

frequency
    Purchases after the first one, counted by day: several orders of a day are one purchase.
recency
    Days from the first purchase to the last one; 0 where there was one only.
age
    Days from the first purchase to the end of what was observed.
monetary value
    Mean value of the purchases after the first one; 0 where there was none. Of their credible values, where it is to forecast.
"""

from importlib.util import find_spec

from fondaco.errors import ConfigError

if find_spec("scipy") is None:
    raise ConfigError(
        "The models of customers' value need SciPy, which is not installed.",
        "Install it with `pip install 'fondaco[analytics]'`.",
    )

from fondaco.analytics.clv.bg_nbd import BGNBD, fit_bg_nbd
from fondaco.analytics.clv.credible import credible_purchases, credible_values, order_value_bound
from fondaco.analytics.clv.gamma_gamma import GammaGamma, fit_gamma_gamma
from fondaco.analytics.clv.holdout import Errors, HoldOut, hold_out
from fondaco.analytics.clv.interval import value_interval
from fondaco.analytics.clv.mbg_nbd import MBGNBD, fit_mbg_nbd
from fondaco.analytics.clv.pareto_nbd import ParetoNBD, enough_for_pareto_nbd, fit_pareto_nbd
from fondaco.analytics.clv.simple import retention_value, simple_value
from fondaco.analytics.clv.spend import Spend, expected_spend
from fondaco.analytics.clv.value import discounted_value, value_if_active

__all__ = [
    "BGNBD",
    "MBGNBD",
    "Errors",
    "GammaGamma",
    "HoldOut",
    "ParetoNBD",
    "Spend",
    "credible_purchases",
    "credible_values",
    "discounted_value",
    "enough_for_pareto_nbd",
    "expected_spend",
    "fit_bg_nbd",
    "fit_gamma_gamma",
    "fit_mbg_nbd",
    "fit_pareto_nbd",
    "hold_out",
    "order_value_bound",
    "retention_value",
    "simple_value",
    "value_if_active",
    "value_interval",
]
