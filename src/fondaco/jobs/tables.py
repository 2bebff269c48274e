"""The marts that no SQL can make: what analytics found, written beside those of dbt and published with them."""

from __future__ import annotations

from fondaco.warehouse.engine import TableSpec

CUSTOMER_SCORES = TableSpec(
    "marts",
    "customer_scores",
    (
        ("tenant_id", "text"),
        ("person_id", "text"),
        ("as_of_date", "date"),
        ("purchase_days", "bigint"),
        ("days_since_last", "bigint"),
        ("recency_score", "bigint"),
        ("frequency_score", "bigint"),
        ("monetary_score", "bigint"),
        ("segment", "text"),
        ("previous_segment", "text"),
        ("alive_probability", "double"),
        ("expected_orders", "double"),
        ("expected_order_value", "sum"),
        ("expected_value", "sum"),
        ("expected_value_low", "sum"),
        ("expected_value_high", "sum"),
        ("simple_value", "sum"),
        ("retention_value", "sum"),
        ("churn_probability", "double"),
        ("churn_reasons", "json"),
        ("value_if_active", "sum"),
    ),
    ("tenant_id", "person_id"),
)
"""Who has bought: how they stand today. One row a person. ``value_if_active`` is ``expected_value`` if they were so for certain, not rounded to cents."""

SEGMENT_MOVEMENTS = TableSpec(
    "marts",
    "segment_movements",
    (
        ("tenant_id", "text"),
        ("month_end", "date"),
        ("from_segment", "text"),
        ("to_segment", "text"),
        ("customers", "bigint"),
    ),
    ("tenant_id", "month_end", "from_segment", "to_segment"),
)
"""How many were in ``to_segment`` at the end of a month, by where they were a month before; '' for who had not bought yet."""

MODEL_RUNS = TableSpec(
    "marts",
    "model_runs",
    (
        ("tenant_id", "text"),
        ("run_id", "text"),
        ("model", "text"),
        ("as_of_date", "date"),
        ("is_used", "bool"),
        ("customers", "bigint"),
        ("log_likelihood", "double"),
        ("parameters", "json"),
        ("standard_errors", "json"),
        ("evaluation", "json"),
        ("note", "text"),
        ("seconds", "double"),
        ("fitted_at", "timestamp"),
    ),
    ("tenant_id", "run_id", "model"),
)
"""Each model of each run, with what it was fitted to and how it did on days it was not shown. Rows are kept."""

COHORTS = TableSpec(
    "marts",
    "cohorts",
    (
        ("tenant_id", "text"),
        ("dimension", "text"),
        ("value", "text"),
        ("cohort_month", "date"),
        ("month_number", "bigint"),
        ("customers", "bigint"),
        ("buyers", "bigint"),
        ("orders", "bigint"),
        ("net_sales", "sum"),
        ("whole_customers", "bigint"),
        ("whole_buyers", "bigint"),
        ("whole_orders", "bigint"),
        ("whole_net_sales", "sum"),
    ),
    ("tenant_id", "dimension", "value", "cohort_month", "month_number"),
)
"""Customers by the month of their first purchase, and what they did in each month of their own since then.

The columns ``whole_…`` count only those of them who have had that month whole. ``value`` is '' for the dimension all."""

COHORT_FORECASTS = TableSpec(
    "marts",
    "cohort_forecasts",
    (
        ("tenant_id", "text"),
        ("dimension", "text"),
        ("value", "text"),
        ("cohort_month", "date"),
        ("month_number", "bigint"),
        ("measure", "text"),
        ("expected", "double"),
        ("low", "double"),
        ("high", "double"),
    ),
    ("tenant_id", "dimension", "value", "cohort_month", "month_number", "measure"),
)
"""Figures of a cohort's customer in months that none of them has had whole yet, with an interval of 80 %."""

COHORT_RETURNS = TableSpec(
    "marts",
    "cohort_returns",
    (
        ("tenant_id", "text"),
        ("dimension", "text"),
        ("value", "text"),
        ("cohort_month", "date"),
        ("days", "bigint"),
        ("returned", "bigint"),
        ("still_out", "bigint"),
    ),
    ("tenant_id", "dimension", "value", "cohort_month", "days"),
)
"""How many bought for the second time so many days after the first, and how many have not, known for so many days."""

PROFIT_FORECASTS = TableSpec(
    "marts",
    "profit_forecasts",
    (
        ("tenant_id", "text"),
        ("metric", "text"),
        ("forecast_date", "date"),
        ("expected", "sum"),
        ("low", "sum"),
        ("high", "sum"),
        ("total", "sum"),
        ("total_low", "sum"),
        ("total_high", "sum"),
    ),
    ("tenant_id", "metric", "forecast_date"),
)
"""What every line of the waterfall is expected to be on days to come, by the finance clock, and from the first of them up to each (``total``).

The sums have an interval of 80 %; their parts have none."""

PROFIT_FORECAST_TESTS = TableSpec(
    "marts",
    "profit_forecast_tests",
    (
        ("tenant_id", "text"),
        ("metric", "text"),
        ("way", "text"),
        ("horizon_days", "bigint"),
        ("windows", "bigint"),
        ("wape", "double"),
        ("mase", "double"),
        ("total_error", "sum"),
        ("total_wape", "double"),
        ("bias", "sum"),
        ("coverage", "double"),
        ("covered", "bigint"),
    ),
    ("tenant_id", "metric", "way", "horizon_days"),
)
"""How the forecast, and those that need no model, did on days they had not seen: see ``fondaco.analytics.forecast.BackTest``."""

PROFIT_FORECAST_RUNS = TableSpec(
    "marts",
    "profit_forecast_runs",
    (
        ("tenant_id", "text"),
        ("as_of_date", "date"),
        ("first_date", "date"),
        ("known_days", "bigint"),
        ("days_ahead", "bigint"),
        ("why_not", "text"),
        ("counts", "json"),
        ("fingerprint", "text"),
        ("seconds", "double"),
        ("fitted_at", "timestamp"),
    ),
    ("tenant_id",),
)
"""The newest forecast of a merchant: from which days, how far, what each way counts near and far, or why there is none."""

FORECAST_TABLES = (PROFIT_FORECASTS, PROFIT_FORECAST_TESTS, PROFIT_FORECAST_RUNS)

COHORT_TABLES = (COHORTS, COHORT_FORECASTS, COHORT_RETURNS)

TABLES = (CUSTOMER_SCORES, SEGMENT_MOVEMENTS, MODEL_RUNS, *COHORT_TABLES, *FORECAST_TABLES)
