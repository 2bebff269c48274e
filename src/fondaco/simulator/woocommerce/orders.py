"""Orders and refunds as WooCommerce shows them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from fondaco.simulator.woocommerce.lists import REFUNDED
from fondaco.simulator.woocommerce.words import Words

Row = dict[str, Any]

_ORDERS = f"""
select * exclude (person_id), {REFUNDED} as is_refunded
from orders where shop_id = $shop and order_id in (select unnest($ids))
"""
_LINES = """
select l.*, p.title as product_title,
    (select count(*) from variants as v where v.shop_id = l.shop_id and v.product_id = l.product_id) as siblings,
    g.gross, g.discount as discount_net, g.tax as tax_placed
from order_lines as l
inner join ledger as g on g.line_id = l.line_id and g.action = 'order' and g.shop_id = l.shop_id
left join products as p on p.product_id = l.product_id and p.shop_id = l.shop_id
where l.shop_id = $shop and l.order_id in (select unnest($ids))
order by l.order_id, l.line_id
"""
_SHIPPING = """
select s.*, g.gross - g.discount as net
from shipping_lines as s
inner join ledger as g
    on g.order_id = s.order_id and g.line_type = 'shipping' and g.action = 'order' and g.shop_id = s.shop_id
where s.shop_id = $shop and s.order_id in (select unnest($ids))
order by s.order_id, s.shipping_line_id
"""
_COUPONS = """
select * from order_discounts where shop_id = $shop and order_id in (select unnest($ids))
order by order_id, discount_index
"""
_PAID = """
select order_id, min(processed_at) as paid_at, sum(fee) as fee, min(transaction_id) as transaction_id
from transactions
where shop_id = $shop and status = 'success' and kind in ('sale', 'capture') and order_id in (select unnest($ids))
group by order_id
"""
_REFUNDS_OF = (
    "select * from refunds where shop_id = $shop and order_id in (select unnest($ids)) order by refund_id"
)
_REFUND_LINES = """
select r.*, l.product_id, l.variant_id, l.sku, l.title, p.title as product_title, s.shipping_line_id,
    (select count(*) from variants as v where v.shop_id = r.shop_id and v.product_id = l.product_id) as siblings
from refund_lines as r
left join order_lines as l on l.line_id = r.line_id and l.shop_id = r.shop_id
left join products as p on p.product_id = l.product_id and p.shop_id = l.shop_id
left join shipping_lines as s on s.order_id = r.order_id and s.shop_id = r.shop_id and r.line_type = 'shipping'
where r.shop_id = $shop and r.refund_id in (select unnest($ids))
order by r.refund_id, r.refund_line_id
"""
_FULL_EVERY = 3
"""Every third refund of all that is left is one sum without lines, as the status Refunded makes it; it restocks nothing."""
_RESTOCKED = f"""
select f.line_id, sum(f.quantity)::bigint as units
from refund_lines as f
inner join refunds as r on r.refund_id = f.refund_id and r.shop_id = f.shop_id
inner join orders as o on o.order_id = f.order_id and o.shop_id = f.shop_id
where f.shop_id = $shop and f.restocked and f.order_id in (select unnest($ids))
    and not (r.kind = 'whole' and r.amount = o.placed_total and r.refund_id % {_FULL_EVERY} = 0)
group by f.line_id
"""
_UNKEPT_EVERY = 5
"""Of every fifth product the shop keeps no stock."""
_STATUS = {"open": "processing", "completed": "completed", "cancelled": "cancelled", "failed": "failed"}
_METHODS = {"stripe": "Credit card", "paypal": "PayPal", "bacs": "Direct bank transfer"}


class OrderBook:
    """Builds orders and refunds for one shop."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def orders(self, ids: Sequence[int], places: int) -> list[Row]:
        found = self._words.rows(_ORDERS, ids)
        restocked = {row["line_id"]: row["units"] for row in self._words.rows(_RESTOCKED, ids)}
        lines, shipping = self._grouped(_LINES, ids), self._grouped(_SHIPPING, ids)
        for line in (line for group in lines.values() for line in group):
            line["restocked"] = restocked.get(line["line_id"], 0)
        coupons, refunds = self._grouped(_COUPONS, ids), self._grouped(_REFUNDS_OF, ids)
        paid = {row["order_id"]: row for row in self._words.rows(_PAID, ids)}
        built = {
            row["order_id"]: self._order(
                row,
                (
                    lines[row["order_id"]],
                    shipping[row["order_id"]],
                    coupons[row["order_id"]],
                    refunds[row["order_id"]],
                ),
                paid.get(row["order_id"]),
                places,
            )
            for row in found
        }
        return [built[order_id] for order_id in ids]

    def refunds(self, ids: Sequence[int], places: int, *, with_parent: bool) -> list[Row]:
        rows = self._words.rows(
            "select r.*, o.placed_total from refunds as r inner join orders as o using (shop_id, order_id) "
            "where r.shop_id = $shop and r.refund_id in (select unnest($ids))",
            ids,
        )
        pieces: defaultdict[int, list[Row]] = defaultdict(list)
        for piece in self._words.rows(_REFUND_LINES, ids):
            pieces[piece["refund_id"]].append(piece)
        built = {
            row["refund_id"]: self._refund(row, pieces[row["refund_id"]], places, with_parent) for row in rows
        }
        return [built[refund_id] for refund_id in ids]

    def _grouped(self, sql: str, ids: Sequence[int]) -> defaultdict[int, list[Row]]:
        groups: defaultdict[int, list[Row]] = defaultdict(list)
        for row in self._words.rows(sql, ids):
            groups[row["order_id"]].append(row)
        return groups

    def _order(self, row: Row, parts: tuple[list[Row], ...], paid: Row | None, places: int) -> Row:
        money = self._words.money(places)
        lines, shipping, coupons, refunds = parts
        shipping_net = sum(line["net"] for line in shipping)
        shipping_tax = sum(line["tax"] for line in shipping)
        discount_net = sum(line["discount_net"] for line in lines)
        first, last = self._words.names(row)
        address = {
            "first_name": first, "last_name": last, "company": "", "address_1": "1 High Street", "address_2": "",
            "city": row["city"], "state": "", "postcode": "", "country": row["country"],
        }  # fmt: skip
        return {
            "id": row["order_id"], "parent_id": 0, "status": self.status(row), "currency": row["currency"],
            "version": self._words.version, "prices_include_tax": self._words.taxes_included,
            **self._words.both_times("date_created", row["processed_at"]),
            **self._words.both_times("date_modified", row["updated_at"]),
            "discount_total": money(discount_net),
            "discount_tax": money(self._discount_tax(lines)),
            "shipping_total": money(shipping_net), "shipping_tax": money(shipping_tax),
            "cart_tax": money(row["placed_tax"] - shipping_tax), "total": money(row["placed_total"]),
            "total_tax": money(row["placed_tax"]), "customer_id": row["customer_id"] or 0,
            "order_key": f"wc_order_{row['order_id']:x}",
            "billing": {**address, "email": row["email"] or "", "phone": row["phone"] or ""},
            "shipping": {**address, "phone": ""},
            "payment_method": row["gateway"], "payment_method_title": _METHODS.get(row["gateway"], row["gateway"]),
            "transaction_id": str(paid["transaction_id"]) if paid else "", "customer_ip_address": "192.0.2.1",
            "customer_user_agent": "", "created_via": "checkout", "customer_note": "",
            **self._words.both_times(
                "date_completed", row["updated_at"] if row["status"] == "completed" else None
            ),
            **self._words.both_times("date_paid", paid["paid_at"] if paid else None),
            "cart_hash": "", "number": str(row["order_number"]), "meta_data": self._meta(row, paid),
            "line_items": [self._line(line, money) for line in lines],
            "tax_lines": self._tax_lines(row, shipping_tax, money),
            "shipping_lines": [self._shipping_line(line, money) for line in shipping],
            "fee_lines": [], "coupon_lines": self._coupon_lines(row, coupons, lines, money),
            "refunds": [
                {"id": refund["refund_id"], "reason": refund["reason"], "total": money(-refund["amount"])}
                for refund in refunds
                if refund["created_at"] <= row["updated_at"]
            ],
            "payment_url": "", "is_editable": False, "needs_payment": False, "needs_processing": True,
            **self._words.one_time("date_created_gmt", row["processed_at"]),
            "currency_symbol": "£",
            "_links": {"self": [{"href": self._words.link(f"wc/v3/orders/{row['order_id']}")}]},
        }  # fmt: skip

    @staticmethod
    def status(row: Row) -> str:
        """WooCommerce's word for how an order stands."""
        if row["deleted_at"] is not None:
            return "trash"
        if row["is_refunded"]:
            return "refunded"
        if row["status"] == "open" and row["financial_status"] not in (
            "paid",
            "partially_refunded",
            "refunded",
        ):
            return "on-hold"
        return _STATUS.get(row["status"], "pending")

    def _line(self, line: Row, money: Any) -> Row:
        net = line["gross"] - line["discount_net"]
        taxes = line["tax_placed"]
        return {
            "id": line["line_id"], "name": line["title"],
            "product_id": line["product_id"], "variation_id": _variation(line), "quantity": line["quantity"],
            "tax_class": "", "subtotal": money(line["gross"]),
            "subtotal_tax": money(taxes + self._line_discount_tax(line)), "total": money(net),
            "total_tax": money(taxes),
            "taxes": [{"id": 1, "total": money(taxes), "subtotal": money(taxes)}] if taxes else [],
            "meta_data": _stock_meta(line), "sku": line["sku"] or "", "global_unique_id": "",
            "price": net / 100 / line["quantity"], "image": {"id": "", "src": ""}, "parent_name": None,
        }  # fmt: skip

    def _line_discount_tax(self, line: Row) -> int:
        return int(line["discount"] - line["discount_net"]) if self._words.taxes_included else 0

    def _discount_tax(self, lines: Iterable[Row]) -> int:
        return sum(self._line_discount_tax(line) for line in lines)

    @staticmethod
    def _shipping_line(line: Row, money: Any) -> Row:
        return {
            "id": line["shipping_line_id"], "method_title": line["title"], "method_id": "flat_rate",
            "instance_id": "1", "total": money(line["net"]), "total_tax": money(line["tax"]), "taxes": [],
            "tax_status": "taxable", "meta_data": [],
        }  # fmt: skip

    def _tax_lines(self, row: Row, shipping_tax: int, money: Any) -> list[Row]:
        if not row["placed_tax"]:
            return []
        return [
            {
                "id": row["order_id"] + 1, "rate_code": "GB-VAT-1", "rate_id": 1, "label": "VAT", "compound": False,
                "tax_total": money(row["placed_tax"] - shipping_tax), "shipping_tax_total": money(shipping_tax),
                "rate_percent": self._words.tax_percent, "meta_data": [],
            }
        ]  # fmt: skip

    @staticmethod
    def _coupon_lines(row: Row, coupons: list[Row], lines: list[Row], money: Any) -> list[Row]:
        """What each coupon took off before tax: the lines' net discount, shared by what the coupons show."""
        shown = sum(coupon["amount"] for coupon in coupons if coupon["kind"] != "shipping")
        net, given, seen = sum(line["discount_net"] for line in lines), 0, 0
        built = []
        for coupon in coupons:
            part = 0
            if coupon["kind"] != "shipping" and shown:
                seen += coupon["amount"]
                part = net * seen // shown - given
                given += part
            built.append(
                {
                    "id": row["order_id"] * 1_000 + coupon["discount_index"], "code": coupon_code(coupon),
                    "discount": money(part), "discount_tax": money(0), "meta_data": [],
                    "discount_type": "percent" if coupon["kind"] == "percentage" else "fixed_cart",
                    "nominal_amount": coupon["value"], "free_shipping": coupon["kind"] == "shipping",
                }
            )  # fmt: skip
        return built

    def _meta(self, row: Row, paid: Row | None) -> list[Row]:
        number = row["order_id"] * 100
        meta = [
            (f"_wc_order_attribution_{name}", value)
            for name, value in (
                *_origin(row), ("referrer", row["referring_site"]), ("utm_campaign", row["utm_campaign"]), ("utm_content", row["utm_content"]), ("utm_term", row["utm_term"]),
                ("session_entry", row["landing_site"]),
            )
            if value is not None
        ]  # fmt: skip
        if paid and paid["fee"] is not None:
            fee = f"{paid['fee'] / 100:.2f}"
            if row["gateway"] == "paypal":
                meta.append(
                    ("_ppcp_paypal_fees", {"paypal_fee": {"currency_code": row["currency"], "value": fee}})
                )
            else:
                meta.append(("_stripe_fee", fee))
        meta.append(("_delivery_note", "Leave it with the neighbour"))
        return [{"id": number + index, "key": key, "value": value} for index, (key, value) in enumerate(meta)]

    def _refund(self, row: Row, pieces: list[Row], places: int, with_parent: bool) -> Row:
        money = self._words.money(places)
        is_sum = _is_one_sum(row)
        lines = [] if is_sum else [piece for piece in pieces if piece["line_type"] == "product"]
        shipping = [] if is_sum else [piece for piece in pieces if piece["line_type"] == "shipping"]
        meta = [
            {"id": row["refund_id"] * 10, "key": "_refund_type", "value": "full" if is_sum else "partial"}
        ]
        refund = {
            "id": row["refund_id"], **self._words.both_times("date_created", row["created_at"]),
            "amount": money(row["amount"]), "reason": row["reason"], "refunded_by": 1, "refunded_payment": True,
            "meta_data": meta, "line_items": [self._refund_line(piece, money) for piece in lines],
            "shipping_lines": [self._refund_shipping(piece, money) for piece in shipping],
            "tax_lines": [], "fee_lines": [],
            "_links": {"up": [{"href": self._words.link(f"wc/v3/orders/{row['order_id']}")}]},
        }  # fmt: skip
        if with_parent:
            refund["parent_id"] = row["order_id"]
        return refund

    @staticmethod
    def _refund_line(piece: Row, money: Any) -> Row:
        return {
            "id": piece["refund_line_id"], "name": piece["title"],
            "product_id": piece["product_id"], "variation_id": _variation(piece), "quantity": -piece["quantity"],
            "tax_class": "", "subtotal": money(-piece["amount"]), "subtotal_tax": money(-piece["tax"]),
            "total": money(-piece["amount"]), "total_tax": money(-piece["tax"]), "taxes": [],
            "meta_data": _refers(piece["refund_line_id"], piece["line_id"]), "sku": piece["sku"] or "",
            "price": piece["amount"] / 100,
        }  # fmt: skip

    @staticmethod
    def _refund_shipping(piece: Row, money: Any) -> Row:
        return {
            "id": piece["refund_line_id"], "method_title": "Shipping", "method_id": "flat_rate", "instance_id": "1",
            "total": money(-piece["amount"]), "total_tax": money(-piece["tax"]), "taxes": [],
            "meta_data": _refers(piece["refund_line_id"], piece["shipping_line_id"]),
        }  # fmt: skip


def _origin(row: Row) -> tuple[tuple[str, str], ...]:
    """Where WooCommerce says that an order came from: it fills utm_source in also where no link had one."""
    site = row["referring_site"]
    if row["utm_source"]:
        found = ("utm", row["utm_source"], row["utm_medium"])
    elif site == "https://www.google.com/":
        found = ("organic", "google", "organic")
    elif site:
        found = ("referral", str(urlsplit(site).hostname), "referral")
    else:
        found = ("typein", "(direct)", "(none)")
    return tuple(zip(("source_type", "utm_source", "utm_medium"), found, strict=True))


def _is_one_sum(row: Row) -> bool:
    return bool(
        row["kind"] == "whole"
        and row["amount"] == row["placed_total"]
        and row["refund_id"] % _FULL_EVERY == 0
    )


def _refers(piece: int, line: int | None) -> list[Row]:
    return [{"id": piece * 10, "key": "_refunded_item_id", "value": str(line or 0)}]


def _stock_meta(line: Row) -> list[Row]:
    """What a line holds out of stock and, once any was, what refunds have put back."""
    if line["product_id"] % _UNKEPT_EVERY == 0:
        return []
    number, back = line["line_id"] * 10, line["restocked"]
    meta = [{"id": number, "key": "_reduced_stock", "value": str(line["quantity"] - back)}]
    if back:
        meta.append({"id": number + 1, "key": "_restock_refunded_items", "value": str(back)})
    return meta


def _variation(line: Row) -> int:
    """A product with one variant is a simple product: what is sold is the product itself."""
    return int(line["variant_id"]) if (line["siblings"] or 0) > 1 else 0


def coupon_code(coupon: Row) -> str:
    """WooCommerce knows codes only; an automatic discount goes by a code made of its title."""
    if coupon["code"]:
        return str(coupon["code"]).lower()
    return re.sub(r"[^a-z0-9]+", "-", str(coupon["title"]).lower()).strip("-")
