"""Who is leaving: behaviour out of the marts, probabilities and reasons back."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from datetime import date
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fondaco.jobs.reading import History
from fondaco.jobs.valuing import Fitted
from fondaco.warehouse.engine import Writer

if TYPE_CHECKING:
    from fondaco.analytics.churn import Behaviour, ChurnFit, Report

# As in reading.py, but before returns: what came back counts on the day on which it did, or it would tell of the future.
_BOUGHT = """
select person_id, order_date as day, connection_id, sum(gross_sales - discounts) as net_value, sum(discounts) as discounts,
    sum(units_sold) as units
from marts.orders
where tenant_id = $tenant_id and order_sequence is not null and not is_cancelled and order_date <= $today
group by person_id, order_date, connection_id
order by person_id, order_date, connection_id
"""
# Of the same orders: what came back of a cancelled one would be held against purchases that it is none of.
_RETURNED = """
select ledger.person_id, ledger.event_date as day, sum(ledger.returns) as returned
from marts.sales_ledger as ledger
inner join marts.orders as orders on ledger.order_id = orders.order_id and ledger.tenant_id = orders.tenant_id
where ledger.tenant_id = $tenant_id and ledger.returns <> 0 and ledger.event_date <= $today
    and orders.order_sequence is not null and not orders.is_cancelled and orders.order_date <= $today
group by ledger.person_id, ledger.event_date
order by ledger.person_id, ledger.event_date
"""
NAMES = {"BG/NBD": "churn_bg_nbd", "MBG/NBD": "churn_mbg_nbd", "classifier": "churn_classifier"}


def churn(
    writer: Writer, tenant_id: str, history: History, horizon_days: int, threads: int
) -> tuple[dict[str, pa.Array], list[Fitted]]:
    """Columns of ``CUSTOMER_SCORES`` by customer code of ``history``, and how each way of telling churn did.

    Both columns are null where nothing can be told.
    """
    lacking = [name for name in ("scipy", "xgboost") if find_spec(name) is None]
    if lacking:
        note = f"Not fitted: {' and '.join(lacking)} is not installed. Install it with `pip install 'fondaco[analytics]'`."
        return {}, [Fitted("churn", note=note)]
    from fondaco.analytics.churn import fit_churn

    started = time.monotonic()
    found = fit_churn(
        _behaviour(writer, tenant_id, history), history.as_of_day, horizon_days, threads=threads
    )
    return _columns(found, len(history.person_ids)), _told(found, time.monotonic() - started)


def _behaviour(writer: Writer, tenant_id: str, history: History) -> Behaviour:
    from fondaco.analytics.churn import Behaviour

    asked: dict[str, str | date] = {"tenant_id": tenant_id, "today": history.as_of}
    bought, returned = writer.fetch(_BOUGHT, asked), writer.fetch(_RETURNED, asked)
    shops = pc.dictionary_encode(bought.column("connection_id")).combine_chunks().indices
    came_back = len(returned)
    return Behaviour.of(
        np.concatenate([_codes(bought, history), _codes(returned, history)]),
        np.concatenate([_days(bought), _days(returned)]),
        _padded(bought, "net_value", came_back),
        bought=np.arange(len(bought) + came_back) < len(bought),
        discounts=_padded(bought, "discounts", came_back),
        returned=np.concatenate([np.zeros(len(bought)), _floats(returned, "returned")]),
        units=_padded(bought, "units", came_back),
        channel=np.concatenate([shops.to_numpy(zero_copy_only=False), np.zeros(came_back, np.int64)]),
    )


def _codes(rows: pa.Table, history: History) -> Any:
    """Codes of the persons of rows; people who have only given back are none of the history and get codes behind it."""
    found = pc.index_in(rows.column("person_id"), value_set=history.person_ids)
    return pc.fill_null(found, len(history.person_ids)).to_numpy().astype(np.int64)


def _days(rows: pa.Table) -> Any:
    return pc.cast(pc.cast(rows.column("day"), pa.date32()), pa.int32()).to_numpy().astype(np.int64)


def _floats(rows: pa.Table, name: str) -> Any:
    return pc.cast(rows.column(name), pa.float64()).to_numpy()


def _padded(rows: pa.Table, name: str, more: int) -> Any:
    return np.concatenate([_floats(rows, name), np.zeros(more)])


def _columns(found: ChurnFit, customers: int) -> dict[str, pa.Array]:
    known = found.customers < customers
    probability = np.full(customers, np.nan)
    probability[found.customers[known]] = found.probability[known]
    reasons: list[str | None] = [None] * customers
    for code, sentences in zip(found.customers.tolist(), found.reasons.to_pylist(), strict=True):
        if code < customers and sentences:
            reasons[code] = json.dumps(sentences, ensure_ascii=False)
    return {
        "churn_probability": pa.array(probability, mask=np.isnan(probability)),
        "churn_reasons": pa.array(reasons, pa.string()),
    }


def _told(found: ChurnFit, seconds: float) -> list[Fitted]:
    if not found.reports:
        return [
            Fitted(
                "churn",
                is_used=found.method is not None,
                customers=len(found.customers),
                note=found.why,
                seconds=seconds,
            )
        ]
    return [
        Fitted(
            NAMES[each.name],
            is_used=found.takes(each),
            customers=each.customers,
            evaluation=_evaluation(found, each),
            note=found.why if found.takes(each) else None,
            seconds=seconds if found.takes(each) else 0.0,
        )
        for each in found.reports
    ]


def _evaluation(found: ChurnFit, report: Report) -> dict[str, Any]:
    return {"horizon_days": found.horizon_days, "tested_on": found.tested_on, **asdict(report)}
