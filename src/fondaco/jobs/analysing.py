"""The step ``analyse``: what is known of customers and products is worked out anew, and takes the place of the former findings at once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pyarrow as pa

from fondaco.analytics import rfm
from fondaco.analytics.purchases import Summaries
from fondaco.jobs.churning import churn
from fondaco.jobs.cohorting import find_cohorts, write_cohorts
from fondaco.jobs.price_tables import TABLES as PRICE_TABLES
from fondaco.jobs.products import TABLES as PRODUCT_TABLES
from fondaco.jobs.products import write_product_facts
from fondaco.jobs.reading import History, read_history
from fondaco.jobs.segmenting import Segmented, movements, segment_today
from fondaco.jobs.stock_tables import TABLES as STOCK_TABLES
from fondaco.jobs.tables import COHORT_TABLES, CUSTOMER_SCORES, MODEL_RUNS, SEGMENT_MOVEMENTS, TABLES
from fondaco.jobs.valuing import Fitted, Floats, Horizon, value_customers
from fondaco.jobs.writing import replace_rows
from fondaco.warehouse.engine import Value, Warehouse, Writer

_MONEY = (
    "expected_order_value",
    "expected_value",
    "expected_value_low",
    "expected_value_high",
    "simple_value",
    "retention_value",
)


@dataclass(frozen=True, slots=True)
class Analysis:
    """What a run asks for.

    Attributes
    ----------
    today
        In the project's zone; purchases after it are left out.
    fitted_at
        The instant that is kept with the models.
    churn_days
        So many days without a purchase count as having left.
    """

    tenant_id: str
    run_id: str
    today: date
    fitted_at: datetime
    horizon: Horizon
    churn_days: int = 90
    threads: int = 2


def create_tables(warehouse: Warehouse) -> None:
    """Make the tables that are not there yet, empty."""
    warehouse.create_schemas_and_raw_tables((*TABLES, *PRODUCT_TABLES, *STOCK_TABLES, *PRICE_TABLES))


def analyse(warehouse: Warehouse, analysis: Analysis) -> tuple[int, list[Fitted]]:
    """Score customers, fit the models, and write both. How many customers there are, and what was fitted."""
    create_tables(warehouse)
    with warehouse.writer() as writer:
        history = read_history(writer, analysis.tenant_id, analysis.today)
        if history is None:
            _forget(writer, analysis)
            return 0, []
        summaries = history.purchases.summaries(history.as_of_day)
        columns, fitted = value_customers(
            history.purchases, history.as_of_day, analysis.horizon, history.returned
        )
        leaving, tested = churn(writer, analysis.tenant_id, history, analysis.churn_days, analysis.threads)
        fitted += tested
        scores = _scores(analysis, history, summaries, columns, leaving)
        moved = movements(history)
        cohorts = find_cohorts(writer, analysis.tenant_id, history.as_of)
        own: dict[str, Value] = {"tenant_id": analysis.tenant_id}
        with writer.transaction():
            replace_rows(writer, CUSTOMER_SCORES, scores, where=own)
            replace_rows(writer, SEGMENT_MOVEMENTS, _owned(analysis, moved), where=own)
            write_cohorts(writer, analysis.tenant_id, cohorts)
            replace_rows(
                writer, MODEL_RUNS, _runs(analysis, history, fitted), where={**own, "run_id": analysis.run_id}
            )
            write_product_facts(writer, analysis.tenant_id, history.as_of)
    return len(summaries.customer), fitted


def _forget(writer: Writer, analysis: Analysis) -> None:
    with writer.transaction():
        for spec in (CUSTOMER_SCORES, SEGMENT_MOVEMENTS, *COHORT_TABLES, *PRODUCT_TABLES):
            writer.execute(
                f"delete from {spec.qualified} where tenant_id = $tenant_id",
                {"tenant_id": analysis.tenant_id},
            )


def _scores(
    analysis: Analysis,
    history: History,
    summaries: Summaries,
    columns: dict[str, Floats],
    leaving: dict[str, pa.Array],
) -> pa.Table:
    segmented: Segmented = segment_today(history, summaries)
    names = pa.array(rfm.SEGMENTS)
    found = {
        "person_id": history.person_ids.take(pa.array(summaries.customer)),
        "as_of_date": pa.array([history.as_of]).take(pa.array(np.zeros(len(summaries.customer), np.int64))),
        "purchase_days": summaries.purchases,
        "days_since_last": summaries.silence,
        "recency_score": segmented.scores.recency,
        "frequency_score": segmented.scores.frequency,
        "monetary_score": segmented.scores.monetary,
        "segment": names.take(pa.array(segmented.segment)),
        "previous_segment": names.take(pa.array(segmented.previous, mask=segmented.previous < 0)),
        **{name: _nullable(name, values) for name, values in columns.items()},
        **{name: values.take(pa.array(summaries.customer)) for name, values in leaving.items()},
    }
    return _owned(analysis, pa.table(found))


def _nullable(name: str, values: Floats) -> pa.Array:
    rounded = np.round(values, 2) if name in _MONEY else values
    return pa.array(rounded, mask=~np.isfinite(rounded))


def _owned(analysis: Analysis, rows: pa.Table) -> pa.Table:
    return rows.append_column("tenant_id", pa.array([analysis.tenant_id] * rows.num_rows, pa.string()))


def _runs(analysis: Analysis, history: History, fitted: list[Fitted]) -> pa.Table:
    rows = [
        {
            "run_id": analysis.run_id,
            "model": each.model,
            "as_of_date": history.as_of,
            "is_used": each.is_used,
            "customers": each.customers,
            "log_likelihood": each.log_likelihood,
            "parameters": json.dumps(each.parameters),
            "standard_errors": json.dumps(each.standard_errors),
            "evaluation": json.dumps(each.evaluation),
            "note": each.note,
            "seconds": round(each.seconds, 3),
            "fitted_at": analysis.fitted_at,
        }
        for each in fitted
    ]
    schema = pa.schema([("run_id", pa.string()), ("model", pa.string()), ("as_of_date", pa.date32()), ("is_used", pa.bool_()), ("customers", pa.int64()),
        ("log_likelihood", pa.float64()), ("parameters", pa.string()), ("standard_errors", pa.string()), ("evaluation", pa.string()),
        ("note", pa.string()), ("seconds", pa.float64()), ("fitted_at", pa.timestamp("us"))])  # fmt: skip
    return _owned(analysis, pa.Table.from_pylist(rows, schema))
