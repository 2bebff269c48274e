"""Orders with their lines, discounts and shipping charges; ``ledger_kinds`` has what happened to them later."""

from __future__ import annotations

from fondaco.simulator.shopify.kinds import (
    AtMostOne,
    Connection,
    Fields,
    Kind,
    Many,
    Money,
    Object,
    Shop,
    gid,
    instant,
    literal,
    single,
)
from fondaco.simulator.world.truth import GRAMS_SQL

BULK_CUT = 100


def order_kinds(shop: Shop) -> list[Kind]:
    """An order, its lines, discounts and shipping charges."""
    return [
        _orders(shop),
        _lines(shop),
        _discount_applications(shop),
        _shipping_lines(shop),
    ]


def case_sql(expression: str, mapping: dict[str, str], otherwise: str) -> str:
    whens = " ".join(f"when '{key}' then '{value}'" for key, value in mapping.items())
    return f"case {expression} {whens} else {otherwise} end"


def of_order(table: str, alias: str, shop: Shop) -> str:
    return (
        f"from {table} {alias} join orders o on o.shop_id = {alias}.shop_id and o.order_id = {alias}.order_id "
        f"where {alias}.shop_id = {literal(shop.shop_id)} and o.deleted_at is null"
    )


def _address(country: str, city: str) -> Object:
    fields = {"id": gid("MailingAddress", "o.order_id"), "city": city, "countryCodeV2": country}
    return single("MailingAddress", fields, present=f"{country} is not null")


def _visit(which: int) -> Object:
    source = "coalesce(o.acquisition_channel, 'direct')"
    utm: Fields = {
        "source": "o.acquisition_channel",
        "medium": "o.utm_medium",
        "campaign": "o.utm_campaign",
        "term": "o.utm_term",
        "content": "o.utm_content",
    }
    fields: Fields = {
        "id": gid("CustomerVisit", f"(o.order_id * 2 + {which})"),
        "occurredAt": instant("o.created_at"),
        "source": source,
        "sourceType": "null",
        "referrerUrl": "o.referring_site",
        "landingPage": "o.landing_site",
        "utmParameters": single("UTMParameters", utm, present="o.acquisition_channel is not null"),
    }
    return single("CustomerVisit", fields)


def _orders(shop: Shop) -> Kind:
    money = Money(shop)
    ledger = "from ledger g where g.shop_id = o.shop_id and g.order_id = o.order_id"
    refunds = "from refunds r where r.shop_id = o.shop_id and r.order_id = o.order_id"
    goods = (
        "from order_lines l where l.shop_id = o.shop_id and l.order_id = o.order_id and l.removed_at is null "
        "and not l.is_gift_card"
    )
    paid = (
        "from transactions t where t.shop_id = o.shop_id and t.order_id = o.order_id and t.status = 'success'"
    )
    received = f"coalesce((select sum(t.amount) filter (where t.kind in ('sale', 'capture')) {paid}), 0)"
    refunded = f"coalesce((select sum(r.amount) {refunds}), 0)"
    fields: Fields = {
        "id": gid("Order", "o.order_id"),
        "legacyResourceId": "cast(o.order_id as varchar)",
        "name": "'#' || o.order_number",
        "number": "o.order_number",
        "email": "o.email",
        "phone": "o.phone",
        "createdAt": instant("o.created_at"),
        "processedAt": instant("o.processed_at"),
        "updatedAt": instant("o.updated_at"),
        "cancelledAt": instant("o.cancelled_at"),
        "cancelReason": "case when o.cancelled_at is not null then 'CUSTOMER' end",
        "closedAt": f"case when o.status = 'completed' then {instant('o.updated_at')} end",
        "closed": "o.status = 'completed'",
        "test": "o.is_test",
        "confirmed": "true",
        "edited": "o.edited_at is not null",
        "taxesIncluded": literal(shop.taxes_included),
        "taxExempt": "o.tax_exempt",
        "currencyCode": "o.currency",
        "presentmentCurrencyCode": "o.presentment_currency",
        "sourceName": case_sql(
            "o.channel",
            {"web": "web", "pos": "pos", "draft": "shopify_draft_order", "api": "580111"},
            "o.channel",
        ),
        "tags": "'[]'::json",
        "discountCodes": (
            "coalesce(to_json((select list(d.code order by d.discount_index) from order_discounts d where "
            "d.shop_id = o.shop_id and d.order_id = o.order_id and d.code is not null)), '[]'::json)"
        ),
        "displayFinancialStatus": "upper(o.financial_status)",
        "displayFulfillmentStatus": "case when o.status = 'completed' then 'FULFILLED' else 'UNFULFILLED' end",
        "returnStatus": f"case when exists (select 1 {refunds} and r.reason = 'exchange') then 'RETURNED' else 'NO_RETURN' end",
        "paymentGatewayNames": "case when o.gateway is null then '[]'::json else to_json([o.gateway]) end",
        "fullyPaid": "o.financial_status in ('paid', 'partially_refunded', 'refunded')",
        "unpaid": "o.financial_status in ('pending', 'authorized')",
        "customer": single("Customer", {"id": gid("Customer", "o.customer_id")}, "o.customer_id is not null"),
        "shippingAddress": _address("o.country", "o.city"),
        "billingAddress": _address("o.country", "o.city"),
        "customerJourneySummary": single(
            "CustomerJourneySummary",
            {
                "ready": "true",
                "customerOrderIndex": "null",
                "daysToConversion": "null",
                "firstVisit": _visit(0),
                "lastVisit": _visit(1),
            },
        ),
        "originalTotalPriceSet": money.bag("o.placed_total"),
        "totalPriceSet": money.bag("o.placed_total"),
        "currentTotalPriceSet": money.bag(
            f"coalesce((select sum(g.gross - g.discount + g.tax) {ledger}), 0)"
        ),
        "currentTotalTaxSet": money.bag(f"coalesce((select sum(g.tax) {ledger}), 0)"),
        "currentTotalDiscountsSet": money.bag(f"coalesce((select sum(g.discount) {ledger}), 0)"),
        "currentSubtotalPriceSet": money.bag(
            f"coalesce((select sum(g.gross - g.discount) {ledger} and g.line_type = 'product'), 0)"
        ),
        "subtotalPriceSet": money.bag("o.placed_subtotal"),
        "totalDiscountsSet": money.bag("o.placed_discount"),
        "totalTaxSet": money.bag("o.placed_tax"),
        "totalShippingPriceSet": money.bag("o.placed_shipping"),
        "totalTipReceivedSet": money.bag("o.placed_tip"),
        "totalRefundedSet": money.bag(refunded),
        "totalReceivedSet": money.bag(received),
        "netPaymentSet": money.bag(
            f"{received} - coalesce((select sum(t.amount) filter (where t.kind = 'refund') {paid}), 0)"
        ),
        "totalWeight": f"(select cast(coalesce(sum(l.quantity * ({GRAMS_SQL})), 0)::bigint as varchar) {goods})",
        "transactions": _transactions(money),
        "refunds": Many(
            single("Refund", refund_fields(money)),
            f"{refunds}",
            "r.refund_id",
        ),
        "lineItems": Connection("LineItem"),
        "discountApplications": Connection("DiscountApplication"),
        "shippingLines": Connection("ShippingLine"),
        "agreements": Connection("SalesAgreement"),
    }
    return Kind(
        "Order",
        single("Order", fields),
        f"from orders o where o.shop_id = {literal(shop.shop_id)} and o.deleted_at is null",
        "o.order_id",
        "o.order_id",
        sorts={
            "ID": "o.order_id",
            "CREATED_AT": "o.created_at",
            "UPDATED_AT": "o.updated_at",
            "PROCESSED_AT": "o.processed_at",
        },
        searches={
            "id": "o.order_id",
            "created_at": "o.created_at",
            "updated_at": "o.updated_at",
            "processed_at": "o.processed_at",
            "test": "o.is_test",
            "financial_status": "o.financial_status",
        },
    )


def _transactions(money: Money) -> Many:
    fees = AtMostOne(
        single(
            "TransactionFee",
            {
                "id": gid("TransactionFee", "t.transaction_id"),
                "type": "'processing_fee'",
                "rate": "cast(round(t.fee / nullif(t.amount, 0), 4) as varchar)",
                "amount": money.plain("t.fee"),
                "taxAmount": money.plain("0"),
            },
        ),
        "coalesce(t.fee, 0) <> 0",
    )
    fields: Fields = {
        "id": gid("OrderTransaction", "t.transaction_id"),
        "kind": "upper(t.kind)",
        "status": "upper(t.status)",
        "gateway": "t.gateway",
        "processedAt": instant("t.processed_at"),
        "createdAt": instant("t.processed_at"),
        "test": "t.is_test",
        "amountSet": money.bag("t.amount"),
        "parentTransaction": single(
            "OrderTransaction", {"id": gid("OrderTransaction", "t.parent_id")}, "t.parent_id is not null"
        ),
        "fees": fees,
    }
    source = "from transactions t where t.shop_id = o.shop_id and t.order_id = o.order_id"
    return Many(single("OrderTransaction", fields), source, "t.transaction_id")


def line_fields(shop: Shop, money: Money) -> Fields:
    product = (
        "from products p where p.shop_id = l.shop_id and p.product_id = l.product_id and p.deleted_at is null"
    )
    kept = f"exists (select 1 {product})"
    return {
        "id": gid("LineItem", "l.line_id"),
        "sku": "l.sku",
        "title": "l.title",
        "name": "l.title",
        "variantTitle": "null",
        "vendor": f"(select any_value(p.vendor) {product})",
        "quantity": "l.quantity",
        "currentQuantity": "l.current_quantity",
        "isGiftCard": "l.is_gift_card",
        "taxable": "not l.is_gift_card",
        "product": single("Product", {"id": gid("Product", "l.product_id")}, kept),
        "variant": single(
            "ProductVariant",
            {"id": gid("ProductVariant", "l.variant_id")},
            f"l.variant_id is not null and {kept}",
        ),
        "originalUnitPriceSet": money.bag("l.unit_price"),
        "originalTotalSet": money.bag("l.unit_price * l.quantity"),
        "discountedTotalSet": money.bag("l.unit_price * l.quantity - l.discount"),
        "totalDiscountSet": money.bag("l.discount"),
        "taxLines": _tax_lines(shop, money, "l.tax"),
        "discountAllocations": Many(
            single(
                "DiscountAllocation",
                {
                    "allocatedAmountSet": money.bag("a.amount"),
                    "discountApplication": _application(shop, money, alias="b"),
                },
            ),
            "from line_discounts a join order_discounts b on b.shop_id = a.shop_id and b.order_id = a.order_id "
            "and b.discount_index = a.discount_index where a.shop_id = l.shop_id and a.line_id = l.line_id "
            "and a.order_id = l.order_id",
            "a.discount_index",
        ),
    }


def _tax_lines(shop: Shop, money: Money, amount: str) -> AtMostOne:
    fields: Fields = {"title": "'VAT'", "rate": literal(shop.tax_rate), "priceSet": money.bag(amount)}
    return AtMostOne(single("TaxLine", fields), f"{amount} <> 0")


def _lines(shop: Shop) -> Kind:
    money = Money(shop)
    return Kind(
        "LineItem",
        single("LineItem", line_fields(shop, money)),
        of_order("order_lines", "l", shop),
        "l.line_id",
        "l.order_id",
        parent=gid("Order", "l.order_id"),
        cut=BULK_CUT,
    )


def _application(shop: Shop, money: Money, alias: str) -> Object:
    value = Object(
        {
            "PricingPercentageValue": {"percentage": f"{alias}.value * 100"},
            "MoneyV2": {
                "amount": money.plain(f"{alias}.value").types["MoneyV2"]["amount"],
                "currencyCode": literal(shop.currency),
            },
        },
        type_sql=f"case when {alias}.kind = 'fixed' then 'MoneyV2' else 'PricingPercentageValue' end",
    )
    shared: Fields = {
        "index": f"{alias}.discount_index",
        "allocationMethod": "'ACROSS'",
        "targetSelection": "'ALL'",
        "targetType": f"case when {alias}.kind = 'shipping' then 'SHIPPING_LINE' else 'LINE_ITEM' end",
        "value": value,
    }
    return Object(
        {
            "DiscountCodeApplication": {**shared, "code": f"{alias}.code"},
            "AutomaticDiscountApplication": {**shared, "title": f"coalesce({alias}.title, 'Discount')"},
        },
        type_sql=(
            f"case when {alias}.code is not null then 'DiscountCodeApplication' else 'AutomaticDiscountApplication' end"
        ),
    )


def _discount_applications(shop: Shop) -> Kind:
    return Kind(
        "DiscountApplication",
        _application(shop, Money(shop), "d"),
        of_order("order_discounts", "d", shop),
        "d.discount_index",
        "d.order_id",
        parent=gid("Order", "d.order_id"),
    )


def _shipping_lines(shop: Shop) -> Kind:
    money = Money(shop)
    fields: Fields = {
        "id": gid("ShippingLine", "s.shipping_line_id"),
        "code": "s.title",
        "title": "s.title",
        "source": "'shopify'",
        "isRemoved": "false",
        "carrierIdentifier": "null",
        "originalPriceSet": money.bag("s.price"),
        "discountedPriceSet": money.bag("s.price - s.discount"),
        "taxLines": _tax_lines(shop, money, "s.tax"),
        "discountAllocations": Many(
            single(
                "DiscountAllocation",
                {
                    "allocatedAmountSet": money.bag("s.discount"),
                    "discountApplication": _application(shop, money, alias="b"),
                },
            ),
            "from order_discounts b where b.shop_id = s.shop_id and b.order_id = s.order_id "
            "and b.kind = 'shipping' and s.discount <> 0",
            "b.discount_index",
        ),
    }
    return Kind(
        "ShippingLine",
        single("ShippingLine", fields),
        of_order("shipping_lines", "s", shop),
        "s.shipping_line_id",
        "s.order_id",
        parent=gid("Order", "s.order_id"),
    )


def refund_fields(money: Money) -> Fields:
    return {
        "id": gid("Refund", "r.refund_id"),
        "createdAt": instant("r.created_at"),
        "processedAt": instant("r.created_at"),
        "updatedAt": instant("r.created_at"),
        "note": "r.reason",
        "totalRefundedSet": money.bag("r.amount"),
        "refundLineItems": Connection("RefundLineItem"),
        "refundShippingLines": Connection("RefundShippingLine"),
        "orderAdjustments": Connection("OrderAdjustment"),
    }
