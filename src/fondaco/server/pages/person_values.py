"""What a customer is worth, each way that Fondaco knows, and which of the ways to trust."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fondaco.metrics.customer_figures import CUSTOMER_FIGURES
from fondaco.metrics.customers import Row
from fondaco.metrics.models import ModelRun
from fondaco.server.numbers import Numbers

PURCHASE_MODELS = ("bg_nbd", "mbg_nbd")
"""Models of which one is enough."""

_WAYS = (
    ("net_sales_so_far", "net_sales", "What was paid. It is certain, and says nothing of what comes."),
    ("simple_value", "simple_value", "Takes everybody for as loyal as the mean. Nothing tests it."),
    ("retention_value", "retention_value", "As the simple one, in today's money. Nothing tests it."),
    (
        "expected_value",
        "expected_value",
        "From when and for how much this customer bought. Every run tests it.",
    ),
)


def shown_values(numbers: Numbers, row: Row, models: Mapping[str, ModelRun]) -> dict[str, Any]:
    """The four values of a customer with what each rests on, the one that lists and segments go by, and what to trust."""
    has_forecast = used_model(models) is not None and row["expected_value"] is not None
    return {
        "rows": [
            {
                "figure": CUSTOMER_FIGURES[name],
                "text": numbers.money(row[column]),
                "rests_on": rests_on,
                "is_used": column == "expected_value" and has_forecast,
            }
            for name, column, rests_on in _WAYS
        ],
        "trust": _trust(numbers, models),
    }


def used_model(models: Mapping[str, ModelRun]) -> str | None:
    """The model of purchases that forecasts rest on."""
    return next((name for name in PURCHASE_MODELS if name in models and models[name].is_used), None)


def nearer(errors: Mapping[str, Mapping[str, float | None]], used: str, measure: str) -> float | None:
    """By which part the model in use was nearer a customer than doing the same again: negative where it was farther, None where
    that is not known."""
    model, naive = errors.get(used, {}).get(measure), errors.get("naive", {}).get(measure)
    return 1 - model / naive if model is not None and naive else None


def _trust(numbers: Numbers, models: Mapping[str, ModelRun]) -> str:
    """Which value to go by, by what the hold-out check of the last run found."""
    used, check = used_model(models), models.get("hold_out")
    if used is None:
        notes = (models[name].note for name in PURCHASE_MODELS if name in models)
        why = next((note for note in notes if note), "No model has been fitted.")
        return f"Go by net sales so far: there is no forecast. {why}"
    if check is None or not check.evaluation:
        why = check.note if check is not None and check.note else ""
        return f"Take value ahead with care: nothing has tested it yet. {why}".strip()
    told = check.evaluation
    bought, spent = (nearer(told["errors"], used, measure) for measure in ("purchases_mae", "value_mae"))
    if bought is None:
        return "Take value ahead with care: nobody bought in the days that would test it."
    tested = f"Shown all but the last {numbers.count(told['days'])} days, its model came {_by(numbers, bought)} what customers bought"
    if spent is not None:
        joined = ", and" if (spent > 0) == (bought > 0) else ", but"
        tested += f"{joined} {_by(numbers, spent)} what they spent"
    tested += ", than doing the same again."
    if bought > 0 and (spent is None or spent > 0):
        return f"Go by value ahead. {tested}"
    if bought > 0:
        return f"Go by value ahead for who will buy, not for amounts. {tested}"
    return f"Go by net sales so far. Value ahead only tells who is ahead of whom. {tested}"


def _by(numbers: Numbers, share: float) -> str:
    return f"{numbers.rate(abs(share))} {'nearer to' if share > 0 else 'farther from'}"
