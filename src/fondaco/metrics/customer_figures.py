"""What is said of customers that is no metric of a period: each figure with its name, unit and definition."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CustomerFigure:
    """A figure of customers as of the last known day.

    Attributes
    ----------
    unit
        money, count, decimal or rate, as ``fondaco.server.numbers`` writes them.
    column
        What ``fondaco.metrics.customers`` and segments call it; empty for a figure of many customers.
    """

    name: str
    label: str
    unit: str
    description: str
    formula: str
    column: str = ""


_ALL = (
    CustomerFigure(
        "customers_who_bought", "Customers", "count",
        "People who have bought at least once, over all shops and all time, until the last day that is known whole. A cancelled order is no "
        "purchase, so that the metric Customers, which counts who ordered, may be larger.",
        "count(person with a purchase)",
    ),
    CustomerFigure(
        "came_back", "Came back", "rate",
        "Part of all customers who bought on more than one day.",
        "count(customers with purchases on 2 days or more) / count(customers)",
    ),
    CustomerFigure(
        "active_customers", "Still active", "count",
        "How many customers are expected to be there still: the sum of everyone's probability. Who is not expected to buy again is not "
        "counted, however good a customer once.",
        "sum(probability to be active)",
    ),
    CustomerFigure(
        "alive_probability", "Active", "rate",
        "Probability that the customer has not left for good, from how often, how regularly and how lately they bought.",
        "P(alive) of BG/NBD or MBG/NBD, whichever makes the histories likelier", "alive_probability",
    ),
    CustomerFigure(
        "expected_orders", "Purchases ahead", "decimal",
        "Days with a purchase that are expected in the time ahead (a year, unless [analytics] horizon_days says otherwise).",
        "E[purchases in the time ahead] of BG/NBD or MBG/NBD", "expected_orders",
    ),
    CustomerFigure(
        "expected_value", "Value ahead", "money",
        "Net sales that are expected in the time ahead (a year, unless [analytics] horizon_days says otherwise), in today's money: "
        "what comes later is discounted. It is what a customer will bring, not what they brought. It is a mean: of customers who rarely come "
        "back most bring nothing and a few bring much, so that it may lie above what nine in ten of them bring.",
        "sum over months(expected purchases × expected value of one) / (1 + discount)^years", "expected_value",
    ),
    CustomerFigure(
        "expected_order_value", "Value of a purchase", "money",
        "What a purchase of the customer is expected to be worth: their own mean, pulled towards that of all where few purchases are known.",
        "p (v + x m) / (p x + q − 1) of Gamma-Gamma", "expected_order_value",
    ),
    CustomerFigure(
        "churn_probability", "Will not buy", "rate",
        "Probability that the customer buys nothing in the days ahead that count as having left (90, unless [analytics] churn_days "
        "says otherwise).",
        "the better calibrated of the purchase model and a boosted classifier, by the last known days of that number", "churn_probability",
    ),
    CustomerFigure(
        "value_at_risk", "Value at risk", "money",
        "The part of the value ahead that stands on a customer who may be leaving: who is worth saving first. A good customer who is sure to "
        "come back has little at risk, and so has a leaving one who would bring little. The value ahead holds already how likely the customer is to be active, "
        "so the sum of many is an order of urgency and not a loss that will be booked.",
        "value ahead × probability to buy nothing in the days that count as having left", "value_at_risk",
    ),
    CustomerFigure(
        "value_to_win_back", "Value to win back", "money",
        "What customers would bring beyond their value ahead if all of them were still active: the most that winning back those who may "
        "have left for good could be worth.",
        "sum(value ahead if active × (1 − P(alive)))",
    ),
    CustomerFigure(
        "net_sales_so_far", "Net sales so far", "money",
        "What the customer's orders brought after discounts and returns, before tax, over all time, cancelled orders with what they still "
        "brought. Historic customer value. Of a segment: of its customers; with those who are in none it adds up to all net sales of known people.",
        "sum(net sales of all orders)", "net_sales",
    ),
    CustomerFigure(
        "simple_value", "Simple lifetime value", "money",
        "The textbook formula: mean value of a purchase × purchases a period × periods that a customer stays. It takes everybody for as "
        "loyal as the mean, so read it beside the value ahead.",
        "mean purchase × purchases a period × 1 / (1 − retention)", "simple_value",
    ),
    CustomerFigure(
        "retention_value", "Value by retention", "money",
        "Today's worth of all periods to come, if the customer stays from each to the next with the mean probability.",
        "net sales a period × retention / (1 + discount − retention)", "retention_value",
    ),
    CustomerFigure(
        "segment", "Segment", "",
        "By how lately, how often and for how much a customer bought, each as a fifth of all customers (1 to 5); who bought once has 1 for how often. "
        "The first rule of a table of eight decides; everyone is in exactly one segment.",
        "first rule that takes (recency, frequency, monetary) scores", "segment",
    ),
)  # fmt: skip
CUSTOMER_FIGURES: dict[str, CustomerFigure] = {figure.name: figure for figure in _ALL}
