"""Orders as Magento shows them: what is chosen of a configurable product stands in a row of its own, without money."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fondaco.simulator.magento.lists import CHILDREN, SECOND_STORE_EVERY
from fondaco.simulator.magento.words import Row, WorldStore, instant, money, tax_portion, twice

_IN = "shop_id = $shop and order_id in (select unnest($ids))"
_ORDERS = f"select * exclude (person_id) from orders where {_IN}"
LINES = """
select l.*, g.gross, g.discount as discount_net, g.tax as tax_placed,
    (select count(*) from variants as v where v.shop_id = l.shop_id and v.product_id = l.product_id) as siblings,
    coalesce(b.back, 0) as back, coalesce(b.money, 0) as money_back
from order_lines as l
inner join ledger as g on g.line_id = l.line_id and g.action = 'order' and g.shop_id = l.shop_id
left join (
    select shop_id, line_id, sum(quantity)::bigint as back, sum(amount)::bigint as money
    from refund_lines where line_type = 'product' group by all
) as b on b.shop_id = l.shop_id and b.line_id = l.line_id
where l.shop_id = $shop and l.order_id in (select unnest($ids))
order by l.order_id, l.line_id
"""
_SHIPPING = """
select s.*, g.gross, g.discount as discount_net
from shipping_lines as s
inner join ledger as g
    on g.order_id = s.order_id and g.line_type = 'shipping' and g.action = 'order' and g.shop_id = s.shop_id
where s.shop_id = $shop and s.order_id in (select unnest($ids))
"""
_DISCOUNTS = f"select * from order_discounts where {_IN} order by order_id, discount_index"
_MOVED = f"""
select order_id,
    sum(amount) filter (where kind in ('sale', 'capture'))::bigint as paid,
    sum(amount) filter (where kind = 'refund')::bigint as refunded,
    sum(amount) filter (where kind = 'authorization')::bigint as authorized
from transactions where {_IN} and status = 'success' group by order_id
"""
_REFUNDED = f"select order_id, sum(amount)::bigint as amount from refunds where {_IN} group by order_id"
_NO_SHIPPING = {"gross": 0, "discount": 0, "discount_net": 0, "tax": 0, "title": None}


@dataclass(frozen=True, slots=True)
class _Parts:
    """What hangs on one order."""

    lines: list[Row]
    shipping: Row
    discounts: list[Row]
    moved: Row
    refunded: int


class SalesBook:
    """Builds orders of one shop."""

    def __init__(self, store: WorldStore, shop: Row) -> None:
        self._store = store
        self._shop = shop

    def orders(self, numbers: Sequence[int]) -> list[Row]:
        found = {row["order_id"]: row for row in self._rows(_ORDERS, numbers)}
        lines, discounts = self._grouped(LINES, numbers), self._grouped(_DISCOUNTS, numbers)
        shipping = {row["order_id"]: row for row in self._rows(_SHIPPING, numbers)}
        moved = {row["order_id"]: row for row in self._rows(_MOVED, numbers)}
        refunded = {row["order_id"]: row["amount"] for row in self._rows(_REFUNDED, numbers)}
        return [
            self._order(
                found[number],
                _Parts(
                    lines[number],
                    shipping.get(number, _NO_SHIPPING),
                    discounts[number],
                    moved.get(number, {}),
                    refunded.get(number, 0),
                ),
            )
            for number in numbers
        ]

    def _rows(self, sql: str, numbers: Sequence[int]) -> list[Row]:
        return self._store.rows(sql, {"shop": self._shop["shop_id"], "ids": list(numbers)})

    def _grouped(self, sql: str, numbers: Sequence[int]) -> defaultdict[int, list[Row]]:
        groups: defaultdict[int, list[Row]] = defaultdict(list)
        for row in self._rows(sql, numbers):
            groups[row["order_id"]].append(row)
        return groups

    def _order(self, row: Row, parts: _Parts) -> Row:
        number, currency = row["order_id"], row["currency"]
        state = _state(row, parts)
        is_taxed = self._shop["taxes_included"] and not row["tax_exempt"]
        paid = parts.moved.get("paid") or 0
        address = _address(row)
        return {
            "entity_id": number, "increment_id": f"{row['order_number']:09d}", "state": state,
            "status": "pending" if state == "new" else state, "store_id": store_of(number),
            "created_at": instant(row["processed_at"]), "updated_at": instant(row["updated_at"]),
            "base_currency_code": currency, "order_currency_code": currency, "store_currency_code": currency,
            "global_currency_code": currency, "base_to_order_rate": 1, "base_to_global_rate": 1,
            "customer_email": row["email"], "customer_is_guest": int(row["customer_id"] is None),
            **({"customer_id": row["customer_id"], "customer_group_id": 1} if row["customer_id"] else {}),
            "remote_ip": None if row["channel"] in ("draft", "api") else "203.0.113.7",
            **_totals(row, parts, is_taxed=is_taxed),
            **twice({
                "total_paid": paid, "total_due": row["placed_total"] - paid, "total_refunded": parts.refunded,
                "total_canceled": row["placed_total"] if state == "canceled" else 0,
            }),
            **_discount_words(parts.discounts),
            "shipping_description": parts.shipping["title"], "is_virtual": 0, "weight": 1.5,
            "items": [item for line in parts.lines for item in _items(row, line, state, is_taxed=is_taxed)],
            "billing_address": {"address_type": "billing", **address},
            "payment": {
                "method": row["gateway"], "base_amount_authorized": money(parts.moved.get("authorized")),
                "additional_information": ["a card ends with 1111"], "cc_last4": "1111",
            },
            "status_histories": [{"comment": "Leave it with the neighbour", "created_at": instant(row["created_at"])}],
            "extension_attributes": {
                "shipping_assignments": [
                    {"shipping": {"address": {"address_type": "shipping", **address}, "method": "flatrate_flatrate"}}
                ],
            },
        }  # fmt: skip


def store_of(order: int) -> int:
    """The store view in which an order was placed."""
    return 2 if order % SECOND_STORE_EVERY == 0 else 1


def is_configurable(line: Row) -> bool:
    """A product with one variant is a simple product: what is sold is the product itself."""
    return (line["siblings"] or 0) > 1


def _state(row: Row, parts: _Parts) -> str:
    """Magento closes what was given back whole, and cancels only what was never invoiced."""
    if row["status"] == "pending":
        return "new"
    if row["financial_status"] == "refunded" or (row["status"] == "cancelled" and parts.refunded):
        return "closed"
    return {"cancelled": "canceled", "failed": "canceled", "completed": "complete"}.get(
        row["status"], "processing"
    )


def _totals(row: Row, parts: _Parts, *, is_taxed: bool) -> Row:
    shipping = parts.shipping
    off = sum(_off(line, is_taxed=is_taxed) for line in parts.lines)
    shipping_off = _off(shipping, is_taxed=is_taxed)
    shown = twice({
        "subtotal": sum(line["gross"] for line in parts.lines),
        "discount_amount": -(off + shipping_off),
        "tax_amount": row["placed_tax"],
        "discount_tax_compensation_amount": sum(_compensation(line, is_taxed=is_taxed) for line in parts.lines),
        "shipping_amount": shipping["gross"],
        "shipping_tax_amount": shipping["tax"],
        "shipping_discount_amount": shipping_off,
        "grand_total": row["placed_total"],
    })  # fmt: skip
    portion = money(_compensation(shipping, is_taxed=is_taxed))
    return {
        **shown,
        "shipping_discount_tax_compensation_amount": portion,
        "base_shipping_discount_tax_compensation_amnt": portion,
    }


def _off(line: Row, *, is_taxed: bool) -> int:
    """The discount as Magento tells it: with tax where prices have it."""
    return int(line["discount"] if is_taxed else line["discount_net"])


def _compensation(line: Row, *, is_taxed: bool) -> int:
    return tax_portion(line["discount"], line["discount_net"], is_taxed=is_taxed)


def _items(row: Row, line: Row, state: str, *, is_taxed: bool) -> list[Row]:
    item = _item(row, line, state, is_taxed=is_taxed)
    if not is_configurable(line):
        return [item]
    child = {
        **item, "item_id": line["line_id"] + CHILDREN, "parent_item_id": line["line_id"], "product_type": "simple",
        "product_id": line["variant_id"], **{name: 0 for name in item if name.startswith(_AMOUNTS)},
        "parent_item": item,
    }  # fmt: skip
    return [{**item, "product_type": "configurable"}, child]


_AMOUNTS = ("price", "base_price", "row_", "base_row_", "tax_", "base_tax_", "discount_", "base_discount_")


def _item(row: Row, line: Row, state: str, *, is_taxed: bool) -> Row:
    count, gross = line["quantity"], line["gross"]
    unit_tax = line["unit_price"] if is_taxed else gross // count
    return {
        "item_id": line["line_id"], "order_id": row["order_id"], "store_id": store_of(row["order_id"]),
        "product_id": line["product_id"], "product_type": "simple", "sku": line["sku"], "name": line["title"],
        "created_at": instant(row["created_at"]), "updated_at": instant(row["updated_at"]), "is_virtual": 0,
        "qty_ordered": count, "qty_canceled": count if state == "canceled" else 0, "qty_invoiced": count,
        "qty_shipped": count if row["status"] == "completed" else 0, "qty_refunded": line["back"],
        "price": round(gross / 100 / count, 4), "base_price": round(gross / 100 / count, 4),
        "price_incl_tax": money(unit_tax), "base_price_incl_tax": money(unit_tax),
        "original_price": money(line["unit_price"]), "base_original_price": money(line["unit_price"]),
        "tax_percent": 0 if row["tax_exempt"] else 21, "row_weight": 0.5 * count,
        **twice({
            "row_total": gross, "discount_amount": _off(line, is_taxed=is_taxed), "tax_amount": line["tax_placed"],
            "discount_tax_compensation_amount": _compensation(line, is_taxed=is_taxed),
        }),
        "product_option": {"extension_attributes": {"custom_options": []}},
    }  # fmt: skip


def _discount_words(discounts: list[Row]) -> dict[str, Any]:
    codes = [each["code"] for each in discounts if each["code"]]
    titles = [each["title"] for each in discounts]
    return {
        **({"coupon_code": ",".join(codes)} if codes else {}),
        **({"discount_description": ", ".join(titles)} if titles else {}),
    }


def _address(row: Row) -> Row:
    return {
        "country_id": row["country"], "city": row["city"], "telephone": row["phone"], "email": row["email"],
        "street": ["Somewhere 1"], "firstname": "Someone", "lastname": "Unread",
    }  # fmt: skip
