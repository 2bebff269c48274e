"""Finds the product, customer or order that somebody means, by a few letters of it, among what is published."""

from __future__ import annotations

import re

import pyarrow as pa

from fondaco.metrics import telephones
from fondaco.warehouse.engine import Reader

_BEGINS = "case when starts_with(lower({0}), $whole) then 0 else 1 end"

_PRODUCTS = f"""
select product_id, connection_id, title, vendor, product_type, currency, net_sales
from marts.products
where tenant_id = $tenant_id
    and (
        strpos(lower(title), $whole) > 0
        or lower(source_product_id) = $whole
        or product_id in (
            select product_id from marts.inventory
            where tenant_id = $tenant_id and starts_with(lower(sku), $whole)
            union
            select product_id from marts.product_sales_daily
            where tenant_id = $tenant_id and lower(sku) = $whole
        )
    )
order by {_BEGINS.format("title")}, net_sales desc, product_id
limit {{limit}}
"""

# In ``words`` each name and address of a person begins a line.
_CUSTOMERS = f"""
with found as materialized (
    select person_id, name from marts.customer_search
    where tenant_id = $tenant_id
        and (
            strpos(name, $whole) > 0
            or strpos(words, chr(10) || $whole) > 0
            or ($digits <> '' and strpos(digits, $digits) > 0)
        )
)

select c.person_id, c.first_name, c.last_name, c.email, c.city, c.country, c.orders, c.currency, c.net_sales
from found
inner join marts.customers as c on c.person_id = found.person_id and c.tenant_id = $tenant_id
order by {_BEGINS.format("found.name")}, c.orders desc, c.net_sales desc, c.person_id
limit {{limit}}
"""

# Two questions, of which each is answered by a column alone: put with an "or" between them they take five times as long.
_ORDERS = """
with found as (
    select order_id, order_number, connection_id, order_date, currency, total_sales
    from marts.orders
    where tenant_id = $tenant_id
        and (starts_with(order_number, $whole) or starts_with(order_number, $numbered))
    union
    select order_id, order_number, connection_id, order_date, currency, total_sales
    from marts.orders
    where tenant_id = $tenant_id and source_order_id = $whole
)

select * from found
order by case when order_number in ($whole, $numbered) then 0 else 1 end, order_date desc, order_id
limit {limit}
"""

_CAMPAIGNS = f"""
select campaign_id, platform, account_name, name, status
from marts.campaigns
where tenant_id = $tenant_id
    and (strpos(lower(name), $whole) > 0 or source_campaign_id = $whole)
order by {_BEGINS.format("name")}, case when status = 'active' then 0 else 1 end, name, campaign_id
limit {{limit}}
"""


def find_products(reader: Reader, tenant_id: str, words: str, limit: int = 6) -> pa.Table:
    """Products whose title holds ``words``, or whose number at the vendor or SKU they are (of stock also its beginning); what begins with them first, then by sales.

    Columns: product_id, connection_id, title, vendor, product_type, currency, net_sales.
    """
    whole = words.strip().lower()
    return reader.query(_PRODUCTS.format(limit=limit), {"tenant_id": tenant_id, "whole": whole})


def find_customers(reader: Reader, tenant_id: str, words: str, limit: int = 6) -> pa.Table:
    """People whose name holds ``words``, or an address of whom begins with them, or a telephone number of whom holds their digits.

    Columns: person_id, first_name, last_name, email, city, country, orders, currency, net_sales.
    """
    whole = words.strip().lower()
    params = {"tenant_id": tenant_id, "whole": whole, "digits": telephones.digits_of(whole)}
    return reader.query(_CUSTOMERS.format(limit=limit), params)


def find_orders(reader: Reader, tenant_id: str, words: str, limit: int = 6) -> pa.Table:
    """Orders of that number, with ``#`` or without, then those whose number begins with it, the newest first.

    Words without a digit are no number: nothing is looked for.

    Columns: order_id, order_number, connection_id, order_date, currency, total_sales.
    """
    number = words.strip().removeprefix("#")
    params = {"tenant_id": tenant_id, "whole": number, "numbered": f"#{number}"}
    return reader.query(_ORDERS.format(limit=limit if re.search(r"\d", number) else 0), params)


def find_campaigns(reader: Reader, tenant_id: str, words: str, limit: int = 6) -> pa.Table:
    """Campaigns whose name holds ``words``, or whose number at the vendor they are; what begins with them first, then active ones.

    Columns: campaign_id, platform, account_name, name, status.
    """
    whole = words.strip().lower()
    return reader.query(_CAMPAIGNS.format(limit=limit), {"tenant_id": tenant_id, "whole": whole})
