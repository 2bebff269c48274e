"""How much to keep and to buy: demand over the time until goods come, what a unit too many or too few costs, and rules that follow.

The terms are those of Silver, Pyke and Thomas (2017), Inventory and Production Management in Supply Chains, and of Snyder and Shen
(2019), Fundamentals of Supply Chain Theory:

protection period
    Lead time and the time until one may order again: what is decided today must last so long.
safety stock
    What is kept beyond the demand that is expected in the protection period.
reorder point
    The inventory position (on hand and on order, less what is owed) at or below which one orders.
order-up-to level
    The inventory position to which one orders.
cycle service level
    The probability that nothing runs out in a protection period.
fill rate
    The share of demand that is met from the shelf.

Quantities are units of one item, times are days, costs are money of one currency. All functions take arrays, one place for each item.
"""

from importlib.util import find_spec

from fondaco.errors import ConfigError

if find_spec("scipy") is None:
    raise ConfigError(
        "The models of stock need SciPy, which is not installed.",
        "Install it with `pip install 'fondaco[analytics]'`.",
    )

from fondaco.analytics.inventory.demand import Counts, Demand, Gamma, Normal, Sampled
from fondaco.analytics.inventory.joint import Candidate, Plan, Terms, plan_order
from fondaco.analytics.inventory.newsvendor import Newsvendor, newsvendor
from fondaco.analytics.inventory.order_quantity import OrderQuantity, economic_order_quantity, in_multiples
from fondaco.analytics.inventory.policy import (
    ReorderPolicy,
    fill_rate,
    reorder_for_fill_rate,
    reorder_for_service_level,
    stockout_risk,
)
from fondaco.analytics.inventory.protection import (
    LeadTime,
    over_protection_period,
    paths_over_protection_period,
)
from fondaco.analytics.inventory.running_out import RunOut, lengthened, run_out
from fondaco.analytics.inventory.sharing import share_out

__all__ = [
    "Candidate",
    "Counts",
    "Demand",
    "Gamma",
    "LeadTime",
    "Newsvendor",
    "Normal",
    "OrderQuantity",
    "Plan",
    "ReorderPolicy",
    "RunOut",
    "Sampled",
    "Terms",
    "economic_order_quantity",
    "fill_rate",
    "in_multiples",
    "lengthened",
    "newsvendor",
    "over_protection_period",
    "paths_over_protection_period",
    "plan_order",
    "reorder_for_fill_rate",
    "reorder_for_service_level",
    "run_out",
    "share_out",
    "stockout_risk",
]
