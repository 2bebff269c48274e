"""The semantic layer: ask for a metric, get a table. Every figure is defined once, in YAML beside the marts."""

from fondaco.metrics.beginnings import Beginnings, read_beginnings
from fondaco.metrics.bridge import bridge
from fondaco.metrics.currency import reporting_currency
from fondaco.metrics.definitions import Metric
from fondaco.metrics.layer import SemanticLayer
from fondaco.metrics.marketing import has_marketing
from fondaco.metrics.orders import OrderRecord, list_orders, one_order
from fondaco.metrics.profit import OrderProfit, assumed_goods, has_profit, list_losses, order_profit
from fondaco.metrics.profit_orders import (
    OrdersAsked,
    list_order_profits,
    outside_of_period,
    sum_order_profits,
)
from fondaco.metrics.query import Clock, MetricQuery
from fondaco.metrics.statement import (
    ORDER_STATEMENT,
    PROFIT_STATEMENT,
    STATEMENT,
    StatementStep,
    completed,
    shown_steps,
)

__all__ = [
    "ORDER_STATEMENT",
    "PROFIT_STATEMENT",
    "STATEMENT",
    "Beginnings",
    "Clock",
    "Metric",
    "MetricQuery",
    "OrderProfit",
    "OrderRecord",
    "OrdersAsked",
    "SemanticLayer",
    "StatementStep",
    "assumed_goods",
    "bridge",
    "completed",
    "has_marketing",
    "has_profit",
    "list_losses",
    "list_order_profits",
    "list_orders",
    "one_order",
    "order_profit",
    "outside_of_period",
    "read_beginnings",
    "reporting_currency",
    "shown_steps",
    "sum_order_profits",
]
