"""The semantic layer: ask for a metric, get a table. Every figure is defined once, in YAML beside the marts."""

from fondaco.metrics.beginnings import Beginnings, read_beginnings
from fondaco.metrics.bridge import bridge
from fondaco.metrics.currency import reporting_currency
from fondaco.metrics.definitions import Metric
from fondaco.metrics.layer import SemanticLayer
from fondaco.metrics.orders import OrderRecord, list_orders, one_order
from fondaco.metrics.query import Clock, MetricQuery
from fondaco.metrics.statement import STATEMENT, StatementStep, shown_steps

__all__ = [
    "STATEMENT",
    "Beginnings",
    "Clock",
    "Metric",
    "MetricQuery",
    "OrderRecord",
    "SemanticLayer",
    "StatementStep",
    "bridge",
    "list_orders",
    "one_order",
    "read_beginnings",
    "reporting_currency",
    "shown_steps",
]
