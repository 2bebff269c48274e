"""``fondaco models``: the models of customers, and how they did on days they were not shown."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fondaco.cli.output import AsJson, print_json, print_table
from fondaco.errors import ConfigError

if TYPE_CHECKING:
    from fondaco.metrics.models import ModelRun

app = typer.Typer(
    help="The models of customers: what they say and how far they can be trusted.", no_args_is_help=True
)


class Family(StrEnum):
    """Models that answer one question."""

    CLV = "clv"
    CHURN = "churn"


_FAMILIES = {
    Family.CLV: ("bg_nbd", "mbg_nbd", "pareto_nbd", "gamma_gamma", "retention", "hold_out"),
    Family.CHURN: ("churn", "churn_bg_nbd", "churn_mbg_nbd", "churn_classifier"),
}


@app.callback()
def _models() -> None:
    """Hold the commands of this group."""


@app.command("show")
def show(
    ctx: typer.Context,
    family: Annotated[Family, typer.Argument(help="clv: what customers are worth; churn: who is leaving.")],
    as_json: AsJson = False,
) -> None:
    """Show the newest models: parameters, standard errors, log-likelihood, and the hold-out check.

    Example: fondaco models show clv --json
    """
    from fondaco.metrics.models import newest_models

    with ctx.obj.project() as project:
        found = newest_models(project.reader, project.tenant)
    models = [found[name] for name in _FAMILIES[family] if name in found]
    if not models:
        raise ConfigError(
            "No model has been fitted yet.", "Fit them with `fondaco run`, once there are orders."
        )
    if as_json:
        print_json({model.model: asdict(model) for model in models})
        return
    typer.echo(f"As of {models[0].as_of_date}, by run {models[0].run_id}.")
    print_table(
        ["model", "in use", "customers", "log-likelihood", "parameters", "note"],
        [_row(model) for model in models],
    )
    for line in _check(found.get("hold_out")) if family is Family.CLV else _tests(models):
        typer.echo(line)


def _row(model: ModelRun) -> list[Any]:
    errors = model.standard_errors
    parameters = ", ".join(
        f"{name} {value:.4g}" + (f" ± {error:.2g}" if (error := errors.get(name)) is not None else "")
        for name, value in model.parameters.items()
        if value is not None
    )
    return [model.model, model.is_used, model.customers, model.log_likelihood, parameters, model.note]


def _check(model: ModelRun | None) -> list[str]:
    if model is None or not model.evaluation:
        return []
    told = model.evaluation
    lines = [
        f"Shown all but the last {told['days']} days, in which {told['customers']} customers bought {told['purchases']:.0f} times:"
    ]
    for name, errors in told["errors"].items():
        off = errors["purchases_error"]
        lines.append(
            f"  {name:<12}{errors['purchases']:>12.0f} purchases"
            + (f" ({off:+.1%})" if off is not None else "")
            + f", {errors['purchases_mae']:.3f} off a customer"
        )
    return lines


def _tests(models: list[ModelRun]) -> list[str]:
    return [
        f"  {model.model:<18}AUC {told['auc']:.3f}, Brier {told['brier']:.4f}, calibration error {told['calibration_error']:.4f},"
        f" lift {told['lift']:.2f} in the top tenth"
        for model in models
        if (told := model.evaluation) and told["auc"] is not None and told["lift"] is not None
    ]
