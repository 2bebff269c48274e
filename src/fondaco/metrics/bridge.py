"""From one clock to the other: why the finance clock and the order clock differ over a period."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from fondaco.errors import ConfigError
from fondaco.metrics.statement import STATEMENT
from fondaco.warehouse.engine import Reader, Value

FIGURES = (
    *(step.metric for step in STATEMENT),
    "tips",
    "gift_card_sales",
    "units_sold",
    "units_returned",
)

_EVENT = "event_date between $first and $last"
_ORDER = "order_date between $first and $last"


def bridge(
    reader: Reader, first: date, last: date, tenant_id: str, *, connection_id: str | None = None
) -> pa.Table:
    """One row per figure, such that ``order_clock − outside + earlier = finance_clock``.

    Columns
    -------
    figure
        A name of ``FIGURES``.
    order_clock
        All events, whenever they happened, of the orders placed in the period.
    outside
        That part of them which happened outside the period, such as a return in the month after.
    earlier
        Events of the period on orders that were placed outside of it, such as a return of last month's order.
    finance_clock
        All events of the period.

    Raises
    ------
    ConfigError
        If the period ends before it starts.
    """
    if last < first:
        raise ConfigError(
            f"The period ends on {last}, before it starts on {first}.", "Give the earlier day first."
        )
    shop = "" if connection_id is None else " and connection_id = $connection_id"
    sums = ",\n".join(
        f"coalesce(sum(case when in_order then {figure} end), 0) as {figure}_order_clock,\n"
        f"coalesce(sum(case when in_order and not in_event then {figure} end), 0) as {figure}_outside,\n"
        f"coalesce(sum(case when in_event and not in_order then {figure} end), 0) as {figure}_earlier,\n"
        f"coalesce(sum(case when in_event then {figure} end), 0) as {figure}_finance_clock"
        for figure in FIGURES
    )
    columns = ", ".join(FIGURES)
    sql = (
        f"with sums as (\nselect {sums}\nfrom (\n"
        f"select {columns}, {_EVENT} as in_event, {_ORDER} as in_order\n"
        f"from marts.sales_ledger\nwhere tenant_id = $tenant_id{shop} and (({_EVENT}) or ({_ORDER}))\n) as events\n)\n"
        + "\nunion all\n".join(
            f"select {place} as place, '{figure}' as figure, "
            + ", ".join(
                f"cast({figure}_{part} as decimal(38, 6)) as {part}"
                for part in ("order_clock", "outside", "earlier", "finance_clock")
            )
            + " from sums"
            for place, figure in enumerate(FIGURES)
        )
        + "\norder by place"
    )
    params: dict[str, Value] = {"tenant_id": tenant_id, "first": first, "last": last}
    if connection_id is not None:
        params["connection_id"] = connection_id
    return reader.query(sql, params).drop_columns(["place"])
