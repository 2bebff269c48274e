"""Finds the product, customer or order that somebody means, by a few letters of it, among what is published."""

from __future__ import annotations

import re

import pyarrow as pa

from fondaco.warehouse.engine import Reader

_STARTS = "case when lower({0}) like $starts escape '!' then 0 else 1 end"

_PRODUCTS = f"""
select product_id, connection_id, title, vendor, product_type, currency, net_sales
from marts.products
where tenant_id = $tenant_id
    and (lower(title) like $holds escape '!' or lower(source_product_id) = $whole)
order by {_STARTS.format("title")}, net_sales desc, product_id
limit {{limit}}
"""

_CUSTOMERS = f"""
select person_id, first_name, last_name, email, city, country, orders, currency, net_sales
from (
    select
        *,
        trim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')) as name
    from marts.customers
    where tenant_id = $tenant_id
) as named
where lower(name) like $holds escape '!'
    or lower(last_name) like $starts escape '!'
    or lower(email) like $starts escape '!'
    or ($digits <> '' and phone like $digits_hold)
order by {_STARTS.format("name")}, orders desc, net_sales desc, person_id
limit {{limit}}
"""

_ORDERS = """
select order_id, order_number, connection_id, order_date, currency, total_sales
from marts.orders
where tenant_id = $tenant_id
    and (
        order_number in ($whole, $numbered)
        or order_number like $number_starts escape '!'
        or order_number like $numbered_starts escape '!'
        or source_order_id = $whole
    )
order by case when order_number in ($whole, $numbered) then 0 else 1 end, order_date desc, order_id
limit {limit}
"""


def find_products(reader: Reader, tenant_id: str, words: str, limit: int = 6) -> pa.Table:
    """Products whose title holds ``words``, or whose number at the vendor they are; what begins with them first, then by sales.

    Columns: product_id, connection_id, title, vendor, product_type, currency, net_sales.
    """
    whole = words.strip().lower()
    sql = _PRODUCTS.format(limit=limit)
    return reader.query(sql, {"tenant_id": tenant_id, "whole": whole, **_patterns(whole)})


def find_customers(reader: Reader, tenant_id: str, words: str, limit: int = 6) -> pa.Table:
    """People whose name holds ``words``, whose address begins with them, or whose telephone number holds their digits.

    Columns: person_id, first_name, last_name, email, city, country, orders, currency, net_sales.
    """
    whole = words.strip().lower()
    digits = re.sub(r"\D", "", whole) if re.fullmatch(r"[\d\s()+/.-]{5,}", whole) else ""
    sql = _CUSTOMERS.format(limit=limit)
    params = {"tenant_id": tenant_id, "digits": digits, "digits_hold": f"%{digits.lstrip('0')}%"}
    return reader.query(sql, params | _patterns(whole))


def find_orders(reader: Reader, tenant_id: str, words: str, limit: int = 6) -> pa.Table:
    """Orders of that number, with ``#`` or without, then those whose number begins with it, the newest first.

    Columns: order_id, order_number, connection_id, order_date, currency, total_sales.
    """
    number = words.strip().removeprefix("#")
    numbered = f"#{number}"
    params = {
        "tenant_id": tenant_id,
        "whole": number,
        "numbered": numbered,
        "number_starts": f"{_literal(number)}%",
        "numbered_starts": f"{_literal(numbered)}%",
    }
    return reader.query(_ORDERS.format(limit=limit), params)


def _patterns(whole: str) -> dict[str, str]:
    return {"starts": f"{_literal(whole)}%", "holds": f"%{_literal(whole)}%"}


def _literal(text: str) -> str:
    """Letters that a pattern would read as its own are taken as they are."""
    return re.sub(r"([!%_])", r"!\1", text)
