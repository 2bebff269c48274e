"""What customers are worth, each way that Fondaco knows, and how the models did on days they were not shown."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from fondaco.analytics.purchases import Purchases, Returned, Summaries
from fondaco.errors import ConfigError

if TYPE_CHECKING:
    from fondaco.analytics.clv import BGNBD, GammaGamma, ParetoNBD, Spend

Model = TypeVar("Model", bound="BGNBD | ParetoNBD")
Floats = NDArray[np.float64]

DAYS_A_YEAR = 365.25
_LONGEST_PERIODS = 10.0
FEWEST_REPEATERS = 50
"""Customers who came back, below which no model is fitted."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """One model of one run: a row of ``MODEL_RUNS``.

    Attributes
    ----------
    is_used
        Whether scores rest on it.
    note
        Why it is not used, in words.
    """

    model: str
    is_used: bool = False
    customers: int = 0
    log_likelihood: float | None = None
    parameters: dict[str, float | None] = field(default_factory=dict)
    standard_errors: dict[str, float | None] = field(default_factory=dict)
    evaluation: dict[str, Any] = field(default_factory=dict)
    note: str | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far ahead value is counted: days, and a discount a year as a share."""

    days: int
    yearly_discount: float


def value_customers(
    purchases: Purchases, as_of: int, horizon: Horizon, returned: Returned | None = None
) -> tuple[dict[str, Floats], list[Fitted]]:
    """Columns of ``CUSTOMER_SCORES`` by customer of the summaries of ``as_of``, NaN where unknown, and the models behind them.

    All are forecasts, and read credible values: one huge order says no more than is usual for the shop or its customer.
    """
    if find_spec("scipy") is None:
        note = "Not fitted: SciPy is not installed. Install it with `pip install 'fondaco[analytics]'`."
        return {}, [Fitted("bg_nbd", note=note)]
    from fondaco.analytics.clv import credible_purchases, order_value_bound

    known = purchases.until(as_of)
    told = credible_purchases(known).summaries(as_of)
    columns, retention = _by_retention(purchases, told, as_of, horizon)
    expected, fitted = _by_models(told, horizon, order_value_bound(known.customer, known.value))
    return columns | expected, [retention, *fitted, _evaluation(purchases, as_of, returned)]


def _by_retention(
    purchases: Purchases, summaries: Summaries, as_of: int, horizon: Horizon
) -> tuple[dict[str, Floats], Fitted]:
    """The two formulas that need no model. A period is a year, or half of history where that is shorter."""
    from fondaco.analytics.clv import retention_value, simple_value

    span = as_of - int(purchases.day.min()) + 1
    period = min(DAYS_A_YEAR, span / 2)
    codes = int(purchases.customer.max()) + 1
    days = round(period)
    before, _ = purchases.totals(codes, as_of - 2 * days + 1, as_of - days)
    after, _ = purchases.totals(codes, as_of - days + 1, as_of)
    there = int((before > 0).sum())
    if not there:
        return {}, Fitted("retention", note="Not known: nobody bought in the period before the last one.")
    retention = float(((before > 0) & (after > 0)).sum()) / there
    discount = (1 + horizon.yearly_discount) ** (period / DAYS_A_YEAR) - 1
    lifespan = min(1 / (1 - retention), _LONGEST_PERIODS) if retention < 1 else _LONGEST_PERIODS
    periods = np.maximum(summaries.age / period, 1.0)
    spent = np.maximum(summaries.value, 0.0)
    simple = simple_value(
        spent / summaries.purchases, summaries.purchases / periods, np.full_like(periods, lifespan)
    )
    kept = np.full_like(periods, retention)
    fitted = Fitted(
        "retention",
        is_used=True,
        customers=there,
        parameters={"period_days": period, "retention": retention, "lifespan_periods": lifespan, "discount": discount},
    )  # fmt: skip
    columns = {"simple_value": simple}
    if discount > 0:
        columns["retention_value"] = retention_value(spent / periods, kept, discount)
    return columns, fitted


def _by_models(
    summaries: Summaries, horizon: Horizon, bound: float
) -> tuple[dict[str, Floats], list[Fitted]]:
    """By BG/NBD or MBG/NBD, whichever makes the histories likelier: both have four parameters."""
    from fondaco.analytics.clv import fit_bg_nbd, fit_mbg_nbd

    if (repeaters := int((summaries.frequency > 0).sum())) < FEWEST_REPEATERS:
        note = f"Not fitted: {repeaters} customers have come back; {FEWEST_REPEATERS} are needed."
        return {}, [Fitted(name, note=note) for name in ("bg_nbd", "mbg_nbd", "pareto_nbd", "gamma_gamma")]
    history = (summaries.frequency, summaries.recency, summaries.age)
    candidates = [
        _fit("bg_nbd", lambda: fit_bg_nbd(*history)),
        _fit("mbg_nbd", lambda: fit_mbg_nbd(*history)),
    ]
    purchase = max((model for model, _ in candidates if model), key=lambda m: m.log_likelihood, default=None)
    told = [fitted if model is None else _chosen(fitted, model, purchase) for model, fitted in candidates]
    told.append(_compared(summaries))
    columns: dict[str, Floats] = {}
    if purchase is None:
        return columns, [*told, Fitted("gamma_gamma", note="Not fitted: there is no model of purchases.")]
    spend, told_spend = _spend(summaries, bound)
    columns["alive_probability"] = purchase.probability_alive(*history)
    columns["expected_orders"] = purchase.expected_purchases(horizon.days, *history)
    columns |= _expected_value(purchase, spend, summaries, horizon)
    return columns, [*told, told_spend]


def _spend(summaries: Summaries, bound: float) -> tuple[Spend, Fitted]:
    """What a purchase is expected to be worth, and what is kept of Gamma-Gamma, whether values rest on it or not."""
    from fondaco.analytics.clv import expected_spend

    with _timed() as taken:
        spend = expected_spend(summaries.frequency, summaries.monetary_value)
    told = Fitted("gamma_gamma") if spend.model is None else _told("gamma_gamma", spend.model)
    return spend, replace(
        told,
        is_used=spend.is_by_model,
        parameters={**told.parameters, "order_value_bound": _finite(bound)},
        note=spend.note,
        seconds=taken(),
    )


def _compared(summaries: Summaries) -> Fitted:
    """Pareto/NBD, on which no score rests, as the hold-out check fits it."""
    from fondaco.analytics.clv import enough_for_pareto_nbd, fit_pareto_nbd

    every = enough_for_pareto_nbd(len(summaries.customer))
    history = (summaries.frequency[every], summaries.recency[every], summaries.age[every])
    model, fitted = _fit("pareto_nbd", lambda: fit_pareto_nbd(*history))
    if model is None:
        return fitted
    note = "Not used: fitted for comparison."
    if model.customers < len(summaries.customer):
        note += (
            f" It takes long, so {model.customers:,} of {len(summaries.customer):,} customers stand for all, and its"
            " log-likelihood is of those."
        )
    return replace(fitted, note=note)


def _chosen(fitted: Fitted, model: BGNBD, purchase: BGNBD | None) -> Fitted:
    if model is not purchase:
        return replace(fitted, note="Not used: another model makes the histories likelier.")
    note = "The customers cannot tell its parameters one by one; only its forecasts mean something."
    return replace(fitted, is_used=True, note=note if model.is_undetermined else None)


def _expected_value(
    purchase: BGNBD, spend: Spend, summaries: Summaries, horizon: Horizon
) -> dict[str, Floats]:
    from fondaco.analytics.clv import value_if_active, value_interval

    history = (summaries.frequency, summaries.recency, summaries.age)
    ahead = {"horizon_days": float(horizon.days), "yearly_discount": horizon.yearly_discount}
    active = value_if_active(purchase, summaries.frequency, summaries.age, spend.value, **ahead)
    value = active * purchase.probability_alive(*history)
    columns = {"expected_order_value": spend.value, "expected_value": value, "value_if_active": active}
    if spend.model is None or not spend.is_by_model:
        return columns
    low, high = value_interval(
        purchase, spend.model, *history, monetary_value=summaries.monetary_value, horizon_days=horizon.days
    )
    undiscounted = purchase.expected_purchases(horizon.days, *history) * spend.value
    with np.errstate(invalid="ignore", divide="ignore"):
        discounting = np.where(undiscounted > 0, value / undiscounted, 1.0)
    return columns | {"expected_value_low": low * discounting, "expected_value_high": high * discounting}


def _fit(name: str, fit: Callable[[], Model]) -> tuple[Model | None, Fitted]:
    """The model, or None where there is none, and what is kept of it."""
    with _timed() as taken:
        try:
            model = fit()
        except ConfigError as error:
            return None, Fitted(name, note=f"Not fitted: {error.what}", seconds=taken())
    return model, replace(_told(name, model), seconds=taken())


def _told(name: str, model: BGNBD | ParetoNBD | GammaGamma) -> Fitted:
    facts, errors = asdict(model), model.standard_errors or {}
    return Fitted(
        name,
        customers=model.customers,
        log_likelihood=model.log_likelihood,
        parameters={key: _finite(value) for key, value in facts.items() if key in errors},
        standard_errors={key: _finite(value) for key, value in errors.items()},
    )


def _evaluation(purchases: Purchases, as_of: int, returned: Returned | None) -> Fitted:
    from fondaco.analytics.clv import hold_out

    with _timed() as taken:
        try:
            found = hold_out(purchases, as_of, returned=returned)
        except ConfigError as error:
            return Fitted("hold_out", note=f"Not checked: {error.what}", seconds=taken())
    told = asdict(found)
    told["errors"] = {
        method: {name: _finite(value) for name, value in errors.items()}
        for method, errors in told["errors"].items()
    }
    return Fitted("hold_out", customers=found.customers, evaluation=told, seconds=taken())


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


@contextmanager
def _timed() -> Iterator[Callable[[], float]]:
    started = time.monotonic()
    yield lambda: time.monotonic() - started
