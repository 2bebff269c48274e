"""Customers as they stand in the newest published state: lists, totals and one person. What is not a metric of a period."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa

from fondaco.errors import ConfigError
from fondaco.metrics import telephones
from fondaco.metrics.by_index import rows_of_one
from fondaco.warehouse.engine import OutdatedError, Reader, Value

Row = dict[str, Any]
Sort = Literal[
    "expected_value", "net_sales", "last_order_date", "orders", "churn_probability", "value_at_risk", "name"
]

VALUE_AT_RISK = "cast({0}.expected_value * {0}.churn_probability as decimal(38, 6))"
"""Of the scores called so: null where either is not known."""

_ORDER: Mapping[str, str] = {
    "expected_value": "s.expected_value desc nulls last",
    "net_sales": "c.net_sales desc",
    "last_order_date": "c.last_order_date desc nulls last",
    "orders": "c.orders desc",
    "churn_probability": "s.churn_probability desc nulls last",
    "value_at_risk": "s.expected_value * s.churn_probability desc nulls last",
    # Who has no name goes by the address, as the list shows them; who has neither comes last.
    "name": "case when coalesce(c.last_name, c.first_name, c.email) is null then 1 else 0 end,"
    " lower(coalesce(c.last_name, c.first_name, c.email)), lower(coalesce(c.first_name, ''))",
}
SORTS: tuple[str, ...] = tuple(_ORDER)

PERSONAL = ("email", "phone", "first_name", "last_name")
"""Columns that say who somebody is."""

_COLUMNS = (
    "c.person_id, c.email, c.phone, c.first_name, c.last_name, c.city, c.country, c.accepts_marketing, c.first_channel,"
    " c.first_order_date, c.last_order_date, c.orders, c.shops, c.net_units, c.net_sales, c.total_sales, c.currency,"
    " s.segment, s.previous_segment, s.days_since_last, s.recency_score, s.frequency_score, s.monetary_score,"
    " s.alive_probability, s.expected_orders, s.expected_order_value, s.expected_value, s.expected_value_low,"
    " s.expected_value_high, s.simple_value, s.retention_value, s.churn_probability,"
    f" {VALUE_AT_RISK.format('s')} as value_at_risk, s.churn_reasons, s.as_of_date"
)
_JOINED = (
    "marts.customers as c left join marts.customer_scores as s"
    " on s.person_id = c.person_id and s.tenant_id = c.tenant_id"
)
_SUMMARY = """
select
    max(as_of_date) as as_of_date,
    count(*) as customers,
    cast(sum(case when purchase_days > 1 then 1 else 0 end) as bigint) as repeat_customers,
    sum(alive_probability) as active_customers,
    sum(expected_orders) as expected_orders,
    sum(expected_value) as expected_value,
    sum(value_if_active * (1 - alive_probability)) as value_to_win_back
from marts.customer_scores
where tenant_id = $tenant_id
"""
_SEGMENTS = """
select
    s.segment,
    count(*) as customers,
    cast(sum(case when s.previous_segment = s.segment then 1 else 0 end) as bigint) as stayed,
    sum(c.net_sales) as net_sales,
    sum(s.expected_value) as expected_value,
    avg(s.alive_probability) as alive_probability,
    avg(s.churn_probability) as churn_probability
from marts.customer_scores as s
inner join marts.customers as c on c.person_id = s.person_id and c.tenant_id = s.tenant_id
where s.tenant_id = $tenant_id
group by s.segment
"""
_MOVEMENTS = """
select month_end, from_segment, to_segment, customers
from marts.segment_movements
where tenant_id = $tenant_id
order by month_end, customers desc, from_segment, to_segment
"""
# Tenths of customers, the most valuable ones first.
_TENTHS = """
select
    tenth,
    count(*) as customers,
    min(expected_value) as least,
    max(expected_value) as most,
    sum(expected_value) as expected_value
from (
    select expected_value, ntile(10) over (order by expected_value desc, person_id) as tenth
    from marts.customer_scores
    where tenant_id = $tenant_id and expected_value is not null
) as ranked
group by tenth
order by tenth
"""
_ONE = f"""
with {rows_of_one("c", "customers", "person_id")},

{rows_of_one("s", "customer_scores", "person_id")}

select {_COLUMNS}
from c
left join s on s.tenant_id = c.tenant_id
where c.tenant_id = $tenant_id
"""
_THESE = f"""
with c as materialized (
    select * from marts.customers
    where person_id in ({{ids}})
),

s as materialized (
    select * from marts.customer_scores
    where person_id in ({{ids}})
)

select {_COLUMNS}
from c
left join s on s.person_id = c.person_id and s.tenant_id = c.tenant_id
where c.tenant_id = $tenant_id
"""
_ORDERS = f"""
with {rows_of_one("found", "orders", "person_id")}

select order_id, connection_id, order_number, source_order_id, ordered_at, order_date, channel, order_status, is_cancelled,
    order_sequence, discount_codes, units_sold, net_sales, total_sales, returns
from found
where tenant_id = $tenant_id
order by ordered_at desc, order_id desc
limit 500
"""
_MESSAGES = f"""
with {rows_of_one("found", "customer_messages", "person_id")}

select happened_at, kind, channel, platform, campaign_id, campaign_name from found
where tenant_id = $tenant_id
order by happened_at desc, message_event_id desc
limit 50
"""

_REFUNDS = """
select refund_id, order_id, connection_id, refunded_at, refunded_date, reason, amount
from marts.refunds
where tenant_id = $tenant_id and person_id = $person_id
order by refunded_at desc, refund_id desc
limit 500
"""


@dataclass(frozen=True, slots=True)
class Among:
    """Persons that a question gives, a column ``person_id``: SQL and its parameters by name."""

    sql: str
    params: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which customers, in which order.

    Attributes
    ----------
    segment
        A name of ``fondaco.analytics.rfm.SEGMENTS``; None: all of them, also who has not bought.
    text
        In name, or in an e-mail address or telephone of any of their accounts, whatever its case: ``marts.customer_search`` has all of
        a person in one row. Empty: everybody.
    after
        How many to leave out from the beginning.
    among
        Only these.
    """

    segment: str | None = None
    text: str = ""
    sort: str = "expected_value"
    after: int = 0
    limit: int = 50
    among: Among | None = None


def summary(reader: Reader, tenant_id: str) -> Row:
    """Totals over who has bought; sums are None where no model could be fitted."""
    [row] = reader.query(_SUMMARY, {"tenant_id": tenant_id}).to_pylist()
    return dict(row)


def segments(reader: Reader, tenant_id: str) -> list[Row]:
    """Each segment that has customers."""
    return list(reader.query(_SEGMENTS, {"tenant_id": tenant_id}).to_pylist())


def movements(reader: Reader, tenant_id: str) -> list[Row]:
    """Between the ends of months, oldest first; ``from_segment`` is empty for who had not bought before."""
    return list(reader.query(_MOVEMENTS, {"tenant_id": tenant_id}).to_pylist())


def value_tenths(reader: Reader, tenant_id: str) -> list[Row]:
    """Tenths of customers by expected value, the highest first; none where no model could be fitted."""
    return list(reader.query(_TENTHS, {"tenant_id": tenant_id}).to_pylist())


def listed(reader: Reader, tenant_id: str, wanted: Wanted) -> tuple[list[Row], int]:
    """Customers, and how many there are of that kind.

    Raises
    ------
    ConfigError
        If the order is unknown.
    """
    if wanted.sort not in _ORDER:
        raise ConfigError(
            f"Customers cannot be sorted by {wanted.sort[:63]!r}.", f"Sort by one of {', '.join(SORTS)}."
        )
    if wanted.text.strip():
        return _searched(reader, tenant_id, wanted)
    where, params = _where(tenant_id, wanted)
    [counted] = reader.query(f"select count(*) as n from {_JOINED} where {where}", params).to_pylist()
    paging: dict[str, Value] = {**params, "limit": wanted.limit, "after": wanted.after}
    rows = reader.query(
        f"select {_COLUMNS} from {_JOINED} where {where}"
        f" order by {_ORDER[wanted.sort]}, c.person_id limit $limit offset $after",
        paging,
    )
    return rows.to_pylist(), int(counted["n"])


def _searched(reader: Reader, tenant_id: str, wanted: Wanted) -> tuple[list[Row], int]:
    """The same for who is looked for: first who they are, from no more tables than tell it, then all columns of one sheet of them."""
    params: dict[str, Value] = {"tenant_id": tenant_id}
    is_found = " and ".join(("f.tenant_id = $tenant_id", *_look_for(wanted.text, params)))
    narrowed, order = _narrow(wanted, "f", params), _ORDER[wanted.sort]
    source = "marts.customer_search as f"
    if "c." in order:
        source += (
            " inner join marts.customers as c on c.person_id = f.person_id and c.tenant_id = f.tenant_id"
        )
    if "s." in order or wanted.segment is not None:
        source += (
            " left join marts.customer_scores as s on s.person_id = f.person_id and s.tenant_id = f.tenant_id"
        )
    where = " and ".join((is_found, *narrowed))
    [counted] = reader.query(
        f"select count(*) as n from {source if narrowed else 'marts.customer_search as f'} where {where}",
        params,
    ).to_pylist()
    rows = reader.query(
        f"select f.person_id from {source} where {where} order by {order}, f.person_id limit $limit offset $after",
        {**params, "limit": wanted.limit, "after": wanted.after},
    )
    return these(reader, tenant_id, rows.column("person_id").to_pylist()), int(counted["n"])


def ids(reader: Reader, tenant_id: str, wanted: Wanted) -> pa.Array:
    """The ids of all of that kind, in their order, whatever ``text``, ``after`` and ``limit``: to read on from any place at once."""
    where, params = _where(tenant_id, wanted)
    found = reader.query(
        f"select c.person_id from {_JOINED} where {where} order by {_ORDER[wanted.sort]}, c.person_id", params
    )
    return found.column("person_id").combine_chunks()


def these(reader: Reader, tenant_id: str, person_ids: Sequence[str]) -> list[Row]:
    """Customers by their ids, a sheet of them at most, in that order."""
    if not person_ids:
        return []
    asked: dict[str, Value] = {f"id_{place}": person_id for place, person_id in enumerate(person_ids)}
    sql = _THESE.format(ids=", ".join(f"${name}" for name in asked))
    found = {row["person_id"]: row for row in reader.query(sql, asked | {"tenant_id": tenant_id}).to_pylist()}
    return [found[person_id] for person_id in person_ids if person_id in found]


def _where(tenant_id: str, wanted: Wanted) -> tuple[str, dict[str, Value]]:
    params: dict[str, Value] = {"tenant_id": tenant_id}
    return " and ".join(("c.tenant_id = $tenant_id", *_narrow(wanted, "c", params))), params


def _narrow(wanted: Wanted, persons: str, params: dict[str, Value]) -> list[str]:
    """The conditions but for what is looked for, on a table of that name and on ``s``; their parameters are added to ``params``."""
    conditions = []
    if wanted.among is not None:
        conditions.append(f"{persons}.person_id in ({wanted.among.sql})")
        params.update(wanted.among.params)
    if wanted.segment is not None:
        conditions.append("s.segment = $segment")
        params["segment"] = wanted.segment
    return conditions


def _look_for(text: str, params: dict[str, Value]) -> list[str]:
    """The conditions on ``marts.customer_search`` of who is looked for; their parameters are added to ``params``."""
    if digits := telephones.digits_of(text):
        params["digits"] = digits
        return ["strpos(f.digits, $digits) > 0"]
    words = {f"word_{place}": word.lower() for place, word in enumerate(text.split()[:5])}
    params.update(words)
    return [f"strpos(f.words, ${name}) > 0" for name in words]


def page(
    reader: Reader, tenant_id: str, *, segment: str | None, after: str, limit: int, personal: bool
) -> pa.Table:
    """Customers by person_id, behind ``after``; without the ``PERSONAL`` columns unless ``personal``."""
    params: dict[str, Value] = {"tenant_id": tenant_id, "after": after, "limit": limit}
    where = "c.tenant_id = $tenant_id and c.person_id > $after"
    if segment is not None:
        where += " and s.segment = $segment"
        params["segment"] = segment
    table = reader.query(
        f"select {_COLUMNS} from {_JOINED} where {where} order by c.person_id limit $limit", params
    )
    return table if personal else table.drop_columns(list(PERSONAL))


def reasons(row: Row) -> list[str]:
    """Why a customer is, or is not, expected to leave, in sentences."""
    found = row["churn_reasons"]
    return [str(reason) for reason in json.loads(found)] if found else []


def one(reader: Reader, tenant_id: str, person_id: str) -> Row | None:
    """One person; None where there is none of that id."""
    found = reader.query(_ONE, {"tenant_id": tenant_id, "person_id": person_id}).to_pylist()
    return found[0] if found else None


def messages_of(reader: Reader, tenant_id: str, person_id: str) -> list[Row]:
    """The newest 50 things that became of messages to a person; none where what is published knows of none.

    Columns: happened_at (UTC), kind, channel, platform, campaign_id, campaign_name.
    """
    try:
        return list(reader.query(_MESSAGES, {"tenant_id": tenant_id, "person_id": person_id}).to_pylist())
    except OutdatedError:
        return []


def orders_of(reader: Reader, tenant_id: str, person_id: str) -> list[Row]:
    """A person's newest 500 orders, newest first."""
    return list(reader.query(_ORDERS, {"tenant_id": tenant_id, "person_id": person_id}).to_pylist())


def refunds_of(reader: Reader, tenant_id: str, person_id: str) -> list[Row]:
    """A person's newest 500 refunds, newest first."""
    return list(reader.query(_REFUNDS, {"tenant_id": tenant_id, "person_id": person_id}).to_pylist())
