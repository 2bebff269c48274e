"""The ledger of orders, and their refunds."""

from __future__ import annotations

from fondaco.simulator.shopify.kinds import (
    Connection,
    Fields,
    Kind,
    Money,
    Object,
    Shop,
    gid,
    instant,
    literal,
    single,
)
from fondaco.simulator.shopify.order_kinds import BULK_CUT, case_sql, line_fields, of_order, refund_fields

_SALE_TYPES = {
    "product": "ProductSale",
    "shipping": "ShippingLineSale",
    "tip": "TipSale",
    "gift_card": "GiftCardSale",
    "duty": "DutySale",
    "adjustment": "AdjustmentSale",
}


def ledger_kinds(shop: Shop) -> list[Kind]:
    """Agreements, their sales, and refunds with what hangs below them."""
    return [
        _agreements(shop),
        _sales(shop),
        _refunds(shop),
        _refund_lines(shop),
        _refund_shipping_lines(shop),
        _order_adjustments(shop),
    ]


def _agreements(shop: Shop) -> Kind:
    shared: Fields = {
        "id": gid("SalesAgreement", "y.agreement_id"),
        "happenedAt": instant("y.happened_at"),
        "reason": case_sql(
            "y.kind", {"order": "ORDER", "edit": "ORDER_EDIT", "refund": "REFUND"}, "'RETURN'"
        ),
        "sales": Connection("Sale"),
    }
    refund = single("Refund", {"id": gid("Refund", "y.refund_id")})
    kind = "case when max(g.action) = 'return' and max(g.refund_id) is not null then 'refund' else max(g.action) end"
    return Kind(
        "SalesAgreement",
        Object(
            {
                "OrderAgreement": shared,
                "OrderEditAgreement": shared,
                "RefundAgreement": {**shared, "refund": refund},
                "ReturnAgreement": shared,
            },
            type_sql=case_sql(
                "y.kind",
                {"order": "OrderAgreement", "edit": "OrderEditAgreement", "refund": "RefundAgreement"},
                "'ReturnAgreement'",
            ),
        ),
        "from (select g.shop_id, g.order_id, g.agreement_id, min(g.happened_at) as happened_at, "
        f"max(g.refund_id) as refund_id, {kind} as kind "
        f"{of_order('ledger', 'g', shop)} group by g.shop_id, g.order_id, g.agreement_id) y where true",
        "y.agreement_id",
        "y.order_id",
        parent=gid("Order", "y.order_id"),
    )


def _sales(shop: Shop) -> Kind:
    money = Money(shop)
    shared: Fields = {
        "id": gid("Sale", "g.ledger_id"),
        "actionType": case_sql(
            "g.action", {"order": "ORDER", "edit": "UPDATE", "return": "RETURN"}, "'UNKNOWN'"
        ),
        "lineType": "upper(g.line_type)",
        "quantity": "g.quantity",
        "totalAmount": money.bag("g.gross - g.discount + g.tax"),
        "totalDiscountAmountBeforeTaxes": money.bag("g.discount"),
        "totalTaxAmount": money.bag("g.tax"),
    }
    of_line = {**shared, "lineItem": single("LineItem", line_fields(shop, money))}
    source = (
        "from ledger g join orders o on o.shop_id = g.shop_id and o.order_id = g.order_id "
        "left join order_lines l on l.shop_id = g.shop_id and l.order_id = g.order_id and l.line_id = g.line_id "
        f"where g.shop_id = {literal(shop.shop_id)} and o.deleted_at is null"
    )
    types = {
        name: (of_line if word in ("product", "gift_card") else shared) for word, name in _SALE_TYPES.items()
    }
    return Kind(
        "Sale",
        Object(types, type_sql=case_sql("g.line_type", _SALE_TYPES, "'AdjustmentSale'")),
        source,
        "g.ledger_id",
        "g.order_id",
        parent=gid("SalesAgreement", "g.agreement_id"),
        cut=BULK_CUT,
    )


def _refunds(shop: Shop) -> Kind:
    return Kind(
        "Refund",
        single("Refund", refund_fields(Money(shop))),
        of_order("refunds", "r", shop),
        "r.refund_id",
        "r.order_id",
        parent=gid("Order", "r.order_id"),
    )


def _of_refund(shop: Shop, line_type: str, alias: str = "f") -> str:
    return f"{of_order('refund_lines', alias, shop)} and {alias}.line_type = '{line_type}'"


def _refund_lines(shop: Shop) -> Kind:
    money = Money(shop)
    of_refund = (
        "exists (select 1 from refunds r where r.shop_id = f.shop_id and r.refund_id = f.refund_id and"
    )
    # An exchange goes by a return, which puts the goods back itself: its refund says that nothing was.
    restocked = f"(f.restocked and not {of_refund} r.reason = 'exchange'))"
    fields: Fields = {
        "id": gid("RefundLineItem", "f.refund_line_id"),
        "quantity": "f.quantity",
        "restockType": f"case when {restocked} then case when {of_refund} r.kind = 'cancellation') "
        "then 'CANCEL' else 'RETURN' end else 'NO_RESTOCK' end",
        "restocked": restocked,
        "lineItem": single("LineItem", {"id": gid("LineItem", "f.line_id")}),
        "subtotalSet": money.bag("f.amount"),
        "totalTaxSet": money.bag("f.tax"),
    }
    return Kind(
        "RefundLineItem",
        single("RefundLineItem", fields),
        _of_refund(shop, "product"),
        "f.refund_line_id",
        "f.order_id",
        parent=gid("Refund", "f.refund_id"),
    )


def _refund_shipping_lines(shop: Shop) -> Kind:
    money = Money(shop)
    line = "(select min(s.shipping_line_id) from shipping_lines s where s.shop_id = f.shop_id and s.order_id = f.order_id)"
    fields: Fields = {
        "id": gid("RefundShippingLine", "f.refund_line_id"),
        "shippingLine": single("ShippingLine", {"id": gid("ShippingLine", line)}),
        "subtotalAmountSet": money.bag("f.amount"),
        "taxAmountSet": money.bag("f.tax"),
    }
    return Kind(
        "RefundShippingLine",
        single("RefundShippingLine", fields),
        _of_refund(shop, "shipping"),
        "f.refund_line_id",
        "f.order_id",
        parent=gid("Refund", "f.refund_id"),
    )


def _order_adjustments(shop: Shop) -> Kind:
    money = Money(shop)
    fields: Fields = {
        "id": gid("OrderAdjustment", "f.refund_line_id"),
        "reason": "'REFUND_DISCREPANCY'",
        "amountSet": money.bag("-f.amount"),
        "taxAmountSet": money.bag("-f.tax"),
    }
    return Kind(
        "OrderAdjustment",
        single("OrderAdjustment", fields),
        _of_refund(shop, "adjustment"),
        "f.refund_line_id",
        "f.order_id",
        parent=gid("Refund", "f.refund_id"),
    )
