"""The models of customers that the newest published state rests on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from fondaco.warehouse.engine import Reader

_SQL = """
select run_id, model, as_of_date, is_used, customers, log_likelihood, parameters, standard_errors, evaluation, note, seconds, fitted_at
from marts.model_runs
where tenant_id = $tenant_id and run_id = (
    select max(run_id) from marts.model_runs
    where tenant_id = $tenant_id and fitted_at = (select max(fitted_at) from marts.model_runs where tenant_id = $tenant_id)
)
order by model
"""


@dataclass(frozen=True, slots=True)
class ModelRun:
    """A model as it was fitted last.

    Attributes
    ----------
    is_used
        Whether the scores of customers rest on it.
    parameters, standard_errors
        By the names of the paper; None where a number is unknown.
    evaluation
        How it did on days that it was not shown.
    note
        Why it is not used.
    """

    run_id: str
    model: str
    as_of_date: date
    is_used: bool
    customers: int
    log_likelihood: float | None
    parameters: dict[str, float | None]
    standard_errors: dict[str, float | None]
    evaluation: dict[str, Any]
    note: str | None
    seconds: float
    fitted_at: datetime


def newest_models(reader: Reader, tenant_id: str) -> dict[str, ModelRun]:
    """The models of the run that fitted last, by name."""
    rows = reader.query(_SQL, {"tenant_id": tenant_id}).to_pylist()
    return {
        row["model"]: ModelRun(
            **{
                **row,
                "fitted_at": row["fitted_at"].replace(tzinfo=UTC),
                **{name: json.loads(row[name]) for name in ("parameters", "standard_errors", "evaluation")},
            }
        )
        for row in rows
    }
