"""The part of the analyse step that looks at stock: demand is forecast, and what should be done is proposed."""

from __future__ import annotations

import logging
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from fondaco.clock import local_date
from fondaco.errors import FondacoError, unknown_error
from fondaco.orchestration.modelling import refuse_half_built
from fondaco.orchestration.progress import Event, Progress

if TYPE_CHECKING:
    from datetime import date

    from fondaco.control import StockOrder
    from fondaco.jobs.stock_reading import Coming
    from fondaco.orchestration.project import Project

_log = logging.getLogger(__name__)
_NOUNS = {"reorder": "reorders", "transfer": "transfers", "warn": "warnings", "mark_down": "markdowns"}


def propose_stock(project: Project, progress: Progress) -> None:
    """Forecast demand by variant and location, and write what is proposed for today; says why where there is nothing to be forecast.

    Open orders count as on order, and what was refused is not proposed while the refusal holds.

    Raises
    ------
    ConfigError
        If the last build has not ended well.
    """
    from fondaco.jobs.demanding import DemandAsked
    from fondaco.jobs.stock_levels import Rules
    from fondaco.jobs.stock_planning import PlanAsked, plan_stock

    settings, own = project.settings.stock, project.settings.project
    if not settings.forecast:
        return
    refuse_half_built(project)
    progress(Event("analyse", "stock"))
    now = project.clock()
    today = local_date(now, own.timezone)
    orders = project.control.stock_orders.all(project.tenant, states=("draft", "sent"))
    asked = PlanAsked(
        demand=DemandAsked(
            tenant_id=project.tenant,
            today=today,
            made_at=now.astimezone(UTC).replace(tzinfo=None),
            horizon_days=settings.horizon_days,
            threads=project.settings.warehouse.threads,
        ),
        currency=own.currency,
        cost_rate=float(project.settings.profit.default_product_cost_rate),
        rules=Rules(
            service_level=settings.service_level,
            order_days=settings.order_days,
            lead_time_days=settings.lead_time_days,
            transfer_days=settings.transfer_days,
            dead_days=settings.dead_days,
        ),
        coming=[each for order in orders for each in coming_of(order, today)],
        refused=frozenset(project.control.stock_decisions.refused(project.tenant, today)),
    )
    try:
        planned = plan_stock(project.warehouse, asked)
    except FondacoError:
        raise
    except Exception as error:  # a fault of ours here must not keep back the figures
        _log.exception("the proposals of stock met an unknown error")
        raise unknown_error("The proposals of stock", error) from error
    if planned.why_not:
        detail = f"demand is not forecast: {planned.why_not}"
    else:
        told = [f"{count:,} {_NOUNS[kind]}" for kind, count in sorted(planned.proposals.items())]
        detail = f"{planned.series:,} series of demand; {', '.join(told) or 'nothing is to be done'}"
    progress(Event("analyse", "stock", detail=detail, ended=True))


def coming_of(order: StockOrder, today: date) -> list[Coming]:
    """What an open order is to bring: of a draft as if it were sent today."""
    from fondaco.jobs.stock_reading import Coming

    expected = order.expected_on
    if expected is None and order.state == "draft" and order.lead_time_days is not None:
        expected = today + timedelta(days=order.lead_time_days)
    return [
        Coming(
            order.number, order.location_id, line.variant_id, line.quantity, expected, order.from_location_id
        )
        for line in order.lines
    ]
