"""The raw tables of Shopify Payments. Ids stay as Shopify writes them; staging shortens them."""

from __future__ import annotations

from fondaco.sources.stream import Column, ColumnType, Table

TEXT, DECIMAL, BOOL, TIMESTAMP = (
    ColumnType.TEXT,
    ColumnType.DECIMAL,
    ColumnType.BOOL,
    ColumnType.TIMESTAMP,
)
_SUMMARY = (
    ("charges_gross", "chargesGross"),
    ("charges_fee", "chargesFee"),
    ("refunds_gross", "refundsFeeGross"),
    ("refunds_fee", "refundsFee"),
    ("adjustments_gross", "adjustmentsGross"),
    ("adjustments_fee", "adjustmentsFee"),
    ("reserved_funds_gross", "reservedFundsGross"),
    ("reserved_funds_fee", "reservedFundsFee"),
    ("retried_payouts_gross", "retriedPayoutsGross"),
    ("retried_payouts_fee", "retriedPayoutsFee"),
    ("advance_gross", "advanceGross"),
    ("advance_fees", "advanceFees"),
)

BALANCE_TRANSACTIONS = Table(
    "balance_transactions",
    columns=(
        Column("balance_transaction_id", TEXT, "$.id"),
        Column("type", TEXT, "$.type"),
        Column("source_type", TEXT, "$.sourceType"),
        Column("source_id", TEXT, "$.sourceId"),
        Column(
            "transaction_id",
            TEXT,
            "$.sourceOrderTransactionId",
            "The order's transaction that it settles, as a bare number.",
        ),
        Column("order_id", TEXT, "$.associatedOrder.id"),
        Column("payout_id", TEXT, "$.associatedPayout.id", "Null until it is part of a payout."),
        Column("payout_status", TEXT, "$.associatedPayout.status"),
        Column("adjustment_reason", TEXT, "$.adjustmentReason"),
        Column("is_test", BOOL, "$.test"),
        Column("transaction_date", TIMESTAMP, "$.transactionDate"),
        Column("currency", TEXT, "$.amount.currencyCode", "In which the shop is paid out."),
        Column("amount", DECIMAL, "$.amount.amount", "Negative where it leaves the balance."),
        Column(
            "fee", DECIMAL, "$.fee.amount", "What Shopify Payments kept of it; negative where it gave back."
        ),
        Column("net", DECIMAL, "$.net.amount", "amount − fee: what the balance moves by."),
    ),
    primary_key=("balance_transaction_id",),
    ignored=("__typename",),
    description="One row per movement of the balance that Shopify Payments holds for the shop, transfers to the bank left out.",
)

PAYOUTS = Table(
    "payouts",
    columns=(
        Column("payout_id", TEXT, "$.id"),
        Column("issued_at", TIMESTAMP, "$.issuedAt"),
        Column("status", TEXT, "$.status"),
        Column("transaction_type", TEXT, "$.transactionType", "DEPOSIT to the bank or WITHDRAWAL from it."),
        Column(
            "trace_id", TEXT, "$.externalTraceId", "Where the bank passes it on, it stands on the statement."
        ),
        Column("currency", TEXT, "$.net.currencyCode"),
        Column("net", DECIMAL, "$.net.amount"),
        *(Column(name, DECIMAL, f"$.summary.{field}.amount") for name, field in _SUMMARY),
    ),
    primary_key=("payout_id",),
    ignored=("__typename",),
    description="One row per payment between the shop's balance and its bank account.",
)

DISPUTES = Table(
    "disputes",
    columns=(
        Column("dispute_id", TEXT, "$.id"),
        Column("order_id", TEXT, "$.order.id"),
        Column("type", TEXT, "$.type", "CHARGEBACK, or INQUIRY before money moves."),
        Column("status", TEXT, "$.status"),
        Column("reason", TEXT, "$.reasonDetails.reason"),
        Column("network_reason_code", TEXT, "$.reasonDetails.networkReasonCode"),
        Column("initiated_at", TIMESTAMP, "$.initiatedAt"),
        Column("evidence_due_by", TIMESTAMP, "$.evidenceDueBy"),
        Column("evidence_sent_on", TIMESTAMP, "$.evidenceSentOn"),
        Column("finalized_on", TIMESTAMP, "$.finalizedOn"),
        Column("currency", TEXT, "$.amount.currencyCode"),
        Column("amount", DECIMAL, "$.amount.amount"),
    ),
    primary_key=("dispute_id",),
    ignored=("__typename",),
    description="One row per payment that a customer disputes.",
)

SUMMARY_FIELDS = tuple(field for _, field in _SUMMARY)
