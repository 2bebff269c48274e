"""The analyse step: scores, values and models of customers, and the forecast of profit, from the marts just built."""

from __future__ import annotations

import logging
from datetime import UTC
from typing import TYPE_CHECKING

from fondaco.clock import zone
from fondaco.errors import FondacoError, unknown_error
from fondaco.orchestration.modelling import refuse_half_built
from fondaco.orchestration.progress import Event, Progress

if TYPE_CHECKING:
    from fondaco.orchestration.project import Project

_log = logging.getLogger(__name__)


def tables_written() -> frozenset[str]:
    """The marts that the step writes; all others are as the build left them."""
    from fondaco.jobs.price_tables import TABLES as OF_PRICES
    from fondaco.jobs.products import TABLES as OF_PRODUCTS
    from fondaco.jobs.stock_tables import TABLES as OF_STOCK
    from fondaco.jobs.tables import TABLES

    return frozenset(table.name for table in (*TABLES, *OF_PRODUCTS, *OF_STOCK, *OF_PRICES))


def analyse_customers(project: Project, run_id: str, progress: Progress) -> None:
    """Work out anew what is known of the tenant's customers, and what days to come are expected to bring.

    Raises
    ------
    ConfigError
        If the last build has not ended well.
    """
    from fondaco.jobs.analysing import Analysis, analyse
    from fondaco.jobs.forecasting import ForecastAsked, forecast_profit
    from fondaco.jobs.valuing import Horizon

    refuse_half_built(project)
    own, settings = project.settings.project, project.settings.analytics
    progress(Event("analyse"))
    now = project.clock()
    today = now.astimezone(zone(own.timezone)).date()
    fitted_at = now.astimezone(UTC).replace(tzinfo=None)
    customers, fitted = analyse(
        project.warehouse,
        Analysis(
            tenant_id=project.tenant,
            run_id=run_id,
            today=today,
            fitted_at=fitted_at,
            horizon=Horizon(settings.horizon_days, settings.yearly_discount),
            churn_days=settings.churn_days,
            threads=project.settings.warehouse.threads,
        ),
    )
    try:
        forecast_profit(project.warehouse, ForecastAsked(project.tenant, today, fitted_at))
    except FondacoError:
        raise
    except Exception as error:  # a fault in the forecast must not keep back the figures
        _log.exception("the forecast met an unknown error")
        raise unknown_error("The forecast of profit", error) from error
    detail = f"{customers} customers, {sum(not each.note for each in fitted)} models"
    progress(Event("analyse", detail=detail, ended=True))
