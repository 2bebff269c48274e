"""What eBay tells of orders, movements of the balance and payouts: records as its Sell APIs have them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from fondaco.simulator.ebay.book import Book, Line, Movement, Order, Payout, Refunded, Row

_MARKETPLACES = {"DE": "EBAY_DE", "GB": "EBAY_GB", "US": "EBAY_US"}


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def _money(minor: int, currency: str) -> Row:
    return {"value": f"{Decimal(minor).scaleb(-2)}", "currency": currency}


def order_record(book: Book, one: Order) -> Row:
    """An order of the Fulfillment API, with lines, payments and refunds."""
    currency = one.row["currency"]
    cancelled, back = one.row["cancelled_at"], sum(each.amount for each in one.refunds)
    status = "FULLY_REFUNDED" if back >= one.paid > 0 else "PARTIALLY_REFUNDED" if back else "PAID"
    address = {
        "city": one.row["city"],
        "countryCode": one.row["country"],
        "addressLine1": "1 Simulated Street",
    }
    found: Row = {
        "orderId": one.number,
        "salesRecordReference": str(one.row["order_number"]),
        "creationDate": _instant(one.created_at),
        "lastModifiedDate": _instant(book.modified_at(one)),
        "orderPaymentStatus": status,
        "orderFulfillmentStatus": "FULFILLED" if book.sent_at(one) else "NOT_STARTED",
        "sellerId": f"{book.shop['shop_id']}-on-ebay",
        "cancelStatus": {"cancelState": "CANCELED" if cancelled else "NONE_REQUESTED", "cancelRequests": []},
        "buyer": {"username": f"buyer-{one.row['customer_id'] or one.order_id}"},
        "fulfillmentStartInstructions": [
            {"shippingStep": {"shipTo": {"fullName": "Simulated Buyer", "contactAddress": address}}}
        ],
        "ebayCollectAndRemitTax": not book.shop["taxes_included"],
        "pricingSummary": _pricing(one, currency),
        "paymentSummary": _payment_summary(book, one),
        "totalMarketplaceFee": _money(book.kept(one), currency),
        "lineItems": [_line(book, one, line) for line in one.lines],
    }
    if cancelled:
        found["cancelStatus"]["cancelledDate"] = _instant(cancelled)
    return found


def _payment_summary(book: Book, one: Order) -> Row:
    """What the seller gets and bears: less fees, and mostly without ids. A refund of lines has its id there, if any."""
    currency, paid = one.row["currency"], one.paid - book.kept(one)
    refunds = []
    for each in one.refunds:
        borne = each.amount - sum(amount for _, _, amount in one.given_back(each))
        paid_back: Row = {
            "refundDate": _instant(each.at),
            "refundStatus": "REFUNDED",
            "refundReferenceId": f"{each.refund_id}",
            "amount": _money(borne, currency),
        }
        if each.is_through_api and not one.names_lines:
            paid_back["refundId"] = str(each.refund_id)
        refunds.append((borne, paid_back))
    return {
        "totalDueSeller": _money(paid - sum(borne for borne, _ in refunds), currency),
        "payments": [
            {
                "paymentMethod": "EBAY",
                "paymentStatus": "PAID",
                "paymentDate": _instant(one.created_at),
                "paymentReferenceId": str(one.order_id),
                "amount": _money(paid, currency),
            }
        ],
        "refunds": [told for _, told in refunds],
    }


def _pricing(one: Order, currency: str) -> Row:
    sums = {
        "priceSubtotal": sum(line.cost for line in one.lines),
        "priceDiscount": -sum(line.discount for line in one.lines),
        "deliveryCost": sum(line.shipping for line in one.lines),
        "total": one.paid,
    }
    return {name: _money(amount, currency) for name, amount in sums.items()}


def _line(book: Book, order: Order, line: Line) -> Row:
    currency = order.row["currency"]
    marketplace = _MARKETPLACES[book.shop["country"]]
    found: Row = {
        "lineItemId": str(line.line_id),
        "legacyItemId": str(line.item_id),
        "title": line.title,
        "quantity": line.quantity,
        "soldFormat": "FIXED_PRICE",
        "listingMarketplaceId": marketplace,
        "purchaseMarketplaceId": marketplace,
        "lineItemCost": _money(line.cost, currency),
        "deliveryCost": {"shippingCost": _money(line.shipping, currency)},
        "total": _money(line.paid, currency),
        "taxes": [],
        "properties": {"soldViaAdCampaign": False},
        "refunds": [_line_refund(each, currency) for each in line.refunds if order.names_lines],
    }
    if line.sku:
        found["sku"] = line.sku
    if line.variant_id is not None:
        found["legacyVariationId"] = str(line.variant_id)
    if line.discount:
        found["discountedLineItemCost"] = _money(line.cost - line.discount, currency)
        found["appliedPromotions"] = [{"discountAmount": _money(line.discount, currency)}]
    if line.collected_tax:
        tax = {
            "taxType": "STATE_SALES_TAX",
            "amount": _money(line.collected_tax, currency),
            "collectionMethod": "NET",
        }
        found["ebayCollectAndRemitTaxes"] = [tax]
    return found  # fmt: skip


def _line_refund(one: Refunded, currency: str) -> Row:
    found: Row = {"refundDate": _instant(one.at), "amount": _money(one.amount, currency)}
    if one.is_through_api:
        found["refundId"] = str(one.refund_id)
    return found


def transaction_record(one: Movement, currency: str) -> Row:
    """A movement of the Finances API: ``amount`` without a sign and less fees."""
    kept = sum(amount for _, _, amount in one.fees)
    found: Row = {
        "transactionId": one.transaction_id,
        "transactionType": one.kind,
        "transactionDate": _instant(one.at),
        "transactionStatus": "PAYOUT" if one.payout_id else "FUNDS_AVAILABLE_FOR_PAYOUT",
        "bookingEntry": "DEBIT" if one.net < 0 else "CREDIT",
        "amount": _money(abs(one.net), currency),
        "paymentsEntity": "eBay Simulated",
    }
    if one.payout_id:
        found["payoutId"] = str(one.payout_id)
    if one.fees:
        by_line: dict[int, list[Row]] = {}
        for line_id, name, amount in one.fees:
            by_line.setdefault(line_id, []).append({"feeType": name, "amount": _money(amount, currency)})
        found["totalFeeAmount"] = _money(kept, currency)
        found["totalFeeBasisAmount"] = _money(abs(one.net) + kept, currency)
        found["orderLineItems"] = [
            {"lineItemId": str(line_id), "marketplaceFees": fees} for line_id, fees in by_line.items()
        ]
    if one.fee_type:
        found["feeType"] = one.fee_type
    if one.memo:
        found["transactionMemo"] = one.memo
    if one.case_id is not None:
        found["references"] = [{"referenceType": "CASE_ID", "referenceId": str(one.case_id)}]
    if one.order is not None and one.kind != "NON_SALE_CHARGE":
        found["orderId"] = one.order.number
    elif one.order is not None:
        found["references"] = [{"referenceType": "ORDER_ID", "referenceId": one.order.number}]
    return found


def payout_record(one: Payout, book: Book) -> Row:
    """A payout of the Finances API, which has arrived after a day."""
    currency = book.shop["currency"]
    is_over = (book.now - one.at).total_seconds() >= 86_400
    return {
        "payoutId": str(one.payout_id),
        "payoutStatus": "SUCCEEDED" if is_over else "INITIATED",
        "payoutDate": _instant(one.at),
        "amount": _money(one.amount, currency),
        "bankReference": f"EB{one.payout_id}",
        "transactionCount": one.movements,
        "payoutInstrument": {"instrumentType": "BANK", "accountLastFourDigits": "0000"},
    }
