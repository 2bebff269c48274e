"""Shopify Payments: the balance that the shop's payments make, what is paid out of it day by day, and disputes.

An order that is deleted stays in the balance. Nothing of it is kept: it follows from the payments of the world that went by ``shopify_payments``. A charge's money is paid out two days
later, at six in the morning (UTC), with all that moved the balance on that day.
"""

from __future__ import annotations

from dataclasses import dataclass

from fondaco.simulator.shopify.kinds import Fields, Kind, Money, Shop, gid, instant, literal, single

DISPUTED_AFTER_DAYS, WON_AFTER_DAYS = 10, 40
DISPUTE_FEE, LABEL_PRICE = 15, 5


@dataclass(frozen=True, slots=True)
class PaymentsBook:
    """What happens beside charges and refunds.

    Attributes
    ----------
    disputes_every
        Of every so many charges one is disputed, and every second of these is won; 0 is none.
    labels_every
        For every so many charges a shipping label is bought from the balance; 0 is none.
    """

    disputes_every: int = 0
    labels_every: int = 0


def payments_kinds(shop: Shop, now: str, book: PaymentsBook) -> list[Kind]:
    """Balance transactions, payouts and disputes of one shop; ``now`` is the present instant as SQL."""
    return [_movements(shop, now, book), _payouts(shop, now, book), _disputes(shop, now, book)]


def movements_sql(shop: Shop, now: str, book: PaymentsBook) -> str:
    """One row for each movement of the balance, in minor units."""
    unit = 10**shop.digits
    paid = (
        "from transactions t join orders o on o.shop_id = t.shop_id and o.order_id = t.order_id "
        f"where t.shop_id = {literal(shop.shop_id)} and t.gateway = 'shopify_payments' "
        "and t.status = 'success' and t.amount <> 0"
    )
    charges = f"{paid} and t.kind in ('sale', 'capture')"
    shared = "t.order_id, t.is_test, t.transaction_id"
    disputed = _every("t", book.disputes_every)
    won = f"{disputed} and (t.transaction_id // {max(book.disputes_every, 1)}) % 2 = 0"
    parts = [
        ("CHARGE", "CHARGE", 1, "t.amount", "coalesce(t.fee, 0)", 0, charges),
        ("REFUND", "REFUND", 2, "-t.amount", "coalesce(t.fee, 0)", 0, f"{paid} and t.kind = 'refund'"),
        ("DISPUTE_WITHDRAWAL", "DISPUTE", 3, "-t.amount", f"{DISPUTE_FEE * unit}", DISPUTED_AFTER_DAYS,
         f"{charges} and not t.is_test and {disputed}"),
        ("DISPUTE_REVERSAL", "DISPUTE", 4, "t.amount", f"-{DISPUTE_FEE * unit}", WON_AFTER_DAYS,
         f"{charges} and not t.is_test and {won}"),
        ("SHIPPING_LABEL", "ADJUSTMENT", 5, f"-{LABEL_PRICE * unit}", "0", 1,
         f"{charges} and not t.is_test and {_every('t', book.labels_every)}"),
    ]  # fmt: skip
    rows = " union all ".join(
        f"select t.transaction_id * 10 + {place} as movement_id, '{kind}' as kind, '{source}' as source, {shared}, "
        f"t.processed_at + interval {days} day as moved_at, ({amount})::bigint as amount, ({fee})::bigint as fee {rows}"
        for kind, source, place, amount, fee, days, rows in parts
    )
    issued = "cast(cast(m.moved_at as date) + 2 as timestamp) + interval 6 hour"
    return (
        f"(select m.*, {issued} as issued_at, date_diff('day', date '1970-01-01', cast(m.moved_at as date)) as payout_id "
        f"from ({rows}) m where m.moved_at <= {now})"
    )


def _every(alias: str, every: int) -> str:
    return f"{alias}.transaction_id % {every} = 0" if every else "false"


def _status(issued: str, now: str) -> str:
    return f"case when {issued} > {now} then 'PENDING' when {issued} + interval 1 day > {now} then 'SCHEDULED' else 'PAID' end"


def _movements(shop: Shop, now: str, book: PaymentsBook) -> Kind:
    money = Money(shop)
    issued = f"b.issued_at <= {now}"
    settles = "b.kind in ('CHARGE', 'REFUND')"
    fields: Fields = {
        "id": gid("ShopifyPaymentsBalanceTransaction", "b.movement_id"),
        "type": "b.kind",
        "sourceType": "b.source",
        "sourceId": "cast(b.transaction_id as varchar)",
        "sourceOrderTransactionId": f"case when {settles} then cast(b.transaction_id as varchar) end",
        "adjustmentReason": "case when b.source = 'ADJUSTMENT' then 'Shipping label' end",
        "test": "b.is_test",
        "transactionDate": instant("b.moved_at"),
        "associatedOrder": single("ShopifyPaymentsAssociatedOrder", {"id": gid("Order", "b.order_id")}),
        "associatedPayout": single(
            "ShopifyPaymentsBalanceTransactionAssociatedPayout",
            {
                "id": f"case when {issued} then {gid('ShopifyPaymentsPayout', 'b.payout_id')} end",
                "status": _status("b.issued_at", now),
            },
        ),
        "amount": money.plain("b.amount"),
        "fee": money.plain("b.fee"),
        "net": money.plain("b.amount - b.fee"),
    }
    return Kind(
        "ShopifyPaymentsBalanceTransaction",
        single("ShopifyPaymentsBalanceTransaction", fields),
        f"from {movements_sql(shop, now, book)} b where true",
        "b.movement_id",
        "b.movement_id",
        sorts={"ID": "b.movement_id", "PROCESSED_AT": "b.moved_at"},
        searches={"id": "b.movement_id", "processed_at": "b.moved_at"},
    )


def _payouts(shop: Shop, now: str, book: PaymentsBook) -> Kind:
    money = Money(shop)
    sums = {
        "charges": "b.kind = 'CHARGE'",
        "refunds": "b.kind = 'REFUND'",
        "adjustments": "b.kind not in ('CHARGE', 'REFUND')",
    }
    summed = ", ".join(
        f"coalesce(sum(b.{what}) filter (where {when}), 0)::bigint as {name}_{what}"
        for name, when in sums.items()
        for what in ("amount", "fee")
    )
    source = (
        f"from (select b.payout_id, min(b.issued_at) as issued_at, sum(b.amount - b.fee)::bigint as net, {summed} "
        f"from {movements_sql(shop, now, book)} b where b.issued_at <= {now} and not b.is_test group by b.payout_id) p where true"
    )
    nothing = (
        "reservedFundsGross",
        "reservedFundsFee",
        "retriedPayoutsGross",
        "retriedPayoutsFee",
        "advanceGross",
    )
    summary: Fields = {
        "chargesGross": money.plain("p.charges_amount"),
        "chargesFee": money.plain("p.charges_fee"),
        "refundsFeeGross": money.plain("p.refunds_amount"),
        "refundsFee": money.plain("p.refunds_fee"),
        "adjustmentsGross": money.plain("p.adjustments_amount"),
        "adjustmentsFee": money.plain("p.adjustments_fee"),
        **{name: money.plain("0") for name in (*nothing, "advanceFees")},
    }
    fields: Fields = {
        "id": gid("ShopifyPaymentsPayout", "p.payout_id"),
        "issuedAt": instant("p.issued_at"),
        "status": _status("p.issued_at", now),
        "transactionType": "case when p.net < 0 then 'WITHDRAWAL' else 'DEPOSIT' end",
        "externalTraceId": "'SP' || p.payout_id",
        "net": money.plain("p.net"),
        "summary": single("ShopifyPaymentsPayoutSummary", summary),
    }
    return Kind(
        "ShopifyPaymentsPayout",
        single("ShopifyPaymentsPayout", fields),
        source,
        "p.payout_id",
        "p.payout_id",
        sorts={"ID": "p.payout_id", "ISSUED_AT": "p.issued_at"},
        searches={"id": "p.payout_id", "issued_at": "p.issued_at"},
    )


def _disputes(shop: Shop, now: str, book: PaymentsBook) -> Kind:
    money = Money(shop)
    begun = f"b.moved_at + interval {WON_AFTER_DAYS - DISPUTED_AFTER_DAYS} day"
    won = f"(b.transaction_id // {max(book.disputes_every, 1)}) % 2 = 0"
    over = f"{begun} <= {now}"
    fields: Fields = {
        "id": gid("ShopifyPaymentsDispute", "b.movement_id"),
        "type": "'CHARGEBACK'",
        "status": f"case when not ({over}) then 'UNDER_REVIEW' when {won} then 'WON' else 'LOST' end",
        "initiatedAt": instant("b.moved_at"),
        "evidenceDueBy": instant("b.moved_at + interval 14 day"),
        "evidenceSentOn": f"case when b.moved_at + interval 7 day <= {now} then {instant('b.moved_at + interval 7 day')} end",
        "finalizedOn": f"case when {over} then {instant(begun)} end",
        "order": single("Order", {"id": gid("Order", "b.order_id")}),
        "reasonDetails": single(
            "ShopifyPaymentsDisputeReasonDetails", {"reason": "'FRAUDULENT'", "networkReasonCode": "'10.4'"}
        ),
        "amount": money.plain("-b.amount"),
    }
    return Kind(
        "ShopifyPaymentsDispute",
        single("ShopifyPaymentsDispute", fields),
        f"from {movements_sql(shop, now, book)} b where b.kind = 'DISPUTE_WITHDRAWAL'",
        "b.movement_id",
        "b.movement_id",
        sorts={"ID": "b.movement_id"},
        searches={"id": "b.movement_id", "initiated_at": "b.moved_at"},
    )
