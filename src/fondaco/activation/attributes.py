"""What is known of a customer, in one table: what conditions may ask for and what files may hold.

SQL stands over two names: ``customers`` is the row of ``marts.customers``, ``scores`` that of ``marts.customer_scores`` or
nulls. ``$today`` is the project's day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fondaco.errors import ConfigError

Kind = Literal["text", "choice", "number", "money", "share", "date", "bool", "domain", "phone"]
"""text: any words. choice: one of few values. money: in the reporting currency. share: from 0 to 1, shown in per cent. domain:
what stands behind the ``@`` of an address. phone: a telephone number, compared by its digits."""

Group = Literal["Person", "Contact", "Orders", "Scores"]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One thing that is known of a customer.

    Attributes
    ----------
    sql
        Its value; null where it is not known.
    unit
        What a number counts, in words that follow it.
    personal
        Whether it names or reaches a person. Conditions on it, and what they count, are for those who may see who the
        customers are; files hold it only where it was chosen.
    compared
        What conditions compare where it is not the value as files show it; empty where it is.
    """

    name: str
    title: str
    kind: Kind
    sql: str
    description: str
    group: Group
    unit: str = ""
    personal: bool = False
    compared: str = ""

    @property
    def of_scores(self) -> bool:
        return self.group == "Scores"


def _person(name: str, title: str, kind: Kind, description: str, sql: str = "") -> Attribute:
    return Attribute(name, title, kind, sql or f"customers.{name}", description, "Person")


def _contact(
    name: str, title: str, description: str, *, kind: Kind = "text", sql: str = "", compared: str = ""
) -> Attribute:
    value = sql or f"customers.{name}"
    return Attribute(name, title, kind, value, description, "Contact", personal=True, compared=compared)


def _orders(
    name: str, title: str, kind: Kind, description: str, *, sql: str = "", unit: str = ""
) -> Attribute:
    return Attribute(name, title, kind, sql or f"customers.{name}", description, "Orders", unit)


def _score(
    name: str, title: str, kind: Kind, description: str, *, sql: str = "", unit: str = ""
) -> Attribute:
    return Attribute(name, title, kind, sql or f"scores.{name}", description, "Scores", unit)


_BARE_PHONE = "regexp_replace(replace(customers.phone, '(0)', ''), '[^0-9+]', '', 'g')"
_PHONE = (
    f"case when {_BARE_PHONE} like '+%' then '+' || replace({_BARE_PHONE}, '+', '')"
    f" when {_BARE_PHONE} like '00%' then '+' || replace(substr({_BARE_PHONE}, 3), '+', '')"
    " else regexp_replace(customers.phone, '[^0-9]', '', 'g') end"
)
"""``definition.telephone`` in SQL: +49 30 1234, +49 (0)30 1234 and 0049301234 are one number."""

ATTRIBUTES: tuple[Attribute, ...] = (
    _person("country", "Country", "choice", "Country of the newest account, or of a guest's newest order."),
    _person("city", "City", "text", "City of the newest account, or of a guest's newest order."),
    _person(
        "accepts_marketing", "Accepts marketing", "bool", "Whether the newest account agreed to be written to. Shopify, Magento and imported files say it; of guests, and of customers of"
        " WooCommerce and commercetools, it is not known."
    ),
    _person("has_email", "Has an e-mail address", "bool", "Whether one is known.", "customers.email is not null"),
    _person("has_phone", "Has a telephone number", "bool", "Whether one is known.", "customers.phone is not null"),
    _contact("email", "E-mail address", "The address of the newest account, or of a guest's newest order."),
    _contact(
        "email_domain",
        "E-mail domain",
        "What stands behind the @ of the address, such as example.com.",
        kind="domain",
        sql="case when customers.email like '%_@_%' then lower(trim(regexp_replace(customers.email, '^.*@', ''))) end",
    ),
    _contact("first_name", "First name", "As the newest account has it; a guest's is not known."),
    _contact("last_name", "Last name", "As the newest account has it; a guest's is not known."),
    _contact(
        "phone",
        "Telephone number",
        "The number of the newest account, or of a guest's newest order. Spaces and signs do not count, and 0049 is +49. A number"
        " written without its country, as it is dialled at home, does not begin with +49.",
        kind="phone",
        compared=_PHONE,
    ),
    _orders("orders", "Orders", "number", "Counted orders of all time, over all shops.", unit="orders"),
    _orders("net_sales", "Net sales", "money", "Gross sales less discounts and returns, of all time."),
    _orders("total_sales", "Total sales", "money", "Net sales with shipping, taxes, duties and fees, of all time."),
    _orders(
        "average_order_value",
        "Average order value",
        "money",
        "Net sales divided by orders; not known before the first order.",
        sql="cast(cast(customers.net_sales as decimal(38, 6)) / nullif(customers.orders, 0) as decimal(38, 6))",
    ),
    _orders("net_units", "Pieces kept", "number", "Pieces bought less pieces given back.", unit="pieces"),
    _orders("shops", "Shops bought in", "number", "How many shops they ordered in.", unit="shops"),
    _orders("first_order_date", "First order", "date", "Day of the first order, in the shop's time zone."),
    _orders("last_order_date", "Last order", "date", "Day of the newest order, in the shop's time zone."),
    _orders(
        "days_since_last_order",
        "Days since the last order",
        "number",
        "Days from the newest order to today, in the project's time zone; 0 where the shop's day is ahead of it.",
        sql="case when customers.last_order_date > cast($today as date) then 0 else cast($today as date) - customers.last_order_date end",
        unit="days",
    ),
    _orders("first_channel", "Channel of the first order", "choice", "Where the first order was placed."),
    _orders("first_connection_id", "Shop of the first order", "choice", "The shop of the first order."),
    _score("segment", "RFM segment", "choice", "One of eight, by recency, frequency and monetary value."),
    _score("previous_segment", "RFM segment at the end of last month", "choice", "Not known for new customers."),
    _score("recency_score", "Recency score", "number", "1 (long ago) to 5 (lately)."),
    _score("frequency_score", "Frequency score", "number", "1 (once, or seldom) to 5 (often)."),
    _score("monetary_score", "Monetary score", "number", "1 (little) to 5 (much)."),
    _score("purchase_days", "Days with a purchase", "number", "Different days with an order.", unit="days"),
    _score(
        "churn_probability", "Probability of not buying", "share", "That they buy nothing in the days ahead that count as having left, usually 90."
    ),
    _score("alive_probability", "Probability of being active", "share", "That they have not left for good."),
    _score(
        "expected_orders", "Purchases ahead", "number", "Purchases expected in the time ahead, usually a year.", unit="orders"
    ),
    _score("expected_order_value", "Value of a purchase", "money", "What an order of theirs is expected to be worth."),
    _score("expected_value", "Value ahead", "money", "Net sales expected in the time ahead, usually a year; discounted."),
    _score("expected_value_low", "Value ahead, low", "money", "What one in ten such customers stays below."),
    _score("expected_value_high", "Value ahead, high", "money", "What nine in ten such customers stay below; the mean may lie above it."),
    _score(
        "value_at_risk", "Value at risk", "money", "Value ahead × probability of not buying: who is worth saving first.",
        sql="cast(scores.expected_value * scores.churn_probability as decimal(38, 6))",
    ),
    _score("simple_value", "Simple lifetime value", "money", "Order value × orders a year × years."),
    _score("retention_value", "Value by retention", "money", "Net sales a period × retention ÷ (1 + discount − retention)."),
)  # fmt: skip

PERSON_ID = Attribute(
    "person_id", "Customer id", "text", "customers.person_id", "Fondaco's id of the person.", "Person"
)

COLUMNS: tuple[Attribute, ...] = (
    PERSON_ID,
    *(attribute for attribute in ATTRIBUTES if attribute.personal),
    *(attribute for attribute in ATTRIBUTES if not attribute.personal),
    Attribute("currency", "Currency", "text", "customers.currency", "What amounts are counted in.", "Orders"),
)
"""What a file of members may hold."""

USUAL_COLUMNS = ("person_id", "country", "orders", "net_sales", "last_order_date")
"""What members are told with where nothing else was asked for: nothing personal."""

_BY_NAME = {attribute.name: attribute for attribute in ATTRIBUTES}
_COLUMNS_BY_NAME = {column.name: column for column in COLUMNS}


def attribute(name: str) -> Attribute:
    """What a condition may ask for.

    Raises
    ------
    ConfigError
        If there is no such attribute.
    """
    if name not in _BY_NAME:
        raise ConfigError(
            f"There is no attribute {name[:63]!r} of customers.",
            f"Use one of: {', '.join(sorted(_BY_NAME))}.",
        )
    return _BY_NAME[name]


def columns(names: tuple[str, ...]) -> tuple[Attribute, ...]:
    """The columns of a file, in the order they were asked for; named twice is once.

    Raises
    ------
    ConfigError
        If there is no such column, or none was named.
    """
    unknown = [name for name in names if name not in _COLUMNS_BY_NAME]
    if unknown or not names:
        what = f"There is no column {unknown[0][:63]!r} of members." if unknown else "No column was chosen."
        raise ConfigError(what, f"Choose from: {', '.join(_COLUMNS_BY_NAME)}.")
    return tuple(_COLUMNS_BY_NAME[name] for name in dict.fromkeys(names))
