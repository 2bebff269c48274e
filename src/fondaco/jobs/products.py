"""What buyers of a product did afterwards, and what is bought together: two tables beside the marts.

All of it is one pass of SQL over the marts, the same on both engines. What a figure means stands in
``fondaco.metrics.product_figures``; here are the counts that it is made of.
"""

from __future__ import annotations

from datetime import date

from fondaco.warehouse.engine import TableSpec, Value, Writer

REPEAT_DAYS = 90
VALUE_DAYS = 365
BASKET_AT_MOST = 50
"""Orders of more products than these say nothing of what goes together, and would make most of the pairs."""
TOGETHER_AT_LEAST = 3
PAIRS_AT_MOST = 20

PRODUCT_CUSTOMERS = TableSpec(
    "marts",
    "product_customers",
    (
        ("tenant_id", "text"),
        ("product_id", "text"),
        ("as_of_date", "date"),
        ("buyers", "bigint"),
        ("buyers_again", "bigint"),
        ("buyers_observed", "bigint"),
        ("buyers_again_soon", "bigint"),
        ("first_buyers", "bigint"),
        ("first_buyers_observed", "bigint"),
        ("first_buyers_value", "sum"),
    ),
    ("tenant_id", "product_id"),
)
"""One row a product that was bought.

buyers: people who bought it. buyers_again: those who bought anything on a later day than the first order with it. buyers_observed: buyers whose
first order with it lies ``REPEAT_DAYS`` back at least; buyers_again_soon: those of them who ordered again within these days.
first_buyers: people whose first order of all had it; first_buyers_observed: those whose first order lies ``VALUE_DAYS`` back at
least; first_buyers_value: net sales of all of them from the first order to ``VALUE_DAYS`` after it, by the order clock.
"""

PRODUCT_PAIRS = TableSpec(
    "marts",
    "product_pairs",
    (
        ("tenant_id", "text"),
        ("product_id", "text"),
        ("other_product_id", "text"),
        ("as_of_date", "date"),
        ("place", "bigint"),
        ("orders_together", "bigint"),
        ("orders_product", "bigint"),
        ("orders_other", "bigint"),
        ("orders_all", "bigint"),
    ),
    ("tenant_id", "product_id", "other_product_id"),
)
"""Products that stand in one order more often than chance would have it: per product at most ``PAIRS_AT_MOST``, by how often.

Counted over orders of at most ``BASKET_AT_MOST`` products: with both, with the one, with the other, and all of the shop.
"""

TABLES = (PRODUCT_CUSTOMERS, PRODUCT_PAIRS)

# Ids are numbers while it is counted: the pairs of a million orders are joined by them. A cancelled order is no purchase, and
# what was bought on the same day is one.
_ORDERS = """
insert into product_job_orders
select
    row_number() over (order by order_id) as order_key,
    order_id,
    connection_id,
    person_id,
    row_number() over (partition by person_id order by order_sequence) as order_sequence,
    order_date,
    min(order_date) over (
        partition by person_id order by order_date
        range between interval '1 day' following and unbounded following
    ) as next_date,
    net_sales
from marts.orders
where tenant_id = $tenant_id and order_sequence is not null and not is_cancelled and order_date <= $as_of
"""

_PRODUCTS = """
insert into product_job_products
select row_number() over (order by product_id) as product_key, product_id
from (
    select distinct product_id
    from marts.sales_ledger
    where tenant_id = $tenant_id and product_id is not null and units_sold > 0 and order_date <= $as_of
) as sold
"""

_LINES = """
insert into product_job_lines
select distinct orders.order_key, products.product_key
from marts.sales_ledger as ledger
inner join product_job_orders as orders on ledger.order_id = orders.order_id
inner join product_job_products as products on ledger.product_id = products.product_id
where ledger.tenant_id = $tenant_id and ledger.units_sold > 0 and ledger.order_date <= $as_of
"""

_CUSTOMERS = f"""
insert into marts.product_customers
with bought as (
    select lines.product_key, orders.person_id, min(orders.order_sequence) as order_sequence
    from product_job_lines as lines
    inner join product_job_orders as orders on lines.order_key = orders.order_key
    group by lines.product_key, orders.person_id
),

first_orders as (
    select person_id, order_date
    from product_job_orders
    where order_sequence = 1
),

valued as (
    select orders.person_id, sum(orders.net_sales) as net_sales
    from product_job_orders as orders
    inner join first_orders on orders.person_id = first_orders.person_id
    where orders.order_date - first_orders.order_date <= {VALUE_DAYS}
    group by orders.person_id
),

followed as (
    select
        bought.product_key,
        orders.next_date is not null as is_again,
        $as_of - orders.order_date >= {REPEAT_DAYS} as is_observed,
        coalesce(orders.next_date - orders.order_date <= {REPEAT_DAYS}, false) as is_soon,
        bought.order_sequence = 1 as is_first,
        $as_of - orders.order_date >= {VALUE_DAYS} as is_whole,
        valued.net_sales
    from bought
    inner join product_job_orders as orders
        on bought.person_id = orders.person_id and bought.order_sequence = orders.order_sequence
    left join valued on bought.person_id = valued.person_id
)

select
    $tenant_id as tenant_id,
    products.product_id,
    $as_of as as_of_date,
    count(*) as buyers,
    count(case when followed.is_again then 1 end) as buyers_again,
    count(case when followed.is_observed then 1 end) as buyers_observed,
    count(case when followed.is_observed and followed.is_soon then 1 end) as buyers_again_soon,
    count(case when followed.is_first then 1 end) as first_buyers,
    count(case when followed.is_first and followed.is_whole then 1 end) as first_buyers_observed,
    cast(coalesce(sum(case when followed.is_first then followed.net_sales end), 0) as decimal(38, 6))
        as first_buyers_value
from followed
inner join product_job_products as products on followed.product_key = products.product_key
group by products.product_id
"""

_PAIRS = f"""
insert into marts.product_pairs
with baskets as (
    select order_key
    from product_job_lines
    group by order_key
    having count(*) <= {BASKET_AT_MOST}
),

basket_lines as (
    select lines.order_key, lines.product_key
    from product_job_lines as lines
    inner join baskets on lines.order_key = baskets.order_key
),

counted as (
    select product_key, count(*) as orders
    from basket_lines
    group by product_key
),

-- A cart holds things of one shop: chance is that of the shop's orders, not of all.
everything as (
    select orders.connection_id, count(*) as orders
    from baskets
    inner join product_job_orders as orders on baskets.order_key = orders.order_key
    group by orders.connection_id
),

shops as (
    select lines.product_key, min(orders.connection_id) as connection_id
    from product_job_lines as lines
    inner join product_job_orders as orders on lines.order_key = orders.order_key
    group by lines.product_key
),

together as (
    select one.product_key, other.product_key as other_key, count(*) as orders
    from basket_lines as one
    inner join basket_lines as other
        on one.order_key = other.order_key and one.product_key < other.product_key
    group by one.product_key, other.product_key
    having count(*) >= {TOGETHER_AT_LEAST}
),

both_ways as (
    select product_key, other_key, orders from together
    union all
    select other_key, product_key, orders from together
),

placed as (
    select
        products.product_id,
        others.product_id as other_product_id,
        both_ways.orders as orders_together,
        counted.orders as orders_product,
        other_counted.orders as orders_other,
        everything.orders as orders_all,
        row_number() over (
            partition by products.product_id order by both_ways.orders desc, other_counted.orders, others.product_id
        ) as place
    from both_ways
    inner join product_job_products as products on both_ways.product_key = products.product_key
    inner join product_job_products as others on both_ways.other_key = others.product_key
    inner join counted on both_ways.product_key = counted.product_key
    inner join counted as other_counted on both_ways.other_key = other_counted.product_key
    inner join shops on both_ways.product_key = shops.product_key
    inner join everything on shops.connection_id = everything.connection_id
    where both_ways.orders * everything.orders > counted.orders * other_counted.orders
)

select
    $tenant_id as tenant_id,
    product_id,
    other_product_id,
    $as_of as as_of_date,
    place,
    orders_together,
    orders_product,
    orders_other,
    orders_all
from placed
where place <= {PAIRS_AT_MOST}
"""

_BENCH = {
    "product_job_orders": "order_key bigint, order_id varchar, connection_id varchar, person_id varchar, order_sequence bigint, order_date date,"
    " next_date date, net_sales decimal(38, 6)",
    "product_job_products": "product_key bigint, product_id varchar",
    "product_job_lines": "order_key bigint, product_key bigint",
}


def write_product_facts(writer: Writer, tenant_id: str, as_of: date) -> None:
    """Work out ``TABLES`` anew for a tenant. Within a transaction; the tables must be there, and the marts built.

    Parameters
    ----------
    as_of
        The newest day that is looked at: later orders are left out, and how long a buyer was observed is counted up to it.
    """
    params: dict[str, Value] = {"tenant_id": tenant_id, "as_of": as_of}
    for name, columns in _BENCH.items():
        writer.execute(f"create temporary table {name} ({columns})")
    for sql in (_ORDERS, _PRODUCTS, _LINES):
        writer.execute(sql, params)
    for spec, sql in ((PRODUCT_CUSTOMERS, _CUSTOMERS), (PRODUCT_PAIRS, _PAIRS)):
        writer.execute(f"delete from {spec.qualified} where tenant_id = $tenant_id", {"tenant_id": tenant_id})
        writer.execute(sql, params)
    for name in _BENCH:
        writer.execute(f"drop table {name}")
