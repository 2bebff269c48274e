"""What the forecast of demand and the proposals of each day are kept in: beside the marts of dbt, and published with them."""

from __future__ import annotations

from fondaco.warehouse.engine import TableSpec

QUANTILES = ("q05", "q10", "q25", "q50", "q75", "q90", "q95", "q975", "q99")

DEMAND_FORECASTS = TableSpec(
    "marts",
    "demand_forecasts",
    (
        ("tenant_id", "text"),
        ("location_id", "text"),
        ("variant_id", "text"),
        ("period", "text"),
        ("forecast_date", "date"),
        ("series_class", "text"),
        ("mean", "double"),
        *((name, "double") for name in QUANTILES),
    ),
    ("tenant_id", "location_id", "variant_id", "period", "forecast_date"),
)
"""Pieces of a variant that will be wanted at a location, if they can be bought: the mean, and what is not exceeded with a probability (``q95``: 95 %).

``period`` is ``day`` for the first ``DAYS_TOLD`` days, and ``week`` for all whole weeks of the horizon; ``forecast_date`` is the first day of
it. Quantiles of a week are its own, for those of days do not add up."""

FORECAST_QUALITY = TableSpec(
    "marts",
    "forecast_quality",
    (
        ("tenant_id", "text"),
        ("series_class", "text"),
        ("series", "bigint"),
        ("tested_on", "date"),
        ("horizon_days", "bigint"),
        ("tests", "bigint"),
        ("winner", "text"),
        ("error", "double"),
        ("naive_error", "double"),
        ("coverage", "double"),
        ("scores", "json"),
    ),
    ("tenant_id", "series_class"),
)
"""How forecasts of each class of series did on days they had not seen, when they were last tried.

series: so many of the class are forecast now, whether tried or not. error, naive_error: WRMSSE of the winner, at stretches that had no part in
the choice, and of seasonal naive. coverage: share of days within the interval of 80 %, by errors of other stretches. scores: pairs of contestant
and WRMSSE, the best first. Where a figure cannot be told, for there was one stretch only, it is null."""

FORECAST_RUNS = TableSpec(
    "marts",
    "demand_forecast_runs",
    (
        ("tenant_id", "text"),
        ("as_of_date", "date"),
        ("series", "bigint"),
        ("horizon_days", "bigint"),
        ("tested_on", "date"),
        ("why_not", "text"),
        ("seconds", "double"),
        ("made_at", "timestamp"),
    ),
    ("tenant_id",),
)
"""The newest forecast of demand of a merchant: by what was known until when, of how many series, or why there is none (``why_not``)."""

TOURNAMENT = TableSpec(
    "raw",
    "fondaco__demand_tournament",
    (
        ("tenant_id", "text"),
        ("tested_on", "date"),
        ("mark", "text"),
        ("content", "text"),
    ),
    ("tenant_id",),
)
"""Who won the newest tournament, and the errors by which quantiles are told, so that a daily run need not try the past anew. Not published."""

_ARTICLE = (
    ("variant_id", "text"),
    ("product_id", "text"),
    ("sku", "text"),
    ("product_title", "text"),
    ("variant_title", "text"),
)
_FROM_WHICH = (
    ("on_hand", "bigint"),
    ("on_order", "bigint"),
    ("next_receipt_date", "date"),
    ("series_class", "text"),
    ("daily_demand", "double"),
    ("demand", "double"),
    ("demand_sd", "double"),
    ("lead_time_days", "double"),
    ("lead_time_sd", "double"),
    ("lead_times", "bigint"),
    ("lead_time_basis", "text"),
    ("order_days", "bigint"),
    ("service_level", "double"),
    ("reorder_point", "double"),
    ("safety_stock", "double"),
    ("order_up_to", "double"),
    ("order_multiple", "bigint"),
    ("minimum_quantity", "bigint"),
    ("minimum_order_value", "sum"),
    ("unit_cost", "sum"),
    ("unit_margin", "sum"),
    ("supplier_unit_cost", "sum"),
    ("supplier_currency", "text"),
    ("last_sold_date", "date"),
    ("stocked_since", "date"),
    ("forecast_date", "date"),
)

STOCK_POSITIONS = TableSpec(
    "marts",
    "stock_positions",
    (
        ("tenant_id", "text"),
        ("location_id", "text"),
        ("location_name", "text"),
        *_ARTICLE,
        ("supplier_id", "text"),
        ("supplier_name", "text"),
        ("currency", "text"),
        ("stock_value", "sum"),
        ("days_of_supply", "double"),
        ("probability", "double"),
        ("runs_out_date", "date"),
        ("expected_lost_margin", "sum"),
        *_FROM_WHICH,
    ),
    ("tenant_id", "location_id", "variant_id"),
)
"""Every article at every location as it stands now, whether anything is proposed for it or not.

stock_value: of what is on hand, at ``unit_cost``, in ``currency``. days_of_supply: what is on hand ÷ ``daily_demand``; null where nothing is wanted.
probability: of running out before the next possible receipt; runs_out_date: the day by which half of these cases have; expected_lost_margin: until
that receipt. The rest as in ``PROPOSALS``."""

PROPOSALS = TableSpec(
    "marts",
    "proposals",
    (
        ("tenant_id", "text"),
        ("proposal_date", "date"),
        ("proposal_id", "text"),
        ("subject", "text"),
        ("kind", "text"),
        ("rank", "bigint"),
        ("location_id", "text"),
        ("location_name", "text"),
        ("from_location_id", "text"),
        ("from_location_name", "text"),
        *_ARTICLE,
        ("supplier_id", "text"),
        ("supplier_name", "text"),
        ("supplier_sku", "text"),
        ("quantity", "bigint"),
        ("currency", "text"),
        ("money", "sum"),
        ("cost", "sum"),
        ("probability", "double"),
        ("due_date", "date"),
        ("sentence", "text"),
        *_FROM_WHICH,
    ),
    ("tenant_id", "proposal_date", "proposal_id"),
)
"""What a merchant should do, as it was proposed on each day: the list of ``proposal_date``. Rows of former days are kept for ``KEPT_DAYS``.

proposal_id: of one proposal of one day. subject: of the same proposal on every day on which it is made (kind, location, variant, where it comes from).
kind: ``reorder`` from a supplier, ``transfer`` from another location, ``warn`` that it will run out before anything can come, ``mark_down`` what
lies dead. rank: 1 for the most money. due_date: of reorders and transfers when the goods can be there, of a warning the day by which half of the
cases run out. money, in ``currency``, the reporting currency: margin that is expected to be lost otherwise; of ``mark_down`` what the goods have cost.
cost: of the goods of a reorder. probability: of running out; of a reorder and a transfer until the goods of the order after this one could
be there, of a warning before the next possible receipt; null for ``mark_down``.

What it was worked out from: pieces ``on_hand`` and ``on_order``, ``demand`` with its spread over lead time and ``order_days``, the levels as
``fondaco.analytics.inventory`` names them, the supplier's terms. lead_time_basis: ``orders`` learned from past ones, ``promised``, ``others`` learned from
other suppliers, ``setting``. forecast_date: the first day that was forecast."""

TABLES = (DEMAND_FORECASTS, FORECAST_QUALITY, FORECAST_RUNS, STOCK_POSITIONS, PROPOSALS)

INPUTS = tuple(name for name, _ in _FROM_WHICH)
