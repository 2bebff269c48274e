"""The streams of eBay: which tables each fills, and how it is kept up to date."""

from __future__ import annotations

from datetime import timedelta

from fondaco.sources.ebay import tables
from fondaco.sources.stream import Stream, SyncMode

ORDERS_HISTORY = timedelta(days=728)
"""eBay tells orders of two years, and refuses to be asked for earlier ones."""

_FINANCES_HISTORY = timedelta(days=5 * 365 - 2)
"""eBay tells movements and payouts of five years, and refuses to be asked for earlier ones."""

ORDERS = Stream(
    "orders",
    tables=(
        tables.ORDERS,
        tables.ORDER_LINES,
        tables.LINE_TAXES,
        tables.COLLECTED_TAXES,
        tables.LINE_REFUNDS,
        tables.REFUNDS,
        tables.PAYMENTS,
    ),
    mode=SyncMode.INCREMENTAL,
    backfill_window=timedelta(days=30),
    lookback=timedelta(days=3),
    history=ORDERS_HISTORY,
    scopes=("sell.fulfillment.readonly",),
    description="Orders with lines, taxes, payments and refunds. eBay keeps them for two years.",
)

TRANSACTIONS = Stream(
    "transactions",
    tables=(tables.TRANSACTIONS, tables.TRANSACTION_FEES),
    mode=SyncMode.DAYS,
    day_column="transaction_day",
    backfill_window=timedelta(days=60),
    overlap=timedelta(days=3),
    lookback=timedelta(days=60),
    history=_FINANCES_HISTORY,
    scopes=("sell.finances",),
    description=(
        "Every movement of the seller's balance with its fees. The last 60 days are read again once a day and replaced, because a "
        "movement keeps its day while it becomes part of a payout. eBay keeps them for five years."
    ),
)

PAYOUTS = Stream(
    "payouts",
    tables=(tables.PAYOUTS,),
    mode=SyncMode.CREATED,
    backfill_window=timedelta(days=60),
    lookback=timedelta(days=45),
    history=_FINANCES_HISTORY,
    scopes=("sell.finances",),
    description="What eBay paid into the bank. The last 45 days are read again once a day: the status moves on. eBay keeps "
    "them for five years.",
)

STREAMS = (ORDERS, TRANSACTIONS, PAYOUTS)
