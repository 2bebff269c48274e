"""The semantic layer: ask for a metric, get a table. Every figure is defined once, in YAML beside the marts."""

from fondaco.metrics.bridge import bridge
from fondaco.metrics.currency import reporting_currency
from fondaco.metrics.definitions import Metric
from fondaco.metrics.layer import SemanticLayer
from fondaco.metrics.orders import OrderRecord, first_order_date, list_orders, one_order
from fondaco.metrics.query import Clock, MetricQuery

__all__ = [
    "Clock",
    "Metric",
    "MetricQuery",
    "OrderRecord",
    "SemanticLayer",
    "bridge",
    "first_order_date",
    "list_orders",
    "one_order",
    "reporting_currency",
]
