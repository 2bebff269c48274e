"""What to charge: how units answer to price, what promotions bring, which price to ask, and how to sell off a season.

The terms are those of Phillips (2021), Pricing and Revenue Optimization, and of Blattberg and Neslin (1990), Sales Promotion:

own-price elasticity
    Percent that units move by when the price moves by one percent; −2 says that 1 % more costs 2 % of the units.
cross-price elasticity
    The same of a neighbour's price; above 0 for substitutes.
lift
    Units of a promotion beyond the usual, as a share of the usual.
pull-forward
    Units of a promotion that would have been bought soon after anyway.
cannibalisation
    Units that a promotion takes from neighbours.
markdown
    A price lowered for good, to sell what is left of a season.

Periods are weeks or days, as the panel has them; money is of one currency. What is estimated comes with its uncertainty, or with why the
data cannot say.
"""

from importlib.util import find_spec

from fondaco.errors import ConfigError

if find_spec("scipy") is None:
    raise ConfigError(
        "The models of prices need SciPy, which is not installed.",
        "Install it with `pip install 'fondaco[analytics]'`.",
    )

from fondaco.analytics.pricing.controls import Controls
from fondaco.analytics.pricing.elasticity import Elasticities, elasticities
from fondaco.analytics.pricing.guard_rails import GuardRails, Offer, allowed_prices
from fondaco.analytics.pricing.markdown import MarkdownPlan, Outcomes, demand_at_prices, plan_markdown, play
from fondaco.analytics.pricing.neighbours import Pairs, cross_elasticities
from fondaco.analytics.pricing.panel import Panel
from fondaco.analytics.pricing.pooling import Pooled, pool
from fondaco.analytics.pricing.promotion import Cannibalised, Promotions, Range, cannibalisation, promotions
from fondaco.analytics.pricing.recommendation import Goal, Recommendation, recommend, recommend_price

__all__ = [
    "Cannibalised",
    "Controls",
    "Elasticities",
    "Goal",
    "GuardRails",
    "MarkdownPlan",
    "Offer",
    "Outcomes",
    "Pairs",
    "Panel",
    "Pooled",
    "Promotions",
    "Range",
    "Recommendation",
    "allowed_prices",
    "cannibalisation",
    "cross_elasticities",
    "demand_at_prices",
    "elasticities",
    "plan_markdown",
    "play",
    "pool",
    "promotions",
    "recommend",
    "recommend_price",
]
