"""How the models of customers did on days that they were not shown, as the page Customers tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fondaco.metrics.models import ModelRun
from fondaco.server.numbers import Numbers
from fondaco.server.pages.person_values import PURCHASE_MODELS, nearer, used_model

MODELS: Mapping[str, str] = {
    "bg_nbd": "BG/NBD",
    "mbg_nbd": "MBG/NBD",
    "pareto_nbd": "Pareto/NBD",
    "naive": "The same again",
}
CHURN_MODELS: Mapping[str, str] = {
    "churn_classifier": "Behaviour, by trees",
    "churn_bg_nbd": "BG/NBD",
    "churn_mbg_nbd": "MBG/NBD",
}


def whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def hold_out_check(numbers: Numbers, models: Mapping[str, ModelRun]) -> dict[str, Any] | None:
    """The hold-out check in words and rows; None where there was none."""
    found = models.get("hold_out")
    if found is None or not found.evaluation:
        return None
    told = found.evaluation
    used = used_model(models) or PURCHASE_MODELS[0]
    order = sorted(told["errors"], key=lambda name: (name != used, name == "naive", name))
    rows = [
        {
            "name": MODELS.get(name, name),
            "is_used": name == used,
            "purchases": numbers.count(whole(told["errors"][name]["purchases"])),
            "purchases_error": _signed(numbers, told["errors"][name]["purchases_error"]),
            "value_error": _signed(numbers, told["errors"][name]["value_error"]),
            "mae": numbers.decimal(told["errors"][name]["purchases_mae"]),
        }
        for name in order
    ]
    better = nearer(told["errors"], used, "purchases_mae")
    return {
        "days": told["days"],
        "customers": numbers.count(told["customers"]),
        "actual": numbers.count(whole(told["purchases"])),
        "rows": rows,
        "nearer": numbers.rate(better) if better is not None and better > 0 else "",
        "farther": numbers.rate(-better) if better is not None and better < 0 else "",
    }


def _signed(numbers: Numbers, share: float | None) -> str:
    if share is None:
        return numbers.rate(None)
    return ("+" if share > 0 else "") + numbers.rate(share)


def churn_check(numbers: Numbers, models: Mapping[str, ModelRun]) -> dict[str, Any] | None:
    """How each way of telling who leaves did, the one in use first; None where none could be tested."""
    tested = [
        (name, models[name])
        for name in CHURN_MODELS
        if name in models and models[name].evaluation.get("brier") is not None
    ]
    if not tested:
        return None
    tested.sort(key=lambda each: (not each[1].is_used, each[1].evaluation["brier"]))
    best = tested[0][1].evaluation
    return {
        "days": numbers.count(int(best["horizon_days"])),
        "customers": numbers.count(best["customers"]),
        "left": numbers.rate(best["churn_rate"]),
        "rows": [
            {
                "name": CHURN_MODELS[name],
                "is_used": model.is_used,
                "brier": numbers.decimal(model.evaluation["brier"]),
                "off": numbers.rate(model.evaluation["calibration_error"]),
                "auc": numbers.rate(model.evaluation["auc"]),
                "lift": "–"
                if model.evaluation["lift"] is None
                else f"{numbers.fixed(model.evaluation['lift'])} ×",
            }
            for name, model in tested
        ],
    }
