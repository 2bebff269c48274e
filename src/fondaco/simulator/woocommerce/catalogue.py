"""Customers, products, variations and coupons as WooCommerce shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from fondaco.simulator.woocommerce.orders import coupon_code
from fondaco.simulator.woocommerce.words import Words

Row = dict[str, Any]

_VARIANTS = """
select v.*, coalesce(i.stock, 0) as stock, p.status, p.created_at
from variants as v
inner join products as p using (shop_id, product_id)
left join (
    select shop_id, variant_id, sum(available) as stock from inventory group by shop_id, variant_id
) as i on i.shop_id = v.shop_id and i.variant_id = v.variant_id
where v.shop_id = $shop and v.product_id in (select unnest($ids))
order by v.product_id, v.variant_id
"""
_CATEGORIES = """
select m.product_id, c.collection_id, c.title, c.handle
from product_collections as m
inner join collections as c using (shop_id, collection_id)
where m.shop_id = $shop and m.product_id in (select unnest($ids))
order by m.product_id, c.collection_id
"""
_COUNTED = """
select c.*, (select count(*) from product_collections as m
    where m.shop_id = c.shop_id and m.collection_id = c.collection_id) as members
from collections as c
where c.shop_id = $shop and c.collection_id in (select unnest($ids))
"""
_STATUS = {"active": "publish", "draft": "draft", "archived": "private"}
_TYPES = {"percentage": "percent", "fixed": "fixed_cart", "shipping": "fixed_cart"}


class Catalogue:
    """Builds all but orders and refunds for one shop."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def customers(self, ids: Sequence[int], places: int) -> list[Row]:
        sql = "select * exclude (person_id) from customers where shop_id = $shop and customer_id in (select unnest($ids))"
        built = {row["customer_id"]: self._customer(row) for row in self._words.rows(sql, ids)}
        return [built[customer_id] for customer_id in ids]

    def products(self, ids: Sequence[int], places: int) -> list[Row]:
        sql = "select * from products where shop_id = $shop and product_id in (select unnest($ids))"
        variants: defaultdict[int, list[Row]] = defaultdict(list)
        for row in self._words.rows(_VARIANTS, ids):
            variants[row["product_id"]].append(row)
        categories: defaultdict[int, list[Row]] = defaultdict(list)
        for row in self._words.rows(_CATEGORIES, ids):
            categories[row["product_id"]].append(
                {"id": row["collection_id"], "name": row["title"], "slug": row["handle"]}
            )
        built = {
            row["product_id"]: {
                **self._product(row, variants[row["product_id"]], places),
                "categories": categories[row["product_id"]],
            }
            for row in self._words.rows(sql, ids)
        }
        return [built[product_id] for product_id in ids]

    def variations(self, product_id: int, places: int) -> list[Row]:
        """All variations of a product; none of a simple one."""
        rows = self._words.rows(_VARIANTS, [product_id])
        return [self._variation(row, places) for row in rows] if len(rows) > 1 else []

    def categories(self, ids: Sequence[int], places: int) -> list[Row]:
        built = {row["collection_id"]: self._category(row) for row in self._words.rows(_COUNTED, ids)}
        return [built[category_id] for category_id in ids]

    def coupons(self, ids: Sequence[int], places: int) -> list[Row]:
        sql = "select * from discounts where shop_id = $shop and discount_id in (select unnest($ids))"
        built = {row["discount_id"]: self._coupon(row, places) for row in self._words.rows(sql, ids)}
        return [built[coupon_id] for coupon_id in ids]

    def _customer(self, row: Row) -> Row:
        address = {
            "first_name": row["first_name"], "last_name": row["last_name"], "company": "", "address_1": "",
            "address_2": "", "city": row["city"], "postcode": "", "country": row["country"], "state": "",
        }  # fmt: skip
        return {
            "id": row["customer_id"], **self._words.both_times("date_created", row["created_at"]),
            **self._words.both_times("date_modified", row["updated_at"]), "email": row["email"],
            "first_name": row["first_name"], "last_name": row["last_name"], "role": "customer",
            "username": f"customer{row['customer_id']}",
            "billing": {**address, "email": row["email"], "phone": row["phone"] or ""}, "shipping": address,
            "is_paying_customer": True, "avatar_url": "", "meta_data": [],
            "_links": {"self": [{"href": self._words.link(f"wc/v3/customers/{row['customer_id']}")}]},
        }  # fmt: skip

    def _product(self, row: Row, variants: list[Row], places: int) -> Row:
        is_simple = len(variants) <= 1
        return {
            "id": row["product_id"], "name": row["title"], "slug": f"product-{row['product_id']}", "permalink": "",
            **self._words.both_times("date_modified", row["updated_at"]),
            "type": "simple" if is_simple else "variable",
            "status": "trash" if row["deleted_at"] else _STATUS.get(row["status"], "publish"),
            "description": "", "short_description": "",
            **self._sellable(variants[0] if is_simple and variants else None, places),
            **self._words.both_times("date_created", row["created_at"]), "total_sales": 0,
            "tags": [], "images": [],
            "brands": [{"id": 2, "name": row["vendor"], "slug": "brand"}], "attributes": [], "parent_id": 0,
            "variations": [] if is_simple else [variant["variant_id"] for variant in variants],
            "_links": {"self": [{"href": self._words.link(f"wc/v3/products/{row['product_id']}")}]},
        }  # fmt: skip

    def _category(self, row: Row) -> Row:
        path = f"wc/v3/products/categories/{row['collection_id']}"
        return {
            "id": row["collection_id"], "name": row["title"], "slug": row["handle"],
            "parent": row["parent_id"] or 0, "description": "", "display": "default", "image": None,
            "menu_order": 0, "count": row["members"],
            "_links": {"self": [{"href": self._words.link(path)}]},
        }  # fmt: skip

    def _variation(self, row: Row, places: int) -> Row:
        return {
            "id": row["variant_id"], "type": "variation",
            **self._words.both_times("date_created", row["created_at"]),
            **self._words.both_times("date_modified", row["updated_at"]), "description": "", "permalink": "",
            "status": "publish", **self._sellable(row, places),
            "attributes": [{"id": 1, "name": "Option", "slug": "option", "option": row["title"]}],
            "image": None, "menu_order": 0, "name": row["title"], "parent_id": row["product_id"],
        }  # fmt: skip

    def _sellable(self, variant: Row | None, places: int) -> Row:
        price = self._words.money(places)(variant["price"]) if variant else ""
        return {
            "sku": (variant["sku"] if variant else "") or "",
            "global_unique_id": (variant["barcode"] if variant else "") or "",
            "price": price, "regular_price": price, "sale_price": "", "on_sale": False,
            **self._words.both_times("date_on_sale_from", None), **self._words.both_times("date_on_sale_to", None),
            "tax_status": "taxable", "tax_class": "", "manage_stock": variant is not None,
            "stock_quantity": int(variant["stock"]) if variant else None,
            "stock_status": "instock" if variant is None or variant["stock"] > 0 else "outofstock",
            "backorders": "no", **self._cost(variant),
        }  # fmt: skip

    @staticmethod
    def _cost(variant: Row | None) -> Row:
        """Every other product has its cost in WooCommerce's own field, the rest in a plugin's meta data."""
        if variant is None or variant["cost"] is None:
            return {"meta_data": []}
        cost = f"{variant['cost'] / 100:.2f}"
        if variant["product_id"] % 2:
            return {"meta_data": [{"id": variant["variant_id"], "key": "_wc_cog_cost", "value": cost}]}
        values = [{"defined_value": float(cost), "effective_value": float(cost)}]
        return {"meta_data": [], "cost_of_goods_sold": {"values": values, "total_value": float(cost)}}

    def _coupon(self, row: Row, places: int) -> Row:
        is_percent = row["kind"] == "percentage"
        amount = f"{row['value'] * 100:.2f}" if is_percent else self._words.money(places)(int(row["value"]))
        return {
            "id": row["discount_id"], "code": coupon_code(row),
            "amount": "0.00" if row["kind"] == "shipping" else amount, "status": "publish",
            **self._words.both_times("date_created", row["starts_at"]),
            **self._words.both_times("date_modified", row["updated_at"]), "discount_type": _TYPES[row["kind"]],
            "description": row["title"], **self._words.both_times("date_expires", row["ends_at"]),
            "usage_count": row["usage_count"], "individual_use": False, "usage_limit": None,
            "free_shipping": row["kind"] == "shipping", "used_by": ["someone@example.com"],
            "email_restrictions": [], "meta_data": [],
        }  # fmt: skip
